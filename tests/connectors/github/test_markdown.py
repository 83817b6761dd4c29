"""What a message looks like on GitHub, and that nobody's words take effect in it."""

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from connectors.github.markdown import MAX_BODY_LENGTH, body, code, escape_text, is_marked, link, mark, visible_line
from hub.model.message import Code, Line, Link, Message, Point, Strong, Text

NASTY = [
    "@acme/everyone please @octocat",
    "#12 GH-12 acme/app#12 fixes #3",
    "https://evil.test www.evil.test ftp://evil.test mailto:a@evil.test bob@evil.test",
    "<script>alert(1)</script><!-- x --> <img src=x onerror=1> &lt;b&gt; &#64;octocat",
    "**bold** _em_ __strong__ ~~gone~~ `code` ``co`de`` [a](https://evil.test) ![i](x) [ref]: x [^1] [ ] todo",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "# heading",
    "- item",
    "+ item",
    "12. item",
    "> quote",
    "---",
    "===",
    "    indented",
    "```\nfence",
    "~~~",
    ":smile: :+1: $x^2$ $$y$$",
    "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 deadbeef",
    "back\\slash \\@octocat \\",
    "\x00\x07\u202eevil\u2066",
    "line\r\n\r\n# next\u2028more",
    "-->",
    "\ue000@octocat",
    "[!NOTE]",
]
INERT = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
LINKS_ITSELF = re.compile(
    r"@\S|#\S|GH-\d|://|www\.|mailto:|:[\w+-]+:|(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])|\$", re.IGNORECASE
)


def tokens(markdown: str) -> list[Token]:
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [token for block in parsed for token in (block, *(block.children or ()))]


def shown(markdown: str) -> str:
    return "".join(token.content for token in tokens(markdown) if token.type in {"text", "text_special", "code_inline"})


def a_point(topic: str = "no key result linked", what: str = "This ticket isn't linked.", **changes: Any) -> Point:
    return replace(Point(topic, (Text(what),), (Text("Add "), Code("kr-dau"), Text("."))), **changes)


def message(*points: Point, **changes: Any) -> Message:
    return Message("OKR check", points, **changes)


def lines(made: Message, key: str = "acme/app#1") -> list[str]:
    """What stands under the mark, without the blank lines between."""
    return [line for line in body(made, "acme", key).splitlines()[1:] if line]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_show_and_do_nothing(text: str) -> None:
    written = escape_text(text)
    assert {token.type for token in tokens(written)} <= INERT
    assert shown(written).replace("\u200b", "") == visible_line(text)
    assert not re.search(r"[<>]", written)


@given(st.text(max_size=400) | st.text(alphabet="@#:/.<>!-_*[]()`~|\\$&;wGH012abcdef \n", max_size=80))
@example("www.www.")
@example(":0$:")
def test_any_words_stay_words(text: str) -> None:
    written = escape_text(text)
    assert {token.type for token in tokens(written)} <= INERT
    assert shown(written).replace("\u200b", "") == visible_line(text)
    visible = html.unescape(shown(written)).replace("$", "¤")
    assert not [found for found in LINKS_ITSELF.findall(visible) if not found.endswith("\u200b")]


@given(st.text(alphabet="`a @#<\n", max_size=40))
def test_exact_values_survive_their_backticks(text: str) -> None:
    written = code(text)
    if visible_line(text):
        assert [token.content for token in tokens(written) if token.type == "code_inline"] == [visible_line(text)]
    else:
        assert written == ""


def test_links_are_made_of_plain_addresses_only() -> None:
    assert link("ACME-3 [x]", "https://acme.test/browse/ACME-3") == "[ACME-3 \\[x\\]](https://acme.test/browse/ACME-3)"
    assert link("a", "https://acme.test/a(b)") == "[a](https://acme.test/a%28b%29)"
    for address in ("javascript:alert(1)", "https://a b", 'https://a"b', "//x", "https://a<b>"):
        assert link("words", address) == "words"
    assert link("", "https://acme.test") == "[link](https://acme.test)"


