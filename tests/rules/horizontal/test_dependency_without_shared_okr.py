from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.okr import LinkState, Need, Okrs, Phase, Visibility
from rules.horizontal.dependency_without_shared_okr import dependency_without_shared_okr as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding, the_unjudged

PROVIDER = an_initiative("github:acme/app#2", serves="p99")


def waiting(number: int = 1, *, serves: str | tuple[str, ...] = "dau", **changes: Any) -> Initiative:
    return an_initiative(f"jira:ACME-{number}", serves=serves, **({"blocked_by": (PROVIDER.ref,)} | changes))


def okrs_with(*needs: Need, **dau: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=needs, **dau),
            a_key_result("p99", "speed"),
            a_key_result("cost", "speed"),
        )
    )


def test_a_block_between_two_teams_that_nothing_joins_is_an_error() -> None:
    finding = the_finding(judged(rule, waiting(), PROVIDER))
    assert finding.severity is Severity.ERROR
    assert finding.label == "okr-dependency"
    assert set(finding.tickets) == {a_ref("jira:ACME-1"), PROVIDER.ref}


def test_the_words_say_what_waits_on_what_and_the_three_ways_out() -> None:
    words = said(the_finding(judged(rule, waiting(), PROVIDER)))
    assert "Work of product waits for platform for dau: jira:ACME-1 on github:acme/app#2." in words
    assert "product and platform should settle it" in words
    assert 'teams = ["product", "platform"]' in words
    assert 'depends_on = [{ team = "platform", key_result = "p99" }]' in words
    assert "later cycle" in words


def test_a_link_stated_on_the_providers_side_counts_the_same() -> None:
    blocking = replace(PROVIDER, blocks=(a_ref("jira:ACME-1"),))
    assert the_finding(judged(rule, waiting(blocked_by=()), blocking)).severity is Severity.ERROR


def test_a_mere_mention_or_sub_issue_is_a_warning() -> None:
    mention = waiting(blocked_by=(), depends_on_text=("acme/app#2",))
    part = replace(PROVIDER, parent=a_ref("jira:ACME-1"))
    assert the_finding(judged(rule, mention, PROVIDER)).severity is Severity.WARNING
    assert the_finding(judged(rule, waiting(blocked_by=()), part)).severity is Severity.WARNING


def test_ten_links_between_the_same_sides_are_one_finding() -> None:
    tickets = [waiting(number) for number in range(1, 11)]
    finding = the_finding(judged(rule, *tickets, PROVIDER))
    assert finding.facts["count"] == 10
    assert set(finding.tickets) == {*(ticket.ref for ticket in tickets), PROVIDER.ref}
    assert "5 more" in said(finding)


def test_other_key_results_are_another_finding() -> None:
    other = an_initiative("github:acme/app#3", serves="cost")
    found = judged(rule, waiting(blocked_by=(PROVIDER.ref, other.ref)), PROVIDER, other, okrs=okrs_with())
    assert len({finding.fingerprint for finding in found.findings}) == 2


def test_a_shared_okr_of_both_that_the_waiting_work_serves_settles_it() -> None:
    okrs = acme_okrs(
        objectives=(
            an_objective("growth"),
            an_objective("adoption", "product", "platform"),
            an_objective("speed", "platform"),
        ),
    )
    assert judged(rule, waiting(), PROVIDER, okrs=okrs).findings == ()


def test_a_shared_okr_with_somebody_else_settles_nothing() -> None:
    okrs = acme_okrs(
        objectives=(
            an_objective("growth"),
            an_objective("adoption", "product", "sales"),
            an_objective("speed", "platform"),
        ),
    )
    assert the_finding(judged(rule, waiting(), PROVIDER, okrs=okrs))


def test_an_accepted_link_between_the_key_results_settles_it() -> None:
    assert judged(rule, waiting(), PROVIDER, okrs=okrs_with(Need("platform", "p99"))).findings == ()


