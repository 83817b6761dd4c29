from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.okr import LinkState, Need, Okrs, Phase, Visibility
from hub.model.portfolio import DependencyHistory, need_key
from rules.horizontal.one_sided_alignment import one_sided_alignment as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, a_team, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

WAITING = an_initiative("jira:ACME-1", serves="dau")
SUPPORT = an_initiative("github:acme/app#2", serves="p99")
DECLINED = Need("platform", "p99", state=LinkState.DECLINED)
ACCEPTED = Need("platform", "p99", state=LinkState.ACCEPTED)
EARLY, RECENT = date(2026, 11, 6), date(2026, 11, 9)
SIXTH_DAY = date(2026, 10, 9)


def okrs_with(*needs: Need, p99: dict[str, Any] | None = None, **dau: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=needs, **dau),
            a_key_result("p99", "speed", **(p99 or {})),
        )
    )


def proposed(since: date | None) -> Need:
    return Need("platform", "p99", since=since)


def test_a_declined_need_of_a_running_key_result_is_a_warning_in_reports_only() -> None:
    finding = the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs_with(DECLINED)))
    assert (finding.severity, finding.label, finding.on_tickets) == (Severity.WARNING, None, ())
    assert finding.subject.id == "dau -> platform"
    assert finding.affects == ("dau", "p99")
    assert "Platform has declined to support dau" in said(finding)


def test_an_accepted_need_with_work_behind_it_passes() -> None:
    assert judged(rule, WAITING, SUPPORT, okrs=okrs_with(ACCEPTED)).findings == ()


@pytest.mark.parametrize(("since", "found"), [(EARLY, 1), (RECENT, 0), (None, 0)])
def test_a_proposal_may_stand_for_five_working_days(since: date | None, found: int) -> None:
    judgement = judged(rule, WAITING, SUPPORT, okrs=okrs_with(proposed(since)))
    assert len(judgement.findings) == found
    for finding in judgement.findings:
        assert "dau depends on Platform since 6 Nov 2026, which hasn't agreed to it yet." in said(finding)


def test_how_long_a_proposal_may_stand_can_be_set() -> None:
    assert judged(rule, WAITING, SUPPORT, okrs=okrs_with(proposed(EARLY)), after_days=6).findings == ()
    assert the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs_with(proposed(RECENT)), after_days=4)).rule == rule.name


def test_an_undated_proposal_is_as_old_as_runs_remember() -> None:
    okrs = okrs_with(proposed(None))
    key = need_key(okrs.key_results["dau"], proposed(None))
    old = a_portfolio(WAITING, SUPPORT, okrs=okrs, memory=DependencyHistory({key: EARLY}))
    assert the_finding(judge(rule, old)).facts["since"] == EARLY
    assert judge(rule, a_portfolio(WAITING, SUPPORT, okrs=okrs, memory=DependencyHistory())).findings == ()


def test_a_proposal_that_the_other_side_states_too_is_accepted() -> None:
    okrs = okrs_with(proposed(EARLY), p99={"supports": ("dau",)})
    assert judged(rule, WAITING, SUPPORT, okrs=okrs).findings == ()


def test_a_team_named_without_a_key_result_of_its_own_has_to_agree() -> None:
    assert "names no key result" in said(the_finding(judged(rule, okrs=okrs_with(Need("platform")))))
    assert the_finding(judged(rule, okrs=okrs_with(Need("platform", "revenue")))).rule == rule.name
    assert judged(rule, okrs=okrs_with(Need("platform", state=LinkState.ACCEPTED))).findings == ()
    assert the_finding(judged(rule, okrs=okrs_with(Need("platform", state=LinkState.DECLINED)))).rule == rule.name


def test_needs_of_one_team_are_one_finding_at_the_first_fault() -> None:
    finding = the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs_with(Need("platform"), proposed(EARLY), DECLINED)))
    assert finding.facts["fault"] == "declined"
    same = the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs_with(proposed(EARLY))))
    assert same.fingerprint == finding.fingerprint


@pytest.mark.parametrize(
    ("today", "found"),
    [(date(2026, 10, 7), 0), (date(2026, 10, 8), 1), (date(2026, 10, 14), 1), (date(2026, 10, 15), 0)],
)
def test_support_without_work_speaks_between_grace_and_the_rule_about_work(today: date, found: int) -> None:
    judgement = judged(rule, WAITING, okrs=okrs_with(ACCEPTED), today=today)
    assert len(judgement.findings) == found
    for finding in judgement.findings:
        assert "dau depends on p99 of Platform, and no work serves that." in said(finding)