def test_the_comment_tells_what_is_wrong_and_one_step() -> None:
    point = a_point(alternative=(Text("Not OKR work? Comment "), Code("/okr exempt <reason>"), Text(".")))
    made = Message(
        "OKR check: no key result linked",
        (point,),
        footer=(Link("Details", "https://hub.test/"), Text(" · Kept up to date by Alignment Hub")),
    )
    assert body(made, "acme", "acme/app#12").splitlines() == [
        "<!-- alignment-hub:v1 acme/acme/app#12 -->",
        "",
        "**OKR check: no key result linked**",
        "",
        "This ticket isn't linked.",
        "",
        "Add `kr-dau`\\.",
        "",
        "Not OKR work? Comment `/okr exempt <reason>`\\.",
        "",
        "<sub>[Details](https://hub.test/) · Kept up to date by Alignment Hub</sub>",
    ]


def test_a_resolved_comment_is_one_line() -> None:
    made = Message("OKR check: resolved.", lead=(Text("No open points."),))
    assert lines(made) == ["**OKR check: resolved.\u200b** No open points."]
    assert lines(Message("OKR check: resolved.")) == ["**OKR check: resolved.\u200b**"]


def test_one_command_is_a_block_that_can_be_copied() -> None:
    made = message(a_point(step=(Text("If so, comment:"),), commands=(("", "/okr kr launch-conversion"),)))
    assert lines(made)[2:] == ["If so, comment:", "```", "/okr kr launch-conversion", "```"]
    (fence,) = (token for token in tokens(body(made, "acme", "acme/app#1")) if token.type == "fence")
    assert fence.content == "/okr kr launch-conversion\n"


@given(st.text(alphabet="`~ a@#<>\n\r", max_size=40))
@example("```\n```")
def test_nothing_in_a_command_ends_its_block(command: str) -> None:
    made = message(a_point(commands=(("", f"/okr kr {command}"),), alternative=(Text("Or not."),)))
    found = tokens(body(made, "acme", "acme/app#1"))
    (fence,) = (token for token in found if token.type == "fence")
    assert fence.content.rstrip() == f"/okr kr {visible_line(command)}".rstrip()
    assert [token.type for token in found[found.index(fence) :]] == [
        "fence",
        "paragraph_open",
        "inline",
        "text",
        "paragraph_close",
    ]


def test_several_answers_are_a_list() -> None:
    answers = (("Yes", "/okr accept"), ("No", "/okr decline <reason>"), ("Later", "/okr later"))
    assert lines(message(a_point(commands=answers)))[3:] == [
        "- Yes: `/okr accept`",
        "- No: `/okr decline <reason>`",
        "- Later: `/okr later`",
    ]


def test_several_points_are_numbered_and_named() -> None:
    found = lines(message(a_point("priorities don't match", "One."), a_point("quarter has ended", "Two.")))
    assert found[1::2] == ["**1\\. Priorities don't match.\u200b** One.", "**2\\. Quarter has ended.\u200b** Two."]


def test_one_point_in_view_is_numbered_where_others_are_folded() -> None:
    assert lines(message(a_point(), folded=(a_point(),)))[1].startswith("**1\\. No key result linked.")


def test_folded_points_are_a_fold_named_by_their_topics() -> None:
    folded = a_point("priorities don't match", "One."), a_point("quarter has ended", "Two.", alternative=(Text("Or."),))
    assert lines(message(a_point(), folded=folded))[-5:] == [
        "Add `kr-dau`\\.",
        "<details><summary>2 more: priorities don't match · quarter has ended</summary>",
        "- **Priorities don't match.\u200b** One. Add `kr-dau`\\.",
        "- **Quarter has ended.\u200b** Two. Add `kr-dau`\\. Or.",
        "</details>",
    ]


def test_commands_of_a_folded_point_stand_in_its_line() -> None:
    answers = (("Yes", "/okr accept"), ("Later", "/okr later"))
    found = lines(message(a_point(), folded=(a_point("quarter has ended", "Two.", commands=answers),)))
    assert found[-2] == "- **Quarter has ended.\u200b** Two. Add `kr-dau`\\. Yes: `/okr accept` · Later: `/okr later`"


