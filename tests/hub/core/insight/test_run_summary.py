"""What is kept of every run, and the curves that are drawn of it."""

from dataclasses import replace
from datetime import UTC, datetime

from hub.core.checking.check import check
from hub.core.insight.run_summary import LINES, RunResult, Share, summary, trend
from hub.core.planning.plan import Plan, SkippedTicket
from hub.model.action import Action, ActionKind, Receipt, Status, Target
from hub.model.initiative import Gap, Initiative, PullResult, Snapshot, StatusCategory
from hub.model.okr import Okrs, Visibility
from hub.model.service_state import Run
from rules.registry import ALL_RULES
from tests.builders import a_key_result, a_portfolio, a_ref, acme_okrs, an_initiative

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TARGET = Target(a_ref("jira:ACME-1"), "1")


def an_outcome(*initiatives: Initiative, okrs: Okrs | None = None, gaps: tuple[Gap, ...] = (), **changes: object):
    portfolio = a_portfolio(*initiatives, okrs=okrs, gaps=gaps)
    snapshot = Snapshot((PullResult("jira", initiatives, gaps),), NOW)
    judgement = check(portfolio, ALL_RULES)
    return replace(RunResult(1, snapshot, portfolio, judgement, Plan(), ()), **changes)


def a_run(outcome: RunResult, number: int = 1) -> Run:
    return Run(number, NOW, NOW, "done", {}, summary(outcome))


def test_work_is_counted_by_team_and_by_what_it_serves() -> None:
    told = summary(an_outcome(an_initiative("jira:ACME-1", serves="dau"), an_initiative("jira:ACME-2")))
    assert told["teams"]["product"] == {"active": 2, "aligned": 1, "unaligned": 0, "without": 1}
    assert told["coverage"] == {"active": 2, "serving": 1}


def test_findings_are_counted_by_rule_and_severity() -> None:
    told = summary(an_outcome(an_initiative("jira:ACME-1", serves="unknown")))
    assert told["rules"]["unresolvable-link"] == {"error": 1}
    assert told["counts"]["errors"] == sum(item.get("error", 0) for item in told["rules"].values())


def test_progress_is_kept_of_public_key_results_alone() -> None:
    hidden = a_key_result("secret-deal", "adoption", current=90.0, visibility=Visibility.PRIVATE)
    okrs = acme_okrs(key_results=(a_key_result("dau", "adoption", current=25.0), hidden))
    told = summary(an_outcome(okrs=okrs))
    assert told["key_results"] == {"dau": 0.25}
    assert "secret-deal" not in str(told)


def test_long_lists_are_counted_whole_and_kept_in_part() -> None:
    action = Action(ActionKind.CREATE_COMMENT, TARGET, "new")
    receipts = tuple(Receipt(action, Status.DEFERRED, "later", wait=9.0) for _ in range(LINES + 9))
    held = tuple(SkippedTicket(a_ref(f"jira:ACME-{n}"), "left") for n in range(LINES + 9))
    gaps = tuple(Gap("jira", "was not read", f"ACME-{n}") for n in range(LINES + 9))
    told = summary(an_outcome(gaps=gaps, receipts=receipts, plan=Plan(skipped=held)))
    assert (len(told["plan"]), told["counts"]["deferred"]) == (LINES, LINES + 9)
    assert (len(told["sources"][0]["gaps"]), told["sources"][0]["gap_count"]) == (LINES, LINES + 9)
    assert len(told["skipped_tickets"]) == LINES
    assert (told["complete"], told["counts"]["gaps"]) == (False, LINES + 9)


def test_what_was_done_is_counted_and_not_kept() -> None:
    done = Receipt(Action(ActionKind.CREATE_COMMENT, TARGET, "new"), Status.DONE)
    told = summary(an_outcome(receipts=(done,)))
    assert (told["plan"], told["counts"]["done"]) == ([], 1)


def test_a_run_that_came_to_its_end_is_a_point_of_the_curves() -> None:
    outcome = an_outcome(
        an_initiative("jira:ACME-1", serves="dau"),
        an_initiative("jira:ACME-2", status=StatusCategory.DONE),
        an_initiative("jira:ACME-3"),
    )
    runs = [a_run(outcome), Run(2, NOW, NOW, "failed", {})]
    (point,) = trend(runs, outcome.portfolio)
    assert (point.run, point.aligned["product"], point.covered) == (1, Share(2, 1), Share(2, 1))
    assert (point.aligned["product"].percent, point.aligned["platform"].percent) == (50.0, None)
    assert point.aligned_in_all == Share(2, 1)
    assert sum(point.rules.values()) == sum(point.severities.values())


def test_a_key_result_that_became_private_is_in_no_point() -> None:
    measured = a_key_result("dau", "adoption", current=25.0)
    run = a_run(an_outcome(okrs=acme_okrs(key_results=(measured,))))
    hidden = replace(measured, visibility=Visibility.PRIVATE)
    (open_,) = trend([run], a_portfolio(okrs=acme_okrs(key_results=(measured,))))
    (veiled,) = trend([run], a_portfolio(okrs=acme_okrs(key_results=(hidden,))))
    assert (open_.measured, veiled.measured) == ({"dau": 0.25}, {})