@pytest.mark.parametrize(
    ("work", "found"),
    [
        (SUPPORT, 0),
        (replace(SUPPORT, status=StatusCategory.DONE), 0),
        (replace(SUPPORT, status=StatusCategory.TO_DO), 1),
        (replace(SUPPORT, labels=frozenset({"okr-exempt"})), 1),
    ],
)
def test_active_or_finished_work_is_support(work: Initiative, found: int) -> None:
    assert len(judged(rule, WAITING, work, okrs=okrs_with(ACCEPTED), today=SIXTH_DAY).findings) == found


def test_support_that_is_met_or_of_a_team_without_a_tracker_needs_no_work() -> None:
    assert judged(rule, WAITING, okrs=okrs_with(ACCEPTED, p99={"current": 100.0}), today=SIXTH_DAY).findings == ()
    paper = replace(
        okrs_with(ACCEPTED), teams={"product": a_team("product", "jira:ACME"), "platform": a_team("platform")}
    )
    assert judged(rule, WAITING, okrs=paper, today=SIXTH_DAY).findings == ()


def test_a_key_result_that_is_met_waits_for_nothing() -> None:
    assert judged(rule, WAITING, okrs=okrs_with(DECLINED, current=100.0)).findings == ()


def test_a_need_within_a_shared_okr_is_agreed() -> None:
    objectives = (
        an_objective("growth"),
        an_objective("adoption", "product", "platform"),
        an_objective("speed", "platform"),
    )
    okrs = replace(okrs_with(DECLINED), objectives=acme_okrs(objectives=objectives).objectives)
    assert judged(rule, WAITING, SUPPORT, okrs=okrs).findings == ()


@pytest.mark.parametrize("need", [DECLINED, proposed(EARLY), Need("platform")])
@pytest.mark.parametrize("labels", [(), ("okr-accept",)])
def test_links_with_tickets_on_both_sides_are_for_other_rules(need: Need, labels: tuple[str, ...]) -> None:
    blocked = replace(WAITING, blocked_by=(SUPPORT.ref,))
    answered = replace(SUPPORT, labels=SUPPORT.labels | set(labels))
    assert judged(rule, blocked, answered, okrs=okrs_with(need)).findings == ()


def test_other_tickets_of_the_two_teams_that_are_unsettled_are_enough_to_talk_about() -> None:
    other = an_initiative("jira:ACME-2", serves="revenue", blocked_by=(SUPPORT.ref,))
    assert judged(rule, WAITING, other, SUPPORT, okrs=okrs_with(DECLINED)).findings == ()
    settled = replace(SUPPORT, labels=SUPPORT.labels | {"okr-accept"})
    assert the_finding(judged(rule, WAITING, other, settled, okrs=okrs_with(DECLINED))).rule == rule.name


def test_work_that_was_put_off_settles_no_need_of_its_key_result() -> None:
    later = replace(WAITING, blocked_by=(SUPPORT.ref,), labels=WAITING.labels | {"okr-later"})
    assert the_finding(judged(rule, later, SUPPORT, okrs=okrs_with(DECLINED))).rule == rule.name


@pytest.mark.parametrize("need", [DECLINED, proposed(EARLY)])
def test_what_tickets_may_settle_is_not_judged_while_something_was_not_read(need: Need) -> None:
    gap = (Gap("github", "is down"),)
    assert the_unjudged(judged(rule, WAITING, okrs=okrs_with(need), gaps=gap)).subject.id == "dau -> platform"
    paper = replace(okrs_with(need), teams={"product": a_team("product", "jira:ACME"), "platform": a_team("platform")})
    assert the_finding(judged(rule, WAITING, okrs=paper, gaps=gap)).rule == rule.name


def test_private_key_results_are_not_named() -> None:
    okrs = okrs_with(DECLINED, p99={"visibility": Visibility.PRIVATE}, visibility=Visibility.PRIVATE)
    finding = the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs))
    everything = said(finding) + str(finding.facts) + finding.subject.id + str(finding.affects)
    assert "p99" not in everything
    assert "dau" not in everything


def test_a_one_sided_link_can_be_waived() -> None:
    judgement = judged(rule, WAITING, SUPPORT, okrs=okrs_with(DECLINED), waived="dau -> platform")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_a_cycle_that_has_ended_is_not_judged() -> None:
    assert judged(rule, WAITING, SUPPORT, okrs=okrs_with(DECLINED), today=date(2027, 1, 4)).findings == ()


def test_in_draft_a_declined_need_is_a_note() -> None:
    okrs = replace(okrs_with(DECLINED), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs)).severity is Severity.INFO
