from dataclasses import replace
from datetime import date

from hub.core.checking.check import check
from hub.model.finding import Severity, SubjectKind
from hub.model.initiative import Gap
from hub.model.okr import Cycle, Okrs
from rules.contribution.no_organization_key_results import no_organization_key_results as rule
from tests.builders import a_key_result, a_portfolio, a_team, acme_okrs, an_objective, some_okrs
from tests.rules.rule_runner import judged, said, the_finding

TEAMS = (a_team("product"), a_team("platform"))


def okrs_of_teams(**changes: object) -> Okrs:
    return some_okrs(
        teams=TEAMS,
        objectives=(an_objective("adoption", "product"), an_objective("speed", "product", "platform")),
        key_results=(a_key_result("dau", "adoption"), a_key_result("p99", "speed")),
        **changes,  # type: ignore[arg-type]
    )


def test_teams_with_okrs_under_an_organization_without_any_are_told_once() -> None:
    finding = the_finding(judged(rule, okrs=okrs_of_teams()))
    assert (finding.severity, finding.subject.kind, finding.tickets) == (Severity.INFO, SubjectKind.WORKSPACE, ())
    assert "2 teams have OKRs, but the organization has no key result" in said(finding)


def test_the_subject_is_the_workspace() -> None:
    portfolio = replace(a_portfolio(okrs=okrs_of_teams()), workspace="acme")
    assert the_finding(check(portfolio, [rule])).subject.id == "acme"


def test_one_organization_key_result_is_enough() -> None:
    assert judged(rule, okrs=acme_okrs()).findings == ()


def test_a_key_result_of_the_years_cycle_is_enough() -> None:
    okrs = okrs_of_teams(
        cycles=(Cycle("2026", date(2026, 1, 1), date(2026, 12, 31)),),
        others=(a_key_result("y-revenue", "y-growth", cycle="2026"),),
        other_objectives=(an_objective("y-growth", cycle="2026", key_results=("y-revenue",)),),
    )
    assert judged(rule, okrs=okrs).findings == ()


def test_where_nobody_has_okrs_nothing_is_missing() -> None:
    assert judged(rule, okrs=some_okrs(teams=TEAMS)).findings == ()


def test_a_gap_among_the_tickets_changes_nothing_but_one_among_the_okrs_does() -> None:
    assert the_finding(judged(rule, okrs=okrs_of_teams(), gaps=(Gap("jira", "is down"),)))
    unread = judged(rule, okrs=replace(okrs_of_teams(), incomplete_reason="OKR tickets could not be read"))
    assert (unread.findings, len(unread.not_judged)) == ((), 1)
