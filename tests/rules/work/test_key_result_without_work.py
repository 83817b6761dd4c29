from dataclasses import replace
from datetime import date

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, StatusCategory
from hub.model.okr import Alignment, Contribution, KeyResult, LinkKind, LinkState, Need, Okrs, Phase, Visibility
from hub.model.portfolio import DependencyHistory
from rules.work.key_result_without_work import key_result_without_work as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, a_team, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

P99_WORK = an_initiative("github:acme/app#1", serves="p99")


def okrs_with(share: float = 10, **dau: object) -> Okrs:
    key_results: tuple[KeyResult, ...] = (
        a_key_result("revenue", "growth", contributions=(Contribution("product", share=share),)),
        a_key_result("dau", "adoption", **({"aligns_to": (Alignment("revenue"),)} | dau)),
        a_key_result("p99", "speed", aligns_to=(Alignment("revenue"),)),
    )
    return acme_okrs(key_results=key_results)


def test_a_key_result_that_nobody_works_on_is_a_warning_without_a_ticket() -> None:
    finding = the_finding(judged(rule, P99_WORK, okrs=okrs_with()))
    assert finding.severity is Severity.WARNING
    assert finding.subject.id == "dau"
    assert finding.tickets == ()
    assert "linked to dau of product" in said(finding)


@pytest.mark.parametrize("status", [StatusCategory.IN_PROGRESS, StatusCategory.DONE])
def test_active_or_finished_work_is_enough(status: StatusCategory) -> None:
    assert judged(rule, P99_WORK, an_initiative("jira:ACME-1", serves="dau", status=status)).findings == ()


def test_work_that_is_only_an_intention_is_not_enough() -> None:
    wish = an_initiative("jira:ACME-1", serves="dau", status=StatusCategory.TO_DO)
    assert the_finding(judged(rule, P99_WORK, wish, okrs=okrs_with()))


def test_exempt_work_that_names_it_is_work_all_the_same() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    assert judged(rule, P99_WORK, exempt, okrs=okrs_with()).findings == ()


def test_a_story_that_names_it_is_enough() -> None:
    epic = an_initiative("jira:ACME-1", serves="revenue")
    story = an_initiative("jira:ACME-2", serves="dau", parent=epic.ref, level=0)
    assert judged(rule, P99_WORK, epic, story, okrs=okrs_with()).findings == ()


def test_a_key_result_that_is_met_needs_no_work() -> None:
    assert judged(rule, P99_WORK, okrs=okrs_with(current=100.0)).findings == ()


def test_nothing_is_said_before_the_tenth_working_day() -> None:
    assert judged(rule, P99_WORK, today=date(2026, 10, 14)).findings == ()
    assert the_finding(judged(rule, P99_WORK, today=date(2026, 10, 15)))


@pytest.mark.parametrize(("share", "severity"), [(19.9, Severity.WARNING), (20, Severity.ERROR)])
def test_it_is_an_error_where_the_teams_share_is_big(share: float, severity: Severity) -> None:
    assert the_finding(judged(rule, P99_WORK, okrs=okrs_with(share))).severity is severity


def test_a_share_counts_through_a_chain_of_links() -> None:
    okrs = okrs_with(60, aligns_to=(Alignment("p99"),))
    assert the_finding(judged(rule, P99_WORK, okrs=okrs)).severity is Severity.ERROR


def test_it_is_an_error_in_a_shared_okr() -> None:
    okrs = acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product", "platform")),
        key_results=(a_key_result("dau", "adoption"),),
    )
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.ERROR


def test_a_share_is_backed_only_by_what_is_summed_into_it() -> None:
    okrs = okrs_with(60, aligns_to=(Alignment("revenue", LinkKind.INDIRECT),))
    assert the_finding(judged(rule, P99_WORK, okrs=okrs)).severity is Severity.WARNING


@pytest.mark.parametrize(("state", "enough"), [(LinkState.ACCEPTED, True), (LinkState.PROPOSED, False)])
def test_work_for_a_key_result_that_leads_to_it_is_enough(state: LinkState, enough: bool) -> None:
    okrs = okrs_with()
    p99 = replace(okrs.key_results["p99"], aligns_to=(Alignment("dau", state=state),))
    led = replace(okrs, key_results={**okrs.key_results, "p99": p99})
    assert bool(judged(rule, P99_WORK, okrs=led).findings) is not enough


def test_work_for_a_key_result_that_supports_it_is_enough() -> None:
    okrs = okrs_with(depends_on=(Need("platform", "p99", state=LinkState.ACCEPTED),))
    assert judged(rule, P99_WORK, okrs=okrs).findings == ()


def test_an_organization_key_result_is_left_to_the_teams() -> None:
    assert {finding.subject.id for finding in judged(rule).findings} == {"dau", "p99"}
    okrs = acme_okrs(objectives=(an_objective("growth"),), key_results=(a_key_result("revenue", "growth"),))
    assert judged(rule, okrs=okrs).findings == ()


def test_a_team_without_a_tracker_is_not_judged() -> None:
    teams = (a_team("product"), a_team("platform", "github:acme/app"))
    assert judged(rule, P99_WORK, okrs=replace(okrs_with(), teams={t.id: t for t in teams})).findings == ()


def test_a_ticket_whose_status_was_not_read_leaves_it_open() -> None:
    unclear = an_initiative(
        "jira:ACME-1", serves="dau", status=StatusCategory.TO_DO, missing_fields=frozenset({"status"})
    )
    assert "status" in the_unjudged(judged(rule, P99_WORK, unclear, okrs=okrs_with())).reason


def test_a_new_key_result_is_a_note() -> None:
    memory = DependencyHistory({("kr", "2026-Q4/p99"): date(2026, 10, 1)})
    assert the_finding(judge(rule, a_portfolio(P99_WORK, okrs=okrs_with(60), memory=memory))).severity is Severity.INFO


def test_once_the_cycle_is_over_nothing_is_said() -> None:
    assert judged(rule, today=date(2027, 1, 11)).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("jira", "no rights", key="ACME-9")])
def test_any_gap_leaves_it_open_whether_work_is_missing(gap: Gap) -> None:
    unjudged = the_unjudged(judged(rule, P99_WORK, okrs=okrs_with(), gaps=(gap,)))
    assert unjudged.subject.id == "dau"


def test_a_ticket_that_was_read_in_part_leaves_it_open() -> None:
    partly = an_initiative("jira:ACME-9", missing_fields=frozenset({"labels"}))
    assert the_unjudged(judged(rule, P99_WORK, partly, okrs=okrs_with())).subject.id == "dau"


def test_a_key_result_with_work_needs_no_judgement_whatever_the_gap() -> None:
    work = an_initiative("jira:ACME-1", serves="dau")
    found = judged(rule, work, P99_WORK, gaps=(Gap("jira", "timed out"),))
    assert (found.findings, found.not_judged) == ((), ())


def test_a_private_key_result_without_work_is_not_named() -> None:
    finding = the_finding(judged(rule, P99_WORK, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert finding.subject.id == "a private key result"
    assert "dau" not in said(finding) + str(finding.facts)


def test_in_draft_the_warning_is_a_note() -> None:
    okrs = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, P99_WORK, okrs=okrs)).severity is Severity.INFO
