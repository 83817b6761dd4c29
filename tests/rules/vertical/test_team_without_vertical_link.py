from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, PriorityBand, StatusCategory
from hub.model.okr import Alignment, Cycle, LinkKind, LinkState, Need, Okrs, Phase, Visibility
from rules.vertical.team_without_vertical_link import team_without_vertical_link as rule
from tests.builders import CYCLE, a_key_result, a_ref, a_team, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged

TODAY_9 = datetime(2026, 11, 16, 9, tzinfo=UTC)
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


def test_a_team_that_leads_to_no_organization_key_result_is_an_error_once_locked() -> None:
    finding = the_finding(judged(rule, okrs=okrs_linked()))
    assert (finding.severity, finding.subject.kind, finding.subject.id) == (Severity.ERROR, "team", "product")
    assert (finding.affects, finding.act_on, finding.label) == (("dau",), (), None)
    assert "None of the key results of product is linked" in said(finding)
    assert "move revenue, margin and reach?" in said(finding)


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
def test_before_the_lock_it_is_a_warning(phase: Phase, severity: Severity) -> None:
    okrs = replace(okrs_linked(), cycle=replace(CYCLE, phase=phase))
    assert the_finding(judged(rule, okrs=okrs)).severity is severity


def test_the_one_comment_stands_on_the_teams_lead_initiative() -> None:
    tickets = (
        an_initiative("jira:ACME-1", serves="dau"),
        an_initiative("jira:ACME-2", serves="dau", priority=PriorityBand.HIGH),
        an_initiative("jira:ACME-3", serves="dau", priority=PriorityBand.HIGHEST, status=StatusCategory.DONE),
        an_initiative("jira:ELSE-1", serves="dau", priority=PriorityBand.HIGHEST),
        an_initiative("jira:ACME-4", priority=PriorityBand.HIGHEST),
        an_initiative("jira:ACME-5", serves="dau", priority=PriorityBand.HIGHEST, created=TODAY_9),
    )
    finding = the_finding(judged(rule, *tickets, okrs=okrs_linked()))
    assert (finding.act_on, finding.label_on) == ((a_ref("jira:ACME-2"),), ())


@pytest.mark.parametrize(("phase", "today"), [(Phase.ALIGN, date(2026, 11, 16)), (Phase.RUNNING, date(2026, 10, 6))])
def test_in_the_first_days_and_while_okrs_are_made_no_ticket_is_commented(phase: Phase, today: date) -> None:
    okrs = replace(okrs_linked(), cycle=replace(CYCLE, phase=phase))
    work = an_initiative(serves="dau", created=None)
    assert the_finding(judged(rule, work, okrs=okrs, today=today)).on_tickets == ()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_up_to_three_organization_key_results_are_fine(count: int) -> None:
    assert judged(rule, okrs=okrs_linked(*to(*UPPER[:count]))).findings == ()


def test_more_than_three_are_worth_a_note() -> None:
    finding = the_finding(judged(rule, okrs=okrs_linked(*to(*UPPER))))
    assert (finding.severity, finding.facts["reached"]) == (Severity.INFO, tuple(sorted(UPPER)))
    assert "lead to 4 organization key results" in said(finding)
    assert judged(rule, okrs=okrs_linked(*to(*UPPER)), max_aligned=4).findings == ()


def test_an_indirect_link_counts_like_a_direct_one() -> None:
    assert judged(rule, okrs=okrs_linked(Alignment("revenue", LinkKind.INDIRECT))).findings == ()


@pytest.mark.parametrize("state", [LinkState.PROPOSED, LinkState.DECLINED])
def test_a_link_that_nobody_accepted_does_not_count(state: LinkState) -> None:
    assert the_finding(judged(rule, okrs=okrs_linked(Alignment("revenue", state=state)))).severity is Severity.ERROR


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


@pytest.mark.parametrize(("state", "told"), [(LinkState.ACCEPTED, False), (LinkState.PROPOSED, True)])
def test_supporting_a_linked_key_result_of_another_team_counts_once_accepted(state: LinkState, told: bool) -> None:
    need = Need("platform", "p99", state=state)
    okrs = acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product"), an_objective("speed", "platform")),
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", aligns_to=to("revenue"), depends_on=(need,)),
            a_key_result("p99", "speed"),
        ),
    )
    assert [finding.subject.id for finding in judged(rule, okrs=okrs).findings] == (["platform"] if told else [])


def test_a_chain_over_the_quarter_to_the_year_counts_as_one() -> None:
    year = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31))
    okrs = okrs_linked(*to(*UPPER[:3]))
    up = {name: replace(okrs.key_results[name], aligns_to=to("profit")) for name in UPPER}
    yearly = replace(
        okrs,
        key_results={**okrs.key_results, **up},
        cycles={**okrs.cycles, "2026": year},
        other_key_results={"profit": a_key_result("profit", "y", cycle="2026")},
        other_objectives={("2026", "y"): an_objective("y", cycle="2026")},
    )
    assert judged(rule, okrs=yearly).findings == ()


def test_without_organization_key_results_nothing_can_be_said() -> None:
    okrs = acme_okrs(objectives=(an_objective("adoption", "product"),), key_results=(a_key_result("dau", "adoption"),))
    assert the_unjudged(judged(rule, okrs=okrs))


def test_a_shared_okr_counts_for_each_of_its_teams() -> None:
    okrs = okrs_linked(*to("revenue", "margin"), teams=("product", "platform"))
    both = replace(okrs, teams={"product": a_team("product"), "platform": a_team("platform")})
    assert judged(rule, okrs=both).findings == ()


def test_a_team_without_key_results_is_told_just_that() -> None:
    okrs = okrs_linked(*to("revenue", "margin"))
    more = replace(okrs, teams={**okrs.teams, "sales": a_team("sales")})
    finding = the_finding(judged(rule, okrs=more))
    assert (finding.subject.id, finding.severity, finding.affects) == ("sales", Severity.ERROR, ())
    assert "sales has no key results in this cycle" in said(finding)


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
            a_key_result("revenue", "growth", visibility=Visibility.PRIVATE),
            a_key_result("merger", "adoption", visibility=Visibility.PRIVATE),
        ),
    )
    finding = the_finding(judged(rule, okrs=okrs))
    assert not any(word in said(finding) + str(finding.facts) + str(finding.affects) for word in ("merger", "revenue"))


def test_the_fault_stays_the_same_while_the_key_results_change() -> None:
    judgement, other = judged(rule, okrs=okrs_linked()), judged(rule, an_initiative(serves="dau"), okrs=okrs_linked())
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint
