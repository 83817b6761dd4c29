"""The comments of the example, word for word: a change of them is read as English before it is accepted.

Rewrite the files with `python -m tests.end_to_end.test_comment_texts`.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.comments import HUB, words_in_view
from connectors.github.markdown import body
from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.model.message import Message
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.wiring import open_run_context
from tests.end_to_end.workspace import STATE_IN_FILE, Desk
from tests.sandbox_support.apps import start_environment

GOLDEN = Path(__file__).parent / "golden" / "comments.md"
WEEK_LATER = TODAY + timedelta(days=7)
ANSWERS = {
    "jira:ACME-5": "/okr kr launch-conversion",
    "jira:ACME-7": "/okr exempt papers for the auditors",
    "jira:ACME-16": "/okr accept",
    "jira:ACME-20": "/okr later",
    "jira:BIZ-5": "/okr mute",
    "github:acme/platform#4": "/okr decline no capacity before January",
    "github:acme/app#4": "/okr acept",
    "github:acme/platform#12": "/okr kr launch-dua",
}


def written(state: str = STATE_IN_FILE) -> dict[str, Message]:
    """Every comment of the first run, of the reminders a week later, and of the run after people answered."""
    found: dict[str, Message] = {}
    with TemporaryDirectory() as folder, start_environment(Path(folder)) as here:
        desk = Desk(here)
        desk.keep_state_in(state)
        desk.configure("[service]", f'[service]\npublic_url = "{HUB}"')
        found |= {f"{ticket}, first run": message for ticket, message in _run(desk, 0).items()}
        found |= {f"{ticket}, a week later": message for ticket, message in _run(desk, 7).items()}
        for ticket, text in ANSWERS.items():
            connector, _, key = ticket.partition(":")
            (desk.jira.comment if connector == "jira" else desk.github.add_comment)(key, text)
        found |= {f"{ticket}, answered": message for ticket, message in _run(desk, 7).items()}
    return found


def _run(desk: Desk, days: int) -> dict[str, Message]:
    day = TODAY + timedelta(days=days)
    with open_run_context(load(desk.config, {}), mode=Mode.PUBLISH, confirmed=True, today=day) as job:
        outcome = sync(job, run_document)
    return {str(action.target.ref): action.message for action in outcome.plan.actions if action.message is not None}


def shown(comments: dict[str, Message]) -> str:
    """All of them in Markdown, without what differs from run to run, each with its words in view."""
    parts = []
    for name, message in sorted(comments.items()):
        text = body(message, "acme", name.partition(",")[0].partition(":")[2])
        text = re.sub(r"http://127\.0\.0\.1:\d+", "https://tracker.example", text)
        parts.append(f"## {name} ({words_in_view(message)['GitHub']} words)\n\n{text}")
    return "\n".join(parts)


@pytest.fixture(scope="module")
def comments(new_state: Callable[[], str]) -> dict[str, Message]:
    return written(new_state())


def test_the_comments_of_the_example_read_as_they_did(comments: dict[str, Message]) -> None:
    assert shown(comments) == GOLDEN.read_text(encoding="utf-8")


def test_both_sides_of_a_dependency_never_read_the_same(comments: dict[str, Message]) -> None:
    asked, waiting = comments["jira:ACME-16, a week later"], comments["jira:BIZ-3, a week later"]
    assert {point.what for point in asked.points}.isdisjoint(point.what for point in waiting.points)
    assert {point.step for point in asked.points}.isdisjoint(point.step for point in waiting.points)


if __name__ == "__main__":
    GOLDEN.write_text(shown(written()), encoding="utf-8")
