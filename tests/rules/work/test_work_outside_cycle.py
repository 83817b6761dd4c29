from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.okr import Cycle, Okrs, Phase, Visibility
from rules.work.unresolvable_link import unresolvable_link
from rules.work.work_outside_cycle import work_outside_cycle as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative
from tests.rules.running import judged, said, the_finding

LAST = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.RUNNING)
NEXT = Cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), Phase.DRAFT)
AFTER = date(2027, 1, 15)


def work(serves: str = "dau", **changes: Any) -> Initiative:
    return an_initiative("jira:ACME-1", serves=serves, **changes)


def okrs_beside(cycle: Cycle, **changes: Any) -> Okrs:
    """The running cycle, and one more with the key result `other`."""
    return acme_okrs(others=(a_key_result("other", cycle=cycle.id, **changes),), cycles=(cycle,))


def test_work_that_is_due_after_the_cycle_is_a_warning_with_both_dates() -> None:
    finding = the_finding(judged(rule, work(due=AFTER)))
    assert finding.severity is Severity.WARNING
    assert finding.tickets == (a_ref("jira:ACME-1"),)
    assert finding.facts["fault"] == "late"
    assert "2027-01-15" in said(finding)
    assert "2026-12-31" in said(finding)


@pytest.mark.parametrize("due", [date(2026, 12, 31), date(2026, 10, 1), None])
def test_work_that_ends_within_the_cycle_passes(due: date | None) -> None:
    assert judged(rule, work(due=due)).findings == ()


def test_work_that_serves_nothing_is_left_to_other_rules() -> None:
    assert judged(rule, an_initiative(due=AFTER)).findings == ()


def test_who_inherits_a_key_result_is_judged_by_its_own_date() -> None:
    child = an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1"), due=AFTER)
    assert the_finding(judged(rule, work(), child)).subject.id == "jira:ACME-2"


def test_a_key_result_whose_cycle_is_over_is_a_warning_with_its_successor() -> None:
    finding = the_finding(judged(rule, work("other"), okrs=okrs_beside(LAST, replaced_by="dau")))
    assert (finding.severity, finding.facts["fault"]) == (Severity.WARNING, "over")
    assert "kr-dau" in said(finding)
    assert "2026-09-30" in said(finding)


def test_a_running_cycle_that_is_over_is_a_warning_and_an_error_once_closed() -> None:
    late = date(2027, 1, 4)
    assert the_finding(judged(rule, work(), today=late)).severity is Severity.WARNING
    closed = acme_okrs(cycle=replace(CYCLE, phase=Phase.CLOSED))
    assert the_finding(judged(rule, work(), okrs=closed, today=late)).severity is Severity.ERROR
    assert the_finding(judged(rule, work(), okrs=closed)).severity is Severity.ERROR


@pytest.mark.parametrize("phase", list(Phase))
def test_one_fault_is_told_by_one_of_two_rules(phase: Phase) -> None:
    okrs = okrs_beside(replace(LAST, phase=phase))
    told = [one.name for one in (rule, unresolvable_link) if judged(one, work("other"), okrs=okrs).findings]
    assert told == ["unresolvable-link" if phase is Phase.CLOSED else "work-outside-cycle"]


def test_dates_that_do_not_meet_the_key_results_cycle_are_a_warning() -> None:
    dated = work("other", start=date(2026, 11, 2), due=date(2026, 12, 1))
    finding = the_finding(judged(rule, dated, okrs=okrs_beside(NEXT)))
    assert finding.facts["fault"] == "apart"
    assert "2026-11-02" in said(finding)
    assert "2027-01-01" in said(finding)


@pytest.mark.parametrize("changes", [{}, {"start": date(2026, 12, 1), "due": date(2027, 2, 1)}])
def test_work_for_a_later_cycle_that_may_meet_it_passes(changes: dict[str, date]) -> None:
    assert judged(rule, work("other", **changes), okrs=okrs_beside(NEXT)).findings == ()


def test_two_key_results_of_one_cycle_make_one_finding() -> None:
    both = an_initiative("jira:ACME-1", serves=("dau", "p99"), due=AFTER)
    assert the_finding(judged(rule, both)).facts["key_results"] == ("dau", "p99")


def test_the_fault_stays_the_same_under_another_title_and_another_late_date() -> None:
    one, other = (judged(rule, work(due=AFTER, title=title)) for title in ("One", "Other"))
    later = judged(rule, work(due=date(2027, 2, 1)))
    assert the_finding(one).fingerprint == the_finding(other).fingerprint == the_finding(later).fingerprint


@pytest.mark.parametrize(
    "changes", [{"labels": frozenset({"okr-exempt"})}, {"status": StatusCategory.DONE}, {"start": date(2027, 1, 4)}]
)
def test_work_that_is_exempt_done_or_not_for_now_is_not_judged(changes: dict[str, Any]) -> None:
    assert judged(rule, work(due=AFTER, **changes)).findings == ()


def test_a_gap_hides_no_date_that_was_read_and_adds_none() -> None:
    gaps = (Gap("jira", "timed out"),)
    assert the_finding(judged(rule, work(due=AFTER), gaps=gaps))
    assert judged(rule, work(unread=frozenset({"due"})), gaps=gaps).findings == ()


def test_a_waived_finding_is_kept_apart() -> None:
    found = judged(rule, work(due=AFTER), waived="jira:ACME-1")
    assert found.findings == ()
    assert [one.subject.id for one in found.waived] == ["jira:ACME-1"]


def test_in_draft_the_warning_is_a_note() -> None:
    okrs = acme_okrs(cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, work(due=AFTER), okrs=okrs)).severity is Severity.INFO


def test_private_key_results_are_not_named() -> None:
    okrs = replace(
        okrs_beside(LAST, replaced_by="merger", visibility=Visibility.PRIVATE),
        key_results={"merger": a_key_result("merger", "growth", visibility=Visibility.PRIVATE)},
    )
    finding = the_finding(judged(rule, work("other"), okrs=okrs))
    assert not any(name in said(finding) + str(finding.facts) for name in ("'other'", "merger"))
    assert "kr-<id>" in said(finding)
