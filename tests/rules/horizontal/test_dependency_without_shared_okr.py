from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.okr import Phase, Visibility
from hub.model.portfolio import DependencyHistory, ticket_dependency_key
from rules.horizontal.dependency_without_shared_okr import dependency_without_shared_okr as rule
from rules.horizontal.unacknowledged_dependency import unacknowledged_dependency
from tests.builders import CYCLE, a_key_result, a_portfolio, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

RECENT = datetime(2026, 11, 12, tzinfo=UTC)
PROVIDER = an_initiative("github:acme/app#2", serves="p99", status=StatusCategory.TO_DO)
PLATFORM = an_initiative("github:acme/app#3", serves="p99", status=StatusCategory.TO_DO)


def waiting(number: int = 1, **changes: Any) -> Initiative:
    base: dict[str, Any] = {"serves": "dau", "blocked_by": (PROVIDER.ref,), "created": RECENT}
    return an_initiative(f"jira:ACME-{number}", **(base | changes))


def planned(number: int = 1, **changes: Any) -> Initiative:
    return waiting(number, status=StatusCategory.TO_DO, **({"start": date(2026, 11, 30)} | changes))


def answered(ticket: Initiative, label: str) -> Initiative:
    return replace(ticket, labels=ticket.labels | {label})


def test_work_in_progress_that_waits_for_what_nobody_agreed_on_is_an_error() -> None:
    finding = the_finding(judged(rule, waiting(), PROVIDER))
    assert (finding.severity, finding.label) == (Severity.ERROR, "okr-dependency")
    assert finding.subject.id == "product -> platform"


@pytest.mark.parametrize(
    ("ticket", "severity"),
    [
        (planned(), Severity.WARNING),
        (planned(due=date(2026, 12, 31)), Severity.ERROR),
        (planned(due=date(2026, 12, 31), start=None), Severity.ERROR),
    ],
)
def test_planned_work_is_a_warning_unless_it_is_due_within_the_cycle(ticket: Initiative, severity: Severity) -> None:
    assert the_finding(judged(rule, ticket, PROVIDER)).severity is severity


def test_the_comment_asks_on_the_providers_ticket_and_the_waiting_one_carries_the_label() -> None:
    finding = the_finding(judged(rule, waiting(), PROVIDER))
    assert finding.act_on == (PROVIDER.ref,)
    assert set(finding.label_on) == set(finding.affects) == {waiting().ref, PROVIDER.ref}


def test_the_words_say_what_waits_and_how_to_answer() -> None:
    words = said(the_finding(judged(rule, waiting(due=date(2026, 12, 11)), PROVIDER)))
    assert "Product is waiting for Platform for dau" in words
    assert "jira:ACME-1 on github:acme/app#2." in words
    assert "Can Platform deliver by 11 Dec 2026?" in words
    assert "/okr accept, /okr decline <reason> or /okr later" in words
    assert "Can Platform deliver this cycle, and by when?" in said(the_finding(judged(rule, waiting(), PROVIDER)))


def test_all_links_between_two_teams_are_one_finding() -> None:
    tickets = [waiting(number, blocked_by=(PROVIDER.ref, PLATFORM.ref)) for number in range(1, 6)]
    finding = the_finding(judged(rule, *tickets, waiting(6, serves=()), PROVIDER, PLATFORM))
    assert finding.facts["count"] == 11
    assert set(finding.affects) == {*(ticket.ref for ticket in tickets), waiting(6).ref, PROVIDER.ref, PLATFORM.ref}
    assert "6 more" in said(finding)
    assert finding.fingerprint == the_finding(judged(rule, waiting(), PROVIDER)).fingerprint


def test_it_asks_on_three_tickets_at_most_those_needed_first() -> None:
    providers = [an_initiative(f"github:acme/app#{n}") for n in range(10, 16)]
    dues = [None, date(2026, 12, 18), date(2026, 12, 4), None, date(2026, 11, 27), date(2026, 12, 22)]
    pairs = [
        waiting(n, blocked_by=(ticket.ref,), due=due)
        for n, (ticket, due) in enumerate(zip(providers, dues, strict=True))
    ]
    finding = the_finding(judged(rule, *pairs, *providers))
    assert finding.act_on == (providers[4].ref, providers[2].ref, providers[1].ref)
    assert set(finding.label_on) == {ticket.ref for ticket in (*pairs, *providers)}
    assert finding.facts["needed_by"] == date(2026, 11, 27)


def test_each_direction_is_a_dependency_of_its_own() -> None:
    back = replace(PROVIDER, status=StatusCategory.IN_PROGRESS, blocked_by=(a_ref("jira:ACME-9"),), created=RECENT)
    other = an_initiative("jira:ACME-9", status=StatusCategory.TO_DO)
    found = judged(rule, waiting(), back, other).findings
    assert {finding.subject.id for finding in found} == {"product -> platform", "platform -> product"}
    assert len({finding.fingerprint for finding in found}) == 2


