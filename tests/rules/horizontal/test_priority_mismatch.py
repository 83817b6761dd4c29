from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, PriorityBand, StatusCategory
from hub.model.okr import LinkState, Need, Okrs, Phase, Visibility
from rules.horizontal.priority_mismatch import priority_mismatch as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative
from tests.rules.running import judged, said, the_finding, the_unjudged

WAITING = a_ref("jira:ACME-1")
PROVIDING = a_ref("github:acme/app#2")


def waiting(band: int | None = 1, **changes: Any) -> Initiative:
    priority = None if band is None else PriorityBand(band)
    return an_initiative(
        str(WAITING), **({"serves": "dau", "blocked_by": (PROVIDING,), "priority": priority} | changes)
    )


def providing(band: int | None = 1, **changes: Any) -> Initiative:
    priority = None if band is None else PriorityBand(band)
    return an_initiative(str(PROVIDING), **({"serves": "p99", "priority": priority} | changes))


def okrs_with(need: Need, **p99: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=(need,)),
            a_key_result("p99", "speed", **p99),
        )
    )


@pytest.mark.parametrize(("rank", "other"), [(1, 3), (1, 4), (2, 4), (4, 1), (3, 1)])
def test_two_bands_apart_is_a_warning_on_both_tickets(rank: int, other: int) -> None:
    finding = the_finding(judged(rule, waiting(rank), providing(other)))
    assert finding.severity is Severity.WARNING
    assert finding.label == "okr-dependency"
    assert finding.tickets == (WAITING, PROVIDING)


@pytest.mark.parametrize(("rank", "other"), [(1, 1), (1, 2), (3, 2), (None, 4), (4, None)])
def test_closer_bands_or_unknown_ones_pass(rank: int | None, other: int | None) -> None:
    assert judged(rule, waiting(rank), providing(other)).findings == ()


def test_the_words_name_both_ranks_and_three_ways_out() -> None:
    words = said(the_finding(judged(rule, waiting(1), providing(3))))
    assert "jira:ACME-1 (ranked 1 of 4) waits for github:acme/app#2 (ranked 3 of 4)." in words
    assert "product and platform" in words
    assert "share the OKR" in words
    assert "later cycle" in words


@pytest.mark.parametrize("band", [1, 2])
def test_urgent_work_without_a_place_at_the_provider_is_an_error(band: int) -> None:
    backlog = providing(band, status=StatusCategory.TO_DO)
    finding = the_finding(judged(rule, waiting(band), backlog))
    assert finding.severity is Severity.ERROR
    assert "no place in the cycle" in said(finding)


def test_work_planned_beyond_the_cycle_has_no_place_in_it() -> None:
    later = providing(1, start=date(2027, 1, 10), due=date(2027, 2, 1))
    assert the_finding(judged(rule, waiting(1), later)).severity is Severity.ERROR


def test_work_of_the_lower_half_may_go_without_a_place() -> None:
    assert judged(rule, waiting(3), providing(3, status=StatusCategory.TO_DO)).findings == ()


def test_a_dependency_that_is_done_is_settled() -> None:
    assert judged(rule, waiting(1), providing(4, status=StatusCategory.DONE)).findings == ()


def test_work_that_waits_in_the_backlog_is_left_alone() -> None:
    assert judged(rule, waiting(1, status=StatusCategory.TO_DO), providing(4)).findings == ()


def test_work_of_one_team_is_its_own_affair() -> None:
    own = an_initiative("jira:ACME-2", priority=PriorityBand.LOW)
    assert judged(rule, waiting(1, blocked_by=(own.ref,)), own).findings == ()


def test_exempt_work_that_waits_is_left_alone() -> None:
    assert judged(rule, waiting(1, labels=frozenset({"okr-exempt"})), providing(4)).findings == ()


def test_exempt_work_that_provides_has_a_place() -> None:
    assert judged(rule, waiting(1), providing(2, labels=frozenset({"okr-exempt"}))).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("github", "no rights", key=PROVIDING.key)])
def test_a_provider_that_was_not_read_is_not_judged(gap: Gap) -> None:
    assert the_unjudged(judged(rule, waiting(1), gaps=(gap,))).tickets == (WAITING,)


def test_a_place_that_could_not_be_read_is_not_judged() -> None:
    partly = providing(1, status=StatusCategory.TO_DO, unread=frozenset({"fields"}))
    assert the_unjudged(judged(rule, waiting(1), partly)).tickets == (WAITING, PROVIDING)


def test_a_ticket_that_lies_outside_is_ignored() -> None:
    found = judged(rule, waiting(1))
    assert found.findings == found.not_judged == ()


def test_a_stated_need_is_compared_with_the_key_result_that_meets_it() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(Need("platform", "p99", priority=1), priority=3)))
    assert finding.severity is Severity.WARNING
    assert finding.subject.id == "dau -> p99"
    assert finding.tickets == ()


@pytest.mark.parametrize(
    ("need", "priority"),
    [
        (Need("platform", "p99", priority=1), 2),
        (Need("platform", "p99", priority=1), None),
        (Need("platform", "p99"), 4),
        (Need("platform", priority=1), 4),
        (Need("platform", "p99", priority=1, state=LinkState.DECLINED), 4),
    ],
)
def test_a_need_that_fits_or_is_not_ranked_passes(need: Need, priority: int | None) -> None:
    assert judged(rule, okrs=okrs_with(need, priority=priority)).findings == ()


def test_a_stated_need_shows_on_the_tickets_that_carry_it() -> None:
    okrs = okrs_with(Need("platform", "p99", priority=1), priority=4)
    assert the_finding(judged(rule, waiting(None), providing(None), okrs=okrs)).tickets == (PROVIDING, WAITING)


def test_a_private_key_result_in_a_need_is_not_named() -> None:
    okrs = okrs_with(Need("platform", "p99", priority=1), priority=4, visibility=Visibility.PRIVATE)
    finding = the_finding(judged(rule, okrs=okrs))
    assert "p99" not in said(finding) + str(finding.facts) + finding.subject.id


def test_in_draft_a_mismatch_is_a_note() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, waiting(1), providing(3), okrs=okrs)).severity is Severity.INFO
