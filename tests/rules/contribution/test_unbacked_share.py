from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Alignment, Contribution, Cycle, LinkKind, LinkState, Okrs, Phase, Visibility
from rules.contribution.unbacked_share import unbacked_share as rule
from tests.builders import CYCLE, a_key_result, a_team, acme_okrs, an_initiative, an_objective, some_okrs
from tests.rules.rule_runner import judged, said, the_finding


def okrs_with(*contributions: Contribution, dau: tuple[Alignment, ...] = (), **changes: Any) -> Okrs:
    """Product holds `dau`, Platform `p99`; what `dau` is linked to is given."""
    return acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product"), an_objective("speed", "platform")),
        key_results=(
            a_key_result("revenue", "growth", contributions=contributions, **changes),
            a_key_result("dau", "adoption", aligns_to=dau),
            a_key_result("p99", "speed"),
        ),
    )


PRODUCT = Contribution("product", share=60)
DIRECT = (Alignment("revenue"),)


def test_a_share_without_a_key_result_that_leads_there_is_a_warning() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(PRODUCT)))
    assert (finding.severity, finding.subject.id, finding.tickets) == (Severity.WARNING, "revenue", ())
    assert finding.facts["unbacked"] == ({"team": "product", "share": 60},)
    assert "product (60 %)" in said(finding)


@pytest.mark.parametrize("kind", list(LinkKind))
def test_a_key_result_that_leads_there_backs_the_share(kind: LinkKind) -> None:
    assert judged(rule, okrs=okrs_with(PRODUCT, dau=(Alignment("revenue", kind),))).findings == ()


def test_a_chain_over_another_teams_key_result_backs_it_too() -> None:
    okrs = okrs_with(PRODUCT, Contribution("platform"), dau=(Alignment("p99"),))
    linked = replace(okrs.key_results["p99"], aligns_to=DIRECT)
    assert judged(rule, okrs=replace(okrs, key_results={**okrs.key_results, "p99": linked})).findings == ()


@pytest.mark.parametrize("state", [LinkState.PROPOSED, LinkState.DECLINED])
def test_a_link_that_was_not_accepted_backs_nothing(state: LinkState) -> None:
    assert the_finding(judged(rule, okrs=okrs_with(PRODUCT, dau=(Alignment("revenue", state=state),))))


def test_a_contribution_without_a_share_promises_nothing() -> None:
    assert judged(rule, okrs=okrs_with(Contribution("product", LinkKind.INDIRECT))).findings == ()


def test_a_shared_okr_backs_the_share_of_each_of_its_teams() -> None:
    okrs = okrs_with(PRODUCT, Contribution("platform", share=40), dau=DIRECT)
    shared = replace(okrs.objectives["adoption"], teams=("product", "platform"))
    assert judged(rule, okrs=replace(okrs, objectives={**okrs.objectives, "adoption": shared})).findings == ()


def test_a_share_of_nothing_asks_for_nothing() -> None:
    assert judged(rule, okrs=okrs_with(Contribution("product", share=0))).findings == ()


def test_where_no_contribution_is_stated_another_rule_speaks() -> None:
    assert judged(rule, okrs=okrs_with(dau=DIRECT)).findings == ()


def test_a_team_that_is_directly_aligned_and_not_named_is_told_apart() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(Contribution("platform"), dau=DIRECT)))
    assert (finding.facts["unbacked"], finding.facts["unnamed"]) == ((), ("product",))
    assert '{ team = "product", share = <percent> }' in said(finding)


def test_a_team_that_only_helps_need_not_be_named() -> None:
    assert judged(rule, okrs=okrs_with(dau=(Alignment("revenue", LinkKind.INDIRECT),))).findings == ()


def test_both_faults_of_one_key_result_make_one_finding() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(Contribution("platform", share=100), dau=DIRECT)))
    assert "no key result of platform (100 %) leads there; product aligned directly" in said(finding)


def test_a_teams_own_key_result_is_not_judged() -> None:
    okrs = acme_okrs(key_results=(a_key_result("dau", "adoption", contributions=(Contribution("platform", share=9),)),))
    assert judged(rule, okrs=okrs).findings == ()


def test_exempt_tickets_and_gaps_play_no_part() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_with(PRODUCT), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_the_fault_stays_the_same_under_another_title() -> None:
    judgement, other = (judged(rule, okrs=okrs_with(PRODUCT, title=title)) for title in ("One", "Other"))
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint


def test_a_waived_key_result_is_kept_apart() -> None:
    found = judged(rule, okrs=okrs_with(PRODUCT), waived="revenue")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_in_draft_the_warning_is_a_note() -> None:
    okrs = replace(okrs_with(PRODUCT), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.INFO


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(PRODUCT, visibility=Visibility.PRIVATE)))
    assert "revenue" not in said(finding) + str(finding.facts)
    assert '{ key_result = "<id>" }' in said(finding)


def test_a_chain_over_the_quarters_key_result_backs_a_share_of_the_years() -> None:
    contributions = (Contribution("product", share=60), Contribution("platform", share=40))
    okrs = some_okrs(
        teams=(a_team("product"), a_team("platform")),
        cycles=(Cycle("2026", date(2026, 1, 1), date(2026, 12, 31)),),
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(
            a_key_result("revenue", "growth", aligns_to=(Alignment("y-revenue"),)),
            a_key_result("dau", "adoption", aligns_to=DIRECT),
        ),
        others=(a_key_result("y-revenue", "y-growth", cycle="2026", contributions=contributions),),
        other_objectives=(an_objective("y-growth", cycle="2026", key_results=("y-revenue",)),),
    )
    finding = the_finding(judged(rule, okrs=okrs))
    assert (finding.subject.id, finding.facts["unbacked"]) == ("y-revenue", ({"team": "platform", "share": 40},))


@pytest.mark.parametrize(("direct", "unbacked"), [(100, ()), (80, ({"team": "platform", "share": 20},))])
def test_an_indirect_share_is_asked_for_only_where_it_is_summed(direct: float, unbacked: tuple[object, ...]) -> None:
    contributions = (Contribution("product", share=direct), Contribution("platform", LinkKind.INDIRECT, 20))
    found = judged(rule, okrs=okrs_with(*contributions, dau=DIRECT)).findings
    assert (found[0].facts["unbacked"] if found else ()) == unbacked
