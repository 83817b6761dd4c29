from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.model.finding import Judgement, Severity
from hub.model.initiative import Gap, Initiative, Ref, StatusCategory
from hub.model.okr import Phase, Visibility
from hub.model.portfolio import DependencyHistory, ticket_dependency_key
from rules.horizontal.unacknowledged_dependency import unacknowledged_dependency as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, acme_okrs, an_initiative
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

PROVIDER = an_initiative("github:acme/app#2", status=StatusCategory.TO_DO)
WAITING = an_initiative("jira:ACME-1", serves="dau", blocked_by=(PROVIDER.ref,))
PLANNED = replace(WAITING, status=StatusCategory.TO_DO, start=date(2026, 11, 30))
DECLINED = replace(PROVIDER, labels=frozenset({"okr-decline"}))


def numbered(number: int, ticket: Initiative = WAITING, **changes: Any) -> Initiative:
    key = ticket.ref.key.replace("ACME-1", f"ACME-{number}").replace("#2", f"#{number}")
    return replace(ticket, ref=Ref(ticket.ref.connector, key), id=f"id-{key}", **changes)


def seen(day: date, *tickets: Initiative, error_days: float = 10) -> Judgement:
    memory = DependencyHistory({ticket_dependency_key(WAITING, PROVIDER): day})
    return judge(rule, a_portfolio(*(tickets or (WAITING, PROVIDER)), memory=memory), error_days=error_days)


@pytest.mark.parametrize(
    ("day", "severity", "planned"),
    [
        (date(2026, 11, 10), None, None),
        (date(2026, 11, 9), Severity.ERROR, Severity.WARNING),
        (date(2026, 11, 3), Severity.ERROR, Severity.WARNING),
        (date(2026, 11, 2), Severity.ERROR, Severity.ERROR),
    ],
)
def test_five_working_days_of_silence_weigh_as_the_question_and_ten_are_an_error(
    day: date, severity: Severity | None, planned: Severity | None
) -> None:
    assert [finding.severity for finding in seen(day).findings] == ([] if severity is None else [severity])
    assert [finding.severity for finding in seen(day, PLANNED, PROVIDER).findings] == (
        [] if planned is None else [planned]
    )


def test_it_asks_on_both_sides_and_says_since_when() -> None:
    finding = the_finding(seen(date(2026, 11, 9)))
    assert (finding.subject.id, finding.label) == ("product -> platform", "okr-dependency")
    assert finding.act_on == (PROVIDER.ref, WAITING.ref)
    assert set(finding.label_on) == set(finding.affects) == {PROVIDER.ref, WAITING.ref}
    words = said(finding)
    assert "Product is waiting for Platform for dau: jira:ACME-1 on github:acme/app#2." in words
    assert "Platform was asked on 9 Nov 2026 and has not answered." in words
    assert "/okr accept, /okr decline <reason> or /okr later" in words


def test_it_asks_on_three_tickets_of_each_side_at_most() -> None:
    providers = [numbered(n, PROVIDER) for n in range(11, 16)]
    tickets = [numbered(n, blocked_by=(ticket.ref,)) for n, ticket in enumerate(providers, start=1)]
    finding = the_finding(judged(rule, *tickets, *providers))
    assert set(finding.act_on) == {ticket.ref for ticket in (*tickets[:3], *providers[:3])}
    assert set(finding.label_on) == {ticket.ref for ticket in (*tickets, *providers)}


def test_what_a_run_sees_for_the_first_time_is_new() -> None:
    assert judge(rule, a_portfolio(WAITING, PROVIDER, memory=DependencyHistory())).findings == ()


def test_without_a_memory_the_younger_ticket_bounds_the_days() -> None:
    assert the_finding(judged(rule, WAITING, PROVIDER)).facts["since"] == date(2026, 10, 2)
    young = replace(PROVIDER, created=datetime(2026, 11, 12, tzinfo=UTC))
    assert judged(rule, WAITING, young).findings == ()


def test_the_days_until_an_error_can_be_set() -> None:
    day = date(2026, 11, 9)
    assert the_finding(seen(day, PLANNED, PROVIDER, error_days=5)).severity is Severity.ERROR


def test_a_yes_settles_it() -> None:
    assert judged(rule, WAITING, replace(PROVIDER, labels=frozenset({"OKR-accept"}))).findings == ()


@pytest.mark.parametrize("label", ["okr-decline", "okr-later"])
def test_a_no_counts_at_once_and_the_comment_stands_on_the_waiting_ticket(label: str) -> None:
    refused = replace(PROVIDER, labels=frozenset({label}))
    finding = the_finding(judge(rule, a_portfolio(WAITING, refused, memory=DependencyHistory())))
    assert finding.severity is Severity.ERROR
    assert finding.act_on == (WAITING.ref,)
    assert set(finding.label_on) == {WAITING.ref, PROVIDER.ref}
    words = said(finding)
    assert "Platform said no to github:acme/app#2" in words
    assert "/okr later on the waiting ticket" in words
    assert (
        the_finding(judge(rule, a_portfolio(PLANNED, refused, memory=DependencyHistory()))).severity is Severity.WARNING
    )


def test_a_no_is_settled_by_putting_the_waiting_work_off() -> None:
    assert judged(rule, replace(WAITING, labels=WAITING.labels | {"okr-later"}), DECLINED).findings == ()
    assert judged(rule, replace(WAITING, due=date(2027, 1, 15)), DECLINED).findings == ()
    assert judged(rule, replace(WAITING, status=StatusCategory.TO_DO), DECLINED).findings == ()


def test_a_no_to_one_and_silence_on_another_are_one_finding() -> None:
    other = numbered(3, PROVIDER)
    tickets = WAITING, numbered(5, blocked_by=(other.ref,)), DECLINED, other
    finding = the_finding(judge(rule, a_portfolio(*tickets, memory=DependencyHistory())))
    assert finding.act_on == (other.ref, WAITING.ref)
    assert len(finding.affects) == 4
    assert "github:acme/app#3" not in said(finding)


def test_an_answer_that_may_not_have_been_read_is_not_judged() -> None:
    partly = replace(PROVIDER, missing_fields=frozenset({"labels"}))
    assert "answer" in the_unjudged(judged(rule, WAITING, partly)).reason


def test_a_provider_that_was_not_read_is_not_judged() -> None:
    assert the_unjudged(judged(rule, WAITING, gaps=(Gap("github", "is down"),))).tickets == (WAITING.ref,)


def test_a_private_key_result_is_not_named() -> None:
    private = a_key_result("dau", "adoption", visibility=Visibility.PRIVATE)
    okrs = acme_okrs(key_results=(a_key_result("revenue", "growth"), private, a_key_result("p99", "speed")))
    finding = the_finding(judged(rule, WAITING, PROVIDER, okrs=okrs))
    assert "a private key result" in said(finding)
    assert "dau" not in said(finding) + str(finding.facts)


def test_the_silence_can_be_waived() -> None:
    judgement = judged(rule, WAITING, PROVIDER, waived="product -> platform")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_a_cycle_that_has_ended_is_not_judged() -> None:
    assert judged(rule, WAITING, DECLINED, today=date(2027, 1, 4)).findings == ()


def test_in_draft_an_error_is_a_warning() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, WAITING, DECLINED, okrs=okrs)).severity is Severity.WARNING
