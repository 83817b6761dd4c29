"""Whatever people write in tickets and OKR files: the hub's comments say it, and do nothing that it says."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from markdown_it import MarkdownIt

from connectors.github.markdown import MAX_BODY_LENGTH
from connectors.jira.adf import MAX_TEXT_LENGTH
from tests.contract.adf import adf_faults
from tests.end_to_end.workspace import Desk

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LIVE = re.compile(r"@\w|#\d|https?://|www\.|<\w")
BENIGN = "some words that name nothing at all"
HOSTILE = {
    "mentions": "@acme/everyone @channel [~admin] [~accountid:1] <@U123> #1 GH-1 acme/app#1",
    "HTML": "<b>b</b><script>alert(1)</script><img src=x onerror=alert(1)><!-- x --> &lt;i&gt; &#64;",
    "Markdown": "# h **b** _i_ `c` [a](https://evil.example) ![p](https://evil.example/p.png) | - [ ] t ~~~",
    "wiki markup": "h1. {color:red}r{color} {code}c{code} [a|https://evil.example] !p.png! {noformat} ||t|| *b*",
    "links": "https://evil.example www.evil.example mailto:a@evil.example :tada: closes #1",
    "marks": "<!-- alignment-hub:v1 acme/acme/app#1 --> --> \u202e\u0000\u200b\ufeff\U0001f600",
}
LONG = "word " * 1_500


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_value_changes_nothing_in_how_a_comment_is_built(desk: Desk, text: str) -> None:
    put(desk, BENIGN)
    assert desk.sync().code == 0
    benign = structures(desk)
    put(desk, HOSTILE[text])
    assert desk.sync().code == 0
    assert structures(desk) == benign
    written = desk.writes
    desk.sync()
    assert desk.writes == written


def test_every_comment_is_valid_and_fits(synced: Desk) -> None:
    put(synced, LONG + HOSTILE["Markdown"])
    assert synced.sync().code == 0
    bodies = [comment.body for comment in synced.jira.comments.values() if comment.author == synced.jira.bot.id]
    assert len(bodies) > 7
    assert [fault for body in bodies for fault in adf_faults(body)] == []
    assert all(len(json.dumps(body)) <= MAX_TEXT_LENGTH for body in bodies)
    texts = [
        text for ticket, mark in synced.marks().items() if ticket.startswith("github") for _, text in mark.comments
    ]
    assert len(texts) > 4
    assert all(len(text) <= MAX_BODY_LENGTH for text in texts)
    assert all(text.startswith("<!-- alignment-hub:v1 acme/") for text in texts)


def test_jira_comments_carry_their_mark_as_a_property(synced: Desk) -> None:
    marks = {
        synced.jira.issues[comment.issue].key: comment.properties["alignment-hub"]
        for comment in synced.jira.comments.values()
        if comment.author == synced.jira.bot.id
    }
    assert marks["ACME-5"] == {"v": 1, "workspace": "acme", "ticket": "ACME-5"}
    assert all(mark["ticket"] == key for key, mark in marks.items())


def put(desk: Desk, text: str) -> None:
    """The text in the titles, and as one value in the fields that comments quote."""
    value = re.sub(r"[\s,;]+", "_", text)
    desk.jira.edit("ACME-5", summary=text, fields={"Key Result": value})
    desk.jira.edit("ACME-8", summary=text)
    desk.github.edit_issue("acme/platform#12", title=text)
    (item,) = desk.github.issue("acme/platform#12").items
    desk.github.set_field(item, "Key Result", text.replace(",", "_").replace(";", "_"))


def structures(desk: Desk) -> dict[str, Any]:
    """The hub's comments on the tickets that hold the text, without a word of it."""
    (on_jira,) = desk.jira.comments_of("ACME-5", desk.jira.bot.id)
    providing = desk.marks()["github:acme/platform#4"].text
    on_github = desk.marks()["github:acme/platform#12"].text
    return {
        "jira": skeleton(on_jira.body),
        "providing": markdown_skeleton(providing),
        "github": markdown_skeleton(on_github),
        "live": LIVE.findall(re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", on_github)),
    }


def skeleton(node: dict[str, Any]) -> Any:
    """Kinds of nodes and marks; neighbouring texts of a kind count as one."""
    if node["type"] == "text":
        return ("text", tuple(mark["type"] for mark in node.get("marks", ())))
    inner = [skeleton(child) for child in node.get("content", ())]
    return (node["type"], sorted(set(leaves(node))) if node["type"] == "listItem" else inner)


def leaves(node: dict[str, Any]) -> Iterator[str]:
    """The marks of all that stands in an item: which key results are the closest depends on the value."""
    yield from (mark["type"] for mark in node.get("marks", ()))
    for child in node.get("content", ()):
        yield from leaves(child)


def markdown_skeleton(text: str) -> list[Any]:
    """Kinds of blocks, and of what stands in each but words."""
    found = []
    for token in MARKDOWN.parse(text):
        inner = [(item.type, item.tag, sorted(item.attrs)) for item in token.children or () if "text" not in item.type]
        found.append((token.type, token.tag, sorted(set(map(str, inner))) if token.level >= 3 else inner))
    return found
