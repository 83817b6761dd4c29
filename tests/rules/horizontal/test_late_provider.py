from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.okr import Need, Okrs, Phase
from rules.horizontal.late_provider import late_provider as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative
from tests.rules.running import judged, said, the_finding, the_unjudged

PROVIDING = a_ref("github:acme/app#2")
NEEDED = date(2026, 11, 27)


def waiting(due: date | None = NEEDED, **changes: Any) -> Initiative:
    return an_initiative("jira:ACME-1", **({"serves": "dau", "blocked_by": (PROVIDING,), "due": due} | changes))


def providing(due: date | None = None, **changes: Any) -> Initiative:
    return an_initiative(str(PROVIDING), due=due, **changes)


def okrs_with(**dau: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", **dau),
            a_key_result("p99", "speed"),
        )
    )


@pytest.mark.parametrize(("due", "found"), [(date(2026, 11, 28), 1), (NEEDED, 0), (date(2026, 11, 20), 0)])
def test_work_expected_after_it_is_needed_is_a_warning_on_both_tickets(due: date, found: int) -> None:
    judgement = judged(rule, waiting(), providing(due))
    assert len(judgement.findings) == found
    for finding in judgement.findings:
        assert (finding.severity, finding.label) == (Severity.WARNING, "okr-dependency")
        assert finding.tickets == (a_ref("jira:ACME-1"), PROVIDING)
        assert "is expected on 2026-11-28. It is needed by 2026-11-27." in said(finding)


def test_work_expected_after_the_cycles_end_is_an_error() -> None:
    finding = the_finding(judged(rule, waiting(None), providing(date(2027, 1, 8))))
    assert finding.severity is Severity.ERROR
    assert "after the end of the cycle" in said(finding)


def test_a_fifth_of_the_cycle_must_be_left_to_move_the_key_result() -> None:
    assert judged(rule, waiting(None), providing(date(2026, 12, 12))).findings == ()
    finding = the_finding(judged(rule, waiting(None), providing(date(2026, 12, 13))))
    assert (finding.facts["days_left"], finding.facts["days_wanted"]) == (18, 19)
    assert "That leaves 18 days of the cycle, and a key result needs 19 to move." in said(finding)


def test_the_key_results_own_lag_counts_in_place_of_the_fifth() -> None:
    slow, quick = okrs_with(lag_days=40), okrs_with(lag_days=5)
    assert the_finding(judged(rule, waiting(None), providing(date(2026, 11, 25)), okrs=slow)).facts["days_wanted"] == 40
    assert judged(rule, waiting(None), providing(date(2026, 12, 20)), okrs=quick).findings == ()


def test_how_much_must_be_left_can_be_set() -> None:
    assert judged(rule, waiting(None), providing(date(2026, 12, 13)), share_left=10).findings == ()


def test_work_that_serves_nothing_or_what_is_met_needs_no_time_to_move_it() -> None:
    assert judged(rule, waiting(None, serves=()), providing(date(2026, 12, 20))).findings == ()
    met = okrs_with(current=100.0)
    assert judged(rule, waiting(None), providing(date(2026, 12, 20)), okrs=met).findings == ()


def test_a_need_between_the_key_results_may_ask_for_it_earlier() -> None:
    okrs = okrs_with(depends_on=(Need("platform", "p99", needed_by=date(2026, 11, 23)),))
    provider = providing(date(2026, 11, 25), serves="p99")
    assert the_finding(judged(rule, waiting(), provider, okrs=okrs)).facts["needed"] == date(2026, 11, 23)
    assert judged(rule, waiting(), providing(date(2026, 11, 25)), okrs=okrs).findings == ()


def test_overdue_work_is_expected_today_at_the_earliest() -> None:
    overdue = providing(date(2026, 11, 2))
    assert judged(rule, waiting(), overdue).findings == ()
    finding = the_finding(judged(rule, waiting(date(2026, 11, 13)), overdue))
    assert (finding.facts["expected"], finding.facts["why"]) == (date(2026, 11, 16), "overdue")


def finished(days: int, count: int = 5) -> list[Initiative]:
    begun = datetime(2026, 9, 1, tzinfo=UTC)
    return [
        an_initiative(
            f"github:acme/app#{90 + n}",
            status=StatusCategory.DONE,
            created=begun,
            closed=begun + timedelta(days=days),
        )
        for n in range(count)
    ]


def test_work_that_has_not_started_is_expected_after_its_usual_duration() -> None:
    unstarted = providing(date(2026, 11, 20), status=StatusCategory.TO_DO)
    finding = the_finding(judged(rule, waiting(), unstarted, *finished(20)))
    assert (finding.facts["expected"], finding.facts["why"]) == (date(2026, 12, 6), "usual")
    assert "has not started and, at platform's usual pace, ends on 2026-12-06" in said(finding)
    assert judged(rule, waiting(), unstarted, *finished(11)).findings == ()


def test_a_usual_duration_needs_five_finished_tickets_of_that_kind() -> None:
    undated = providing(status=StatusCategory.TO_DO)
    assert judged(rule, waiting(), undated, *finished(20, count=4)).findings == ()
    assert judged(rule, waiting(), replace(undated, kind="Bug"), *finished(20)).findings == ()
    assert the_finding(judged(rule, waiting(), undated, *finished(20)))


def test_work_that_has_started_is_not_measured_by_the_usual() -> None:
    assert judged(rule, waiting(), providing(), *finished(90)).findings == ()


def test_a_usual_duration_that_is_known_in_part_is_not_judged() -> None:
    unstarted = providing(status=StatusCategory.TO_DO)
    gap = (Gap("github", "no rights", key="acme/app#9"),)
    assert "in part" in the_unjudged(judged(rule, waiting(), unstarted, *finished(20), gaps=gap)).reason
    late = providing(date(2026, 12, 1), status=StatusCategory.TO_DO)
    assert the_finding(judged(rule, waiting(), late, gaps=gap))


def test_finished_and_exempt_providers_are_never_late() -> None:
    late = date(2027, 1, 8)
    assert judged(rule, waiting(), providing(late, status=StatusCategory.DONE)).findings == ()
    assert judged(rule, waiting(), providing(late, labels=frozenset({"okr-exempt"}))).findings == ()


def test_dates_that_may_not_have_been_read_are_not_judged() -> None:
    partly = providing(unread=frozenset({"fields"}))
    assert "dates of github:acme/app#2" in the_unjudged(judged(rule, waiting(), partly)).reason


def test_a_provider_that_was_not_read_is_not_judged() -> None:
    assert the_unjudged(judged(rule, waiting(), gaps=(Gap("github", "is down"),))).tickets == (a_ref("jira:ACME-1"),)


def test_lateness_can_be_waived_by_either_ticket() -> None:
    judgement = judged(rule, waiting(), providing(date(2026, 12, 1)), waived="ACME-1")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_a_late_provider_is_a_note() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, waiting(), providing(date(2026, 12, 1)), okrs=okrs)).severity is Severity.INFO
