from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, StatusCategory
from hub.model.link import Dismissal
from hub.model.okr import LinkState, Need, Okrs, Phase
from rules.horizontal.hidden_dependency import hidden_dependency as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged

OTHER = an_initiative("github:acme/app#2", serves="p99")


def one(**changes: Any) -> Initiative:
    base: dict[str, Any] = {"serves": "dau", "title": "Faster start", "mentions": ("acme/app#2",)}
    return an_initiative("jira:ACME-1", **(base | changes))


NAMED = one(title="Faster start, with Platform")


def okrs_with(*needs: Need, metric: str = "", **changes: Any) -> Okrs:
    return acme_okrs(
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=needs, metric=metric),
            a_key_result("p99", "speed", metric=metric),
        ),
        **changes,
    )


def test_a_mention_and_a_name_on_one_ticket_are_a_note_on_no_ticket() -> None:
    finding = the_finding(judged(rule, NAMED, OTHER))
    assert (finding.severity, finding.on_tickets, finding.label) == (Severity.INFO, (), None)
    assert finding.affects == (NAMED.ref,)
    assert finding.subject.id == "platform <-> product"
    words = said(finding)
    assert "jira:ACME-1 (tickets of both mention each other, it carries the other team's name)" in words
    assert 'between = ["platform", "product"]' in words


@pytest.mark.parametrize("ticket", [one(), one(mentions=(), title="Faster start, with Platform")])
def test_one_sign_alone_may_be_chance(ticket: Initiative) -> None:
    assert judged(rule, ticket, OTHER).findings == ()


def test_one_metric_on_both_sides_is_a_sign() -> None:
    finding = the_finding(judged(rule, one(), OTHER, okrs=okrs_with(metric="start time")))
    assert "both measure the same" in said(finding)


def test_a_label_with_the_other_teams_name_is_a_sign() -> None:
    labelled = one(labels=frozenset({"platform", "kr-dau"}))
    assert the_finding(judged(rule, labelled, OTHER)).rule == rule.name
    assert judged(rule, one(labels=frozenset({"kr-platform"})), OTHER).findings == ()


def test_a_part_of_a_longer_word_is_no_name() -> None:
    assert judged(rule, one(title="Platforms everywhere"), OTHER).findings == ()


def test_how_many_signs_are_needed_can_be_set() -> None:
    assert len(judged(rule, one(), OTHER, min_signals=1).findings) == 1
    assert judged(rule, NAMED, OTHER, min_signals=3).findings == ()


@pytest.mark.parametrize(
    "ticket",
    [
        replace(NAMED, blocked_by=(OTHER.ref,)),
        replace(NAMED, blocks=(OTHER.ref,)),
        replace(NAMED, depends_on_text=("acme/app#2",)),
        replace(NAMED, parent=OTHER.ref),
    ],
)
def test_a_link_between_the_tickets_states_it(ticket: Initiative) -> None:
    assert judged(rule, ticket, OTHER).findings == ()


@pytest.mark.parametrize("linked", [{"blocked_by": (OTHER.ref,)}, {"blocks": (OTHER.ref,)}])
def test_a_link_of_the_work_below_states_it(linked: dict[str, Any]) -> None:
    part = an_initiative("jira:ACME-2", level=0, kind="Story", parent=NAMED.ref, **linked)
    assert judged(rule, NAMED, part, OTHER).findings == ()


def test_work_below_an_initiative_is_not_judged_for_itself() -> None:
    part = replace(NAMED, ref=a_ref("jira:ACME-2"), id="2", level=0, kind="Story", parent=a_ref("jira:ACME-1"))
    assert judged(rule, one(mentions=()), part, OTHER).findings == ()


def test_a_cycle_that_has_ended_hints_at_nothing() -> None:
    assert judged(rule, NAMED, OTHER, today=date(2027, 1, 4)).findings == ()


@pytest.mark.parametrize(
    "need", [Need("platform", "p99"), Need("platform"), Need("platform", "p99", state=LinkState.PROPOSED)]
)
def test_a_need_of_the_key_result_states_it(need: Need) -> None:
    assert judged(rule, NAMED, OTHER, okrs=okrs_with(need)).findings == ()


def test_a_shared_okr_of_both_states_it() -> None:
    objectives = (
        an_objective("growth"),
        an_objective("adoption", "product", "platform"),
        an_objective("speed", "platform"),
    )
    assert judged(rule, NAMED, OTHER, okrs=okrs_with(objectives=objectives)).findings == ()


def test_a_dismissal_is_remembered_in_either_order() -> None:
    okrs = replace(acme_okrs(), dismissed=(Dismissal(("product", "platform"), "only a test lab"),))
    assert judged(rule, NAMED, OTHER, okrs=okrs).findings == ()


def test_tickets_of_one_pair_of_teams_are_one_finding() -> None:
    more = replace(NAMED, ref=a_ref("jira:ACME-2"), id="2")
    finding = the_finding(judged(rule, NAMED, more, OTHER))
    assert finding.facts["count"] == 2
    assert finding.fingerprint == the_finding(judged(rule, NAMED, OTHER)).fingerprint


@pytest.mark.parametrize("changes", [{"status": StatusCategory.DONE}, {"labels": frozenset({"okr-exempt"})}])
def test_only_active_work_that_is_not_exempt_hints(changes: dict[str, Any]) -> None:
    assert judged(rule, replace(NAMED, **changes), OTHER).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("jira", "no rights", key="ACME-7")])
def test_what_a_gap_may_state_is_not_judged(gap: Gap) -> None:
    assert the_unjudged(judged(rule, NAMED, OTHER, gaps=(gap,))).subject.id == "platform <-> product"


def test_links_that_were_not_read_whole_are_not_judged() -> None:
    assert the_unjudged(judged(rule, replace(NAMED, missing_fields=frozenset({"blocked_by"})), OTHER)).rule == rule.name


def test_a_hint_can_be_waived_by_its_pair() -> None:
    judgement = judged(rule, NAMED, OTHER, waived="platform <-> product")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_a_hint_stays_a_note() -> None:
    okrs = replace(acme_okrs(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, NAMED, OTHER, okrs=okrs)).severity is Severity.INFO