def test_what_can_be_chosen_from_is_a_fold_of_its_own() -> None:
    rows: tuple[Line, ...] = ((Code("/okr kr dau"), Text(" Active users")), (Text("and 3 more"),))
    found = lines(message(a_point(listing=rows, listing_title="Product's key results (4)"), folded=(a_point(),)))
    assert found[3:7] == [
        "<details><summary>Product's key results (4)</summary>",
        "- `/okr kr dau` Active users",
        "- and 3 more",
        "</details>",
    ]


@pytest.mark.parametrize("text", ["R_D isn't *ready*", "a [b](c) ~d~ `e` | f", "x < y & z > 1", "@octocat #12"])
def test_title_of_a_fold_shows_its_words_as_they_are(text: str) -> None:
    """Markdown takes no effect within HTML: a backslash there would be seen."""
    found = tokens(body(message(a_point(listing=((Text("x"),),), listing_title=text)), "acme", "acme/app#1"))
    (opening,) = (token.content for token in found if token.type == "html_block" and "<summary>" in token.content)
    title = opening.partition("<summary>")[2].partition("</summary>")[0]
    assert not re.search(r"[<>]", title)
    assert html.unescape(title).replace("\u200b", "") == text


def test_what_was_recorded_stands_in_italics_above_the_footer() -> None:
    recorded: tuple[Line, ...] = ((Text("Recorded: muted. "), Code("/okr unmute"), Text(" shows them.")), (Text("b"),))
    made = message(a_point(), recorded=recorded, footer=(Text("footer"),))
    assert lines(made)[-3:] == ["_Recorded: muted. `/okr unmute` shows them._", "_b_", "<sub>footer</sub>"]
    assert [token.type for token in tokens(body(made, "acme", "acme/app#1"))].count("em_open") == 2


@pytest.mark.parametrize("char", ["x", "@", "&", "\U0001f600"])
def test_one_endless_message_stays_within_the_limit(char: str) -> None:
    line: Line = (Text("a"), *(Text(char * 40_000) for _ in range(100)))
    huge = Point(char * 400, line, line, (("Yes", char * 400),), line, (line,) * 9, char * 400)
    text = body(Message(char * 400, (huge,) * 2, (huge,) * 40, (line,) * 3, line, line), "acme", "acme/app#1")
    assert len(text) <= MAX_BODY_LENGTH
    assert "40 more" in text


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_change_nothing_around_them(text: str) -> None:
    def shape(value: str) -> list[tuple[str, list[str]]]:
        line = (Text("a "), Strong(value), Text(value), Link(value, "https://hub.test/"))
        point = Point(f"x{value}", line, line, ((f"Yes{value}", "/okr accept"),), line, (line, line), value)
        folded = Point(f"x{value}", (Strong(value), Link(value, "https://hub.test/")), alternative=(Text(value),))
        made = Message(value, (point, point), (folded, folded), (line, line), line, line)
        found = tokens(body(made, "acme", "acme/app#1"))
        html_alone = (re.findall(r"<[^>]*>", token.content) if "html" in token.type else [] for token in found)
        return [
            (token.type, tags)
            for token, tags in zip(found, html_alone, strict=True)
            if not token.type.startswith("text")
        ]

    assert shape(text) == shape("words")


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_in_the_title_of_a_fold_do_nothing(text: str) -> None:
    folded = a_point(f"{text} needs this ticket")
    found = tokens(body(message(a_point(), folded=(folded,)), "acme", "acme/app#1"))
    (opening,) = (token.content for token in found if token.type == "html_block" and "<summary>" in token.content)
    title = opening.partition("<summary>")[2].partition("</summary>")[0]
    assert not re.search(r"[<>]", title)
    visible = html.unescape(title).replace("$", "¤")
    assert not [seen for seen in LINKS_ITSELF.findall(visible) if not seen.endswith("\u200b")]


def test_a_mark_is_known_by_version_and_workspace() -> None:
    ours = f"{mark('acme', 'acme/app#1')}\r\n\nwords"
    assert is_marked(ours, "acme")
    assert is_marked(ours.replace("app#1", "moved#7"), "acme")
    assert not is_marked(ours, "acm")
    assert not is_marked(ours.replace(":v1", ":v2"), "acme")
    assert not is_marked(f"> {ours}", "acme")
    assert not is_marked(f"words\n{ours}", "acme")
    assert not is_marked("<!-- alignment-hub:v1 acme/x --> <b>hi</b> -->", "acme")
