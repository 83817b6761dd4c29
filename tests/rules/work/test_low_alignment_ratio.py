from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.okr import Cycle, Phase
from rules.work.low_alignment_ratio import low_alignment_ratio as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged


def tickets(good: int, bad: int, **changes: Any) -> list[Initiative]:
    """Tickets of Product: some that serve an aligned key result, and some that serve none."""
    served = [an_initiative(f"jira:ACME-{n}", serves="dau") for n in range(good)]
    return served + [an_initiative(f"jira:ACME-{100 + n}", **changes) for n in range(bad)]


def test_a_low_ratio_is_a_warning_about_the_team_and_on_no_ticket() -> None:
    finding = the_finding(judged(rule, *tickets(3, 2)))
    assert (finding.severity, finding.subject.id, finding.tickets) == (Severity.WARNING, "product", ())
    assert finding.label is None
    assert finding.facts["ratio"] == 60
    assert "3 of 5 active initiatives of product" in said(finding)


@pytest.mark.parametrize(
    ("good", "bad", "severity"),
    [(4, 1, None), (79, 21, Severity.WARNING), (5, 5, Severity.WARNING), (49, 51, Severity.ERROR)],
)
def test_the_thresholds_are_eighty_and_fifty_percent(good: int, bad: int, severity: Severity | None) -> None:
    found = judged(rule, *tickets(good, bad)).findings
    assert [finding.severity for finding in found] == ([] if severity is None else [severity])


def test_other_thresholds_may_be_set() -> None:
    assert judged(rule, *tickets(3, 2), warn_below_percent=60).findings == ()
    assert the_finding(judged(rule, *tickets(3, 2), error_below_percent=61)).severity is Severity.ERROR
    assert the_finding(judged(rule, *tickets(0, 2), min_active_tickets=2))


def test_fewer_than_five_tickets_are_not_judged() -> None:
    assert judged(rule, *tickets(0, 4)).findings == ()


def test_work_that_serves_only_unaligned_key_results_is_counted_apart() -> None:
    okrs = acme_okrs(key_results=(a_key_result("revenue", "growth"), a_key_result("dau", "adoption")))
    finding = the_finding(judged(rule, *tickets(4, 1), okrs=okrs))
    assert (finding.facts["aligned"], finding.facts["unaligned"], finding.facts["without"]) == (0, 4, 1)


def test_work_for_an_organization_key_result_of_the_year_is_aligned() -> None:
    year = Cycle("2026", CYCLE.start.replace(month=1), CYCLE.end)
    okrs = acme_okrs(
        others=(a_key_result("profit", "yearly", cycle="2026"),),
        other_objectives=(an_objective("yearly", cycle="2026"),),
        cycles=(year,),
    )
    work = [an_initiative(f"jira:ACME-{n}", serves="profit") for n in range(5)]
    assert judged(rule, *work, okrs=okrs).findings == ()


def test_exempt_work_is_left_out_and_reported() -> None:
    exempt = an_initiative("jira:ACME-900", labels=frozenset({"okr-exempt"}))
    finding = the_finding(judged(rule, *tickets(3, 2), exempt))
    assert (finding.facts["active"], finding.facts["exempt"]) == (5, 1)


def test_finished_and_foreign_work_is_not_counted() -> None:
    done = an_initiative("jira:ACME-900", status=StatusCategory.DONE)
    foreign = an_initiative("jira:ELSE-1")
    assert judged(rule, *tickets(4, 1), done, foreign).findings == ()


def test_a_team_whose_tracker_was_not_read_is_not_judged() -> None:
    unjudged = the_unjudged(judged(rule, *tickets(3, 2), gaps=(Gap("jira", "is down"),)))
    assert unjudged.subject.id == "product"
    assert "jira" in unjudged.reason


def test_a_gap_elsewhere_changes_nothing() -> None:
    found = judged(rule, *tickets(3, 2), gaps=(Gap("github", "is down"),))
    assert the_finding(found).subject.id == "product"
    assert [not_judged.subject.id for not_judged in found.not_judged] == ["platform"]


def test_tickets_that_could_lift_the_ratio_leave_it_open() -> None:
    partly = tickets(3, 2, missing_fields=frozenset({"labels"}))
    assert the_unjudged(judged(rule, *partly)).subject.id == "product"
    gap = Gap("jira", "no rights", key="ACME-9000")
    assert the_unjudged(judged(rule, *tickets(7, 2), gaps=(gap,))).subject.id == "product"


def test_tickets_that_could_not_lift_it_enough_leave_the_finding() -> None:
    gap = Gap("jira", "no rights", key="OPS-9000")
    assert the_finding(judged(rule, *tickets(3, 2), gaps=(gap,))).severity is Severity.WARNING
    assert the_finding(judged(rule, *tickets(4, 5), gaps=(gap,))).severity is Severity.WARNING


def test_the_fault_stays_the_same_while_the_counts_change() -> None:
    judgement, other = judged(rule, *tickets(3, 2)), judged(rule, *tickets(0, 9))
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint


def test_a_waived_team_is_kept_apart() -> None:
    found = judged(rule, *tickets(3, 2), waived="product")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_in_draft_the_warning_is_a_note() -> None:
    okrs = acme_okrs(cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, *tickets(3, 2), okrs=okrs)).severity is Severity.INFO


@pytest.mark.parametrize("day", [date(2026, 10, 7)])
def test_in_the_cycles_first_days_it_is_a_note(day: date) -> None:
    assert the_finding(judged(rule, *tickets(0, 9), today=day)).severity is Severity.INFO


def test_new_tickets_without_a_link_are_not_counted_yet() -> None:
    new = datetime(2026, 11, 12, tzinfo=UTC)
    assert judged(rule, *tickets(4, 6, created=new)).findings == ()
    assert the_finding(judged(rule, *tickets(3, 2), *tickets(0, 0, created=new)))


def test_what_lies_below_an_initiative_is_not_counted() -> None:
    below = [an_initiative(f"jira:ACME-{900 + n}", parent=a_ref("jira:ACME-100")) for n in range(9)]
    assert the_finding(judged(rule, *tickets(3, 2), *below)).facts["active"] == 5


def test_where_the_whole_team_is_told_it_is_a_note() -> None:
    okrs = acme_okrs(
        key_results=(a_key_result("revenue", "growth"), a_key_result("dau", "adoption"), a_key_result("p99", "speed"))
    )
    assert the_finding(judged(rule, *tickets(5, 0), okrs=okrs)).severity is Severity.INFO
    assert the_finding(judged(rule, *tickets(3, 2), okrs=okrs)).severity is Severity.ERROR


def test_without_organization_key_results_nothing_can_be_said() -> None:
    okrs = acme_okrs(objectives=(an_objective("adoption", "product"),), key_results=(a_key_result("dau", "adoption"),))
    assert judged(rule, *tickets(0, 9), okrs=okrs).findings == ()


def test_once_the_cycle_is_over_nothing_is_said() -> None:
    assert judged(rule, *tickets(0, 9), today=date(2027, 1, 11)).findings == ()
