"""Which key results lead to the organization's."""

from dataclasses import replace
from datetime import date

import pytest

from hub.core.mapping.okr_tables import key_results_by_team, organization_key_results, overlapping_key_results, supports
from hub.core.mapping.okr_tables import reaching as reaching_from
from hub.model.okr import Alignment, Cycle, KeyResult, LinkKind, LinkState, Need, Okrs, Phase
from tests.builders import TODAY, a_key_result, a_portfolio, an_objective, some_okrs

YEAR = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31))


def up(*ids: str, state: LinkState = LinkState.ACCEPTED, kind: LinkKind = LinkKind.DIRECT) -> tuple[Alignment, ...]:
    return tuple(Alignment(id_, kind, state) for id_ in ids)


def agreed(team: str, key_result: str) -> Need:
    return Need(team, key_result, state=LinkState.ACCEPTED)


def reaching(made: Okrs) -> frozenset[str]:
    """What leads to the organization's key results of today."""
    return reaching_from(made, organization_key_results(made, TODAY))


def okrs(*key_results: KeyResult) -> Okrs:
    return some_okrs(
        objectives=(an_objective("org"), an_objective("a", "product"), an_objective("b", "platform", "product")),
        key_results=(a_key_result("revenue", "org"), *key_results),
    )


@pytest.mark.parametrize("kind", list(LinkKind))
def test_a_chain_of_accepted_links_reaches_the_organization(kind: LinkKind) -> None:
    made = okrs(
        a_key_result("near", "a", aligns_to=up("revenue", kind=kind)),
        a_key_result("far", "b", aligns_to=up("near", kind=kind)),
        a_key_result("alone", "b"),
    )
    assert reaching(made) == {"revenue", "near", "far"}


@pytest.mark.parametrize("state", [LinkState.PROPOSED, LinkState.DECLINED])
def test_links_that_both_sides_have_not_agreed_on_lead_nowhere(state: LinkState) -> None:
    made = okrs(
        a_key_result("near", "a", aligns_to=up("revenue", state=state)),
        a_key_result("waiting", "a", aligns_to=up("revenue"), depends_on=(Need("platform", "helper", state=state),)),
        a_key_result("helper", "b"),
    )
    assert reaching(made) == {"revenue", "waiting"}


def test_support_of_a_key_result_that_reaches_reaches_too_but_not_the_other_way() -> None:
    made = okrs(
        a_key_result("waiting", "a", aligns_to=up("revenue"), depends_on=(agreed("platform", "helper"),)),
        a_key_result("helper", "b", depends_on=(agreed("product", "deep"),)),
        a_key_result("deep", "a"),
        a_key_result("needy", "a", depends_on=(agreed("platform", "waiting"),)),
    )
    assert reaching(made) == {"revenue", "waiting", "helper", "deep"}


def test_circles_of_links_end_and_reach_nothing() -> None:
    made = okrs(a_key_result("x", "a", aligns_to=up("y", "x")), a_key_result("y", "a", aligns_to=up("x")))
    assert reaching(made) == {"revenue"}


def test_a_circle_with_one_way_out_reaches() -> None:
    made = okrs(a_key_result("x", "a", aligns_to=up("y", "revenue")), a_key_result("y", "a", aligns_to=up("x")))
    assert reaching(made) == {"revenue", "x", "y"}


def test_a_need_of_a_whole_team_lends_no_alignment() -> None:
    assert reaching(okrs(a_key_result("x", "a", depends_on=(Need("platform"),)))) == {"revenue"}


def test_an_objective_may_stand_alone_with_a_reason() -> None:
    made = some_okrs(objectives=(an_objective("a", "t", standalone="law"),), key_results=(a_key_result("x", "a"),))
    assert a_portfolio(okrs=made).aligned("x")
    assert not a_portfolio(okrs=okrs(a_key_result("x", "a"))).aligned("x")


def test_a_shared_key_result_is_held_by_each_of_its_teams() -> None:
    made = okrs(a_key_result("x", "a"), a_key_result("y", "b"))
    assert key_results_by_team(made) == {"product": ("x", "y"), "platform": ("y",)}


def test_needs_are_listed_under_the_key_result_that_should_meet_them() -> None:
    need = Need("platform", "y", state=LinkState.PROPOSED)
    made = okrs(a_key_result("x", "a", depends_on=(need, Need("sales"))), a_key_result("y", "b"))
    assert supports(made) == {"y": (("x", need),)}


def okrs_in_a_year(year: Cycle, *teams: str) -> Okrs:
    """A key result that leads to one of the year's, which leads to another of the year's."""
    return some_okrs(
        objectives=(an_objective("a", "product"),),
        key_results=(a_key_result("near", "a", aligns_to=up("step")),),
        others=(
            a_key_result("step", "middle", cycle=year.id, aligns_to=up("profit")),
            a_key_result("profit", "yearly", cycle=year.id),
        ),
        other_objectives=(
            an_objective("middle", "product", cycle=year.id),
            an_objective("yearly", *teams, cycle=year.id),
        ),
        cycles=(year,),
    )


def test_an_organization_key_result_of_the_year_is_reached() -> None:
    assert reaching(okrs_in_a_year(YEAR)) == {"near", "step", "profit"}
    portfolio = a_portfolio(okrs=okrs_in_a_year(YEAR))
    assert portfolio.aligned("near")
    assert portfolio.objective_of("profit").of_organization


@pytest.mark.parametrize(
    "year", [replace(YEAR, phase=Phase.CLOSED), replace(YEAR, end=date(2026, 9, 30)), replace(YEAR, id="2026-X")]
)
def test_a_closed_or_past_year_leads_nowhere(year: Cycle) -> None:
    okrs = replace(okrs_in_a_year(YEAR), cycles={"2026-Q4": okrs_in_a_year(YEAR).cycle, "2026": year})
    if year.id == "2026-X":
        okrs = replace(okrs, other_objectives={})
    assert overlapping_key_results(okrs) == {}
    assert reaching(okrs) == frozenset()


def test_a_teams_own_key_result_of_the_year_is_no_end() -> None:
    assert reaching(okrs_in_a_year(YEAR, "product")) == frozenset()


def test_an_id_of_the_running_cycle_never_means_the_years() -> None:
    okrs = okrs_in_a_year(YEAR)
    twin = replace(okrs, key_results={**okrs.key_results, "profit": a_key_result("profit", "a")})
    assert set(overlapping_key_results(twin)) == {"step"}
    assert reaching(twin) == frozenset()
