"""How much one run may change, and who waits."""

import pytest

from hub.core.safety import Limits, refuse_if_unsafe, split_deferred, within
from hub.model.action import Action, ActionKind, Target
from hub.model.errors import UnsafePlan
from hub.model.portfolio import Portfolio
from tests.builders import a_portfolio, a_ref, an_initiative

NEW, LABEL = ActionKind.CREATE_COMMENT, ActionKind.ADD_LABEL


def on(number: int, kind: ActionKind = NEW, tracker: str = "jira:ACME-") -> Action:
    ref = a_ref(f"{tracker}{number}")
    return Action(kind, Target(ref, f"id-{ref.key}"), "why")


def tickets(count: int) -> Portfolio:
    return a_portfolio(*(an_initiative(f"jira:ACME-{n}") for n in range(count)))


def refused(
    actions: list[Action], portfolio: Portfolio, *, first: frozenset[str] = frozenset(), **limits: float
) -> str:
    with pytest.raises(UnsafePlan) as error:
        refuse_if_unsafe(actions, portfolio, Limits(**limits), first_run=first, confirmed=False)
    return str(error.value)


def allowed(
    actions: list[Action],
    portfolio: Portfolio,
    limits: Limits,
    *,
    first: frozenset[str] = frozenset(),
    yes: bool = False,
) -> bool:
    refuse_if_unsafe(actions, portfolio, limits, first_run=first, confirmed=yes)
    return True


def test_a_plan_beyond_the_share_is_refused_with_the_numbers() -> None:
    text = refused([on(n) for n in range(4)], tickets(10))
    assert "4 of 10 tickets of jira" in text
    assert "publish.max_share = 0.3" in text


def test_a_plan_of_exactly_the_share_is_allowed() -> None:
    assert allowed([on(n) for n in range(3)], tickets(10), Limits())


def test_several_writes_on_one_ticket_touch_one_ticket() -> None:
    assert allowed([on(1), on(1, LABEL), on(2), on(2, LABEL), on(3)], tickets(10), Limits())


def test_tickets_that_left_the_query_count_as_touched() -> None:
    assert "5 of 5 tickets" in refused([on(n) for n in range(90, 95)], tickets(2))


def test_each_tracker_is_measured_alone() -> None:
    portfolio = a_portfolio(*(an_initiative(f"jira:ACME-{n}") for n in range(99)), an_initiative("github:acme/app#1"))
    assert "1 of 1 tickets of github" in refused([on(1, tracker="github:acme/app#")], portfolio)


def test_a_first_run_is_confirmed_beyond_a_handful() -> None:
    text = refused([on(n) for n in range(21)], tickets(1000), first=frozenset({"jira"}))
    assert "first run on jira would write on 21 tickets" in text
    assert allowed([on(n) for n in range(20)], tickets(1000), Limits(), first=frozenset({"jira"}))
    assert allowed([on(n) for n in range(21)], tickets(1000), Limits(), first=frozenset({"github"}))


def test_a_persons_yes_allows_everything() -> None:
    assert allowed([on(n) for n in range(9)], tickets(9), Limits(), first=frozenset({"jira"}), yes=True)


def test_an_empty_plan_over_nothing_is_safe() -> None:
    assert allowed([], a_portfolio(), Limits(max_share=0.0), first=frozenset({"jira"}))


def test_a_canary_keeps_only_its_containers() -> None:
    portfolio = a_portfolio(an_initiative("jira:ACME-1"), an_initiative("jira:PLAT-1"))
    other = on(1, tracker="jira:PLAT-")
    assert within([on(1), other, on(77)], portfolio, frozenset({"jira:PLAT"})) == (other,)
    assert within([on(1), other, on(77)], portfolio, frozenset()) == (on(1), other, on(77))


def test_new_comments_beyond_the_cap_wait_with_their_labels() -> None:
    actions = [on(1, LABEL), on(1), on(2, LABEL), on(2)]
    now, later = split_deferred(actions, Limits(max_new_comments=1), {})
    assert (now, later) == ((on(1, LABEL), on(1)), (on(2, LABEL), on(2)))


def test_whoever_waits_longest_comes_first() -> None:
    waiting = {("jira", "id-ACME-3"): 4, ("jira", "id-ACME-2"): 7}
    now, later = split_deferred([on(1), on(2), on(3)], Limits(max_new_comments=1), waiting)
    assert (now, later) == ((on(3),), (on(1), on(2)))


def test_other_writes_than_new_comments_never_wait() -> None:
    update = on(1, ActionKind.UPDATE_COMMENT)
    assert split_deferred([update, on(2)], Limits(max_new_comments=0), {}) == ((update,), (on(2),))
