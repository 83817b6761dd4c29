from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, StatusCategory
from hub.model.okr import Alignment, KeyResult, Okrs, Phase, Sync, Visibility
from hub.model.portfolio import DependencyHistory
from rules.rhythm.shared_okr_gap import shared_okr_gap as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, a_team, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

PRODUCT = an_initiative("jira:ACME-1", serves="dau")
PLATFORM = an_initiative("github:acme/app#2", serves="dau")


def okrs_with(*more: KeyResult, teams: tuple[str, ...] = ("product", "platform"), **changes: Any) -> Okrs:
    return acme_okrs(
        objectives=(
            an_objective("growth"),
            an_objective("adoption", *teams, **changes),
            an_objective("speed", "platform"),
        ),
        key_results=(a_key_result("revenue", "growth"), a_key_result("dau", "adoption"), *more),
    )


def test_work_of_every_team_leaves_no_gap() -> None:
    assert judged(rule, PRODUCT, PLATFORM, okrs=okrs_with()).findings == ()


def test_a_team_without_work_for_it_is_named() -> None:
    finding = the_finding(judged(rule, PRODUCT, okrs=okrs_with()))
    assert finding.subject.id == "adoption"
    assert finding.facts["idle"] == ("platform",)
    assert "No initiative for it: platform." in said(finding)
    assert finding.tickets == ()


def test_work_that_inherits_the_shared_key_result_counts() -> None:
    part = an_initiative("github:acme/app#3", parent=PRODUCT.ref)
    assert judged(rule, PRODUCT, part, okrs=okrs_with()).findings == ()


def test_finished_work_counts_and_exempt_or_later_work_does_not() -> None:
    assert judged(rule, PRODUCT, replace(PLATFORM, status=StatusCategory.DONE), okrs=okrs_with()).findings == ()
    assert the_finding(judged(rule, PRODUCT, replace(PLATFORM, status=StatusCategory.TO_DO), okrs=okrs_with()))
    assert the_finding(judged(rule, PRODUCT, replace(PLATFORM, labels=frozenset({"okr-exempt"})), okrs=okrs_with()))


def test_a_team_that_owns_no_place_cannot_be_seen_at_work() -> None:
    okrs = okrs_with()
    unseen = replace(okrs, teams={**okrs.teams, "platform": a_team("platform")})
    assert judged(rule, PRODUCT, okrs=unseen).findings == ()


@pytest.mark.parametrize(
    ("today", "severity"),
    [
        (date(2026, 10, 7), Severity.INFO),
        (date(2026, 10, 8), Severity.WARNING),
        (date(2026, 10, 22), Severity.WARNING),
        (date(2026, 10, 23), Severity.ERROR),
    ],
)
def test_a_gap_is_a_note_at_first_and_an_error_after_fifteen_working_days(today: date, severity: Severity) -> None:
    assert the_finding(judged(rule, PRODUCT, okrs=okrs_with(), today=today)).severity is severity


def test_the_days_until_a_gap_is_an_error_can_be_set() -> None:
    assert the_finding(judged(rule, PRODUCT, okrs=okrs_with(), error_days=99)).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("shared_on", "severity"),
    [
        (date(2026, 11, 12), Severity.INFO),
        (date(2026, 11, 2), Severity.WARNING),
        (date(2026, 10, 23), Severity.ERROR),
    ],
)
def test_days_count_from_when_the_objective_became_shared(shared_on: date, severity: Severity) -> None:
    seen = {("kr", "2026-Q4/dau"): CYCLE.start, ("shared", "2026-Q4/adoption"): shared_on}
    portfolio = a_portfolio(PRODUCT, okrs=okrs_with(), memory=DependencyHistory(first_seen=seen))
    assert the_finding(judge(rule, portfolio)).severity is severity


def test_while_the_cycle_is_aligned_a_gap_is_a_note() -> None:
    align = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.ALIGN))
    assert the_finding(judged(rule, PRODUCT, okrs=align)).severity is Severity.INFO


def test_after_the_cycle_nobody_is_asked_for_work() -> None:
    assert judged(rule, PRODUCT, okrs=okrs_with(), today=date(2027, 1, 5)).findings == ()


def test_a_rhythm_with_one_team_alone_was_meant_to_be_shared() -> None:
    finding = the_finding(judged(rule, PRODUCT, okrs=okrs_with(teams=("product",), sync=Sync("product"))))
    assert "only one team" in said(finding)
    assert judged(rule, PRODUCT, okrs=okrs_with(teams=("product",))).findings == ()


def test_a_copy_that_one_team_keeps_is_named() -> None:
    copy = a_key_result("dau-load", "speed", title="Title of dau")
    finding = the_finding(judged(rule, PRODUCT, PLATFORM, okrs=okrs_with(copy)))
    assert finding.facts["copies"] == ("dau-load",)
    assert "holds a copy: dau-load" in said(finding)
    assert finding.affects == ("dau-load",)


def test_a_copy_states_the_same_metric_or_the_same_title() -> None:
    def found(metric: str, title: str) -> int:
        okrs = okrs_with(a_key_result("dau-load", "speed", title=title, metric=metric))
        shared = replace(okrs.key_results["dau"], metric="Daily users")
        return len(
            judged(
                rule, PRODUCT, PLATFORM, okrs=replace(okrs, key_results={**okrs.key_results, "dau": shared})
            ).findings
        )

    assert (found("daily  users", "Other"), found("", "title of DAU")) == (1, 1)
    assert (found("", "Title of other dau"), found("Weekly users", "Other")) == (0, 0)


def test_what_is_linked_to_the_shared_key_result_is_no_copy() -> None:
    part = a_key_result("dau-load", "speed", title="Title of dau", aligns_to=(Alignment("dau"),))
    assert judged(rule, PRODUCT, PLATFORM, okrs=okrs_with(part)).findings == ()


@pytest.mark.parametrize("secret", [{"dau"}, {"dau-load"}, {"dau", "dau-load"}])
def test_a_copy_of_which_one_side_is_private_is_not_told(secret: set[str]) -> None:
    okrs = okrs_with(a_key_result("dau-load", "speed", title="Title of dau", metric="m"))
    held = {
        id_: replace(key_result, visibility=Visibility.PRIVATE) if id_ in secret else key_result
        for id_, key_result in okrs.key_results.items()
    }
    findings = judged(rule, PRODUCT, PLATFORM, okrs=replace(okrs, key_results=held)).findings
    assert len(findings) == (len(secret) == 2)
    assert not any("dau" in said(finding) + str(finding.facts) + str(finding.affects) for finding in findings)


def test_a_shared_okr_that_is_met_needs_no_work() -> None:
    okrs = okrs_with()
    met = {**okrs.key_results, "dau": replace(okrs.key_results["dau"], current=100.0)}
    assert judged(rule, PRODUCT, okrs=replace(okrs, key_results=met)).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("github", "no rights", key="acme/app#9")])
def test_missing_work_is_not_judged_while_something_was_not_read(gap: Gap) -> None:
    assert the_unjudged(judged(rule, PRODUCT, okrs=okrs_with(), gaps=(gap,))).subject.id == "adoption"


def test_a_gap_in_a_shared_okr_can_be_waived() -> None:
    judgement = judged(rule, PRODUCT, okrs=okrs_with(), waived="adoption")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_a_gap_is_a_note() -> None:
    okrs = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, PRODUCT, okrs=okrs)).severity is Severity.INFO
