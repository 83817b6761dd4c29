"""Trackers without labels: the comment alone, answers by command, and nobody is told to set a label."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.core.insight.run_summary import RunResult
from hub.model.action import ActionKind, Status
from hub.model.errors import Health
from hub.model.initiative import KeyResultMention, MentionSource
from hub.model.message import Wording
from hub.pipeline.retract import retract
from hub.usecases.doctor_connector import label_checks
from rules.registry import ALL_RULES
from tests.builders import a_ref, an_initiative
from tests.hub.pipeline.workspace import Desk, a_desk

UNKNOWN = (KeyResultMention(MentionSource.TEXT, "never-heard-of"),)
TICKETS = (
    an_initiative("jira:ACME-1"),
    an_initiative("jira:ACME-2", key_result_mentions=UNKNOWN),
    an_initiative("jira:ACME-3", serves="dau", labels=frozenset(), blocked_by=(a_ref("github:acme/app#1"),)),
    an_initiative("github:acme/app#1", serves="p99", labels=frozenset()),
)


def desk_without_labels(**wording: bool) -> Desk:
    desk = a_desk(*TICKETS, rules=ALL_RULES)
    for tracker in (desk.jira, desk.github):
        tracker.has_labels = False
        tracker.wording = replace(Wording(), **wording)
    return desk


def said(desk: Desk) -> Iterator[str]:
    """Everything that stands in the hub's comments."""
    for ticket in TICKETS:
        tracker = {"jira": desk.jira, "github": desk.github}[ticket.ref.connector]
        yield from (repr(remark.message) for remark in tracker.comments_of_the_hub(str(ticket.ref)))


def kinds(outcome: RunResult) -> set[ActionKind]:
    return {receipt.action.kind for receipt in outcome.receipts}


def test_every_finding_is_told_by_a_comment_and_every_write_is_done() -> None:
    desk = desk_without_labels()
    outcome = desk.run()
    assert kinds(outcome) == {ActionKind.CREATE_COMMENT}
    assert {receipt.status for receipt in outcome.receipts} == {Status.DONE}
    assert len(list(said(desk))) == len(outcome.receipts) == 3


def test_the_second_run_writes_nothing() -> None:
    desk = desk_without_labels()
    desk.run()
    assert desk.run().receipts == ()


@pytest.mark.parametrize("commands", [True, False])
def test_nobody_is_told_to_set_a_label(commands: bool) -> None:
    desk = desk_without_labels(commands=commands)
    desk.run()
    text = "\n".join(said(desk))
    assert "label" not in text
    assert "okr-" not in text
    assert "'kr-" not in text
    assert ("/okr" in text) is commands


def test_with_labels_and_without_commands_labels_are_named() -> None:
    desk = a_desk(*TICKETS, rules=ALL_RULES)
    desk.jira.wording = desk.github.wording = Wording(commands=False)
    desk.run()
    assert "okr-exempt" in "\n".join(said(desk))


def test_retract_leaves_nothing_and_removes_no_label() -> None:
    desk = desk_without_labels()
    desk.run()
    result = retract(desk.job(), lambda _actions: True, search=True)
    assert not result.is_incomplete
    assert {receipt.action.kind for receipt in result.receipts} == {ActionKind.DELETE_COMMENT}
    assert list(said(desk)) == []


@pytest.mark.parametrize(("commands", "outcome"), [(True, Health.OK), (False, Health.WARN)])
def test_doctor_says_how_people_answer_there(commands: bool, outcome: Health) -> None:
    tracker = desk_without_labels(commands=commands).jira
    (check,) = label_checks(tracker)
    assert check.outcome is outcome
    assert "no labels" in check.message
    tracker.has_labels = True
    assert list(label_checks(tracker)) == []
