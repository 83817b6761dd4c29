"""Where a link between two teams stands: put off, agreed, unanswered or refused."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.initiative import Gap, Initiative, PriorityBand, PullResult, Snapshot, StatusCategory
from hub.model.okr import LinkState, Need, Okrs, Visibility
from hub.model.portfolio import Portfolio
from hub.model.ticket_input import Command, Verb
from rules.shared.dependencies import Link, State, is_resolved, links_by_teams, needed_by, not_judged
from tests.builders import TODAY, a_key_result, a_portfolio, a_ref, acme_okrs, an_initiative, an_objective

PROVIDER = an_initiative("github:acme/app#2", serves="p99", status=StatusCategory.TO_DO)
NEXT_YEAR = date(2027, 1, 11)


def waiting(**changes: Any) -> Initiative:
    return an_initiative("jira:ACME-1", **({"serves": "dau", "blocked_by": (PROVIDER.ref,)} | changes))


def labelled(ticket: Initiative, *labels: str) -> Initiative:
    return replace(ticket, labels=ticket.labels | set(labels))


def okrs_with(*needs: Need, p99: dict[str, Any] | None = None, **dau: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=needs, **dau),
            a_key_result("p99", "speed", **(p99 or {})),
            a_key_result("cost", "speed"),
        )
    )


def shared(*teams: str) -> Okrs:
    objectives = (an_objective("growth"), an_objective("adoption", *teams), an_objective("speed", "platform"))
    return acme_okrs(objectives=objectives)


def links(portfolio: Portfolio) -> list[Link]:
    return [link for found in links_by_teams(portfolio).values() for link in found]


def the_link(*tickets: Initiative, okrs: Okrs | None = None, gaps: tuple[Gap, ...] = ()) -> Link:
    (link,) = links(a_portfolio(*tickets, okrs=okrs, gaps=gaps))
    return link


def test_active_work_waits_for_another_teams_ticket() -> None:
    found = links_by_teams(a_portfolio(waiting(), PROVIDER))
    assert found == {
        ("product", "platform"): (Link(waiting().ref, PROVIDER.ref, ("product", "platform"), State.UNANSWERED),)
    }


@pytest.mark.parametrize("status", [StatusCategory.TO_DO, StatusCategory.IN_PROGRESS])
@pytest.mark.parametrize("labels", [(), ("okr-exempt",)])
def test_the_providers_state_does_not_matter_until_it_ends(status: StatusCategory, labels: tuple[str, ...]) -> None:
    assert the_link(waiting(), labelled(replace(PROVIDER, status=status), *labels)).state is State.UNANSWERED


@pytest.mark.parametrize("status", [StatusCategory.DONE, StatusCategory.CANCELLED])
def test_ended_work_is_waited_for_no_more(status: StatusCategory) -> None:
    assert links(a_portfolio(waiting(), replace(PROVIDER, status=status))) == []


@pytest.mark.parametrize(
    "ticket",
    [
        waiting(status=StatusCategory.TO_DO),
        waiting(status=StatusCategory.DONE),
        labelled(waiting(), "okr-exempt"),
        replace(waiting(), ref=a_ref("jira:NOBODY-1"), containers=("NOBODY",)),
        waiting(blocked_by=(a_ref("jira:ACME-2"),)),
    ],
)
def test_backlog_ended_exempt_foreign_and_own_work_waits_for_nobody(ticket: Initiative) -> None:
    assert links(a_portfolio(ticket, PROVIDER, an_initiative("jira:ACME-2"))) == []


@pytest.mark.parametrize(
    "ticket",
    [
        waiting(due=date(2027, 1, 8)),
        waiting(start=NEXT_YEAR),
        waiting(iteration=(NEXT_YEAR, date(2027, 1, 22))),
        labelled(waiting(), "okr-later"),
    ],
)
def test_work_that_left_the_cycle_is_put_off(ticket: Initiative) -> None:
    link = the_link(ticket, labelled(PROVIDER, "okr-decline"))
    assert link.state is State.PUT_OFF
    assert not link.is_open


def test_work_of_the_cycle_is_not_put_off() -> None:
    ticket = waiting(due=date(2026, 12, 31), start=date(2026, 12, 1), iteration=(date(2026, 12, 20), NEXT_YEAR))
    assert the_link(ticket, PROVIDER).state is State.UNANSWERED


def test_later_by_command_on_the_waiting_ticket_puts_it_off_and_on_the_providers_is_a_no() -> None:
    def said_on(ticket: Initiative) -> State:
        at = datetime(2026, 11, 12, tzinfo=UTC)
        command = Command(ticket.id, "1", "mara", Verb.LATER, "", at)
        pulled = (
            PullResult("jira", (waiting(),), commands=(command,) if ticket.ref.connector == "jira" else ()),
            PullResult("github", (PROVIDER,), commands=(command,) if ticket.ref.connector == "github" else ()),
        )
        (link,) = links(build_portfolio(Snapshot(pulled, at), acme_okrs(), TODAY))
        return link.state

    assert said_on(waiting()) is State.PUT_OFF
    assert said_on(PROVIDER) is State.REFUSED


def test_a_shared_okr_of_both_that_the_work_serves_is_an_agreement() -> None:
    assert the_link(waiting(), PROVIDER, okrs=shared("product", "platform")).state is State.AGREED
    assert the_link(waiting(), PROVIDER, okrs=shared("product", "sales")).state is State.UNANSWERED
    other = waiting(serves="p99")
    assert the_link(other, PROVIDER, okrs=shared("product", "platform")).state is State.UNANSWERED


@pytest.mark.parametrize(
    ("need", "state"),
    [
        (Need("platform", "p99", state=LinkState.ACCEPTED), State.AGREED),
        (Need("platform", "cost", state=LinkState.ACCEPTED), State.AGREED),
        (Need("platform", state=LinkState.ACCEPTED), State.AGREED),
        (Need("platform", "p99"), State.UNANSWERED),
        (Need("platform", "p99", state=LinkState.DECLINED), State.UNANSWERED),
        (Need("product", "revenue", state=LinkState.ACCEPTED), State.UNANSWERED),
    ],
)
def test_an_accepted_need_of_the_other_team_is_an_agreement(need: Need, state: State) -> None:
    assert the_link(waiting(), PROVIDER, okrs=okrs_with(need)).state is state
    assert the_link(waiting(serves="revenue"), PROVIDER, okrs=okrs_with(need)).state is State.UNANSWERED


@pytest.mark.parametrize("needs", [(), (Need("platform", "p99"),), (Need("platform"),)])
def test_support_that_the_other_side_states_is_an_agreement(needs: tuple[Need, ...]) -> None:
    assert the_link(waiting(), PROVIDER, okrs=okrs_with(*needs, p99={"supports": ("dau",)})).state is State.AGREED


@pytest.mark.parametrize(
    ("labels", "state"),
    [
        (("okr-accept",), State.AGREED),
        (("okr-decline",), State.REFUSED),
        (("okr-later",), State.REFUSED),
        (("okr-accept", "okr-decline"), State.REFUSED),
    ],
)
def test_an_answer_on_the_providing_ticket_counts(labels: tuple[str, ...], state: State) -> None:
    assert the_link(waiting(), labelled(PROVIDER, *labels)).state is state


def test_a_no_outweighs_every_agreement() -> None:
    okrs = okrs_with(Need("platform", "p99", state=LinkState.ACCEPTED))
    for found in (okrs, shared("product", "platform")):
        assert the_link(waiting(), labelled(PROVIDER, "okr-decline"), okrs=found).state is State.REFUSED


@pytest.mark.parametrize(
    ("ticket", "provider", "doubt"),
    [
        (waiting(missing_fields=frozenset({"labels"})), PROVIDER, "key result"),
        (waiting(serves=(), missing_fields=frozenset({"labels"})), PROVIDER, "labels"),
        (waiting(missing_fields=frozenset({"labels"})), labelled(PROVIDER, "okr-decline"), "put off"),
        (waiting(), replace(PROVIDER, missing_fields=frozenset({"labels"})), "answer"),
    ],
)
def test_what_was_not_read_may_settle_a_link(ticket: Initiative, provider: Initiative, doubt: str) -> None:
    portfolio = a_portfolio(ticket, provider)
    (link,) = links(portfolio)
    assert link.state is State.UNKNOWN
    (unjudged,) = not_judged(portfolio, links_by_teams(portfolio))
    assert doubt in unjudged.reason
    assert unjudged.tickets == (ticket.ref, provider.ref)


@pytest.mark.parametrize(
    ("tickets", "gap"),
    [
        ((waiting(),), Gap("github", "is down")),
        ((waiting(),), Gap("github", "no rights", key=PROVIDER.ref.key)),
        ((replace(PROVIDER, blocks=(a_ref("jira:ACME-1"),)),), Gap("jira", "is down")),
    ],
)
def test_an_end_that_could_not_be_read_is_not_judged(tickets: tuple[Initiative, ...], gap: Gap) -> None:
    portfolio = a_portfolio(*tickets, gaps=(gap,))
    (unjudged,) = not_judged(portfolio, links_by_teams(portfolio))
    assert unjudged.tickets == (tickets[0].ref,)
    assert list(not_judged(a_portfolio(*tickets), {})) == []


def test_a_priority_that_both_state_two_apart_leaves_an_agreed_link_unsettled() -> None:
    def settled(priority_band: PriorityBand | None, other: PriorityBand | None) -> bool:
        tickets = waiting(priority=priority_band), replace(labelled(PROVIDER, "okr-accept"), priority=other)
        portfolio = a_portfolio(*tickets)
        return is_resolved(portfolio, links(portfolio)[0])

    assert settled(PriorityBand.HIGHEST, PriorityBand.HIGH)
    assert settled(PriorityBand.HIGHEST, None)
    assert not settled(PriorityBand.HIGHEST, PriorityBand.MEDIUM)
    assert not settled(PriorityBand.LOW, PriorityBand.HIGH)


def test_work_is_needed_by_its_due_date_or_by_the_day_that_its_need_states() -> None:
    def needed(okrs: Okrs, *, shown: bool = False, **changes: Any) -> date | None:
        portfolio = a_portfolio(waiting(**changes), PROVIDER, okrs=okrs)
        return needed_by(portfolio, links(portfolio)[0], public_only=shown)

    day, due = date(2026, 11, 23), date(2026, 11, 27)
    assert needed(okrs_with()) is None
    assert needed(okrs_with(), due=due) == due
    assert needed(okrs_with(Need("platform", "p99", needed_by=day)), due=due) == day
    assert needed(okrs_with(Need("platform", needed_by=day))) == day
    assert needed(okrs_with(Need("platform", "cost", needed_by=day)), due=due) == due
    private = okrs_with(Need("platform", "p99", needed_by=day), visibility=Visibility.PRIVATE)
    assert needed(private) == day
    assert needed(private, due=due, shown=True) == due
