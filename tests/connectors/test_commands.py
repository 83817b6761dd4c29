"""Commands count in the author's own voice alone: one to a line, at the very start of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.commands import COMMANDS_AT_MOST, Asked, asked_by, asked_in
from connectors.jira.adf_text import own_lines as own_lines_of_document
from hub.model.command import Verb


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/okr kr launch-dau", Asked(Verb.KR, "launch-dau")),
        ("/OKR KR launch-dau, p99  ", Asked(Verb.KR, "launch-dau, p99")),
        ("/okr\texempt   upkeep of the build", Asked(Verb.EXEMPT, "upkeep of the build")),
        ("/okr accept", Asked(Verb.ACCEPT)),
        ("/okr decline no room this quarter", Asked(Verb.DECLINE, "no room this quarter")),
        ("/okr recheck\r", Asked(Verb.RECHECK)),
        ("/okr", Asked(Verb.UNCLEAR)),
        ("/okr exempt", Asked(Verb.UNCLEAR, "exempt")),
        ("/okr decline", Asked(Verb.UNCLEAR, "decline")),
        ("/okr kr ``", Asked(Verb.UNCLEAR, "kr ``")),
        ("/okr unclear", Asked(Verb.UNCLEAR, "unclear")),
        ("/okr drop table", Asked(Verb.UNCLEAR, "drop table")),
        ("/okr later", Asked(Verb.LATER)),
        ("/okr mute", Asked(Verb.MUTE)),
        ("/okr unmute", Asked(Verb.UNMUTE)),
        ("/okr exempt none", Asked(Verb.EXEMPT, "none")),
        ("`/okr accept`", Asked(Verb.ACCEPT)),
        ("`/okr accept`.", Asked(Verb.ACCEPT)),
        (" /okr accept", Asked(Verb.ACCEPT)),
        ("- /okr accept", Asked(Verb.ACCEPT)),
        ("* `/okr decline no room`", Asked(Verb.DECLINE, "no room")),
        ("1. /okr accept", Asked(Verb.ACCEPT)),
        ("**/okr accept**", Asked(Verb.ACCEPT)),
        ("@hub /okr accept", Asked(Verb.ACCEPT)),
        ("@hub, /okr accept", Asked(Verb.ACCEPT)),
        ("[~accountid:5b10] /okr accept", Asked(Verb.ACCEPT)),
        ("/okr accept.", Asked(Verb.ACCEPT)),
        ("/okr kr launch-dau.", Asked(Verb.KR, "launch-dau")),
        ("/okr decline <reason>", Asked(Verb.UNCLEAR, "decline <reason>")),
        ("/okr kr <id>", Asked(Verb.UNCLEAR, "kr <id>")),
        ("`/okr exempt <reason>`", Asked(Verb.UNCLEAR, "exempt <reason>")),
    ],
)
def test_a_line_that_is_a_command_is_understood(line: str, asked: Asked) -> None:
    assert asked_in(f"Hello,\n\n{line}\n\nthanks") == (asked,)


@pytest.mark.parametrize(
    "text",
    [
        "please write /okr accept",
        "    /okr accept",
        "\t/okr accept",
        "> /okr accept",
        "> somebody said:\n/okr accept",
        "`look:\n/okr accept\nthere`",
        "\\` `x\n/okr accept\n` y",
        "```\n/okr accept\n```",
        "````\n```\n/okr accept\n````",
        "~~~\n/okr accept",
        "```\n<!-- ``` -->\n/okr accept\n```",
        "<!--\n/okr accept\n-->",
        "<!-- never closed\n/okr accept",
        "<pre>\n/okr accept\n</pre>",
        "<blockquote><blockquote></blockquote>\n\n/okr accept\n\n</blockquote>",
        "<details>\n\n/okr accept\n\n</details>",
        "~~/okr accept~~",
        "/okrs accept",
        "/okr-accept",
        "x\u2028/okr accept",
        "x\x0b/okr accept",
    ],
)
def test_what_is_quoted_or_code_is_no_command(text: str) -> None:
    assert asked_in(text) == ()


def test_only_a_few_commands_of_one_comment_count() -> None:
    assert len(asked_in("\n".join(f"/okr kr k{number}" for number in range(40)))) == COMMANDS_AT_MOST


def test_a_document_speaks_in_its_outermost_paragraphs_alone() -> None:
    said = {"type": "text", "text": "/okr accept"}
    paragraph = {"type": "paragraph", "content": [said]}
    for node in (
        paragraph,
        {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph]}]},
        {"type": "paragraph", "content": [{**said, "marks": [{"type": "code"}]}]},
    ):
        assert _asked_in_document(node) == (Asked(Verb.ACCEPT),)
    for node in (
        {"type": "blockquote", "content": [paragraph]},
        {"type": "panel", "content": [paragraph]},
        {"type": "codeBlock", "content": [said]},
        {"type": "paragraph", "content": [{**said, "marks": [{"type": "strike"}]}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "so: "}, said]},
        {"type": "paragraph", "content": [{"type": "text", "text": "so\n/okr accept"}]},
    ):
        assert _asked_in_document(node) == ()


def test_a_document_may_hold_a_command_below_a_line_end() -> None:
    content = [{"type": "text", "text": "Ours."}, {"type": "hardBreak"}, {"type": "text", "text": "/okr kr "}]
    node = {"type": "paragraph", "content": [*content, {"type": "text", "text": "dau", "marks": [{"type": "code"}]}]}
    assert _asked_in_document(node) == (Asked(Verb.KR, "`dau`"),)


NASTY = st.lists(
    st.sampled_from(
        [
            "/okr accept",
            ">",
            "> ",
            "```",
            "~~~~",
            "`",
            "<!--",
            "-->",
            "<pre>",
            "</pre>",
            "\n",
            "\n\n",
            "    ",
            "\\",
            "x",
        ]
    ),
    max_size=12,
).map("".join)


@given(NASTY)
@settings(max_examples=300, deadline=None)
def test_a_quoted_comment_never_commands(text: str) -> None:
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    assert asked_in(quoted) == ()
    assert asked_in(f"{quoted}\n/okr accept") == ()
    assert asked_in(f"`````\n{text.replace('`````', '')}\n`````") == ()


@given(NASTY)
@settings(max_examples=300, deadline=None)
def test_there_are_never_more_commands_than_lines_that_begin_so(text: str) -> None:
    assert len(asked_in(text)) <= sum("/okr" in line for line in text.split("\n"))


def _asked_in_document(*nodes: object) -> tuple[Asked, ...]:
    return asked_by(own_lines_of_document({"type": "doc", "version": 1, "content": list(nodes)}))
