from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.okr import Cycle, Okrs, Phase, Visibility
from rules.work.unresolvable_link import unresolvable_link
from rules.work.work_outside_cycle import work_outside_cycle as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged

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
    assert finding.act_on == finding.label_on == (a_ref("jira:ACME-1"),)
    assert finding.facts["fault"] == "late"
    assert "15 Jan 2027" in said(finding)
    assert "31 Dec 2026" in said(finding)


@pytest.mark.parametrize("due", [date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 7), None])
def test_work_that_ends_within_the_cycle_or_soon_after_passes(due: date | None) -> None:
    assert judged(rule, work(due=due)).findings == ()


def test_the_days_after_the_cycle_may_be_set() -> None:
    assert the_finding(judged(rule, work(due=date(2027, 1, 8))))
    assert the_finding(judged(rule, work(due=date(2027, 1, 4)), grace_days=1))


def test_work_that_serves_nothing_is_left_to_other_rules() -> None:
    assert judged(rule, an_initiative(due=AFTER)).findings == ()


def test_only_the_initiative_is_judged_and_not_its_work() -> None:
    child = an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1"), due=AFTER)
    assert judged(rule, work(), child).findings == ()
    assert the_finding(judged(rule, work(due=AFTER), child)).affects == ()


@pytest.mark.parametrize("phase", list(Phase))
def test_a_key_result_whose_cycle_is_over_is_a_warning_with_its_successor(phase: Phase) -> None:
    okrs = okrs_beside(replace(LAST, phase=phase), replaced_by="dau")
    finding = the_finding(judged(rule, work("other"), okrs=okrs))
    assert (finding.severity, finding.facts["fault"]) == (Severity.WARNING, "ended")
    assert finding.act_on == finding.label_on == (a_ref("jira:ACME-1"),)
    assert "Link the key result that it supports now: dau." in said(finding)
    assert "30 Sep 2026" in said(finding)


def test_an_ended_key_result_above_counts_for_the_work_below() -> None:
    above = work("other", status=StatusCategory.TO_DO)
    below = an_initiative("jira:ACME-2", parent=above.ref)
    assert the_finding(judged(rule, above, below, okrs=okrs_beside(LAST))).subject.id == "jira:ACME-2"


@pytest.mark.parametrize(
    ("serves", "told"),
    [
        (("other",), "work-outside-cycle"),
        (("other", "dau"), "unresolvable-link"),
        (("other", "dua"), "unresolvable-link"),
    ],
)
def test_one_fault_is_told_by_one_of_two_rules(serves: tuple[str, ...], told: str) -> None:
    ticket, okrs = an_initiative("jira:ACME-1", serves=serves), okrs_beside(LAST)
    assert [
        each_rule.name for each_rule in (rule, unresolvable_link) if judged(each_rule, ticket, okrs=okrs).findings
    ] == [told]


def test_work_that_is_named_for_a_coming_cycle_as_well_is_planned() -> None:
    okrs = okrs_beside(LAST)
    more = replace(
        okrs,
        other_key_results={**okrs.other_key_results, "later": a_key_result("later", cycle=NEXT.id)},
        cycles={**okrs.cycles, NEXT.id: NEXT},
    )
    assert judged(rule, an_initiative("jira:ACME-1", serves=("other", "later")), okrs=more).findings == ()


def rolled(count: int, project: str = "jira:ACME", **changes: Any) -> list[Initiative]:
    return [an_initiative(f"{project}-{n}", serves="other", **changes) for n in range(1, count + 1)]


def test_up_to_three_tickets_of_a_team_that_roll_over_are_told_one_by_one() -> None:
    found = judged(rule, *rolled(3), okrs=okrs_beside(LAST)).findings
    assert [finding.act_on for finding in found] == [(a_ref(f"jira:ACME-{n}"),) for n in (1, 2, 3)]


def test_more_are_one_finding_for_the_cycle_and_the_team_with_labels_alone() -> None:
    finding = the_finding(judged(rule, *rolled(4), okrs=okrs_beside(LAST)))
    assert (finding.subject.kind, finding.subject.id, finding.severity) == ("cycle", "2026-Q3", Severity.WARNING)
    assert (finding.act_on, len(finding.label_on), len(finding.affects)) == ((), 4, 4)
    assert "4 active tickets of product are linked only to other of 2026-Q3" in said(finding)


def test_each_team_is_counted_for_itself() -> None:
    tickets = [*rolled(4), *rolled(2, "jira:OLD")]
    found = judged(rule, *tickets, okrs=okrs_beside(LAST)).findings
    assert [finding.subject.id for finding in found] == ["2026-Q3", "jira:OLD-1", "jira:OLD-2"]
    assert len({finding.fingerprint for finding in found}) == 3


