"""A dashboard of a workspace in which all is wrong fits every tracker, and counts what it leaves out."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from connectors.github.markdown import MAX_BODY_LENGTH, body
from connectors.jira.adf import MAX_TEXT_LENGTH, document
from connectors.jira.wiki import markup
from hub.core.insight.dashboard import MAX_CHECKBOXES, DashboardInput, dashboard_message, dated
from hub.model.action import Action, ActionKind, Receipt, Status, Target
from hub.model.finding import Finding, Judgement, Severity, Subject, SubjectKind
from hub.model.initiative import Gap, Ref
from hub.model.message import Advice, Message, Text
from tests.builders import a_portfolio, a_team, acme_okrs, an_initiative
from tests.contract.adf import adf_faults

MANY = 300
NASTY = ("@everyone [x](https://evil.example) |a|b| {quote} \U0001f600\U0001f468 \u202e <b> `c` ~~s~~ 日本語 " * 40)[
    :2_500
]
PLAIN = "a word of some length " * 120


def a_state(words: str) -> Message:
    """Hundreds of rules, teams, tickets, writes that failed and places that could not be read."""
    refs = [Ref("jira", f"{'LONGPROJECT'}-{number}") for number in range(MANY)]
    teams = tuple(replace(a_team(f"team-{n}", f"jira:P{n}"), name=words[n:]) for n in range(40))
    work = [an_initiative(f"jira:P{n}-1") for n in range(40)]
    portfolio = a_portfolio(*work, okrs=acme_okrs(teams=(*acme_okrs().teams.values(), *teams)))
    findings = (*(a_finding(n, words, refs[n]) for n in range(MANY)), *(a_finding(n, words) for n in range(MANY)))
    receipts = [Receipt(Action(ActionKind.ADD_LABEL, Target(r, r.key), "why"), Status.FAILED, words) for r in refs]
    gaps = [Gap("jira", words, ref.key) for ref in refs]
    held = [(ref, words) for ref in refs]
    seen = DashboardInput(portfolio, Judgement(findings), receipts, held, gaps, hub_url="https://hub.acme.example")
    return dated(dashboard_message(seen), datetime(2026, 11, 16, 9, tzinfo=UTC))


def a_finding(number: int, words: str, *tickets: Ref) -> Finding:
    advice = Advice((Text(words), Text(words)), (Text(words),), ((Text(words),),))
    subject = Subject(SubjectKind.TEAM, f"team-{number}")
    if not tickets:
        facts = {"team": f"team-{number}", "reached": (), "key_results": ()}
        return Finding("team-without-vertical-link", Severity.ERROR, subject, facts, advice, f"g{number}")
    return Finding(f"rule-{number}", Severity.ERROR, subject, {}, advice, f"f{number}", tickets)


@cache
def the_state(words: str) -> Message:
    return a_state(words)


@pytest.fixture(params=[NASTY, PLAIN, "short"], ids=["nasty", "plain", "short"])
def message(request: pytest.FixtureRequest) -> Message:
    return the_state(request.param)


def totals(message: Message, *, with_fold: bool = True) -> dict[str, int]:
    """By the head's first word: the rows that are shown and those that are only counted."""
    assert message.fold is not None
    tables = (*message.tables, *(message.fold.tables if with_fold else ()))
    return {table.head[0]: len(table.rows) + table.omitted_rows for table in tables}


def test_the_state_is_bigger_than_any_tracker_takes(message: Message) -> None:
    assert set(totals(message)) == {"Decide", "Team", "Topic"}
    assert min(totals(message).values()) >= 40
    assert len(message.checkboxes) == MAX_CHECKBOXES + 1
    assert message.fold is not None
    assert len(message.fold.lines) == 3


def test_on_github_it_fits_and_every_row_is_shown_or_counted(message: Message) -> None:
    text = body(message, "acme", "acme/app#1")
    assert len(text) <= MAX_BODY_LENGTH
    for title, total in totals(message).items():
        part = f"| {title} |" + text.split(f"| {title} |")[1].split("\n\n| ")[0].split("</details>")[0]
        rows = len(re.findall(r"^\| ", part, re.MULTILINE)) - 2
        assert rows + counted(part) == total, title


def test_on_jira_cloud_it_fits_and_every_row_is_shown_or_counted(message: Message) -> None:
    made = document(message)
    assert len(json.dumps(made, ensure_ascii=False)) <= MAX_TEXT_LENGTH
    assert adf_faults(made) == []
    assert told(made) == totals(message)


def test_on_data_center_it_fits_and_every_row_in_view_is_shown_or_counted(message: Message) -> None:
    text = markup(message)
    assert len(text) <= MAX_TEXT_LENGTH
    for title, total in totals(message, with_fold=False).items():
        part = text.split(f"|| {title} ||")[1].split("\n\n||")[0].split("\n\n[")[0]
        rows = len(re.findall(r"^\| ", part, re.MULTILINE))
        assert rows + counted(part) == total, title
    assert "|| Topic ||" not in text
    assert "[By topic &#40;" in text


def test_a_state_that_fits_shows_its_first_rows_whatever_the_tracker(message: Message) -> None:
    first = [node for node in document(message)["content"] if node["type"] == "table"]
    assert all(len(table["content"]) > 1 for table in first)


def counted(part: str) -> int:
    found = re.search(r"And (\d+) more", part)
    return int(found[1]) if found else 0


def told(made: dict[str, Any]) -> dict[str, int]:
    """By table: the rows that are shown and those that are only counted."""
    found: dict[str, int] = {}
    title = ""
    for node in blocks(made):
        words = "".join(texts(node))
        if node["type"] == "table":
            title = next(text for text in texts(node["content"][0]) if text)
            found[title] = len(node["content"]) - 1
        elif more := re.fullmatch(r"And (\d+) more\.", words):
            found[title] += int(more[1])
    return found


def blocks(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document's blocks, those of a fold in its place."""
    for node in made["content"]:
        yield from node["content"] if node["type"] == "expand" else (node,)


def texts(node: dict[str, Any]) -> Iterator[str]:
    yield node.get("text", "")
    for child in node.get("content", ()):
        yield from texts(child)
