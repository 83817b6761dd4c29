from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import (
    Aggregation,
    Alignment,
    Contribution,
    Cycle,
    KeyResult,
    LinkKind,
    LinkState,
    Okrs,
    Phase,
    Visibility,
)
from hub.okr_files.loader import okrs_from_text
from hub.testing.examples import CYCLE as FILE_CYCLE
from rules.contribution.aggregation_gap import aggregation_gap as rule
from rules.shared.metrics import unit_of
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding

WHOLE = (Contribution("product", share=100),)
HALVES = (Contribution("product", share=50), Contribution("platform", share=50))


def part(id_: str, objective: str, target: float, **changes: Any) -> KeyResult:
    return a_key_result(id_, objective, **({"target": target, "aligns_to": (Alignment("revenue"),)} | changes))


def okrs_of(*parts: KeyResult, shared: tuple[str, ...] = ("product",), **changes: Any) -> Okrs:
    """A sum of 1,000 that is Product's, and the key results of teams: `a` is Product's or shared, `b` Platform's."""
    upper = {"target": 1000, "aggregation": Aggregation.SUM, "contributions": WHOLE} | changes
    return acme_okrs(
        objectives=(an_objective("growth"), an_objective("a", *shared), an_objective("b", "platform")),
        key_results=(a_key_result("revenue", "growth", **upper), *parts),
    )


def gap_of(okrs: Okrs) -> tuple[object, object] | None:
    found = judged(rule, okrs=okrs).findings
    return (found[0].facts["target"], found[0].facts["needed"]) if found else None


def test_targets_that_do_not_add_up_are_told_beside_what_is_needed() -> None:
    okrs = okrs_of(part("x", "a", 500), part("y", "b", 400), contributions=HALVES, unit="USD")
    okrs = replace(okrs, key_results={k.id: replace(k, unit="USD") for k in okrs.key_results.values()})
    finding = the_finding(judged(rule, okrs=okrs))
    assert (finding.severity, finding.subject.id, finding.act_on) == (Severity.WARNING, "revenue", ())
    assert "900 of 1,000 USD" in said(finding)
    assert finding.affects == ("x", "y")


@pytest.mark.parametrize(
    ("target", "severity"), [(950, None), (949, Severity.WARNING), (800, Severity.WARNING), (799, Severity.ERROR)]
)
def test_over_five_percent_is_a_warning_and_over_twenty_an_error(target: float, severity: Severity | None) -> None:
    found = judged(rule, okrs=okrs_of(part("x", "a", target))).findings
    assert [finding.severity for finding in found] == ([] if severity is None else [severity])


def test_other_thresholds_may_be_set() -> None:
    okrs = okrs_of(part("x", "a", 900))
    assert judged(rule, okrs=okrs, warn_over_percent=10).findings == ()
    assert the_finding(judged(rule, okrs=okrs, error_over_percent=9)).severity is Severity.ERROR


def test_more_than_is_needed_is_no_fault() -> None:
    assert gap_of(okrs_of(part("x", "a", 2000))) is None


def test_only_the_direct_shares_are_needed() -> None:
    most = (Contribution("product", share=80), Contribution("platform", LinkKind.INDIRECT, 20))
    assert gap_of(okrs_of(part("x", "a", 800), contributions=most)) is None
    assert gap_of(okrs_of(part("x", "a", 700), contributions=most)) == (700, 800)


def test_one_team_may_make_up_for_another() -> None:
    assert gap_of(okrs_of(part("x", "a", 700), part("y", "b", 300), contributions=HALVES)) is None


def test_nothing_is_compared_while_a_team_with_a_share_has_no_key_result_there() -> None:
    assert gap_of(okrs_of(part("x", "a", 100), contributions=HALVES)) is None
    assert gap_of(okrs_of(part("x", "a", 100), contributions=())) is None


def test_a_shared_key_result_counts_once() -> None:
    okrs = okrs_of(part("x", "a", 600), shared=("product", "platform"), contributions=HALVES)
    assert gap_of(okrs) == (600, 1000)


def test_the_key_result_of_a_team_without_a_share_is_not_counted() -> None:
    assert gap_of(okrs_of(part("x", "a", 600), part("y", "b", 400))) == (600, 1000)


def test_targets_may_be_increments_of_a_total() -> None:
    increments = (part("x", "a", 240, start=0), part("y", "b", 160, start=0))
    okrs = okrs_of(*increments, start=600, contributions=HALVES)
    assert gap_of(okrs) is None
    less = okrs_of(increments[0], part("y", "b", 100, start=0), start=600, contributions=HALVES)
    assert gap_of(less) == (340, 400)


def test_without_a_stated_start_only_totals_are_read() -> None:
    open_ended = part("x", "a", 400, stated=frozenset({"target"}))
    assert gap_of(okrs_of(open_ended, start=600)) == (400, 1000)
    assert gap_of(okrs_of(part("x", "a", 400, stated=frozenset({"start"})), start=600)) is None


def test_a_mean_is_compared_as_a_mean() -> None:
    mean: dict[str, Any] = {"aggregation": Aggregation.MEAN, "target": 80, "contributions": HALVES}
    assert gap_of(okrs_of(part("x", "a", 90), part("y", "b", 70), **mean)) is None
    assert gap_of(okrs_of(part("x", "a", 80), part("y", "b", 60), **mean)) == (70, 80)


