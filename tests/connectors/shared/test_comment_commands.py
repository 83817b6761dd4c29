"""Commands count in the author's own voice alone: one to a line, at the very start of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.jira.adf import own_lines as own_lines_of_document
from connectors.shared.comment_commands import MAX_COMMANDS, ParsedCommand, parse_commands, parse_lines
from hub.model.ticket_input import Verb


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/okr kr launch-dau", ParsedCommand(Verb.KR, "launch-dau")),
        ("/OKR KR launch-dau, p99  ", ParsedCommand(Verb.KR, "launch-dau, p99")),
        ("/okr\texempt   upkeep of the build", ParsedCommand(Verb.EXEMPT, "upkeep of the build")),
        ("/okr accept", ParsedCommand(Verb.ACCEPT)),
        ("/okr decline no room this quarter", ParsedCommand(Verb.DECLINE, "no room this quarter")),
        ("/okr recheck\r", ParsedCommand(Verb.RECHECK)),
        ("/okr", ParsedCommand(Verb.UNCLEAR)),
        ("/okr exempt", ParsedCommand(Verb.UNCLEAR, "exempt")),
        ("/okr decline", ParsedCommand(Verb.UNCLEAR, "decline")),
        ("/okr kr ``", ParsedCommand(Verb.UNCLEAR, "kr ``")),
        ("/okr unclear", ParsedCommand(Verb.UNCLEAR, "unclear")),
        ("/okr drop table", ParsedCommand(Verb.UNCLEAR, "drop table")),
        ("/okr later", ParsedCommand(Verb.LATER)),
        ("/okr mute", ParsedCommand(Verb.MUTE)),
        ("/okr unmute", ParsedCommand(Verb.UNMUTE)),
        ("/okr exempt none", ParsedCommand(Verb.EXEMPT, "none")),
        ("`/okr accept`", ParsedCommand(Verb.ACCEPT)),
        ("`/okr accept`.", ParsedCommand(Verb.ACCEPT)),
        (" /okr accept", ParsedCommand(Verb.ACCEPT)),
        ("- /okr accept", ParsedCommand(Verb.ACCEPT)),
        ("* `/okr decline no room`", ParsedCommand(Verb.DECLINE, "no room")),
        ("1. /okr accept", ParsedCommand(Verb.ACCEPT)),
        ("**/okr accept**", ParsedCommand(Verb.ACCEPT)),
        ("@hub /okr accept", ParsedCommand(Verb.ACCEPT)),
        ("@hub, /okr accept", ParsedCommand(Verb.ACCEPT)),
        ("[~accountid:5b10] /okr accept", ParsedCommand(Verb.ACCEPT)),
        ("/okr accept.", ParsedCommand(Verb.ACCEPT)),
        ("/okr kr launch-dau.", ParsedCommand(Verb.KR, "launch-dau")),
        ("/okr kr: launch-dau", ParsedCommand(Verb.KR, "launch-dau")),
        ("/okr: accept", ParsedCommand(Verb.ACCEPT)),
        ("/okr accept!", ParsedCommand(Verb.ACCEPT)),
        ("/okr:", ParsedCommand(Verb.UNCLEAR)),
        ("/okr decline: no room", ParsedCommand(Verb.DECLINE, "no room")),
        ("/okr decline <reason>", ParsedCommand(Verb.UNCLEAR, "decline <reason>")),
        ("/okr kr <id>", ParsedCommand(Verb.UNCLEAR, "kr <id>")),
        ("`/okr exempt <reason>`", ParsedCommand(Verb.UNCLEAR, "exempt <reason>")),
    ],
)
def test_a_line_that_is_a_command_is_understood(line: str, asked: ParsedCommand) -> None:
    assert parse_commands(f"Hello,\n\n{line}\n\nthanks") == (asked,)


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
    assert parse_commands(text) == ()


def test_only_a_few_commands_of_one_comment_count() -> None:
    assert len(parse_commands("\n".join(f"/okr kr k{number}" for number in range(40)))) == MAX_COMMANDS


def test_a_document_speaks_in_its_outermost_paragraphs_alone() -> None:
    said = {"type": "text", "text": "/okr accept"}
    paragraph = {"type": "paragraph", "content": [said]}
    for node in (
        paragraph,
        {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph]}]},
        {"type": "paragraph", "content": [{**said, "marks": [{"type": "code"}]}]},
    ):
        assert _asked_in_document(node) == (ParsedCommand(Verb.ACCEPT),)
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
    assert _asked_in_document(node) == (ParsedCommand(Verb.KR, "`dau`"),)


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
    assert parse_commands(quoted) == ()
    assert parse_commands(f"{quoted}\n/okr accept") == ()
    assert parse_commands(f"`````\n{text.replace('`````', '')}\n`````") == ()


@given(NASTY)
@settings(max_examples=300, deadline=None)
def test_there_are_never_more_commands_than_lines_that_begin_so(text: str) -> None:
    assert len(parse_commands(text)) <= sum("/okr" in line for line in text.split("\n"))


def _asked_in_document(*nodes: object) -> tuple[ParsedCommand, ...]:
    return parse_lines(own_lines_of_document({"type": "doc", "version": 1, "content": list(nodes)}))
