from dataclasses import replace
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Alignment, Cycle, LinkState, Need, Okrs, Phase, Visibility
from rules.vertical.objective_only_alignment import objective_only_alignment as rule
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged


def okrs_with(
    *links: Alignment,
    to: str = "growth",
    phase: Phase = Phase.RUNNING,
    revenue: dict[str, Any] | None = None,
    sold: tuple[Alignment, ...] = (Alignment("revenue"),),
    **changes: Any,
) -> Okrs:
    """Product's `adoption` with `dau` and `wau`, and its `sales` with `sold` that is linked to the organization's."""
    return acme_okrs(
        cycle=replace(CYCLE, phase=phase),
        objectives=(
            an_objective("growth"),
            an_objective("speed", "platform"),
            an_objective("adoption", "product", **({"aligns_to": (to,)} | changes)),
            an_objective("sales", "product"),
        ),
        key_results=(
            a_key_result("revenue", "growth", **(revenue or {})),
            a_key_result("dau", "adoption", aligns_to=links),
            a_key_result("wau", "adoption"),
            a_key_result("sold", "sales", aligns_to=sold),
        ),
    )


def test_objectives_that_are_linked_without_key_results_are_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with()))
    assert (finding.subject.kind, finding.subject.id, finding.tickets) == ("objective", "adoption", ())
    assert finding.facts["objectives"] == ("growth",)
    assert finding.affects == ("dau", "wau")
    assert "does one of them move revenue?" in said(finding)


@pytest.mark.parametrize(
    ("phase", "severity"),
    [
        (Phase.DRAFT, Severity.INFO),
        (Phase.ALIGN, Severity.INFO),
        (Phase.LOCKED, Severity.WARNING),
        (Phase.RUNNING, Severity.WARNING),
        (Phase.CLOSED, Severity.WARNING),
    ],
)
def test_it_is_a_note_until_the_cycle_is_locked(phase: Phase, severity: Severity) -> None:
    assert the_finding(judged(rule, okrs=okrs_with(phase=phase))).severity is severity


@pytest.mark.parametrize("state", [LinkState.ACCEPTED, LinkState.PROPOSED])
def test_one_key_result_with_a_link_is_enough(state: LinkState) -> None:
    assert judged(rule, okrs=okrs_with(Alignment("revenue", state=state))).findings == ()


def test_a_declined_link_is_none() -> None:
    assert the_finding(judged(rule, okrs=okrs_with(Alignment("revenue", state=LinkState.DECLINED))))


@pytest.mark.parametrize("changes", [{"to": "speed"}, {"aligns_to": ()}, {"standalone": "the law asks for it"}])
def test_objectives_linked_to_none_of_the_organizations_or_alone_pass(changes: dict[str, Any]) -> None:
    assert judged(rule, okrs=okrs_with(**changes)).findings == ()


def test_where_the_whole_team_is_told_it_stays_a_note() -> None:
    assert the_finding(judged(rule, okrs=okrs_with(sold=()))).severity is Severity.INFO


@pytest.mark.parametrize(
    ("serves", "severity"), [(("dau", "wau"), Severity.INFO), (("dau",), Severity.WARNING), ((), Severity.WARNING)]
)
def test_where_work_on_all_its_key_results_is_told_it_stays_a_note(serves: tuple[str, ...], severity: Severity) -> None:
    work = an_initiative("jira:ACME-1", serves=serves)
    assert the_finding(judged(rule, work, okrs=okrs_with())).severity is severity


def test_key_results_that_are_aligned_sideways_need_no_link() -> None:
    okrs = okrs_with()
    needs = tuple(Need("product", id_, state=LinkState.ACCEPTED) for id_ in ("dau", "wau"))
    sold = replace(okrs.key_results["sold"], depends_on=needs)
    assert judged(rule, okrs=replace(okrs, key_results={**okrs.key_results, "sold": sold})).findings == ()


def test_without_organization_key_results_nothing_can_be_said() -> None:
    okrs = acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product", aligns_to=("growth",))),
        key_results=(a_key_result("dau", "adoption"),),
    )
    assert the_unjudged(judged(rule, okrs=okrs))


def test_an_objective_without_key_results_has_none_to_link() -> None:
    okrs = acme_okrs(
        objectives=(an_objective("growth"), an_objective("a", "product", aligns_to=("growth",))),
        key_results=(a_key_result("revenue", "growth"),),
    )
    assert judged(rule, okrs=okrs).findings == ()


def test_the_organizations_own_objectives_may_be_linked_freely() -> None:
    okrs = acme_okrs(
        objectives=(an_objective("growth", aligns_to=("growth",)),), key_results=(a_key_result("revenue", "growth"),)
    )
    assert judged(rule, okrs=okrs).findings == ()


def test_an_objective_of_the_year_counts_as_the_organizations() -> None:
    okrs = replace(
        okrs_with(to="yearly"),
        cycles={CYCLE.id: CYCLE, "2026": Cycle("2026", CYCLE.start.replace(month=1), CYCLE.end)},
        other_key_results={"profit": a_key_result("profit", "yearly", cycle="2026")},
        other_objectives={("2026", "yearly"): an_objective("yearly", cycle="2026")},
    )
    assert "does one of them move profit?" in said(the_finding(judged(rule, okrs=okrs)))


def test_exempt_tickets_and_gaps_play_no_part() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_with(), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_the_fault_stays_the_same_under_another_title() -> None:
    judgement, other = (judged(rule, okrs=okrs_with(title=title)) for title in ("One", "Other"))
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint


def test_a_waived_objective_is_kept_apart() -> None:
    found = judged(rule, okrs=okrs_with(), waived="adoption")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_private_key_results_are_not_offered() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(revenue={"visibility": Visibility.PRIVATE})))
    assert "revenue" not in said(finding) + str(finding.facts)
