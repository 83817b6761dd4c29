from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, StatusCategory
from hub.model.okr import CheckIn, Okrs, Phase, Visibility
from rules.rhythm.stale_key_result import stale_key_result as rule
from tests.builders import CYCLE, TODAY, a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding, the_unjudged

WORK = an_initiative("jira:ACME-1", serves="dau")
DONE = replace(WORK, status=StatusCategory.DONE)
FRESH = CheckIn(TODAY, value=50, confidence=0.6)


def okrs_with(*check_ins: CheckIn, **dau: Any) -> Okrs:
    return acme_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=(a_key_result("dau", "adoption", check_ins=check_ins, **dau),),
    )


def test_a_fresh_picture_passes() -> None:
    assert judged(rule, WORK, okrs=okrs_with(FRESH)).findings == ()


@pytest.mark.parametrize(("day", "found"), [(date(2026, 11, 1), 1), (date(2026, 11, 2), 0)])
def test_two_weeks_may_pass_without_a_check_in(day: date, found: int) -> None:
    judgement = judged(rule, WORK, okrs=okrs_with(replace(FRESH, date=day)))
    assert len(judgement.findings) == found
    for finding in judgement.findings:
        assert (finding.severity, finding.label, finding.tickets) == (Severity.WARNING, "okr-stale", (WORK.ref,))
        assert "No check-in for 15 days, every 7 are agreed." in said(finding)


def test_the_key_results_own_cadence_counts() -> None:
    old = replace(FRESH, date=date(2026, 10, 20))
    assert judged(rule, okrs=okrs_with(old, cadence_days=14)).findings == ()
    assert the_finding(judged(rule, okrs=okrs_with(old, cadence_days=13)))
    assert judged(rule, okrs=okrs_with(old), cadences=4).findings == ()


def test_without_any_check_in_days_count_from_the_cycles_start() -> None:
    assert judged(rule, okrs=okrs_with(), today=date(2026, 10, 15)).findings == ()
    assert the_finding(judged(rule, okrs=okrs_with(), today=date(2026, 10, 16))).facts["quiet_days"] == 15


@pytest.mark.parametrize(("value", "confidence", "found"), [(25, 0.7, 1), (26, 0.7, 0), (25, 0.69, 0)])
def test_on_track_at_under_half_of_the_expected_progress_does_not_fit(
    value: float, confidence: float, found: int
) -> None:
    okrs = okrs_with(replace(FRESH, value=value, confidence=confidence))
    judgement = judged(rule, WORK, okrs=okrs)
    assert [one.facts["faults"] for one in judgement.findings] == [("behind",)] * found


def test_what_was_said_and_what_was_measured_are_both_shown() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(replace(FRESH, confidence=0.9), current=10.0)))
    assert (finding.facts["value"], finding.facts["confidence"], finding.facts["measured"]) == (10.0, 0.9, 10)
    assert "said to stand at a confidence of 0.9, and measured it is at 10 % of its way, 51 % of the cycle" in said(
        finding
    )


def test_in_the_first_ten_working_days_progress_is_not_compared() -> None:
    early = CheckIn(date(2026, 10, 14), value=0, confidence=0.9)
    assert judged(rule, okrs=okrs_with(early), today=date(2026, 10, 14)).findings == ()
    assert the_finding(judged(rule, okrs=okrs_with(early), today=date(2026, 10, 15)))
    assert judged(rule, okrs=okrs_with(early), today=date(2026, 10, 15), after_days=11).findings == ()


def test_finished_work_that_hardly_moved_it_does_not_fit() -> None:
    slow = replace(FRESH, value=19)
    finding = the_finding(judged(rule, DONE, okrs=okrs_with(slow)))
    assert finding.facts["faults"] == ("done",)
    assert "All its work is done, and measured it is at 19 % of its way" in said(finding)
    assert judged(rule, DONE, okrs=okrs_with(replace(FRESH, value=20))).findings == ()
    assert judged(rule, DONE, okrs=okrs_with(slow), moved=10).findings == ()
    assert judged(rule, okrs=okrs_with(slow)).findings == ()
    assert judged(rule, DONE, an_initiative("jira:ACME-2", serves="dau"), okrs=okrs_with(slow)).findings == ()


def test_exempt_work_is_no_work_that_is_still_open() -> None:
    exempt = an_initiative("jira:ACME-2", serves="dau", labels=frozenset({"okr-exempt", "kr-dau"}))
    assert the_finding(judged(rule, DONE, exempt, okrs=okrs_with(replace(FRESH, value=19))))


@pytest.mark.parametrize(
    ("check_in", "blocker", "found"),
    [
        (replace(FRESH, confidence=0.39), "", 1),
        (replace(FRESH, confidence=0.4), "", 0),
        (replace(FRESH, confidence=0.2, blocker="no contract yet"), "", 0),
        (replace(FRESH, confidence=0.2), "no contract yet", 0),
    ],
)
def test_low_confidence_asks_for_a_blocker(check_in: CheckIn, blocker: str, found: int) -> None:
    judgement = judged(rule, WORK, okrs=okrs_with(check_in, blocker=blocker))
    assert [one.facts["faults"] for one in judgement.findings] == [("unexplained",)] * found


def test_the_thresholds_of_confidence_can_be_set() -> None:
    assert judged(rule, okrs=okrs_with(replace(FRESH, confidence=0.3)), low=0.2).findings == ()
    assert judged(rule, okrs=okrs_with(replace(FRESH, value=10, confidence=0.8)), on_track=0.9).findings == ()
    assert judged(rule, okrs=okrs_with(replace(FRESH, value=10, confidence=0.8)), behind=10).findings == ()


def test_a_key_result_that_is_met_is_never_stale() -> None:
    assert judged(rule, okrs=okrs_with(current=100.0, confidence=0.1)).findings == ()


def test_outside_of_a_running_cycle_nobody_checks_in() -> None:
    assert judged(rule, okrs=okrs_with(), today=date(2027, 1, 5)).findings == ()
    closed = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.CLOSED))
    assert judged(rule, okrs=closed).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("jira", "no rights", key="ACME-9")])
def test_whether_all_work_is_done_is_not_judged_under_a_gap(gap: Gap) -> None:
    slow = okrs_with(replace(FRESH, value=19))
    assert the_unjudged(judged(rule, DONE, okrs=slow, gaps=(gap,))).subject.id == "dau"
    assert the_finding(judged(rule, DONE, okrs=okrs_with(), gaps=(gap,))).facts["faults"] == ("quiet",)


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, WORK, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert "dau" not in said(finding) + str(finding.facts) + finding.subject.id


def test_a_stale_picture_can_be_waived() -> None:
    judgement = judged(rule, okrs=okrs_with(), waived="dau")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_a_stale_picture_is_a_note() -> None:
    okrs = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.INFO
