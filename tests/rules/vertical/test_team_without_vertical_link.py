from dataclasses import replace

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Alignment, LinkKind, LinkState, Need, Okrs, Phase, Visibility
from rules.vertical.team_without_vertical_link import team_without_vertical_link as rule
from tests.builders import CYCLE, a_key_result, a_team, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding

UPPER = ("revenue", "margin", "reach", "trust")


def okrs_linked(*links: Alignment, teams: tuple[str, ...] = ("product",), **changes: object) -> Okrs:
    """Product with one key result, and four of the organization's."""
    return acme_okrs(
        teams=(a_team("product", "jira:ACME"),),
        objectives=(an_objective("growth"), an_objective("adoption", *teams, **changes)),
        key_results=(
            *(a_key_result(name, "growth") for name in UPPER),
            a_key_result("dau", "adoption", aligns_to=links),
        ),
    )


def to(*names: str) -> tuple[Alignment, ...]:
    return tuple(Alignment(name) for name in names)


def test_a_team_that_leads_to_no_organization_key_result_is_an_error() -> None:
    finding = the_finding(judged(rule, okrs=okrs_linked()))
    assert finding.severity is Severity.ERROR
    assert finding.subject.id == "product"
    assert "lead to no organization key results" in said(finding)
    assert 'aligns_to = [{ key_result = "revenue"' in said(finding)


@pytest.mark.parametrize("count", [2, 3])
def test_two_or_three_organization_key_results_are_the_measure(count: int) -> None:
    assert judged(rule, okrs=okrs_linked(*to(*UPPER[:count]))).findings == ()


@pytest.mark.parametrize("count", [1, 4])
def test_one_and_more_than_three_are_worth_a_note(count: int) -> None:
    finding = the_finding(judged(rule, okrs=okrs_linked(*to(*UPPER[:count]))))
    assert finding.severity is Severity.INFO
    assert len(finding.facts["reached"]) == count  # type: ignore[arg-type]


def test_a_link_that_stands_already_is_not_advised_again() -> None:
    assert 'key_result = "margin"' in said(the_finding(judged(rule, okrs=okrs_linked(*to("revenue")))))


def test_an_indirect_link_counts_like_a_direct_one() -> None:
    links = (Alignment("revenue", LinkKind.INDIRECT), Alignment("margin"))
    assert judged(rule, okrs=okrs_linked(*links)).findings == ()


@pytest.mark.parametrize("state", [LinkState.PROPOSED, LinkState.DECLINED])
def test_a_link_that_nobody_accepted_does_not_count(state: LinkState) -> None:
    links = (Alignment("revenue", state=state), Alignment("margin", state=state))
    assert the_finding(judged(rule, okrs=okrs_linked(*links))).severity is Severity.ERROR


def test_a_chain_leads_up_and_a_circle_ends_nowhere() -> None:
    okrs = acme_okrs(
        teams=(a_team("product"),),
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("margin", "growth"),
            a_key_result("dau", "adoption", aligns_to=to("wau")),
            a_key_result("wau", "adoption", aligns_to=to("dau", "revenue", "margin")),
        ),
    )
    assert judged(rule, okrs=okrs).findings == ()


def test_a_horizontal_link_is_no_vertical_one() -> None:
    okrs = acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product"), an_objective("speed", "platform")),
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("margin", "growth"),
            a_key_result("dau", "adoption", aligns_to=to("revenue", "margin"), depends_on=(Need("platform", "p99"),)),
            a_key_result("p99", "speed"),
        ),
    )
    assert the_finding(judged(rule, okrs=okrs)).subject.id == "platform"


def test_a_shared_okr_counts_for_each_of_its_teams() -> None:
    okrs = okrs_linked(*to("revenue", "margin"), teams=("product", "platform"))
    both = replace(okrs, teams={"product": a_team("product"), "platform": a_team("platform")})
    assert judged(rule, okrs=both).findings == ()


def test_a_team_without_key_results_leads_nowhere() -> None:
    okrs = okrs_linked(*to("revenue", "margin"))
    more = replace(okrs, teams={**okrs.teams, "sales": a_team("sales")})
    assert the_finding(judged(rule, okrs=more)).subject.id == "sales"


def test_a_team_that_stands_alone_with_a_reason_has_answered() -> None:
    assert judged(rule, okrs=okrs_linked(standalone="the law asks for it")).findings == ()


def test_exempt_work_and_gaps_play_no_part() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_linked(), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_private_key_results_count_and_are_not_named() -> None:
    okrs = acme_okrs(
        teams=(a_team("product"),),
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(
            a_key_result("merger", "growth", visibility=Visibility.PRIVATE),
            a_key_result("dau", "adoption", aligns_to=to("merger")),
        ),
    )
    finding = the_finding(judged(rule, okrs=okrs))
    assert finding.severity is Severity.INFO
    assert "merger" not in said(finding) + str(finding.facts)


def test_in_draft_a_missing_link_is_a_warning() -> None:
    okrs = replace(okrs_linked(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.WARNING
