from dataclasses import replace
from datetime import date

from hub.core.checking.check import check
from hub.model.finding import Severity, SubjectKind
from hub.model.initiative import Gap
from hub.model.okr import Cycle, Phase
from rules.registry import ALL_RULES
from rules.rhythm.outdated_cycle import outdated_cycle as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, acme_okrs, an_initiative
from tests.rules.rule_runner import judged, said, the_finding

LATER = date(2027, 1, 13)
NEXT = Cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), Phase.ALIGN)


def test_a_cycle_that_has_ended_is_told_once_with_its_last_day() -> None:
    finding = the_finding(judged(rule, today=LATER))
    assert (finding.severity, finding.subject.kind, finding.subject.id) == (
        Severity.ERROR,
        SubjectKind.CYCLE,
        "2026-Q4",
    )
    assert finding.facts == {
        "cycle": "2026-Q4",
        "ended": date(2026, 12, 31),
        "closed_early": False,
        "next_cycle": None,
    }
    assert "The cycle 2026-Q4 ended on 31 Dec 2026." in said(finding)
    assert finding.tickets == ()


def test_a_cycle_that_was_closed_before_its_end_is_a_note_and_all_else_is_silent() -> None:
    okrs = acme_okrs(others=(a_key_result("next", cycle=NEXT.id),), cycles=(NEXT,))
    okrs = replace(okrs, cycle=replace(CYCLE, phase=Phase.CLOSED))
    okrs = replace(okrs, cycles={**okrs.cycles, CYCLE.id: okrs.cycle})
    work = an_initiative("jira:ACME-1", serves="dau", due=date(2027, 2, 1))
    judgement = check(a_portfolio(work, an_initiative("jira:ACME-2"), okrs=okrs, today=date(2026, 12, 18)), ALL_RULES)
    about_work = [finding for finding in judgement.findings if finding.tickets]
    (finding,) = [finding for finding in judgement.findings if finding.rule == rule.name]
    assert about_work == []
    assert (finding.severity, finding.facts["next_cycle"]) == (Severity.INFO, "2027-Q1")
    assert "The cycle 2026-Q4 was closed." in said(finding)


def test_the_newest_cycle_is_named_where_one_is_there() -> None:
    finding = the_finding(judged(rule, okrs=acme_okrs(cycles=(NEXT,)), today=LATER))
    assert finding.facts["next_cycle"] == "2027-Q1"
    assert "2027-Q1" in said(finding)


def test_a_cycle_that_is_over_as_well_is_no_way_out() -> None:
    old = replace(NEXT, id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30))
    assert the_finding(judged(rule, okrs=acme_okrs(cycles=(old,)), today=LATER)).facts["next_cycle"] is None


def test_on_its_last_day_a_cycle_still_runs() -> None:
    assert judged(rule, today=date(2026, 12, 31)).findings == ()
    assert judged(rule, today=date(2027, 1, 1)).findings != ()


def test_until_it_is_moved_on_nothing_is_said_of_work_or_check_ins() -> None:
    unlinked = an_initiative("jira:ACME-1")
    found = check(a_portfolio(unlinked, today=LATER), ALL_RULES).findings
    assert {finding.rule for finding in found if finding.tickets} == set()
    assert {"outdated-cycle"} <= {finding.rule for finding in found}
    assert not {finding.rule for finding in found} & {"stale-key-result", "shared-okr-gap", "shared-okr-without-sync"}


def test_gaps_change_nothing_about_the_date() -> None:
    assert judged(rule, gaps=(Gap("jira", "is down"),), today=LATER).not_judged == ()


def test_an_outdated_cycle_can_be_waived() -> None:
    old = acme_okrs(cycle=replace(CYCLE, id="2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30)))
    judgement = judged(rule, okrs=old, waived="2026-Q3")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)
