from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import CheckIn, Okrs, Phase, Sync, Visibility
from hub.model.portfolio import DependencyHistory
from rules.rhythm.shared_okr_without_sync import shared_okr_without_sync as rule
from tests.builders import CYCLE, TODAY, a_key_result, a_portfolio, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding

BOTH = ("product", "platform")
HOSTED = Sync("product")


def okrs_with(*check_ins: CheckIn, sync: Sync | None = HOSTED, **dau: Any) -> Okrs:
    return acme_okrs(
        objectives=(
            an_objective("growth"),
            an_objective("adoption", *BOTH, sync=sync),
            an_objective("speed", "platform"),
        ),
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", check_ins=check_ins, **dau),
            a_key_result("p99", "speed"),
        ),
    )


@pytest.mark.parametrize(("day", "found"), [(date(2026, 11, 1), 1), (date(2026, 11, 2), 0), (date(2026, 11, 16), 0)])
def test_two_intervals_may_pass_without_a_joint_check_in(day: date, found: int) -> None:
    assert len(judged(rule, okrs=okrs_with(CheckIn(day, present=BOTH))).findings) == found


def test_a_check_in_of_one_team_or_with_strangers_is_not_joint() -> None:
    check_ins = (
        CheckIn(date(2026, 10, 5), present=BOTH),
        CheckIn(date(2026, 11, 16), present=("product",)),
        CheckIn(date(2026, 11, 16), present=("product", "sales")),
    )
    finding = the_finding(judged(rule, okrs=okrs_with(*check_ins)))
    assert (finding.severity, finding.subject.id) == (Severity.WARNING, "adoption")
    assert finding.facts["last"] == date(2026, 10, 5)
    assert "last joint check-in was on 5 Oct 2026 (expected: every 7 days)." in said(finding)


def test_without_any_joint_check_in_days_count_from_the_cycles_start() -> None:
    assert judged(rule, okrs=okrs_with(), today=date(2026, 10, 15)).findings == ()
    assert "no joint check-in yet" in said(the_finding(judged(rule, okrs=okrs_with(), today=date(2026, 10, 16))))


def test_the_shared_okrs_own_interval_counts() -> None:
    check_in = CheckIn(date(2026, 10, 26), present=BOTH)
    assert judged(rule, okrs=okrs_with(check_in, sync=Sync("product", 14))).findings == ()
    assert judged(rule, okrs=okrs_with(check_in), max_missed_intervals=3).findings == ()
    assert the_finding(judged(rule, okrs=okrs_with(check_in)))


@pytest.mark.parametrize("sync", [None, Sync(None)])
def test_a_shared_okr_that_nobody_hosts_is_found(sync: Sync | None) -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(CheckIn(date(2026, 11, 16), present=BOTH), sync=sync)))
    assert "No team hosts the meeting." in said(finding)
    assert finding.facts["late"] is False


def test_a_team_that_was_in_no_joint_check_in_is_named() -> None:
    three = ("product", "platform", "sales")
    okrs = okrs_with(CheckIn(date(2026, 10, 12), present=BOTH), CheckIn(TODAY, present=BOTH))
    wider = {**okrs.objectives, "adoption": replace(okrs.objectives["adoption"], teams=three)}
    finding = the_finding(judged(rule, okrs=replace(okrs, objectives=wider)))
    assert (finding.facts["late"], finding.facts["absent"]) == (False, ("sales",))
    assert "No joint check-in with sales yet." in said(finding)


@pytest.mark.parametrize("more", [False, True], ids=["all private", "a public one beside it"])
@pytest.mark.parametrize("day", [None, date(2026, 10, 5)])
def test_of_private_key_results_no_day_is_told_and_nothing_false(day: date | None, *, more: bool) -> None:
    okrs = okrs_with(*([CheckIn(day, present=BOTH)] if day else []), visibility=Visibility.PRIVATE)
    if more:
        objective = replace(okrs.objectives["adoption"], key_results=("dau", "nps"))
        okrs = replace(
            okrs,
            objectives={**okrs.objectives, "adoption": objective},
            key_results={**okrs.key_results, "nps": a_key_result("nps", "adoption")},
        )
    told = said(the_finding(judged(rule, okrs=okrs)))
    assert ("OKR adoption" if more else "a private objective") in told
    assert "2026-10-05" not in told
    assert "No team hosts" not in told
    assert "None" not in told
    if day or not more:
        assert "They have not checked in together for longer than agreed." in told


def test_whom_a_private_objective_misses_is_told() -> None:
    three = ("product", "platform", "sales")
    okrs = okrs_with(CheckIn(TODAY, present=BOTH), sync=None, visibility=Visibility.PRIVATE)
    wider = {**okrs.objectives, "adoption": replace(okrs.objectives["adoption"], teams=three)}
    told = said(the_finding(judged(rule, okrs=replace(okrs, objectives=wider))))
    assert "No joint check-in with sales yet." in told
    assert "No team hosts the meeting." in told
    assert "longer than agreed" not in told


def test_a_team_that_missed_the_last_one_only_is_fine() -> None:
    three = ("product", "platform", "sales")
    okrs = okrs_with(CheckIn(date(2026, 10, 12), present=three), CheckIn(TODAY, present=BOTH))
    wider = {**okrs.objectives, "adoption": replace(okrs.objectives["adoption"], teams=three)}
    assert judged(rule, okrs=replace(okrs, objectives=wider)).findings == ()


@pytest.mark.parametrize(
    ("shared_on", "found"),
    [(date(2026, 11, 12), []), (date(2026, 11, 2), []), (date(2026, 11, 1), [Severity.WARNING])],
)
def test_days_count_from_when_the_objective_became_shared(shared_on: date, found: list[Severity]) -> None:
    seen = {("kr", "2026-Q4/dau"): CYCLE.start, ("shared", "2026-Q4/adoption"): shared_on}
    portfolio = a_portfolio(okrs=okrs_with(), memory=DependencyHistory(first_seen=seen))
    assert [finding.severity for finding in judge(rule, portfolio).findings] == found


def test_in_the_first_days_a_missing_host_is_a_note() -> None:
    assert the_finding(judged(rule, okrs=okrs_with(sync=None), today=date(2026, 10, 7))).severity is Severity.INFO
    assert the_finding(judged(rule, okrs=okrs_with(sync=None), today=date(2026, 10, 8))).severity is Severity.WARNING


def test_one_that_is_met_or_not_shared_needs_no_rhythm() -> None:
    assert judged(rule, okrs=okrs_with(current=100.0)).findings == ()
    assert judged(rule, okrs=acme_okrs()).findings == ()


def test_before_and_after_the_cycle_nobody_has_to_meet() -> None:
    assert judged(rule, okrs=okrs_with(sync=None), today=date(2026, 9, 30)).findings == ()
    assert judged(rule, okrs=okrs_with(sync=None), today=date(2027, 1, 1)).findings == ()
    closed = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.CLOSED))
    assert judged(rule, okrs=closed).findings == ()


def test_exempt_tickets_and_gaps_change_nothing() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dau", labels=frozenset({"okr-exempt"}))
    judgement = judged(rule, exempt, okrs=okrs_with(), gaps=(Gap("github", "is down"),))
    assert the_finding(judgement).subject.id == "adoption"
    assert judgement.not_judged == ()


def test_a_missing_rhythm_can_be_waived() -> None:
    judgement = judged(rule, okrs=okrs_with(), waived="adoption")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_a_missing_rhythm_is_a_note() -> None:
    okrs = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.INFO


def test_it_is_judged_on_the_files_alone() -> None:
    assert rule.needs_tickets is False
