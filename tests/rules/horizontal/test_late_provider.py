from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, PriorityBand, StatusCategory
from hub.model.okr import Cycle, LinkState, Need, Okrs, Phase, Visibility
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command, Verb
from rules.horizontal.late_provider import late_provider as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

PROVIDING = a_ref("github:acme/app#2")
NEEDED = date(2026, 11, 27)


def waiting(due: date | None = NEEDED, number: int = 1, **changes: Any) -> Initiative:
    base: dict[str, Any] = {"serves": "dau", "blocked_by": (PROVIDING,), "due": due}
    return an_initiative(f"jira:ACME-{number}", **(base | changes))


def providing(due: date | None = None, *labels: str, **changes: Any) -> Initiative:
    made = an_initiative(str(PROVIDING), due=due, **changes)
    return replace(made, labels=made.labels | set(labels or ("okr-accept",)))


def okrs_with(p99: dict[str, Any] | None = None, **dau: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", **dau),
            a_key_result("p99", "speed", **(p99 or {})),
        )
    )


@pytest.mark.parametrize(("due", "found"), [(date(2026, 11, 28), 1), (NEEDED, 0), (date(2026, 11, 20), 0)])
def test_work_due_after_it_is_needed_is_a_warning_on_the_providers_ticket(due: date, found: int) -> None:
    judgement = judged(rule, waiting(), providing(due))
    assert len(judgement.findings) == found
    for finding in judgement.findings:
        assert (finding.severity, finding.label) == (Severity.WARNING, "okr-dependency")
        assert (finding.subject.id, finding.act_on) == (str(PROVIDING), (PROVIDING,))
        assert finding.label_on == (PROVIDING, a_ref("jira:ACME-1"))
        assert finding.affects == (a_ref("jira:ACME-1"),)
        assert "waits for github:acme/app#2, which is due on 28 Nov 2026. It is needed by 27 Nov 2026." in said(finding)


def test_all_who_wait_too_long_are_one_finding_of_the_providing_ticket() -> None:
    tickets = [waiting(NEEDED + timedelta(days=n), n) for n in range(1, 10)]
    finding = the_finding(judged(rule, *tickets, providing(date(2026, 12, 4))))
    assert finding.affects == tuple(ticket.ref for ticket in tickets[:6])
    assert finding.facts["needed"] == date(2026, 11, 28)
    assert "1 more" in said(finding)
    assert finding.fingerprint == the_finding(judged(rule, waiting(), providing(date(2026, 12, 4)))).fingerprint


def test_work_due_after_the_cycles_end_is_an_error() -> None:
    finding = the_finding(judged(rule, waiting(None), providing(date(2027, 1, 8))))
    assert finding.severity is Severity.ERROR
    assert "The cycle ends on 31 Dec 2026." in said(finding)


@pytest.mark.parametrize(
    "provider",
    [
        an_initiative(str(PROVIDING), due=date(2027, 1, 8)),
        providing(date(2027, 1, 8), "okr-decline"),
        providing(date(2027, 1, 8), "okr-later"),
    ],
)
def test_what_nobody_agreed_to_is_another_question(provider: Initiative) -> None:
    assert judged(rule, waiting(), provider).findings == ()


def test_an_agreement_in_the_okrs_counts() -> None:
    late = an_initiative(str(PROVIDING), due=date(2026, 12, 4))
    okrs = okrs_with(depends_on=(Need("platform", "p99", state=LinkState.ACCEPTED),))
    assert the_finding(judged(rule, waiting(), late, okrs=okrs)).rule == rule.name
    assert the_finding(judged(rule, waiting(), late, okrs=okrs_with({"supports": ("dau",)}))).rule == rule.name


def test_put_off_and_backlog_work_waits_no_more() -> None:
    late = providing(date(2027, 1, 8))
    assert judged(rule, waiting(labels=frozenset({"okr-later"})), late).findings == ()
    assert judged(rule, waiting(date(2027, 1, 4)), late).findings == ()
    assert judged(rule, waiting(None, status=StatusCategory.TO_DO), late).findings == ()


def test_a_link_whose_priorities_differ_is_another_question() -> None:
    low = providing(date(2026, 12, 4), priority=PriorityBand.LOW)
    assert judged(rule, waiting(priority=PriorityBand.HIGHEST), low).findings == ()
    assert the_finding(judged(rule, waiting(priority=PriorityBand.MEDIUM), low)).rule == rule.name


def test_finished_work_is_never_late() -> None:
    assert judged(rule, waiting(), providing(date(2027, 1, 8), status=StatusCategory.DONE)).findings == ()


@pytest.mark.parametrize(("due", "found"), [(date(2026, 12, 13), 1), (date(2026, 12, 12), 0)])
def test_a_fifth_of_the_cycle_must_be_left_for_results_to_show(due: date, found: int) -> None:
    judgement = judged(rule, waiting(None), providing(due))
    assert len(judgement.findings) == found
    for finding in judgement.findings:
        assert (finding.severity, finding.facts["days_left"]) == (Severity.WARNING, 18)
        assert "The cycle ends on 31 Dec 2026; results usually need about 19 days to show." in said(finding)


def test_the_key_results_own_lag_counts_in_place_of_the_fifth() -> None:
    slow, quick = okrs_with(lag_days=40), okrs_with(lag_days=5)
    assert (
        the_finding(judged(rule, waiting(None), providing(date(2026, 11, 25)), okrs=slow)).facts["required_days"] == 40
    )
    assert judged(rule, waiting(None), providing(date(2026, 12, 20)), okrs=quick).findings == ()


def test_how_much_must_be_left_can_be_set() -> None:
    assert judged(rule, waiting(None), providing(date(2026, 12, 13)), min_cycle_left_percent=10).findings == ()


