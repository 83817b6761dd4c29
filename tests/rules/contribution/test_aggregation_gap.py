from dataclasses import replace
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Aggregation, Alignment, Contribution, KeyResult, LinkKind, LinkState, Okrs, Phase, Visibility
from rules.contribution.aggregation_gap import aggregation_gap as rule
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding

HALVES = (Contribution("product", share=50), Contribution("platform", share=50))


def part(id_: str, objective: str, target: float, **changes: Any) -> KeyResult:
    return a_key_result(id_, objective, target=target, aligns_to=(Alignment("revenue"),), **changes)


def okrs_of(*parts: KeyResult, shared: tuple[str, ...] = ("product",), **changes: Any) -> Okrs:
    """A sum of 1,000, and the key results of the teams: `a` is Product's or shared, `b` Platform's."""
    upper = {"target": 1000, "aggregation": Aggregation.SUM} | changes
    return acme_okrs(
        objectives=(an_objective("growth"), an_objective("a", *shared), an_objective("b", "platform")),
        key_results=(a_key_result("revenue", "growth", **upper), *parts),
    )


def gaps_of(okrs: Okrs) -> list[tuple[object, object, object]]:
    found = judged(rule, okrs=okrs).findings
    records: Any = found[0].facts["gaps"] if found else ()
    return [(one["of"], one["target"], one["needed"]) for one in records]


def test_targets_that_do_not_add_up_are_named_beside_what_is_needed() -> None:
    finding = the_finding(judged(rule, okrs=okrs_of(part("x", "a", 500), part("y", "b", 400))))
    assert (finding.severity, finding.subject.id, finding.tickets) == (Severity.WARNING, "revenue", ())
    assert "all together 900 of 1,000" in said(finding)


@pytest.mark.parametrize(
    ("target", "severity"), [(950, None), (949, Severity.WARNING), (800, Severity.WARNING), (799, Severity.ERROR)]
)
def test_over_five_percent_is_a_warning_and_over_twenty_an_error(target: float, severity: Severity | None) -> None:
    found = judged(rule, okrs=okrs_of(part("x", "a", target))).findings
    assert [one.severity for one in found] == ([] if severity is None else [severity])


def test_other_thresholds_may_be_set() -> None:
    okrs = okrs_of(part("x", "a", 900))
    assert judged(rule, okrs=okrs, warn_over=10).findings == ()
    assert the_finding(judged(rule, okrs=okrs, error_over=9)).severity is Severity.ERROR


def test_more_than_is_needed_is_no_fault() -> None:
    assert gaps_of(okrs_of(part("x", "a", 2000))) == []


def test_a_mean_is_compared_as_a_mean() -> None:
    mean = {"aggregation": Aggregation.MEAN, "target": 80}
    assert gaps_of(okrs_of(part("x", "a", 90), part("y", "b", 70), **mean)) == []
    assert gaps_of(okrs_of(part("x", "a", 80), part("y", "b", 60), **mean)) == [("all together", 70, 80)]


def test_each_teams_target_is_compared_with_its_share() -> None:
    okrs = okrs_of(part("x", "a", 700), part("y", "b", 300), contributions=HALVES)
    assert gaps_of(okrs) == [("platform", 300, 500)]


def test_a_total_is_not_known_while_a_team_with_a_share_has_no_part() -> None:
    assert gaps_of(okrs_of(part("x", "a", 500), contributions=HALVES)) == []
    assert gaps_of(okrs_of(part("x", "a", 400), contributions=HALVES)) == [("product", 400, 500)]


def test_a_shared_key_result_counts_once_in_all_and_for_no_single_share() -> None:
    okrs = okrs_of(part("x", "a", 600), shared=("product", "platform"), contributions=HALVES)
    assert gaps_of(okrs) == [("all together", 600, 1000)]


def test_only_parts_in_the_same_unit_are_added() -> None:
    assert gaps_of(okrs_of(part("x", "a", 40, unit="%"), unit="USD")) == []
    assert gaps_of(okrs_of(part("x", "a", 40, unit="%"), part("y", "b", 900, unit="USD"), unit="USD")) == [
        ("all together", 900, 1000)
    ]


@pytest.mark.parametrize(
    "link",
    [Alignment("revenue", LinkKind.INDIRECT), Alignment("revenue", state=LinkState.PROPOSED), Alignment("elsewhere")],
)
def test_only_accepted_direct_links_are_summed(link: Alignment) -> None:
    assert gaps_of(okrs_of(a_key_result("x", "a", target=1, aligns_to=(link,)))) == []


def test_a_key_result_that_is_not_aggregated_is_not_judged() -> None:
    assert gaps_of(okrs_of(part("x", "a", 1), aggregation=Aggregation.NONE)) == []


def test_a_number_that_is_to_fall_falls_short_from_above() -> None:
    falling = {"start": 200, "target": 100}
    assert gaps_of(okrs_of(part("x", "a", 90), **falling)) == []
    assert gaps_of(okrs_of(part("x", "a", 120), **falling)) == [("all together", 120, 100)]
    assert gaps_of(okrs_of(part("x", "a", 120), start=200, target=0)) == [("all together", 120, 0)]


def test_exempt_tickets_and_gaps_play_no_part() -> None:
    exempt = an_initiative("jira:ACME-1", serves="x", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_of(part("x", "a", 1)), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_the_fault_stays_the_same_while_the_numbers_change() -> None:
    one, other = judged(rule, okrs=okrs_of(part("x", "a", 1))), judged(rule, okrs=okrs_of(part("z", "a", 2, title="Z")))
    assert the_finding(one).fingerprint == the_finding(other).fingerprint


def test_a_waived_key_result_is_kept_apart() -> None:
    found = judged(rule, okrs=okrs_of(part("x", "a", 1)), waived="revenue")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_in_draft_the_error_is_a_warning() -> None:
    okrs = replace(okrs_of(part("x", "a", 1)), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.WARNING


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_of(part("x", "a", 1), visibility=Visibility.PRIVATE)))
    assert "revenue" not in said(finding) + str(finding.facts)
