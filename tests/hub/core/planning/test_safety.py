"""How much one run may change, and who waits."""

from dataclasses import replace

import pytest

from hub.core.planning.safety import Limits, by_waiting_time, deferrals, filter_included, refuse_if_unsafe
from hub.model.action import Action, ActionKind, LedgerEntry, PostedFinding, Target
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
        refuse_if_unsafe(actions, portfolio, Limits(**limits), ledger={}, first_run=first, confirmed=False)
    return str(error.value)


def allowed(
    actions: list[Action],
    portfolio: Portfolio,
    limits: Limits,
    *,
    first: frozenset[str] = frozenset(),
    yes: bool = False,
) -> bool:
    refuse_if_unsafe(actions, portfolio, limits, ledger={}, first_run=first, confirmed=yes)
    return True


def test_a_plan_beyond_the_share_is_refused_with_the_numbers() -> None:
    text = refused([on(n) for n in range(7)], tickets(20))
    assert "7 of 20 tickets of jira" in text
    assert "publish.max_share = 0.3" in text


def test_a_plan_of_exactly_the_share_is_allowed() -> None:
    assert allowed([on(n) for n in range(6)], tickets(20), Limits())


def test_a_handful_of_tickets_is_no_mistake_whatever_their_share() -> None:
    assert allowed([on(n) for n in range(4)], tickets(4), Limits())


def standing(count: int, **changes: object) -> dict[tuple[str, str], LedgerEntry]:
    """Comments of ours on so many tickets."""
    targets = [on(n).target for n in range(count)]
    return {("jira", t.id): replace(LedgerEntry(t, comment_id="c", author="a"), **changes) for t in targets}


def withdrawing(count: int, ledger: dict[tuple[str, str], LedgerEntry], **limits: float) -> None:
    actions = [on(n, ActionKind.RESOLVE_COMMENT) for n in range(count)]
    refuse_if_unsafe(actions, tickets(100), Limits(**limits), ledger=ledger, first_run=frozenset(), confirmed=False)


def test_a_plan_that_withdraws_too_much_of_what_stands_is_refused() -> None:
    with pytest.raises(UnsafePlan, match=r"resolves 5 of the 10 open comments on .* publish.max_resolved_share = 0.3"):
        withdrawing(5, standing(10))


def test_a_few_withdrawals_are_fine_whatever_their_share() -> None:
    withdrawing(4, standing(4))
    withdrawing(6, standing(20))
    withdrawing(6, standing(6), max_resolved_share=1.0)


def test_comments_that_are_settled_already_do_not_stand() -> None:
    with pytest.raises(UnsafePlan, match="5 of the 6 open comments"):
        withdrawing(
            5, standing(6) | {("jira", "old"): replace(LedgerEntry(on(77).target, comment_id="c"), resolved=True)}
        )


def test_what_a_resolved_comment_says_of_a_command_withdraws_nothing() -> None:
    withdrawing(10, standing(10, resolved=True) | standing(2))


def test_several_writes_on_one_ticket_touch_one_ticket() -> None:
    assert allowed([on(1), on(1, LABEL), on(2), on(2, LABEL), on(3)] * 2, tickets(10), Limits())


def test_tickets_that_left_the_query_count_as_touched() -> None:
    assert "5 of 5 tickets" in refused([on(n) for n in range(90, 95)], tickets(2))


def test_each_tracker_is_measured_alone() -> None:
    portfolio = a_portfolio(*(an_initiative(f"jira:ACME-{n}") for n in range(99)), an_initiative("github:acme/app#1"))
    on_github = [on(n, tracker="github:acme/app#") for n in range(5)]
    assert "5 of 5 tickets of github" in refused(on_github, portfolio)


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
    assert filter_included([on(1), other, on(77)], portfolio, frozenset({"jira:PLAT"})) == (other,)
    assert filter_included([on(1), other, on(77)], portfolio, frozenset()) == (on(1), other, on(77))


def waits(actions: list[Action], since: dict[tuple[str, str], int] | None = None, **limits: int) -> list[str]:
    portfolio = a_portfolio(*(an_initiative(f"jira:{place}-{n}") for place in ("ACME", "PLAT") for n in range(9)))
    return [str(target.ref) for target in deferrals(actions, portfolio, Limits(**limits), since or {})]


def test_new_comments_beyond_the_cap_wait() -> None:
    assert waits([on(1, LABEL), on(1), on(2, LABEL), on(2)], max_new_comments=1) == ["jira:ACME-2"]


def test_whoever_waits_longest_comes_first() -> None:
    waiting = {("jira", "id-ACME-3"): 4, ("jira", "id-ACME-2"): 7}
    assert waits([on(1), on(2), on(3)], waiting, max_new_comments=1) == ["jira:ACME-2", "jira:ACME-1"]
    assert [action.target.id for action in by_waiting_time([on(1), on(2), on(3)], waiting)] == [
        "id-ACME-3",
        "id-ACME-2",
        "id-ACME-1",
    ]


def test_what_others_wait_for_is_asked_first_and_then_what_one_edit_puts_right() -> None:
    rules = (
        "initiative-without-key-result",
        "unresolvable-link",
        "work-outside-cycle",
        "dependency-without-shared-okr",
    )
    actions = [
        replace(on(n), findings=(PostedFinding(rule, "error", f"f{n}"),)) for n, rule in enumerate(rules, start=1)
    ]
    assert waits(actions, max_new_comments=1) == ["jira:ACME-2", "jira:ACME-1", "jira:ACME-3"]
    waiting = {("jira", "id-ACME-3"): 4}
    assert waits(actions, waiting, max_new_comments=1) == ["jira:ACME-4", "jira:ACME-2", "jira:ACME-1"]


def test_each_project_has_a_cap_of_its_own() -> None:
    other = on(1, tracker="jira:PLAT-")
    later = deferrals([on(1), on(2), other], tickets(3), Limits(max_new_comments_per_project=1), {})
    assert [str(target.ref) for target in later] == ["jira:ACME-2"]
    assert "publish.max_new_comments_per_project = 1 in jira:ACME" in next(iter(later.values()))


def test_other_writes_than_new_comments_never_wait() -> None:
    assert waits([on(1, ActionKind.UPDATE_COMMENT), on(2)], max_new_comments=0) == ["jira:ACME-2"]


def test_trackers_share_the_cap_in_turn_so_that_none_starves() -> None:
    both = [*(on(n) for n in range(4)), *(on(n, tracker="github:acme/app#") for n in range(1, 5))]
    later = deferrals(both, tickets(4), Limits(max_new_comments=4), {})
    assert sorted(str(target.ref) for target in later) == [
        "github:acme/app#3",
        "github:acme/app#4",
        "jira:ACME-2",
        "jira:ACME-3",
    ]
