from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, PriorityBand, StatusCategory
from hub.model.okr import LinkState, Need, Okrs, Phase, Visibility
from rules.horizontal.priority_mismatch import priority_mismatch as rule
from rules.horizontal.unacknowledged_dependency import unacknowledged_dependency
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged

WAITING = a_ref("jira:ACME-1")
PROVIDING = a_ref("github:acme/app#2")
ACCEPTED = LinkState.ACCEPTED


def waiting(priority: int | None = 1, number: int = 1, **changes: Any) -> Initiative:
    base = {"serves": "dau", "blocked_by": (PROVIDING,), "priority": priority and PriorityBand(priority)}
    return an_initiative(f"jira:ACME-{number}", **(base | changes))


def providing(priority: int | None = 1, number: int = 2, *labels: str, **changes: Any) -> Initiative:
    made = an_initiative(f"github:acme/app#{number}", priority=priority and PriorityBand(priority), **changes)
    return replace(made, labels=made.labels | set(labels or ("okr-accept",)))


def okrs_with(need: Need, **p99: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=(need,)),
            a_key_result("p99", "speed", **p99),
        )
    )


@pytest.mark.parametrize(("one", "other"), [(1, 3), (1, 4), (2, 4), (4, 1), (3, 1)])
def test_two_priorities_apart_is_a_warning_on_the_providers_ticket(one: int, other: int) -> None:
    finding = the_finding(judged(rule, waiting(one), providing(other)))
    assert (finding.severity, finding.label) == (Severity.WARNING, "okr-dependency")
    assert finding.subject.id == "product -> platform"
    assert finding.act_on == (PROVIDING,)
    assert set(finding.label_on) == set(finding.affects) == {WAITING, PROVIDING}


@pytest.mark.parametrize(("one", "other"), [(1, 1), (1, 2), (3, 2), (None, 4), (4, None)])
def test_neighbours_and_what_nobody_stated_pass(one: int | None, other: int | None) -> None:
    assert judged(rule, waiting(one), providing(other)).findings == ()


def test_the_words_name_both_priorities_and_one_step() -> None:
    words = said(the_finding(judged(rule, waiting(1), providing(3))))
    assert "Product and Platform state different priorities" in words
    assert "jira:ACME-1 (priority 1) waits for github:acme/app#2 (priority 3)." in words
    assert "Product and Platform: agree on one priority and set it on both sides." in words


def test_a_link_that_nobody_agreed_on_is_another_question() -> None:
    open_one = an_initiative("github:acme/app#2", priority=PriorityBand.LOW)
    assert judged(rule, waiting(1), open_one).findings == ()
    other = an_initiative("github:acme/app#3")
    tickets = waiting(1), providing(4), waiting(1, 5, blocked_by=(other.ref,)), other
    assert judged(rule, *tickets).findings == ()
    assert set(the_finding(judged(unacknowledged_dependency, *tickets)).affects) == {a_ref("jira:ACME-5"), other.ref}


def test_it_shares_its_fingerprint_with_the_questions_before() -> None:
    silent = an_initiative(str(PROVIDING), priority=PriorityBand.LOW)
    before = the_finding(judged(unacknowledged_dependency, waiting(1), silent))
    assert the_finding(judged(rule, waiting(1), providing(4))).fingerprint == before.fingerprint


def test_all_pairs_of_two_teams_are_one_finding_without_those_that_agree() -> None:
    fits = providing(1, 3)
    tickets = [waiting(1, number) for number in range(4, 12)]
    finding = the_finding(judged(rule, *tickets, waiting(1, 20, blocked_by=(fits.ref,)), providing(4), fits))
    assert finding.facts["count"] == 8
    assert "3 more" in said(finding)
    assert fits.ref not in finding.affects


def test_put_off_ended_and_backlog_work_is_left_alone() -> None:
    assert judged(rule, waiting(1, due=date(2027, 1, 8)), providing(4)).findings == ()
    assert judged(rule, waiting(1), providing(4, status=StatusCategory.DONE)).findings == ()
    assert judged(rule, waiting(1, status=StatusCategory.TO_DO), providing(4)).findings == ()


def test_a_provider_in_the_backlog_is_compared_by_its_priority_alone() -> None:
    assert judged(rule, waiting(1), providing(None, status=StatusCategory.TO_DO)).findings == ()
    assert the_finding(judged(rule, waiting(1), providing(3, status=StatusCategory.TO_DO))).rule == rule.name