@pytest.mark.parametrize(
    ("whole", "other", "found"),
    [
        (("USD", 1000), ("$", 900), (900, 1000)),
        (("k USD", 10), ("USD", 9_000), (9, 10)),
        (("USD", 10_000_000), ("M$", 9), (9_000_000, 10_000_000)),
        (("users", 1000), ("k users", 0.9), (900, 1000)),
        (("USD", 1000), ("EUR", 100), None),
        (("USD", 1000), ("%", 100), None),
    ],
)
def test_units_are_understood_and_others_left_out(
    whole: tuple[str, float], other: tuple[str, float], found: tuple[float, float] | None
) -> None:
    okrs = okrs_of(part("x", "a", other[1], unit=other[0]), unit=whole[0], target=whole[1])
    assert gap_of(okrs) == found


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("USD", ("usd", 1)),
        ("$", ("usd", 1)),
        ("US$", ("usd", 1)),
        ("M USD", ("usd", 1e6)),
        ("mUSD", ("usd", 1e6)),
        ("EURk", ("eur", 1e3)),
        ("bn €", ("eur", 1e9)),
        ("million dollars", ("usd", 1e6)),
        ("Users (k)", ("user", 1e3)),
        ("M", ("", 1e6)),
        ("m", ("m", 1)),
        ("km", ("km", 1)),
        ("%", ("percent", 1)),
        ("", ("", 1)),
    ],
)
def test_a_unit_is_what_is_counted_and_in_what(text: str, unit: tuple[str, float]) -> None:
    assert unit_of(text) == unit


@pytest.mark.parametrize(
    "link",
    [Alignment("revenue", LinkKind.INDIRECT), Alignment("revenue", state=LinkState.PROPOSED), Alignment("elsewhere")],
)
def test_only_accepted_direct_links_count(link: Alignment) -> None:
    assert gap_of(okrs_of(part("x", "a", 1, aligns_to=(link,)))) is None


@pytest.mark.parametrize(
    ("unit", "stated", "found"),
    [
        ("USD", "", Aggregation.SUM),
        ("M$", "", Aggregation.SUM),
        ("$", "", Aggregation.SUM),
        ("users", "", Aggregation.SUM),
        ("%", "", Aggregation.NONE),
        ("NPS points", "", Aggregation.NONE),
        ("USD per seat", "", Aggregation.NONE),
        ("tickets/day", "", Aggregation.NONE),
        ("ms", "", Aggregation.NONE),
        ("", "", Aggregation.NONE),
        ("USD", "none", Aggregation.NONE),
        ("%", "mean", Aggregation.MEAN),
    ],
)
def test_amounts_are_summed_unless_the_file_says_otherwise(unit: str, stated: str, found: Aggregation) -> None:
    line = f'aggregation = "{stated}"\n' if stated else ""
    objective = '[[objective]]\nid = "growth"\ntitle = "Grow"\n'
    key_result = f'[[objective.key_result]]\nid = "revenue"\ntitle = "Revenue"\nunit = "{unit}"\n'
    assert okrs_from_text(FILE_CYCLE + objective + key_result + line).key_results["revenue"].aggregation is found


def test_a_key_result_that_is_not_aggregated_is_not_judged() -> None:
    assert gap_of(okrs_of(part("x", "a", 1), aggregation=Aggregation.NONE)) is None


def test_a_quarters_target_is_not_compared_with_the_years() -> None:
    quarter = okrs_of(part("x", "a", 1, aligns_to=(Alignment("y-revenue"),)))
    year = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31))
    yearly = a_key_result(
        "y-revenue", "y-growth", cycle="2026", target=1000, aggregation=Aggregation.SUM, contributions=WHOLE
    )
    upper = an_objective("y-growth", cycle="2026", key_results=("y-revenue",))
    okrs = replace(
        quarter,
        cycles={**quarter.cycles, "2026": year},
        other_key_results={"y-revenue": yearly},
        other_objectives={("2026", "y-growth"): upper},
    )
    assert gap_of(okrs) is None


def test_a_number_that_is_to_fall_falls_short_from_above() -> None:
    falling: dict[str, Any] = {"start": 200, "target": 100}
    assert gap_of(okrs_of(part("x", "a", 90, start=190), **falling)) is None
    assert gap_of(okrs_of(part("x", "a", 150, start=200), **falling)) == (150, 100)
    assert gap_of(okrs_of(part("x", "a", 60, start=160), **falling)) is None


def test_exempt_tickets_and_gaps_play_no_part() -> None:
    exempt = an_initiative("jira:ACME-1", serves="x", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_of(part("x", "a", 1)), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_the_fault_stays_the_same_while_the_numbers_change() -> None:
    judgement, other = (
        judged(rule, okrs=okrs_of(part("x", "a", 1))),
        judged(rule, okrs=okrs_of(part("z", "a", 2, title="Z"))),
    )
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint


def test_a_waived_key_result_is_kept_apart() -> None:
    found = judged(rule, okrs=okrs_of(part("x", "a", 1)), waived="revenue")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_in_draft_the_error_is_a_warning() -> None:
    okrs = replace(okrs_of(part("x", "a", 1)), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.WARNING


@pytest.mark.parametrize("secret", ["revenue", "x"])
def test_no_figure_of_a_private_key_result_is_told(secret: str) -> None:
    okrs = okrs_of(part("x", "a", 777))
    okrs = replace(
        okrs,
        key_results={
            k.id: replace(k, visibility=Visibility.PRIVATE) if k.id == secret else k for k in okrs.key_results.values()
        },
    )
    finding = the_finding(judged(rule, okrs=okrs))
    shown = said(finding) + str(finding.facts)
    assert "777" not in shown
    assert secret == "x" or "revenue" not in shown
    assert secret not in finding.affects
