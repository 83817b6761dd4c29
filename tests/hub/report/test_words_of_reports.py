"""Words that reports share: values of trackers, and when a write that is not possible now is tried again."""

from datetime import UTC, datetime

import pytest

from hub.core.insight.status import TrackerValue
from hub.model.action import Action, ActionKind, Receipt, Status, Target
from hub.report.text import plan_lines, tracker_value_text
from hub.report.writes_screen import retract_lines
from tests.builders import a_ref

READ = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
UNWRITABLE = {"connector": "jira", "ticket": "ACME-1", "action": "delete_comment", "detail": "archived"}


@pytest.mark.parametrize(
    ("tracker", "text"),
    [
        (TrackerValue("jira", 120_000.0, "users", READ), "120,000 users in jira (16 Nov 2026, 09:30 UTC)"),
        (
            TrackerValue("jira", 2.5, "", READ, "it is down."),
            "2.5 in jira (16 Nov 2026, 09:30 UTC); not read since: it is down",
        ),
        (
            TrackerValue("jira", None, "", None, "you may not view it."),
            "its value in jira was not read: you may not view it",
        ),
    ],
)
def test_a_value_of_a_tracker_ends_without_a_stop(tracker: TrackerValue, text: str) -> None:
    assert tracker_value_text(tracker) == text


def test_a_retraction_is_tried_again_by_a_retraction() -> None:
    action = Action(ActionKind.DELETE_COMMENT, Target(a_ref(), "1"), "retracted")
    receipt = Receipt(action, Status.UNWRITABLE, "archived")
    said = [line.text for line in plan_lines([receipt], retracting=True)]
    said += [line.text for line in retract_lines([{**UNWRITABLE, "status": "failed", "unwritable": True}])]
    assert sum("tried again by the next `hub retract`" in line for line in said) == 2
    assert not any("--full" in line for line in said)
    assert any("--full" in line.text for line in plan_lines([receipt]))
