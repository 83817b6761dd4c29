"""One ticket holds the state of the whole: written once, edited where something changed, and asked by ticking boxes."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.sandbox.jira.adf import to_text
from hub.sandbox.jira.records import Issue
from tests.end_to_end.workspace import Desk

BOT = "alignment-hub[bot]"
JIRA, GITHUB = "https://acme.atlassian.example", "https://github.example"
GOLDEN = Path(__file__).parent / "golden" / "dashboard.md"


@pytest.fixture(params=["jira", "github"])
def board(request: pytest.FixtureRequest, desk: Desk) -> "Board":
    made = Board(desk, request.param)
    desk.configure("[publish]", f'[publish]\ndashboard = "{made.ticket}"')
    assert desk.sync().code == 0
    return made


class Board:
    """The dashboard as people see it."""

    def __init__(self, desk: Desk, tracker: str) -> None:
        self.desk, self.tracker = desk, tracker
        if tracker == "jira":
            desk.jira.add_issue("OPS-1", "The state of our OKRs", type="Story")
            self.ticket = "jira:OPS-1"
        else:
            made = desk.github.add_issue("acme/app", "The state of our OKRs")
            self.ticket = f"github:{made.key}"

    @property
    def text(self) -> str:
        (text,) = self._texts()
        return text

    def _texts(self) -> list[str]:
        if self.tracker == "jira":
            return self.desk.jira.texts("OPS-1", self.desk.jira.bot.id)
        comments = self.desk.github.issue(self.ticket.partition(":")[2]).comments
        return [comment.body for comment in comments if comment.author.login == BOT]

    def tick(self, ticket: str) -> None:
        """As somebody does who may edit comments."""
        if self.tracker == "jira":
            (comment,) = self.desk.jira.comments_of("OPS-1", self.desk.jira.bot.id)
            self.desk.jira.edit_comment(comment.id, _ticked(comment.body, ticket))
        else:
            issue = self.desk.github.issue(self.ticket.partition(":")[2])
            (comment,) = [comment for comment in issue.comments if comment.author.login == BOT]
            (box,) = re.findall(rf"^- \[ \] Check .* again `{re.escape(ticket)}`$", comment.body, re.MULTILINE)
            self.desk.github.edit_comment(comment, comment.body.replace(box, box.replace("[ ]", "[x]")))

    @property
    def ticks(self) -> int:
        if self.tracker == "jira":
            (comment,) = self.desk.jira.comments_of("OPS-1", self.desk.jira.bot.id)
            return repr(comment.body).count("'DONE'")
        return self.text.count("- [x]")

    def delete(self) -> None:
        if self.tracker == "jira":
            (comment,) = self.desk.jira.comments_of("OPS-1", self.desk.jira.bot.id)
            self.desk.jira.delete_comment(comment.id)
        else:
            issue = self.desk.github.issue(self.ticket.partition(":")[2])
            (comment,) = [comment for comment in issue.comments if comment.author.login == BOT]
            self.desk.github.delete_comment(comment)


def _ticked(node: dict[str, Any], ticket: str) -> dict[str, Any]:
    content = [_ticked(part, ticket) if isinstance(part, dict) else part for part in node.get("content", ())]
    made = {**node, "content": content} if content else dict(node)
    if node.get("type") == "taskItem" and to_text(node).endswith(ticket):
        made["attrs"] = {**node["attrs"], "state": "DONE"}
    return made


def test_the_dashboard_says_what_is_to_be_decided_and_how_teams_stand(board: Board) -> None:
    text = board.text.replace("\\", "")
    assert "OKR check, 2026-Q4: 6 decisions, 14 tickets with open points" in text
    for words in ("Decide", "Who", "Since", "Linked tickets", "Answers owed", "key result not linked upward yet"):
        assert words in text
    assert "or is it dropped this quarter?" in text
    assert "16 points about the OKRs themselves" in text
    assert "Last change " in text
    assert "Kept up to date by Alignment Hub" in text


def test_on_github_it_reads_like_this(desk: Desk) -> None:
    made = desk.github.add_issue("acme/app", "The state of our OKRs")
    desk.configure("[publish]", f'[publish]\ndashboard = "github:{made.key}"')
    desk.configure("[service]", '[service]\npublic_url = "https://hub.acme.example"')
    assert desk.sync().code == 0
    (comment,) = [comment for comment in desk.github.issue(made.key).comments if comment.author.login == BOT]
    text = comment.body.replace(desk.here.jira_url, JIRA).replace(desk.here.github_url, GITHUB)
    assert re.sub(r"Last change .*? UTC", "Last change 16 Nov 2026, 09:12 UTC", text) == GOLDEN.read_text(
        encoding="utf-8"
    )


def test_a_run_over_unchanged_data_writes_no_dashboard(board: Board) -> None:
    before, written = board.text, board.desk.writes
    for _ in range(2):
        assert board.desk.sync().code == 0
    assert board.text == before
    assert board.desk.writes == written


def test_the_dashboard_is_edited_in_place_when_something_changed(board: Board) -> None:
    before = board.text
    board.desk.jira.add_label("ACME-5", "okr-exempt")
    assert board.desk.sync().code == 0
    assert board.text != before
    assert "13 tickets with open points" in board.text


def test_a_ticked_box_has_the_ticket_read_again_and_is_unticked(board: Board) -> None:
    # A change that no cursor sees: only who asks for the ticket notices it.
    board.desk.sync()
    issue = board.desk.jira.issue("ACME-5")
    board.desk.jira.put(_with_label(issue, "okr-exempt"))
    board.desk.sync()
    assert "resolved" not in board.desk.marks()["jira:ACME-5"].text
    board.tick("jira:ACME-5")
    assert board.ticks == 1
    assert board.desk.sync().code == 0
    assert board.ticks == 0
    assert "OKR check: resolved." in board.desk.marks()["jira:ACME-5"].text
    written = board.desk.writes
    board.desk.sync()
    assert board.desk.writes == written


def test_the_box_for_all_has_every_ticket_read_again(board: Board) -> None:
    # Changes that no cursor sees, on tickets that nobody names.
    board.desk.sync()
    for key in ("ACME-5", "BIZ-7"):
        board.desk.jira.put(_with_label(board.desk.jira.issue(key), "okr-exempt"))
    board.desk.sync()
    assert "resolved" not in board.desk.marks()["jira:BIZ-7"].text
    board.tick("all")
    assert board.ticks == 1
    assert board.desk.sync().code == 0
    assert board.ticks == 0
    for ticket in ("jira:ACME-5", "jira:BIZ-7"):
        assert "OKR check: resolved." in board.desk.marks()[ticket].text
    written = board.desk.writes
    board.desk.sync()
    assert board.desk.writes == written


def test_other_text_on_the_ticket_is_nobody_elses_business(board: Board) -> None:
    others = board.desk.others()
    board.desk.jira.add_label("ACME-5", "kr-launch-conversion")
    board.desk.sync()
    if board.tracker == "github":
        assert board.desk.others()[1] == others[1]


def test_a_dashboard_that_somebody_deleted_stays_away(board: Board) -> None:
    board.delete()
    for label in ("okr-exempt", "other"):
        board.desk.jira.add_label("ACME-5", label)
        assert board.desk.sync().code == 0
    assert board._texts() == []


def test_retract_takes_the_dashboard_back(board: Board) -> None:
    assert board.desk.hub("retract", "--yes").code == 0
    assert board._texts() == []


def test_a_dashboard_of_an_unknown_tracker_is_a_mistake_in_the_configuration(desk: Desk) -> None:
    desk.configure("[publish]", '[publish]\ndashboard = "jra:OPS-1"')
    ran = desk.sync()
    assert ran.code == 2
    assert "publish.dashboard" in ran.said
    assert "Did you mean jira" in ran.said


def _with_label(issue: Issue, label: str) -> Issue:
    return replace(issue, labels=(*issue.labels, label))