@pytest.mark.parametrize(
    "need",
    [
        Need("platform", "p99", state=LinkState.PROPOSED),
        Need("platform", "p99", state=LinkState.DECLINED),
        Need("platform", "cost"),
        Need("platform"),
        Need("product", "p99"),
    ],
)
def test_any_other_link_leaves_it_open(need: Need) -> None:
    assert the_finding(judged(rule, waiting(), PROVIDER, okrs=okrs_with(need)))


def test_a_provider_that_names_no_key_result_is_covered_by_its_teams_support() -> None:
    silent = replace(PROVIDER, named=(), labels=frozenset())
    assert judged(rule, waiting(), silent, okrs=okrs_with(Need("platform", "p99"))).findings == ()
    assert the_finding(judged(rule, waiting(), silent, okrs=okrs_with()))


@pytest.mark.parametrize("status", [StatusCategory.DONE, StatusCategory.TO_DO])
def test_only_active_work_on_both_sides_is_judged(status: StatusCategory) -> None:
    assert judged(rule, waiting(status=status), PROVIDER).findings == ()
    assert judged(rule, waiting(), replace(PROVIDER, status=status)).findings == ()


def test_work_within_one_team_or_without_a_team_is_left_alone() -> None:
    own = an_initiative("jira:ACME-2")
    foreign = an_initiative("jira:OTHER-1")
    assert judged(rule, waiting(blocked_by=(own.ref, foreign.ref)), own, foreign).findings == ()


def test_exempt_work_on_either_side_is_left_alone() -> None:
    exempt = frozenset({"okr-exempt"})
    assert judged(rule, waiting(labels=exempt), PROVIDER).findings == ()
    assert judged(rule, waiting(), replace(PROVIDER, labels=exempt)).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("github", "no rights", key="acme/app#2")])
def test_a_provider_that_could_not_be_read_is_not_judged(gap: Gap) -> None:
    assert the_unjudged(judged(rule, waiting(), gaps=(gap,))).tickets == (a_ref("jira:ACME-1"),)


def test_a_waiting_ticket_that_could_not_be_read_is_not_judged() -> None:
    blocking = replace(PROVIDER, blocks=(a_ref("jira:ACME-1"),))
    assert the_unjudged(judged(rule, blocking, gaps=(Gap("jira", "is down"),))).tickets == (PROVIDER.ref,)


def test_a_ticket_outside_of_what_is_read_is_ignored() -> None:
    found = judged(rule, waiting())
    assert found.findings == found.not_judged == ()


def test_waiting_work_that_may_serve_a_shared_okr_is_not_judged() -> None:
    partly = waiting(serves=(), unread=frozenset({"labels"}))
    assert the_unjudged(judged(rule, partly, PROVIDER)).tickets == (partly.ref, PROVIDER.ref)


def test_a_provider_that_may_serve_what_was_agreed_is_not_judged() -> None:
    partly = an_initiative("github:acme/app#2", serves="cost", unread=frozenset({"labels"}))
    assert the_unjudged(judged(rule, waiting(), partly, okrs=okrs_with(Need("platform", "p99"))))
    assert the_finding(judged(rule, waiting(), partly, okrs=okrs_with()))


def test_a_private_key_result_joins_nothing_in_words() -> None:
    finding = the_finding(judged(rule, waiting(), PROVIDER, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert "a private Key Result" in said(finding)
    assert "dau" not in said(finding) + str(finding.facts) + finding.subject.id


def test_in_draft_a_block_is_a_warning() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, waiting(), PROVIDER, okrs=okrs)).severity is Severity.WARNING


@settings(deadline=None, max_examples=40)
@given(st.permutations([*(waiting(number) for number in range(1, 5)), PROVIDER]))
def test_the_order_of_tickets_changes_no_finding(tickets: list[Initiative]) -> None:
    ordered = judged(rule, *(waiting(number) for number in range(1, 5)), PROVIDER)
    assert judged(rule, *tickets).findings == ordered.findings
