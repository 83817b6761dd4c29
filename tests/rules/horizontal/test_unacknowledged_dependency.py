from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.memory import Memory, between_tickets
from hub.model.okr import Need, Okrs, Phase, Visibility
from rules.horizontal.unacknowledged_dependency import unacknowledged_dependency as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, acme_okrs, an_initiative, an_objective
from tests.rules.running import judge, judged, said, the_finding, the_unjudged

PROVIDER = an_initiative("github:acme/app#2")
WAITING = an_initiative("jira:ACME-1", serves="dau", blocked_by=(PROVIDER.ref,), due=date(2026, 11, 30))
DECLINED = replace(PROVIDER, labels=frozenset({"okr-decline"}))


def seen(day: date, *tickets: Initiative) -> Any:
    memory = Memory({between_tickets(WAITING, PROVIDER): day})
    return judge(rule, a_portfolio(*(tickets or (WAITING, PROVIDER)), memory=memory))


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        (date(2026, 11, 10), None),
        (date(2026, 11, 9), Severity.WARNING),
        (date(2026, 11, 3), Severity.WARNING),
        (date(2026, 11, 2), Severity.ERROR),
    ],
)
def test_silence_is_a_warning_after_five_working_days_and_an_error_after_ten(
    day: date, severity: Severity | None
) -> None:
    assert [one.severity for one in seen(day).findings] == ([] if severity is None else [severity])


def test_it_stands_on_the_providers_ticket_and_says_how_to_answer() -> None:
    finding = the_finding(seen(date(2026, 11, 9)))
    assert (finding.tickets, finding.label) == ((PROVIDER.ref,), "okr-dependency")
    words = said(finding)
    assert "jira:ACME-1 waits for github:acme/app#2 for dau, by 2026-11-30" in words
    assert "platform has not answered for 5 working days." in words
    assert "okr-accept or okr-decline" in words


def test_what_a_run_sees_for_the_first_time_is_new() -> None:
    assert judge(rule, a_portfolio(WAITING, PROVIDER, memory=Memory())).findings == ()


def test_without_a_memory_the_younger_ticket_bounds_the_days() -> None:
    assert the_finding(judged(rule, WAITING, PROVIDER)).facts["days"] == 31
    young = replace(PROVIDER, created=datetime(2026, 11, 12, tzinfo=UTC))
    assert judged(rule, WAITING, young).findings == ()


def test_the_days_can_be_set() -> None:
    portfolio = a_portfolio(WAITING, PROVIDER, memory=Memory({between_tickets(WAITING, PROVIDER): date(2026, 11, 9)}))
    assert judge(rule, portfolio, warn_days=6).findings == ()
    assert the_finding(judge(rule, portfolio, error_days=5)).severity is Severity.ERROR


def test_a_label_that_accepts_settles_it() -> None:
    assert judged(rule, WAITING, replace(PROVIDER, labels=frozenset({"OKR-accept"}))).findings == ()


def test_a_label_that_declines_is_an_error_on_both_while_the_work_is_active() -> None:
    finding = the_finding(judge(rule, a_portfolio(WAITING, DECLINED, memory=Memory())))
    assert finding.severity is Severity.ERROR
    assert finding.tickets == (PROVIDER.ref, WAITING.ref)
    assert "platform has declined" in said(finding)
    assert judged(rule, replace(WAITING, status=StatusCategory.TO_DO, due=None), DECLINED).findings == ()


def test_two_labels_that_contradict_each_other_are_no_answer() -> None:
    both = replace(PROVIDER, labels=frozenset({"okr-accept", "okr-decline"}))
    assert the_finding(judged(rule, WAITING, both)).facts["declined"] is False


def test_many_that_wait_for_one_ticket_are_one_finding() -> None:
    tickets = [replace(WAITING, ref=replace(WAITING.ref, key=f"ACME-{n}"), id=f"{n}") for n in range(1, 9)]
    finding = the_finding(judged(rule, *tickets, PROVIDER))
    assert finding.facts["count"] == 8
    assert "3 more" in said(finding)
    assert finding.fingerprint == the_finding(judged(rule, WAITING, PROVIDER)).fingerprint


def test_what_the_teams_agreed_above_the_tickets_is_an_answer() -> None:
    shared = acme_okrs(
        objectives=(
            an_objective("growth"),
            an_objective("adoption", "product", "platform"),
            an_objective("speed", "platform"),
        )
    )
    assert judged(rule, WAITING, PROVIDER, okrs=shared).findings == ()
    assert judged(rule, WAITING, PROVIDER, okrs=okrs_with(Need("platform", "p99"))).findings == ()


def test_a_no_counts_even_under_an_agreement() -> None:
    assert the_finding(judged(rule, WAITING, DECLINED, okrs=okrs_with(Need("platform", "p99"))))


def okrs_with(*needs: Need, **dau: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=needs, **dau),
            a_key_result("p99", "speed"),
        )
    )


@pytest.mark.parametrize(
    "provider",
    [replace(PROVIDER, status=StatusCategory.DONE), replace(PROVIDER, labels=frozenset({"okr-exempt"}))],
)
def test_finished_and_exempt_work_needs_no_answer(provider: Initiative) -> None:
    assert judged(rule, WAITING, provider).findings == ()


def test_an_exempt_ticket_waits_for_nothing() -> None:
    assert judged(rule, replace(WAITING, labels=frozenset({"okr-exempt"})), PROVIDER).findings == ()


def test_an_answer_that_may_not_have_been_read_is_not_judged() -> None:
    partly = replace(PROVIDER, unread=frozenset({"labels"}))
    assert "answer" in the_unjudged(judged(rule, WAITING, partly)).reason


def test_a_provider_that_was_not_read_is_not_judged() -> None:
    assert the_unjudged(judged(rule, WAITING, gaps=(Gap("github", "is down"),))).tickets == (WAITING.ref,)


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, WAITING, PROVIDER, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert "a private Key Result" in said(finding)
    assert "dau" not in said(finding) + str(finding.facts)


def test_the_silence_can_be_waived_by_the_ticket() -> None:
    judgement = judged(rule, WAITING, PROVIDER, waived="acme/app#2")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_an_error_is_a_warning() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, WAITING, DECLINED, okrs=okrs)).severity is Severity.WARNING
