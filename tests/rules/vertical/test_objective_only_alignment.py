from dataclasses import replace
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Alignment, Cycle, LinkState, Okrs, Phase, Visibility
from rules.vertical.objective_only_alignment import objective_only_alignment as rule
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding


def okrs_with(
    *links: Alignment,
    to: str = "growth",
    phase: Phase = Phase.RUNNING,
    revenue: dict[str, Any] | None = None,
    **changes: Any,
) -> Okrs:
    return acme_okrs(
        cycle=replace(CYCLE, phase=phase),
        objectives=(
            an_objective("growth"),
            an_objective("speed", "platform"),
            an_objective("adoption", "product", **({"aligns_to": (to,)} | changes)),
        ),
        key_results=(
            a_key_result("revenue", "growth", **(revenue or {})),
            a_key_result("dau", "adoption", aligns_to=links),
            a_key_result("wau", "adoption"),
        ),
    )


def test_objectives_that_are_linked_without_key_results_are_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with()))
    assert (finding.subject.kind, finding.subject.id, finding.tickets) == ("objective", "adoption", ())
    assert finding.facts["objectives"] == ("growth",)
    assert 'key_result = "revenue"' in said(finding)


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


def test_an_objective_without_key_results_has_none_to_link() -> None:
    okrs = acme_okrs(
        objectives=(an_objective("growth"), an_objective("a", "product", aligns_to=("growth",))), key_results=()
    )
    assert judged(rule, okrs=okrs).findings == ()


def test_the_organizations_own_objectives_may_be_linked_freely() -> None:
    assert (
        judged(
            rule,
            okrs=replace(
                okrs_with(), objectives={"growth": an_objective("growth", aligns_to=("growth",))}, key_results={}
            ),
        ).findings
        == ()
    )


def test_an_objective_of_the_year_counts_as_the_organizations() -> None:
    okrs = replace(
        okrs_with(to="yearly"),
        cycles={CYCLE.id: CYCLE, "2026": Cycle("2026", CYCLE.start.replace(month=1), CYCLE.end)},
        others={"profit": a_key_result("profit", "yearly", cycle="2026")},
        other_objectives={("2026", "yearly"): an_objective("yearly", cycle="2026")},
    )
    assert 'key_result = "profit"' in said(the_finding(judged(rule, okrs=okrs)))


def test_exempt_tickets_and_gaps_play_no_part() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_with(), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_the_fault_stays_the_same_under_another_title() -> None:
    one, other = (judged(rule, okrs=okrs_with(title=title)) for title in ("One", "Other"))
    assert the_finding(one).fingerprint == the_finding(other).fingerprint


def test_a_waived_objective_is_kept_apart() -> None:
    found = judged(rule, okrs=okrs_with(), waived="adoption")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_private_key_results_are_not_offered() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(revenue={"visibility": Visibility.PRIVATE})))
    assert "revenue" not in said(finding) + str(finding.facts)
