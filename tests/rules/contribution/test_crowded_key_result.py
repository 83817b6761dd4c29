from dataclasses import replace

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Okrs, Phase, Visibility
from rules.contribution.crowded_key_result import crowded_key_result as rule
from tests.builders import CYCLE, a_key_result, a_team, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding

TEAMS = tuple(a_team(name) for name in ("product", "platform", "sales", "success"))


def okrs_owned_by(*owners: str, teams: tuple[str, ...] = (), **changes: object) -> Okrs:
    key_result = a_key_result("revenue", "growth", owners=owners, **changes)
    return acme_okrs(teams=TEAMS, objectives=(an_objective("growth", *teams),), key_results=(key_result,))


@pytest.mark.parametrize(
    ("owners", "severity"),
    [
        (("product", "platform", "sales"), Severity.INFO),
        (("product", "platform", "sales", "success"), Severity.WARNING),
    ],
)
def test_three_owners_are_a_note_and_four_a_warning(owners: tuple[str, ...], severity: Severity) -> None:
    finding = the_finding(judged(rule, okrs=okrs_owned_by(*owners)))
    assert finding.severity is severity
    assert finding.subject.id == "revenue"
    assert finding.facts["owners"] == owners


def test_two_owners_are_the_measure() -> None:
    assert judged(rule, okrs=okrs_owned_by("product", "platform")).findings == ()


def test_an_owner_that_stands_twice_is_one_team_and_one_that_is_gone_is_none() -> None:
    assert judged(rule, okrs=okrs_owned_by("product", "product", "platform")).findings == ()
    assert judged(rule, okrs=okrs_owned_by("product", "platform", "gone")).findings == ()


def test_the_key_result_of_a_single_team_is_not_judged() -> None:
    okrs = okrs_owned_by("product", "platform", "sales", "success", teams=("product",))
    assert judged(rule, okrs=okrs).findings == ()


def test_a_shared_okr_is_the_way_for_many_teams() -> None:
    okrs = okrs_owned_by("product", "platform", "sales", "success", teams=("product", "sales"))
    assert judged(rule, okrs=okrs).findings == ()


def test_the_words_count_the_owners_and_offer_two_ways() -> None:
    words = said(the_finding(judged(rule, okrs=okrs_owned_by("product", "platform", "sales"))))
    assert "has 3 owner teams: product, platform and sales" in words
    assert "contributions" in words
    assert "teams = [...]" in words


def test_exempt_tickets_and_gaps_do_not_matter_here() -> None:
    exempt = an_initiative("jira:ACME-1", serves="revenue", labels=frozenset({"okr-exempt"}))
    okrs = okrs_owned_by("product", "platform", "sales")
    found = judged(rule, exempt, okrs=okrs, gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_a_private_crowded_key_result_is_not_named() -> None:
    okrs = okrs_owned_by("product", "platform", "sales", visibility=Visibility.PRIVATE)
    assert "revenue" not in said(the_finding(judged(rule, okrs=okrs)))


def test_in_draft_four_owners_are_a_note() -> None:
    okrs = okrs_owned_by("product", "platform", "sales", "success")
    drafted = replace(okrs, cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=drafted)).severity is Severity.INFO