def test_the_finding_for_many_stays_the_same_while_the_tickets_change() -> None:
    four, five = (the_finding(judged(rule, *rolled(n), okrs=okrs_beside(LAST))) for n in (4, 5))
    assert four.fingerprint == five.fingerprint


def test_new_tickets_carry_nothing_yet() -> None:
    new = rolled(4, created=datetime(2026, 11, 16, tzinfo=UTC))
    finding = the_finding(judged(rule, *new, okrs=okrs_beside(LAST)))
    assert (finding.severity, finding.on_tickets) == (Severity.INFO, ())
    each_finding = the_finding(judged(rule, work(due=AFTER, created=datetime(2026, 11, 16, tzinfo=UTC))))
    assert (each_finding.severity, each_finding.on_tickets) == (Severity.INFO, ())


def test_a_ticket_that_may_name_a_current_key_result_is_not_judged() -> None:
    ticket = work("other", missing_fields=frozenset({"fields"}))
    assert the_unjudged(judged(rule, ticket, okrs=okrs_beside(LAST))).tickets == (ticket.ref,)


def test_once_the_running_cycle_is_over_another_rule_says_so() -> None:
    assert judged(rule, work(), today=date(2027, 1, 4)).findings == ()


@pytest.mark.parametrize(
    "changes", [{}, {"start": date(2026, 12, 1), "due": date(2027, 2, 1)}, {"start": date(2026, 11, 2)}]
)
def test_work_for_a_later_cycle_passes(changes: dict[str, date]) -> None:
    assert judged(rule, work("other", **changes), okrs=okrs_beside(NEXT)).findings == ()


def test_work_that_also_serves_what_goes_on_is_in_time() -> None:
    year = Cycle("2026-FY", date(2026, 7, 1), date(2027, 6, 30), Phase.RUNNING)
    goes_on = a_key_result("other", "ambition", cycle=year.id)
    okrs = acme_okrs(others=(goes_on,), cycles=(year,))
    okrs = replace(okrs, other_objectives={(year.id, "ambition"): an_objective("ambition")})
    both = an_initiative("jira:ACME-1", serves=("dau", "other"), due=date(2027, 2, 15))
    assert judged(rule, both, okrs=okrs).findings == ()
    too_late = the_finding(judged(rule, replace(both, due=date(2027, 9, 1)), okrs=okrs))
    assert (too_late.facts["cycle"], too_late.facts["key_results"]) == ("2026-FY", ("other",))


def test_work_that_also_names_a_key_result_of_the_coming_cycle_is_in_time() -> None:
    both = an_initiative("jira:ACME-1", serves=("dau", "other"), due=date(2027, 2, 15))
    assert judged(rule, both, okrs=okrs_beside(NEXT)).findings == ()
    assert the_finding(judged(rule, replace(both, due=date(2027, 5, 1)), okrs=okrs_beside(NEXT)))


def test_two_key_results_of_one_cycle_make_one_finding() -> None:
    both = an_initiative("jira:ACME-1", serves=("dau", "p99"), due=AFTER)
    assert the_finding(judged(rule, both)).facts["key_results"] == ("dau", "p99")


def test_the_fault_stays_the_same_under_another_title_and_another_late_date() -> None:
    judgement, other = (judged(rule, work(due=AFTER, title=title)) for title in ("One", "Other"))
    later = judged(rule, work(due=date(2027, 2, 1)))
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint == the_finding(later).fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": frozenset({"okr-exempt"})},
        {"status": StatusCategory.DONE},
        {"status": StatusCategory.TO_DO, "start": date(2027, 1, 4)},
    ],
)
def test_work_that_is_exempt_done_or_not_for_now_is_not_judged(changes: dict[str, Any]) -> None:
    assert judged(rule, work(due=AFTER, **changes)).findings == ()


def test_a_gap_hides_no_date_that_was_read_and_adds_none() -> None:
    gaps = (Gap("jira", "timed out"),)
    assert the_finding(judged(rule, work(due=AFTER), gaps=gaps))
    assert judged(rule, work(missing_fields=frozenset({"due"})), gaps=gaps).findings == ()


def test_a_waived_finding_is_kept_apart() -> None:
    found = judged(rule, work(due=AFTER), waived="jira:ACME-1")
    assert found.findings == ()
    assert [finding.subject.id for finding in found.waived] == ["jira:ACME-1"]


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
    assert "Link the key result that it supports now." in said(finding)
