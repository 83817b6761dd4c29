"""A link that both sides state is accepted; a no stays a no."""

from typing import Any

import pytest

from hub.model.okr import Cycle, KeyResult, LinkState, Need, Okrs
from hub.okr_files.build import with_mutual_links
from tests.builders import CYCLE, a_key_result, a_team, acme_okrs, an_objective

ACCEPTED = LinkState.ACCEPTED


def joined(*needs: Need, p99: tuple[str, ...] = ("dau",), more: tuple[KeyResult, ...] = (), **changes: Any) -> Okrs:
    """`dau` of product waits as stated; `p99` of platform supports what it names."""
    key_results = (
        a_key_result("revenue", "growth", owners=("product",)),
        a_key_result("dau", "adoption", depends_on=needs),
        a_key_result("p99", "speed", supports=p99),
        *more,
    )
    found = with_mutual_links(acme_okrs(key_results=key_results, **changes))
    assert with_mutual_links(found) == found
    return found


def needs_of(okrs: Okrs, id_: str = "dau") -> tuple[Need, ...]:
    return okrs.key_results[id_].depends_on


def test_without_support_nothing_changes() -> None:
    okrs = acme_okrs()
    assert with_mutual_links(okrs) is okrs


@pytest.mark.parametrize("state", [LinkState.PROPOSED, LinkState.ACCEPTED])
@pytest.mark.parametrize("named", [None, "p99"])
def test_a_need_and_its_support_are_one_accepted_link(named: str | None, state: LinkState) -> None:
    okrs = joined(Need("platform", named, priority=2, state=state))
    assert needs_of(okrs) == (Need("platform", "p99", priority=2, state=ACCEPTED),)


def test_a_need_of_another_key_result_of_the_same_team_counts_too() -> None:
    okrs = joined(Need("platform", "uptime"), more=(a_key_result("uptime", "speed"),))
    assert needs_of(okrs) == (Need("platform", "uptime", state=ACCEPTED),)


def test_a_declined_need_stays_declined() -> None:
    need = Need("platform", state=LinkState.DECLINED, state_stated=True)
    assert needs_of(joined(need)) == (need,)


def test_support_by_another_team_leaves_a_need_as_it_is_and_adds_a_link() -> None:
    teams = (a_team("product"), a_team("platform"), a_team("data"))
    okrs = joined(Need("data"), teams=teams)
    assert needs_of(okrs) == (Need("data"), Need("platform", "p99", state=ACCEPTED))


def test_a_need_of_a_team_becomes_one_for_each_key_result_that_supports() -> None:
    okrs = joined(Need("platform", priority=1), more=(a_key_result("uptime", "speed", supports=("dau", "dau")),))
    assert [(need.key_result, need.priority, need.state) for need in needs_of(okrs)] == [
        ("p99", 1, ACCEPTED),
        ("uptime", 1, ACCEPTED),
    ]


def test_a_team_does_not_depend_on_itself() -> None:
    okrs = joined(p99=(), more=(a_key_result("minutes", "adoption", supports=("dau", "minutes")),))
    assert needs_of(okrs) == ()


def test_a_shared_key_result_is_supported_by_those_who_do_not_hold_it() -> None:
    objectives = (
        an_objective("growth"),
        an_objective("adoption", "product", "sales"),
        an_objective("speed", "product", "platform"),
    )
    assert needs_of(joined(objectives=objectives)) == (Need("platform", "p99", state=ACCEPTED),)


def test_the_organizations_key_result_is_its_owners() -> None:
    assert needs_of(joined(p99=("revenue",)), "revenue") == (Need("platform", "p99", state=ACCEPTED),)


def test_support_reaches_key_results_of_other_cycles() -> None:
    year = Cycle("2026", CYCLE.start.replace(month=1), CYCLE.end)
    okrs = joined(
        p99=("arr",),
        others=(a_key_result("arr", "year", cycle="2026"),),
        other_objectives=(an_objective("year", "product", cycle="2026"),),
        cycles=(year,),
    )
    assert okrs.other_key_results["arr"].depends_on == (Need("platform", "p99", state=ACCEPTED),)


def test_an_id_means_the_supporting_ones_own_cycle_first() -> None:
    okrs = joined(
        others=(a_key_result("dau", "year", cycle="2026"),),
        other_objectives=(an_objective("year", "product", cycle="2026"),),
        cycles=(Cycle("2026", CYCLE.start.replace(month=1), CYCLE.end),),
    )
    assert needs_of(okrs) == (Need("platform", "p99", state=ACCEPTED),)
    assert okrs.other_key_results["dau"].depends_on == ()
