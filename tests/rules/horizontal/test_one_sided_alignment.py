from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, StatusCategory
from hub.model.memory import Memory, between_key_results
from hub.model.okr import LinkState, Need, Okrs, Phase, Visibility
from rules.horizontal.one_sided_alignment import one_sided_alignment as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, acme_okrs, an_initiative
from tests.rules.running import judge, judged, said, the_finding, the_unjudged

WAITING = an_initiative("jira:ACME-1", serves="dau")
SUPPORT = an_initiative("github:acme/app#2", serves="p99")
DECLINED = Need("platform", "p99", state=LinkState.DECLINED)
EARLY, RECENT = date(2026, 11, 6), date(2026, 11, 9)


def okrs_with(need: Need, p99: dict[str, Any] | None = None, **dau: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=(need,), **dau),
            a_key_result("p99", "speed", **(p99 or {})),
        )
    )


def proposed(since: date | None) -> Need:
    return Need("platform", "p99", state=LinkState.PROPOSED, since=since)


def test_a_declined_need_of_a_running_key_result_is_a_warning_on_its_lead_ticket() -> None:
    finding = the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs_with(DECLINED)))
    assert (finding.severity, finding.label) == (Severity.WARNING, "okr-dependency")
    assert finding.tickets == (WAITING.ref,)
    assert finding.subject.id == "dau -> p99"
    assert "platform has declined to support dau" in said(finding)


def test_where_tickets_wait_for_each_other_it_stands_on_those() -> None:
    blocked = replace(WAITING, blocked_by=(SUPPORT.ref,))
    finding = the_finding(judged(rule, blocked, SUPPORT, okrs=okrs_with(DECLINED)))
    assert finding.tickets == (SUPPORT.ref, WAITING.ref)


def test_an_accepted_need_with_work_behind_it_passes() -> None:
    assert judged(rule, WAITING, SUPPORT, okrs=okrs_with(Need("platform", "p99"))).findings == ()


@pytest.mark.parametrize(("since", "found"), [(EARLY, 1), (RECENT, 0), (None, 0)])
def test_a_proposal_may_stand_for_five_working_days(since: date | None, found: int) -> None:
    judgement = judged(rule, WAITING, SUPPORT, okrs=okrs_with(proposed(since)))
    assert len(judgement.findings) == found
    for finding in judgement.findings:
        assert "platform has not confirmed that it supports dau: proposed on 2026-11-06." in said(finding)


def test_how_long_a_proposal_may_stand_can_be_set() -> None:
    assert judged(rule, WAITING, SUPPORT, okrs=okrs_with(proposed(EARLY)), after_days=6).findings == ()
    assert the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs_with(proposed(RECENT)), after_days=4))


def test_an_undated_proposal_is_as_old_as_runs_remember() -> None:
    okrs = okrs_with(proposed(None))
    key = between_key_results(okrs.key_results["dau"], proposed(None))
    old = a_portfolio(WAITING, SUPPORT, okrs=okrs, memory=Memory({key: EARLY}))
    assert the_finding(judge(rule, old)).facts["since"] == EARLY
    assert judge(rule, a_portfolio(WAITING, SUPPORT, okrs=okrs, memory=Memory())).findings == ()


def test_support_that_nobody_works_on_is_one_sided_after_the_first_days() -> None:
    okrs = okrs_with(Need("platform", "p99"))
    finding = the_finding(judged(rule, WAITING, okrs=okrs))
    assert "dau counts on p99 of platform, which no work serves." in said(finding)
    assert judged(rule, WAITING, okrs=okrs, today=date(2026, 10, 8)).findings == ()
    assert the_finding(judged(rule, WAITING, okrs=okrs, today=date(2026, 10, 9)))


@pytest.mark.parametrize("status", [StatusCategory.DONE, StatusCategory.IN_PROGRESS])
def test_active_or_finished_work_is_support(status: StatusCategory) -> None:
    work = replace(SUPPORT, status=status)
    assert judged(rule, WAITING, work, okrs=okrs_with(Need("platform", "p99"))).findings == ()


def test_work_in_the_backlog_or_exempt_is_no_support() -> None:
    okrs = okrs_with(Need("platform", "p99"))
    assert the_finding(judged(rule, WAITING, replace(SUPPORT, status=StatusCategory.TO_DO), okrs=okrs))
    assert the_finding(judged(rule, WAITING, replace(SUPPORT, labels=frozenset({"okr-exempt"})), okrs=okrs))


def test_support_that_is_met_needs_no_work_any_more() -> None:
    assert judged(rule, WAITING, okrs=okrs_with(Need("platform", "p99"), {"current": 100.0})).findings == ()


def test_a_key_result_that_is_met_waits_for_nothing() -> None:
    assert judged(rule, WAITING, okrs=okrs_with(DECLINED, current=100.0)).findings == ()


def test_a_need_of_a_whole_team_is_judged_by_its_state() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(Need("platform", state=LinkState.DECLINED))))
    assert finding.subject.id == "dau -> platform"
    assert finding.tickets == ()
    assert judged(rule, okrs=okrs_with(Need("platform"))).findings == ()


def test_missing_work_is_not_judged_while_something_was_not_read() -> None:
    gap = (Gap("github", "is down"),)
    assert (
        the_unjudged(judged(rule, WAITING, okrs=okrs_with(Need("platform", "p99")), gaps=gap)).subject.id
        == "dau -> p99"
    )
    assert the_finding(judged(rule, WAITING, okrs=okrs_with(DECLINED), gaps=gap))


def test_what_is_not_judged_stays_on_every_ticket_that_it_may_stand_on() -> None:
    more = an_initiative("jira:ACME-2", serves="dau")
    judgement = judged(rule, WAITING, more, okrs=okrs_with(Need("platform", "p99")), gaps=(Gap("github", "is down"),))
    assert the_unjudged(judgement).tickets == (WAITING.ref, more.ref)


def test_private_key_results_are_not_named() -> None:
    okrs = okrs_with(DECLINED, {"visibility": Visibility.PRIVATE}, visibility=Visibility.PRIVATE)
    finding = the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs))
    everything = said(finding) + str(finding.facts) + finding.subject.id
    assert "p99" not in everything
    assert "dau" not in everything


def test_a_one_sided_link_can_be_waived() -> None:
    judgement = judged(rule, WAITING, SUPPORT, okrs=okrs_with(DECLINED), waived="dau -> p99")
    assert judgement.findings == ()
    assert len(judgement.waived) == 1


def test_in_draft_a_declined_need_is_a_note() -> None:
    okrs = replace(okrs_with(DECLINED), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, WAITING, SUPPORT, okrs=okrs)).severity is Severity.INFO
