"""Messages as Atlassian documents: valid, within limits, and never more than the words they were given."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.jira.adf import MAX_TEXT_LENGTH, document, text_length
from hub.model.message import Code, Line, Link, Message, Point, Strong, Text
from tests.contract.adf import adf_faults

NASTY = "@all [~accountid:1] <script>x</script> **b** {panel} h1. [a|http://evil] ![x](y) \u202etfel\u0000\x1b[31m"


def a_point(topic: str = "no key result linked", **changes: Any) -> Point:
    point = Point(
        topic,
        what=(Text("This ticket isn't linked to a key result."),),
        step=(Text("Set the label "), Code("kr-launch-dau"), Text(".")),
        alternative=(Text("Not OKR work? Comment "), Code("/okr exempt <reason>"), Text(".")),
    )
    return replace(point, **changes)


def a_message(*points: Point, **changes: Any) -> Message:
    footer: Line = (Link("Details", "https://hub.test/tickets/1"), Text(" · Kept up to date by Alignment Hub"))
    return replace(Message("OKR check: 1 open point", points or (a_point(),), footer=footer), **changes)


ANSWERS = (("Yes", "/okr accept"), ("No", "/okr decline <reason>"), ("Later", "/okr later"))
OTHERWISE = "Not OKR work? Comment /okr exempt <reason>."


def texts(node: dict[str, Any]) -> list[dict[str, Any]]:
    own = [node] if node["type"] == "text" else []
    return own + [text for child in node.get("content", ()) for text in texts(child)]


def all_words(message: Message) -> str:
    return "".join(text["text"] for text in texts(document(message)))


def kinds(made: dict[str, Any]) -> list[str]:
    return [node["type"] for node in made["content"]]


def inside(node: dict[str, Any]) -> str:
    """All words of a part, with a blank between its paragraphs."""
    if node["type"] in ("paragraph", "codeBlock"):
        return "".join(text["text"] for text in texts(node))
    return " ".join(inside(child) for child in node["content"])


def test_message_becomes_a_valid_document() -> None:
    made = document(a_message(a_point(), a_point("priorities don't match", alternative=()), folded=(a_point(),)))
    assert kinds(made) == ["paragraph"] * 6 + ["expand", "paragraph"]
    assert adf_faults(made) == []


def test_every_part_of_a_point_is_said_in_order() -> None:
    made = document(
        a_message(
            a_point(commands=ANSWERS, listing=((Text("a row"),),), listing_title="Key results (1)"),
            folded=(a_point("quarter has ended"),),
            recorded=((Text("Recorded: muted."),),),
        )
    )
    assert [inside(node) for node in made["content"]] == [
        "OKR check: 1 open point",
        "1. No key result linked. This ticket isn't linked to a key result.",
        "Set the label kr-launch-dau.",
        "Yes: /okr accept No: /okr decline <reason> Later: /okr later",
        OTHERWISE,
        "a row",
        "Quarter has ended. This ticket isn't linked to a key result. Set the label kr-launch-dau. " + OTHERWISE,
        "Recorded: muted.",
        "Details · Kept up to date by Alignment Hub",
    ]
    assert adf_faults(made) == []


def test_headline_is_strong_and_its_lead_follows_on_the_same_line() -> None:
    made = document(Message("OKR check: resolved.", lead=(Text("No open points."),)))
    (line,) = made["content"]
    assert inside(line) == "OKR check: resolved. No open points."
    assert texts(line)[0] == {"type": "text", "text": "OKR check: resolved.", "marks": [{"type": "strong"}]}
    assert adf_faults(made) == []


def test_one_point_has_neither_number_nor_name() -> None:
    assert inside(document(a_message())["content"][1]) == "This ticket isn't linked to a key result."


def test_several_points_are_numbered_and_named() -> None:
    made = document(a_message(a_point("one", step=(), alternative=()), a_point("two", step=(), alternative=())))
    named = [texts(node)[0] for node in made["content"][1:3]]
    assert [text["text"] for text in named] == ["1. One.", "2. Two."]
    assert [text["marks"] for text in named] == [[{"type": "strong"}]] * 2


def test_one_command_is_a_block_that_can_be_copied() -> None:
    made = document(a_message(a_point(commands=(("", "/okr kr launch-conversion"),), alternative=())))
    assert made["content"][3] == {
        "type": "codeBlock",
        "content": [{"type": "text", "text": "/okr kr launch-conversion"}],
    }
    assert adf_faults(made) == []


def test_several_answers_are_a_list_of_code() -> None:
    made = document(a_message(a_point(commands=ANSWERS)))
    listed = made["content"][3]
    assert (listed["type"], len(listed["content"])) == ("bulletList", 3)
    assert texts(listed)[:2] == [
        {"type": "text", "text": "Yes: "},
        {"type": "text", "text": "/okr accept", "marks": [{"type": "code"}]},
    ]
    assert adf_faults(made) == []


def test_folded_points_are_an_expand_named_by_their_topics() -> None:
    folded = a_point("priorities don't match", commands=ANSWERS), a_point("quarter has ended")
    made = document(a_message(a_point(), folded=folded))
    fold = made["content"][-2]
    assert (fold["type"], fold["attrs"]) == (
        "expand",
        {"title": "2 more: priorities don't match · quarter has ended"},
    )
    (listed,) = fold["content"]
    assert (listed["type"], len(listed["content"])) == ("bulletList", 2)
    assert texts(listed)[0] == {"type": "text", "text": "Priorities don't match.", "marks": [{"type": "strong"}]}
    assert "Yes: /okr accept · No: /okr decline <reason> · Later: /okr later" in inside(listed)
    assert adf_faults(made) == []


def test_what_can_be_chosen_from_is_an_expand_of_its_own() -> None:
    rows: tuple[Line, ...] = ((Code("/okr kr dau"), Text(" Active users")), (Text("and 3 more"),))
    made = document(a_message(a_point(listing=rows, listing_title="Product's key results (4)"), folded=(a_point(),)))
    assert [node["attrs"]["title"] for node in made["content"] if node["type"] == "expand"] == [
        "Product's key results (4)",
        "1 more: no key result linked",
    ]
    assert inside(made["content"][4]) == "/okr kr dau Active users and 3 more"
    assert adf_faults(made) == []


def test_what_was_recorded_is_in_italics_but_for_its_code() -> None:
    link = Link("ACME-2", "https://jira.test/browse/ACME-2")
    made = document(a_message(recorded=((Text("Recorded: "), Code("/okr unmute"), link),)))
    assert [text["marks"] for text in texts(made["content"][-2])] == [
        [{"type": "em"}],
        [{"type": "code"}],
        [{"type": "link", "attrs": {"href": "https://jira.test/browse/ACME-2"}}, {"type": "em"}],
    ]
    assert adf_faults(made) == []


def test_spans_carry_their_marks() -> None:
    made = document(a_message(a_point(what=(Strong("a"), Code("b"), Link("c", "https://x.test/"), Text("d")))))
    marks = {text["text"]: text.get("marks") for text in texts(made)}
    assert marks["a"] == [{"type": "strong"}]
    assert marks["b"] == [{"type": "code"}]
    assert marks["c"] == [{"type": "link", "attrs": {"href": "https://x.test/"}}]
    assert marks["d"] is None


def test_link_to_anything_but_a_web_page_is_mere_words() -> None:
    made = document(a_message(a_point(what=(Link("c", "javascript:alert(1)"),))))
    assert next(text for text in texts(made) if text["text"] == "c") == {"type": "text", "text": "c"}


def test_resolved_message_is_short_and_valid() -> None:
    made = document(Message("OKR check: resolved.", footer=(Text("Alignment Hub"),)))
    assert kinds(made) == ["paragraph", "paragraph"]
    assert adf_faults(made) == []


def test_nasty_words_stay_words_wherever_they_stand() -> None:
    line: Line = (Text(NASTY), Code(NASTY), Strong(NASTY), Link(NASTY, NASTY))
    answers = ((NASTY, "/okr accept"), ("No", NASTY))
    point = Point(NASTY, line, line, answers, line, (line,), NASTY)
    block = replace(point, commands=(("", NASTY),))
    made = document(Message(NASTY, (point, block), (point,), (line,), line, line, line))
    assert adf_faults(made) == []
    assert {node["type"] for node in _nodes(made)} == {
        *("doc", "paragraph", "bulletList", "listItem", "codeBlock", "expand", "text"),
    }
    assert {mark["type"] for text in texts(made) for mark in text.get("marks", ())} == {"strong", "code", "em"}
    titles = [node["attrs"]["title"] for node in _nodes(made) if node["type"] == "expand"]
    said = [text["text"] for text in texts(made)] + titles
    clean = "<script>x</script> **b** {panel} h1. [a|http://evil] ![x](y) tfel[31m"
    assert len([item for item in said if clean in item]) >= 30
    assert not {"\u0000", "\x1b", "\u202e"} & set("".join(said))


@pytest.mark.parametrize("char", ["x", "@", "\U0001f600"])
def test_one_endless_message_still_fits(char: str) -> None:
    line: Line = (Text("a"), Text(char * 40_000))
    huge = Point(char * 4_000, line, line, ANSWERS, line, (line,) * 9, char * 4_000)
    made = document(Message(char * 40_000, (huge,) * 2, (huge,) * 40, (line,) * 3, line, line))
    titles = [node["attrs"]["title"] for node in made["content"] if node["type"] == "expand"]
    assert text_length(made) + sum(map(len, titles)) < MAX_TEXT_LENGTH
    assert titles[-1].startswith("40 more: ")
    assert adf_faults(made) == []


span = st.one_of(
    st.builds(Text, st.text()),
    st.builds(Strong, st.text()),
    st.builds(Code, st.text()),
    st.builds(Link, st.text(), st.sampled_from(["https://x.test/a", "", "javascript:x"])),
)
line_ = st.lists(span, max_size=4).map(tuple)
command_ = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1)
commands_ = st.one_of(
    st.just(()), st.tuples(st.tuples(st.just(""), command_)), st.lists(st.tuples(st.text(), command_)).map(tuple)
)
point_ = st.builds(
    Point, st.text(), line_, line_, commands_, line_, st.lists(line_, max_size=2).map(tuple), st.text(min_size=1)
)
points_ = st.lists(point_, max_size=2).map(tuple)
message_ = st.builds(Message, st.text(), points_, points_, st.lists(line_, max_size=3).map(tuple), line_, line_, line_)


@settings(deadline=None, max_examples=10)
@given(message_)
def test_any_message_is_a_valid_document_within_limits(message: Message) -> None:
    made = document(message)
    assert adf_faults(made) == []
    assert text_length(made) < MAX_TEXT_LENGTH
    json.dumps(made).encode("ascii")
    assert all(char.isprintable() or not char.isspace() for text in texts(made) for char in text["text"])


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("content", ()) for inner in _nodes(child))]
