from dataclasses import replace
from datetime import date

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Contribution, Cycle, LinkKind, Okrs, Phase, Visibility
from rules.contribution.shares_off_total import shares_off_total as rule
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective, some_okrs
from tests.rules.rule_runner import judged, said, the_finding

Share = tuple[str, float | None]
LESS = (Contribution("product", share=70),)


def okrs_with(*shares: Share, phase: Phase = Phase.RUNNING, teams: tuple[str, ...] = (), **changes: object) -> Okrs:
    contributions = tuple(Contribution(team, LinkKind.DIRECT, share) for team, share in shares)
    key_result = a_key_result("revenue", "growth", contributions=contributions, **changes)
    return acme_okrs(
        cycle=replace(CYCLE, phase=phase), objectives=(an_objective("growth", *teams),), key_results=(key_result,)
    )


def test_shares_that_fall_short_are_named_with_their_sum() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(("product", 60), ("platform", 30))))
    assert finding.subject.id == "revenue"
    assert finding.facts["faults"] == ("the shares add to 90 %",)
    assert "product 60 % and platform 30 %" in said(finding)


@pytest.mark.parametrize("shares", [(60, 40), (33.3, 33.3, 33.3), (99.5,), (100.5 - 50, 50)])
def test_shares_of_a_hundred_pass_within_rounding(shares: tuple[float, ...]) -> None:
    named = [(f"team{number}", share) for number, share in enumerate(shares)]
    assert judged(rule, okrs=okrs_with(*named)).findings == ()


@pytest.mark.parametrize("share", [99.4, 100.6])
def test_a_sum_beyond_the_tolerance_does_not_pass(share: float) -> None:
    okrs = okrs_with(("product", share - 50), ("platform", 50))
    assert the_finding(judged(rule, okrs=okrs)).facts["faults"] == (f"the shares add to {share:g} %",)


@pytest.mark.parametrize("share", [0, -20, 120])
def test_a_share_that_cannot_be_is_named(share: float) -> None:
    okrs = okrs_with(("product", share), ("platform", 100 - share))
    assert f"a share of {share} % is not possible" in said(the_finding(judged(rule, okrs=okrs)))


def test_a_team_that_stands_twice_is_named() -> None:
    okrs = okrs_with(("product", 60), ("product", 40))
    assert the_finding(judged(rule, okrs=okrs)).facts["faults"] == ("product is named twice",)


def test_a_contribution_without_share_is_listed_and_not_summed() -> None:
    assert judged(rule, okrs=okrs_with(("product", 100), ("platform", None))).findings == ()
    finding = the_finding(judged(rule, okrs=okrs_with(("product", 90), ("platform", None))))
    assert finding.facts["unsummed"] == ("platform",)


@pytest.mark.parametrize(
    ("phase", "severity"),
    [
        (Phase.DRAFT, Severity.INFO),
        (Phase.ALIGN, Severity.WARNING),
        (Phase.LOCKED, Severity.ERROR),
        (Phase.RUNNING, Severity.ERROR),
        (Phase.CLOSED, Severity.ERROR),
    ],
)
def test_wrong_shares_are_an_error_once_the_cycle_is_locked(phase: Phase, severity: Severity) -> None:
    assert the_finding(judged(rule, okrs=okrs_with(("product", 60), phase=phase))).severity is severity


@pytest.mark.parametrize("shares", [(), (("product", None),)])
def test_no_share_at_all_stays_a_warning(shares: tuple[Share, ...]) -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(*shares)))
    assert finding.severity is Severity.WARNING
    assert "no share is stated" in said(finding)


def test_a_teams_own_key_result_needs_no_shares() -> None:
    assert judged(rule, okrs=okrs_with(teams=("product",))).findings == ()


def test_exempt_tickets_and_gaps_leave_the_shares_as_they_are() -> None:
    exempt = an_initiative("jira:ACME-1", serves="revenue", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_with(("product", 60)), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_a_private_key_result_with_wrong_shares_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(("product", 60), visibility=Visibility.PRIVATE)))
    assert "revenue" not in said(finding) + str(finding.facts)


def test_the_phase_of_the_key_results_own_cycle_counts() -> None:
    year = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31), Phase.RUNNING)
    yearly = a_key_result("y-revenue", "y-growth", cycle="2026", contributions=LESS)
    okrs = some_okrs(
        cycle=replace(CYCLE, phase=Phase.ALIGN),
        cycles=(year,),
        objectives=(an_objective("growth"),),
        key_results=(a_key_result("revenue", "growth", contributions=LESS),),
        others=(yearly,),
        other_objectives=(an_objective("y-growth", cycle="2026", key_results=("y-revenue",)),),
    )
    found = {finding.subject.id: finding.severity for finding in judged(rule, okrs=okrs).findings}
    assert found == {"revenue": Severity.WARNING, "y-revenue": Severity.ERROR}


def test_parts_of_one_are_told_to_be_percent() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(("product", 0.6), ("platform", 0.4))))
    assert finding.facts["faults"] == ("the shares add to 1 %, and shares are in percent: write 60, not 0.6",)


@pytest.mark.parametrize(
    ("direct", "indirect", "faults"),
    [
        ((60, 40), (20,), ()),
        ((70,), (30,), ()),
        ((), (100,), ()),
        ((), (60,), ("the shares add to 60 %",)),
        ((60, 30), (20,), ("the shares add to 90 %",)),
        ((60, 40), (-5,), ()),
    ],
)
def test_an_indirect_share_is_not_summed_unless_it_makes_the_whole(
    direct: tuple[float, ...], indirect: tuple[float, ...], faults: tuple[str, ...]
) -> None:
    shares = [(f"d{at}", share) for at, share in enumerate(direct)]
    okrs = okrs_with(*shares)
    result = okrs.key_results["revenue"]
    helpers = tuple(Contribution(f"i{at}", LinkKind.INDIRECT, share) for at, share in enumerate(indirect))
    changed = replace(result, contributions=(*result.contributions, *helpers))
    found = judged(rule, okrs=replace(okrs, key_results={"revenue": changed})).findings
    assert (found[0].facts["faults"] if found else ()) == faults
