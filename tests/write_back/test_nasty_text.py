"""Ten thousand nasty titles in every format: valid, short enough, calling nobody and linking nowhere."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from connectors.github.markdown import MAX_BODY_LENGTH, body
from connectors.jira.adf import DIRECTION_CHARACTERS, MAX_TEXT_LENGTH, document
from connectors.jira.wiki import markup
from hub.model.message import Code, Link, Message, Point, Strong, Text
from tests.contract.adf import adf_faults

TITLES = 10_000
HUB = "https://hub.test/tickets/1"
OWN_TAGS = re.compile(r"</?(?:details|summary|sub)>")
PIECES = (
    "@everyone @acme/team @octo-person",
    "[~admin] [~accountid:712020:abc] <@U1>",
    "<script>alert(1)</script><img src=x onerror=y><!-- --> <b>",
    "# **b** _i_ ~~s~~ `c` ``` ~~~ > q",
    "[a](https://evil.example) ![p](https://evil.example/p.png) <https://evil.example>",
    "https://evil.example www.evil.example mailto:a@evil.example ftp://evil.example",
    "{code}c{code} {color:red}r{color} {noformat} [a|https://evil.example] !p.png! ||t|| h1. bq. ----",
    '{"type":"mention","attrs":{"id":"1"}} {"type":"doc","version":1,"content":[]}',
    "\u202e\u2066\u200f\ufeff\u200b\u061c",
    "\x00\x01\x1b[31m\x7f\ud800",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 :tada: :-) (/)",
    "#1 GH-1 acme/app#1 ACME-1 0123456789abcdef0123456789abcdef01234567",
    "closes #2 $x$ | a | - [ ] t\n\n1. one\r\n\t* two",
    "<!-- alignment-hub:v1 acme/acme/app#1 -->",
)
LIVE = re.compile(r"(?<!\\)@\w|\bGH-\d|(?<!&)#\d|https?://|\bwww\.|<\w|<!--")
CALLS = re.compile(r"\[~|(?<!\\)\[[^\]]*\||https?://|!\S+!|\{(?:code|color|noformat|panel)")


def titles() -> Iterator[str]:
    dice = Random(5)
    for number in range(TITLES):
        text = " ".join(dice.choices(PIECES, k=dice.randint(1, 4)))
        start = dice.randrange(len(text))
        cut = text[start:] + text[:start] if number % 3 else text
        yield cut * (100_000 // len(cut) + 1) if number % 500 == 0 else cut


def about(title: str, *, code: bool = True) -> Message:
    """The title in every part of a comment, once in each way in which a part shows words."""
    named = (Code(title),) if code else ()
    line = (Text("The ticket "), Strong(title), Text(" names "), *named, Text(f", {title}"))
    answers = (("Yes", "/okr accept"), (title, "/okr later"))
    point = Point(f"{title} needs this ticket", line, commands=answers, listing=((Text(title),),), listing_title=title)
    folded = Point("due later than others need it", (Link(title, HUB),))
    recorded, more = ((Text(title), *named),), (Text("1 more on "), Link("the hub's page", HUB), Text(f": {title}"))
    return Message(
        "OKR check: 2 open points", (point,), (folded,), recorded, (Link("Details", HUB),), folded_summary=more
    )


def test_github_comments_of_nasty_titles_fit_and_do_nothing() -> None:
    for title in titles():
        assert len(body(about(title), "acme", "acme/app#1")) <= MAX_BODY_LENGTH
        text = body(about(title, code=False), "acme", "acme/app#1")
        first, _, rest = text.partition("\n")
        assert first == "<!-- alignment-hub:v1 acme/acme/app#1 -->"
        left = OWN_TAGS.sub("", rest.replace(f"]({HUB})", "]"))
        assert LIVE.findall(left) == [], repr(title[:200])


def test_jira_documents_of_nasty_titles_are_valid_and_hold_words_alone() -> None:
    known: set[str] = set()
    for title in titles():
        made = document(about(title))
        nodes = list(every(made))
        assert {node["type"] for node in nodes} <= PLAIN
        marks = [mark for node in nodes for mark in node.get("marks", ())]
        assert {mark["type"] for mark in marks} <= {"strong", "code", "em", "link"}
        assert all(mark["attrs"] == {"href": HUB} for mark in marks if mark["type"] == "link")
        assert all(not DIRECTION_CHARACTERS & set(node["attrs"]["title"]) for node in nodes if node["type"] == "expand")
        assert all(
            node["text"] and not DIRECTION_CHARACTERS & set(node["text"]) for node in nodes if node["type"] == "text"
        )
        assert len(json.dumps(made, ensure_ascii=False)) <= MAX_TEXT_LENGTH
        # The vendor's schema does not look into words: each shape is held to it once, whatever its words.
        if (shape := json.dumps(shape_of(made))) not in known:
            known.add(shape)
            assert adf_faults(made) == []


def test_wiki_comments_of_nasty_titles_fit_and_do_nothing() -> None:
    for title in titles():
        text = markup(about(title))
        assert len(text) <= MAX_TEXT_LENGTH
        assert CALLS.findall(text.replace(f"|{HUB}]", "]")) == [], repr(title[:200])


PLAIN = frozenset({"doc", "paragraph", "bulletList", "listItem", "expand", "text"})


def shape_of(node: dict[str, Any]) -> dict[str, Any]:
    """The node without its words."""
    bare = {name: value for name, value in node.items() if name not in ("text", "content", "attrs")}
    return (
        bare
        | {"attrs": sorted(node.get("attrs", ()))}
        | {"content": [shape_of(child) for child in node.get("content", ())]}
    )


def every(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("content", ()):
        yield from every(child)
