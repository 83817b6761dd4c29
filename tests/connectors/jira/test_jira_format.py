"""Messages as Atlassian documents: valid, within limits, and never more than the words they were given."""

import json
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from connectors.jira.format import LONGEST_TEXT, document, text_length
from hub.model.message import Advice, Code, Line, Link, Message, Section, Strong, Text
from tests.contract.openapi import specs

NASTY = "@all [~accountid:1] <script>x</script> **b** {panel} h1. [a|http://evil] ![x](y) \u202etfel\u0000\x1b[31m"


@cache
def adf_schema() -> Draft4Validator:
    return Draft4Validator(json.loads((specs() / "adf-schema.json").read_text()))


def a_section(rule: str = "initiative-without-key-result", **advice: Any) -> Section:
    given = {
        "what": (Text("This ticket names no key result."),),
        "why": (Text("Work that serves no key result is not seen."),),
        "do": (
            (
                Text("Set the label "),
                Code("kr-launch-dau"),
                Text("."),
            ),
            (Text("Or move it."),),
        ),
        "unless": (
            Text("Set "),
            Code("okr-exempt"),
            Text("."),
        ),
    }
    return Section(rule, "error", Advice(**(given | advice)))


def a_message(*sections: Section, folded: int = 0) -> Message:
    footer: Line = (Text("Posted by the "), Link("Alignment Hub", "https://hub.test/why"), Text("."))
    return Message("OKR alignment: 1 thing to look at", sections or (a_section(),), folded, footer)


def texts(node: dict[str, Any]) -> list[dict[str, Any]]:
    own = [node] if node["type"] == "text" else []
    return own + [text for child in node.get("content", ()) for text in texts(child)]


def all_words(message: Message) -> str:
    return "".join(text["text"] for text in texts(document(message)))


def test_message_becomes_a_valid_document() -> None:
    made = document(a_message(a_section(), a_section("priority-mismatch", unless=()), folded=2))
    assert [node["type"] for node in made["content"]] == ["heading", "panel", "panel", "paragraph", "rule", "paragraph"]
    adf_schema().validate(made)


def test_every_part_of_the_advice_is_said_in_order() -> None:
    said = all_words(a_message(folded=1))
    parts = [
        "OKR alignment",
        "error: This ticket",
        "Work that",
        "Set the label kr-launch-dau.",
        "Or move it.",
        "Set okr-exempt.",
        "Rule: initiative-without-key-result",
        "And 1 more finding on this ticket.",
        "Posted by the Alignment Hub.",
    ]
    assert [part for part in parts if part in said] == parts
    assert sorted(parts, key=said.index) == parts


def test_spans_carry_their_marks() -> None:
    made = document(a_message(a_section(what=(Strong("a"), Code("b"), Link("c", "https://x.test/"), Text("d")))))
    marks = {text["text"]: text.get("marks") for text in texts(made)}
    assert marks["a"] == [{"type": "strong"}]
    assert marks["b"] == [{"type": "code"}]
    assert marks["c"] == [{"type": "link", "attrs": {"href": "https://x.test/"}}]
    assert marks["d"] is None


def test_link_to_anything_but_a_web_page_is_mere_words() -> None:
    made = document(a_message(a_section(what=(Link("c", "javascript:alert(1)"),))))
    assert next(text for text in texts(made) if text["text"] == "c") == {"type": "text", "text": "c"}


def test_resolved_message_is_short_and_valid() -> None:
    made = document(Message("Resolved: nothing is out of line any more", (), 0, (Text("Alignment Hub"),)))
    assert [node["type"] for node in made["content"]] == ["heading", "rule", "paragraph"]
    adf_schema().validate(made)


def test_nasty_title_stays_words() -> None:
    made = document(a_message(a_section(what=(Text(NASTY), Code(NASTY)))))
    adf_schema().validate(made)
    kinds = {node["type"] for node in _nodes(made)}
    assert kinds <= {"doc", "heading", "panel", "paragraph", "bulletList", "listItem", "rule", "text"}
    said = "".join(text["text"] for text in texts(made))
    assert "<script>x</script> **b** {panel} h1. [a|http://evil] ![x](y) tfel[31m" in said
    assert not {"\u0000", "\x1b", "\u202e"} & set(said)


def test_sections_without_room_are_counted_not_cut() -> None:
    long = "x" * 900
    sections = tuple(a_section(f"rule-{n}", what=(Text(long),)) for n in range(9))
    made = document(a_message(*sections, folded=1))
    panels = [node for node in made["content"] if node["type"] == "panel"]
    assert 1 <= len(panels) < 9
    said = "".join(text["text"] for text in texts(made))
    assert f"And {9 - len(panels) + 1} more findings on this ticket." in said
    adf_schema().validate(made)


def test_one_endless_section_still_fits() -> None:
    line: Line = (Text("x" * 40_000),)
    made = document(a_message(a_section(what=line, why=line, do=(line,) * 30, unless=line)))
    assert text_length(made) < LONGEST_TEXT
    adf_schema().validate(made)


span = st.one_of(
    st.builds(Text, st.text()),
    st.builds(Strong, st.text()),
    st.builds(Code, st.text()),
    st.builds(Link, st.text(), st.sampled_from(["https://x.test/a", "", "javascript:x"])),
)
line_ = st.lists(span, max_size=4).map(tuple)
advice_ = st.builds(Advice, line_, line_, st.lists(line_, max_size=12).map(tuple), line_)
section_ = st.builds(Section, st.text(), st.sampled_from(["error", "warning", "info"]), advice_)
message_ = st.builds(Message, st.text(), st.lists(section_, max_size=4).map(tuple), st.integers(0, 3), line_)


@settings(deadline=None, max_examples=10)
@given(message_)
def test_any_message_is_a_valid_document_within_limits(message: Message) -> None:
    made = document(message)
    adf_schema().validate(made)
    assert text_length(made) < LONGEST_TEXT
    json.dumps(made).encode("ascii")
    assert all(char.isprintable() or not char.isspace() for text in texts(made) for char in text["text"])


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("content", ()) for inner in _nodes(child))]
