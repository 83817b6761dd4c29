from dataclasses import replace
from datetime import date

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Cycle, Okrs, Phase, Visibility
from rules.contribution.unowned_key_result import unowned_key_result as rule
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective, some_okrs
from tests.rules.rule_runner import judged, said, the_finding


def okrs_owned_by(*owners: str, **changes: object) -> Okrs:
    return acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(a_key_result("revenue", "growth", owners=owners, **changes), a_key_result("dau", "adoption")),
    )


def test_an_organization_key_result_without_owner_is_an_error() -> None:
    finding = the_finding(judged(rule, okrs=okrs_owned_by()))
    assert finding.severity is Severity.ERROR
    assert finding.subject.id == "revenue"
    assert "owners = [" in said(finding)
    assert finding.label is None


def test_an_owner_that_no_longer_exists_owns_nothing() -> None:
    finding = the_finding(judged(rule, okrs=okrs_owned_by("sales")))
    assert finding.facts["unknown_owners"] == ("sales",)
    assert "sales is not a team" in said(finding)


def test_one_existing_owner_is_enough() -> None:
    assert judged(rule, okrs=okrs_owned_by("sales", "product")).findings == ()


def test_a_teams_own_key_result_needs_no_owners() -> None:
    assert judged(rule, okrs=okrs_owned_by("product")).findings == ()


def test_exempt_tickets_and_gaps_change_nothing() -> None:
    exempt = an_initiative("jira:ACME-1", serves="revenue", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_owned_by(), gaps=(Gap("github", "is down"),))
    assert the_finding(found).subject.id == "revenue"
    assert found.not_judged == ()


def test_a_private_key_result_without_owner_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_owned_by(visibility=Visibility.PRIVATE)))
    assert "revenue" not in said(finding) + str(finding.facts) + finding.subject.id


@pytest.mark.parametrize(
    ("phase", "severity"),
    [
        (Phase.DRAFT, Severity.INFO),
        (Phase.ALIGN, Severity.WARNING),
        (Phase.LOCKED, Severity.ERROR),
        (Phase.RUNNING, Severity.ERROR),
    ],
)
def test_a_missing_owner_is_an_error_once_the_cycle_is_locked(phase: Phase, severity: Severity) -> None:
    okrs, cycle = okrs_owned_by(), replace(CYCLE, phase=phase)
    okrs = replace(okrs, cycle=cycle, cycles={cycle.id: cycle})
    assert the_finding(judged(rule, okrs=okrs)).severity is severity


def test_the_phase_of_the_key_results_own_cycle_counts() -> None:
    year = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31), Phase.RUNNING)
    yearly = a_key_result("y-revenue", "y-growth", cycle="2026")
    okrs = some_okrs(
        cycle=replace(CYCLE, phase=Phase.ALIGN),
        cycles=(year,),
        objectives=(an_objective("growth"),),
        key_results=(a_key_result("revenue", "growth"),),
        others=(yearly,),
        other_objectives=(an_objective("y-growth", cycle="2026", key_results=("y-revenue",)),),
    )
    found = {finding.subject.id: finding.severity for finding in judged(rule, okrs=okrs).findings}
    assert found == {"revenue": Severity.WARNING, "y-revenue": Severity.ERROR}


def test_it_is_judged_on_the_files_alone() -> None:
    assert rule.needs_tickets is False