def test_a_provider_that_was_not_read_is_not_judged() -> None:
    assert the_unjudged(judged(rule, waiting(1), gaps=(Gap("github", "is down"),))).tickets == (WAITING,)


def test_a_link_that_may_not_be_agreed_leaves_the_question_open() -> None:
    partly = an_initiative("github:acme/app#3", missing_fields=frozenset({"labels"}))
    tickets = waiting(1), providing(4), waiting(1, 5, blocked_by=(partly.ref,)), partly
    assert the_unjudged(judged(rule, *tickets)).tickets == (a_ref("jira:ACME-5"), partly.ref)


def test_an_accepted_need_is_compared_with_the_key_result_that_meets_it() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(Need("platform", "p99", 1, state=ACCEPTED), priority=3)))
    assert (finding.severity, finding.subject.id, finding.on_tickets) == (Severity.WARNING, "product -> platform", ())
    assert finding.affects == ("dau", "p99")
    assert "dau (priority 1) waits for p99 (priority 3)." in said(finding)


def test_support_that_the_other_side_states_is_accepted() -> None:
    okrs = okrs_with(Need("platform", "p99", 1), priority=4, supports=("dau",))
    assert the_finding(judged(rule, okrs=okrs)).rule == rule.name


@pytest.mark.parametrize(
    ("need", "p99"),
    [
        (Need("platform", "p99", 1, state=ACCEPTED), {"priority": 2}),
        (Need("platform", "p99", 1, state=ACCEPTED), {}),
        (Need("platform", "p99", state=ACCEPTED), {"priority": 4}),
        (Need("platform", None, 1, state=ACCEPTED), {"priority": 4}),
        (Need("platform", "p99", 1), {"priority": 4}),
        (Need("platform", "p99", 1, state=LinkState.DECLINED), {"priority": 4}),
        (Need("platform", "p99", 1, state=ACCEPTED), {"priority": 4, "current": 100.0}),
    ],
)
def test_a_need_that_fits_is_not_ranked_not_agreed_or_met_passes(need: Need, p99: dict[str, Any]) -> None:
    assert judged(rule, okrs=okrs_with(need, **p99)).findings == ()


def test_tickets_and_needs_of_two_teams_are_one_finding() -> None:
    okrs = okrs_with(Need("platform", "p99", 1, state=ACCEPTED), priority=4)
    finding = the_finding(judged(rule, waiting(1), providing(4), okrs=okrs))
    assert finding.facts["count"] == 2
    assert finding.act_on == (PROVIDING,)


def test_a_need_of_a_shared_key_result_is_one_finding() -> None:
    objectives = (
        an_objective("growth"),
        an_objective("adoption", "product", "sales"),
        an_objective("speed", "platform"),
    )
    okrs = okrs_with(Need("platform", "p99", 1, state=ACCEPTED), priority=4)
    adoption = {o.id: replace(okrs.objectives[o.id], teams=o.teams) for o in objectives}
    assert the_finding(judged(rule, okrs=replace(okrs, objectives=adoption))).subject.id == "product -> platform"


def test_a_private_key_result_has_neither_name_nor_figure() -> None:
    okrs = okrs_with(Need("platform", "p99", 1, state=ACCEPTED), priority=4, visibility=Visibility.PRIVATE)
    finding = the_finding(judged(rule, okrs=okrs))
    everything = said(finding) + str(finding.facts) + finding.subject.id + str(finding.affects)
    assert "p99" not in everything
    assert "4" not in everything


@pytest.mark.parametrize(
    ("visibility", "expected"), [(Visibility.PUBLIC, ["sales -> platform"]), (Visibility.PRIVATE, [])]
)
def test_the_owner_of_a_private_organization_key_result_is_not_told(
    visibility: Visibility, expected: list[str]
) -> None:
    need = Need("platform", "p99", 1, state=ACCEPTED)
    okrs = acme_okrs(
        key_results=(
            a_key_result("revenue", "growth", owners=("sales",), depends_on=(need,), visibility=visibility),
            a_key_result("p99", "speed", priority=4),
        )
    )
    assert [finding.subject.id for finding in judged(rule, okrs=okrs).findings] == expected


def test_it_can_be_waived_by_the_teams() -> None:
    judgement = judged(rule, waiting(1), providing(3), waived="product -> platform")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_a_mismatch_is_a_note() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, waiting(1), providing(3), okrs=okrs)).severity is Severity.INFO