def test_agreed_links_are_no_part_of_it() -> None:
    agreed = answered(PLATFORM, "okr-accept")
    finding = the_finding(judged(rule, waiting(), waiting(2, blocked_by=(agreed.ref,)), PROVIDER, agreed))
    assert set(finding.affects) == {waiting().ref, PROVIDER.ref}
    assert judged(rule, waiting(2, blocked_by=(agreed.ref,)), agreed).findings == ()


def test_put_off_work_and_a_shared_okr_are_settled() -> None:
    assert judged(rule, waiting(due=date(2027, 1, 8)), PROVIDER).findings == ()
    okrs = acme_okrs(
        objectives=(
            an_objective("growth"),
            an_objective("adoption", "product", "platform"),
            an_objective("speed", "platform"),
        ),
    )
    assert judged(rule, waiting(), PROVIDER, okrs=okrs).findings == ()


def test_after_five_working_days_or_a_no_another_rule_speaks_under_the_same_fingerprint() -> None:
    def at(day: date, provider: Initiative = PROVIDER) -> tuple[list[str], ...]:
        memory = DependencyHistory({ticket_dependency_key(waiting(), PROVIDER): day})
        portfolio = a_portfolio(waiting(), provider, memory=memory)
        rules = rule, unacknowledged_dependency
        return tuple([finding.fingerprint for finding in judge(each_rule, portfolio).findings] for each_rule in rules)

    (before, none), (gone, after) = at(date(2026, 11, 10)), at(date(2026, 11, 9))
    assert (none, gone) == ([], [])
    assert before == after
    assert at(date(2026, 11, 16), answered(PROVIDER, "okr-decline"))[0] == []


def test_a_young_link_beside_an_old_one_is_part_of_the_older_question() -> None:
    old = waiting(2, created=datetime(2026, 10, 2, tzinfo=UTC))
    assert judged(rule, waiting(), old, PROVIDER).findings == ()
    assert len(the_finding(judged(unacknowledged_dependency, waiting(), old, PROVIDER)).affects) == 3


def test_it_speaks_in_the_first_days_of_a_cycle() -> None:
    assert the_finding(judged(rule, waiting(), PROVIDER, today=date(2026, 10, 2))).severity is Severity.ERROR


def test_a_cycle_that_has_ended_is_not_judged() -> None:
    assert judged(rule, waiting(), PROVIDER, today=date(2027, 1, 4)).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("github", "no rights", key="acme/app#2")])
def test_a_provider_that_could_not_be_read_is_not_judged(gap: Gap) -> None:
    assert the_unjudged(judged(rule, waiting(), gaps=(gap,))).tickets == (a_ref("jira:ACME-1"),)


def test_a_ticket_outside_of_what_is_read_is_ignored() -> None:
    found = judged(rule, waiting())
    assert (found.findings, found.not_judged) == ((), ())


def test_waiting_work_that_may_serve_a_shared_okr_is_not_judged() -> None:
    partly = waiting(serves=(), missing_fields=frozenset({"labels"}))
    assert the_unjudged(judged(rule, partly, PROVIDER)).tickets == (partly.ref, PROVIDER.ref)


def test_what_is_sure_is_said_beside_what_is_not() -> None:
    partly = waiting(2, missing_fields=frozenset({"labels"}))
    judgement = judged(rule, waiting(), partly, PROVIDER)
    assert set(the_finding(judgement).affects) == {waiting().ref, PROVIDER.ref}
    assert [not_judged.tickets for not_judged in judgement.not_judged] == [(partly.ref, PROVIDER.ref)]


def test_key_results_that_were_not_read_may_join_the_teams() -> None:
    okrs = replace(acme_okrs(), incomplete_reason="the OKRs in jira could not be read")
    assert judged(rule, waiting(), PROVIDER, okrs=okrs).findings == ()


def test_a_private_key_result_is_not_named() -> None:
    private = a_key_result("dau", "adoption", visibility=Visibility.PRIVATE)
    okrs = acme_okrs(key_results=(a_key_result("revenue", "growth"), private, a_key_result("p99", "speed")))
    finding = the_finding(judged(rule, waiting(), PROVIDER, okrs=okrs))
    assert "a private key result" in said(finding)
    assert "dau" not in said(finding) + str(finding.facts) + finding.subject.id


@pytest.mark.parametrize("subject", ["product -> platform", "jira:ACME-1 -> github:acme/app#2"])
def test_it_can_be_waived_by_the_teams_or_the_two_tickets(subject: str) -> None:
    judgement = judged(rule, waiting(), PROVIDER, waived=subject)
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_an_error_is_a_warning() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, waiting(), PROVIDER, okrs=okrs)).severity is Severity.WARNING


@settings(deadline=None, max_examples=40)
@given(st.permutations([*(waiting(number) for number in range(1, 5)), PROVIDER]))
def test_the_order_of_tickets_changes_no_finding(tickets: list[Initiative]) -> None:
    ordered = judged(rule, *(waiting(number) for number in range(1, 5)), PROVIDER)
    assert judged(rule, *tickets).findings == ordered.findings
