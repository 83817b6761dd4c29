from dataclasses import replace
from datetime import date

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, StatusCategory
from hub.model.okr import Alignment, Contribution, KeyResult, Okrs, Phase, Visibility
from rules.work.key_result_without_work import key_result_without_work as rule
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding, the_unjudged

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
    assert "kr-dau" in said(finding)


@pytest.mark.parametrize("status", [StatusCategory.IN_PROGRESS, StatusCategory.DONE])
def test_active_or_finished_work_is_enough(status: StatusCategory) -> None:
    assert judged(rule, P99_WORK, an_initiative("jira:ACME-1", serves="dau", status=status)).findings == ()


def test_work_that_is_only_an_intention_is_not_enough() -> None:
    wish = an_initiative("jira:ACME-1", serves="dau", status=StatusCategory.TO_DO)
    assert the_finding(judged(rule, P99_WORK, wish, okrs=okrs_with()))


def test_exempt_work_in_progress_is_not_enough() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    assert the_finding(judged(rule, P99_WORK, exempt, okrs=okrs_with()))


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


def test_an_organization_key_result_is_left_to_the_teams_that_lead_to_it() -> None:
    subjects = {finding.subject.id for finding in judged(rule).findings}
    assert subjects == {"dau", "p99"}


def test_an_organization_key_result_that_nothing_leads_to_is_judged() -> None:
    okrs = acme_okrs(objectives=(an_objective("growth"),), key_results=(a_key_result("revenue", "growth"),))
    finding = the_finding(judged(rule, okrs=okrs))
    assert finding.subject.id == "revenue"
    assert "the organization" in said(finding)


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("jira", "no rights", key="ACME-9")])
def test_any_gap_leaves_it_open_whether_work_is_missing(gap: Gap) -> None:
    unjudged = the_unjudged(judged(rule, P99_WORK, okrs=okrs_with(), gaps=(gap,)))
    assert unjudged.subject.id == "dau"


def test_a_ticket_that_was_read_in_part_leaves_it_open() -> None:
    partly = an_initiative("jira:ACME-9", unread=frozenset({"labels"}))
    assert the_unjudged(judged(rule, P99_WORK, partly, okrs=okrs_with())).subject.id == "dau"


def test_a_key_result_with_work_needs_no_judgement_whatever_the_gap() -> None:
    work = an_initiative("jira:ACME-1", serves="dau")
    found = judged(rule, work, P99_WORK, gaps=(Gap("jira", "timed out"),))
    assert found.findings == found.not_judged == ()


def test_a_private_key_result_without_work_is_not_named() -> None:
    finding = the_finding(judged(rule, P99_WORK, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert finding.subject.id == "a private Key Result"
    assert "dau" not in said(finding) + str(finding.facts)


def test_in_draft_the_warning_is_a_note() -> None:
    okrs = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, P99_WORK, okrs=okrs)).severity is Severity.INFO