def test_work_that_serves_nothing_or_what_is_met_needs_no_time_for_results() -> None:
    assert judged(rule, waiting(None, serves=()), providing(date(2026, 12, 20))).findings == ()
    met = okrs_with(current=100.0)
    assert judged(rule, waiting(None), providing(date(2026, 12, 20)), okrs=met).findings == ()


def test_a_key_result_of_a_longer_cycle_has_until_that_one_ends() -> None:
    half = Cycle("2026-H2", date(2026, 10, 1), date(2027, 3, 31), Phase.RUNNING)
    other = a_key_result("loyal", "long", cycle=half.id)
    okrs = acme_okrs(
        cycles=(half,), others=(other,), other_objectives=(an_objective("long", "product", cycle=half.id),)
    )
    assert judged(rule, waiting(None, serves="loyal"), providing(date(2027, 1, 8)), okrs=okrs).findings == ()


def test_a_need_may_ask_for_it_earlier() -> None:
    okrs = okrs_with(depends_on=(Need("platform", "p99", needed_by=date(2026, 11, 23), state=LinkState.ACCEPTED),))
    finding = the_finding(judged(rule, waiting(), providing(date(2026, 11, 25), serves="p99"), okrs=okrs))
    assert finding.facts["needed"] == date(2026, 11, 23)


def test_overdue_work_is_expected_today() -> None:
    overdue = providing(date(2026, 11, 2))
    assert judged(rule, waiting(), overdue).findings == ()
    finding = the_finding(judged(rule, waiting(date(2026, 11, 13)), overdue))
    assert (finding.facts["expected"], finding.facts["overdue"]) == (date(2026, 11, 16), True)
    assert "which was due on 2 Nov 2026 and isn't done." in said(finding)


def test_nothing_is_forecast_for_work_without_a_date() -> None:
    begun = [
        an_initiative(f"github:acme/app#{90 + n}", status=StatusCategory.DONE, start=date(2026, 6, 1)) for n in range(9)
    ]
    assert judged(rule, waiting(), providing(status=StatusCategory.TO_DO), *begun).findings == ()


def test_dates_that_may_not_have_been_read_are_not_judged() -> None:
    partly = providing(missing_fields=frozenset({"fields"}))
    assert "dates of github:acme/app#2" in the_unjudged(judged(rule, waiting(), partly)).reason
    undated = waiting(None, missing_fields=frozenset({"fields"}))
    assert "dates of jira:ACME-1" in the_unjudged(judged(rule, undated, providing(date(2026, 12, 1)))).reason


def test_an_answer_that_may_not_have_been_read_is_not_judged() -> None:
    partly = waiting(missing_fields=frozenset({"labels"}))
    assert "answer on jira:ACME-1" in the_unjudged(judged(rule, partly, providing(date(2026, 12, 4)))).reason


def test_a_provider_that_was_not_read_is_not_judged() -> None:
    assert the_unjudged(judged(rule, waiting(), gaps=(Gap("github", "is down"),))).tickets == (a_ref("jira:ACME-1"),)


def test_a_private_key_result_shows_no_figure() -> None:
    need = Need("platform", "p99", needed_by=date(2026, 11, 23), state=LinkState.ACCEPTED)
    okrs = okrs_with(depends_on=(need,), lag_days=33, visibility=Visibility.PRIVATE)
    finding = the_finding(judged(rule, waiting(None), providing(date(2026, 12, 4), serves="p99"), okrs=okrs))
    everything = said(finding) + str(finding.facts)
    assert "2026-11-23" not in everything
    assert "33" not in everything


def test_lateness_can_be_waived_by_the_providing_ticket() -> None:
    judgement = judged(rule, waiting(), providing(date(2026, 12, 1)), waived=str(PROVIDING))
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_a_cycle_that_has_ended_is_not_judged() -> None:
    assert judged(rule, waiting(), providing(date(2027, 1, 8)), today=date(2027, 1, 4)).findings == ()


def test_in_draft_a_late_provider_is_a_note() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, waiting(), providing(date(2026, 12, 1)), okrs=okrs)).severity is Severity.INFO


@pytest.mark.parametrize(
    ("due", "needed", "found"),
    [
        (date(2026, 12, 17), date(2026, 12, 18), 0),
        (date(2026, 12, 18), date(2026, 12, 18), 0),
        (date(2026, 12, 22), None, 0),
        (date(2026, 12, 22), date(2026, 12, 18), 1),
        (date(2027, 1, 8), None, 1),
    ],
)
def test_whoever_commented_a_yes_is_late_after_the_day_that_was_asked_for_alone(
    due: date, needed: date | None, found: int
) -> None:
    work = an_initiative(str(PROVIDING), due=due)
    yes = Command(work.id, "c1", "Robin Vale", Verb.ACCEPT, "", datetime(2026, 11, 12, tzinfo=UTC))
    portfolio = a_portfolio(waiting(needed), work, memory=DependencyHistory(commands={"github": (yes,)}))
    findings = judge(rule, portfolio).findings
    assert [finding.facts["required_days"] for finding in findings] == [0] * found
    labelled = judged(rule, waiting(needed), providing(due))
    assert len(labelled.findings) == 1


def test_promised_work_that_is_overdue_in_the_last_days_of_a_cycle_is_late() -> None:
    work = an_initiative(str(PROVIDING), due=date(2026, 12, 15))
    yes = Command(work.id, "c1", "Robin Vale", Verb.ACCEPT, "", datetime(2026, 11, 12, tzinfo=UTC))
    memory = DependencyHistory(commands={"github": (yes,)})
    portfolio = a_portfolio(waiting(None), work, memory=memory, today=date(2026, 12, 21))
    assert "was due on 15 Dec 2026 and isn't done" in said(the_finding(judge(rule, portfolio)))
