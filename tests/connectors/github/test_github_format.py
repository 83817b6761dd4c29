"""What a message looks like on GitHub, and that nobody's words take effect in it."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from connectors.github.escape import clean, code, link, words
from connectors.github.format import SCREEN, body, is_marked, mark
from hub.model.message import Advice, Code, Link, Message, Section, Strong, Text

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


def advice(what: str = "no key result", **changes: object) -> Advice:
    parts = {"what": (Text(what),), "why": (Text("work drifts"),), "do": ((Text("add "), Code("kr-dau")),)}
    return Advice(**(parts | changes))  # type: ignore[arg-type]


def message(*sections: Section, **changes: object) -> Message:
    return Message("Alignment", sections, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_show_and_do_nothing(text: str) -> None:
    written = words(text)
    assert {token.type for token in tokens(written)} <= INERT
    assert shown(written).replace("\u200b", "") == clean(text)
    assert not re.search(r"[<>]", written)


@given(st.text(max_size=400) | st.text(alphabet="@#:/.<>!-_*[]()`~|\\$&;wGH012abcdef \n", max_size=80))
@example("www.www.")
def test_any_words_stay_words(text: str) -> None:
    written = words(text)
    assert {token.type for token in tokens(written)} <= INERT
    assert shown(written).replace("\u200b", "") == clean(text)
    visible = html.unescape(shown(written)).replace("$", "")
    assert not [found for found in LINKS_ITSELF.findall(visible) if not found.endswith("\u200b")]


@given(st.text(alphabet="`a @#<\n", max_size=40))
def test_exact_values_survive_their_backticks(text: str) -> None:
    written = code(text)
    if clean(text):
        assert [token.content for token in tokens(written) if token.type == "code_inline"] == [clean(text)]
    else:
        assert written == ""


def test_links_are_made_of_plain_addresses_only() -> None:
    assert link("ACME-3 [x]", "https://acme.test/browse/ACME-3") == "[ACME-3 \\[x\\]](https://acme.test/browse/ACME-3)"
    assert link("a", "https://acme.test/a(b)") == "[a](https://acme.test/a%28b%29)"
    for address in ("javascript:alert(1)", "https://a b", 'https://a"b', "//x", "https://a<b>"):
        assert link("words", address) == "words"
    assert link("", "https://acme.test") == "[link](https://acme.test)"


def test_the_comment_tells_what_why_and_how() -> None:
    section = Section(
        "initiative-without-key-result",
        "error",
        advice(unless=(Text("label it "), Code("okr-exempt"))),
    )
    text = body(message(section, folded=2, footer=(Link("how it works", "https://hub.test/"),)), "acme", "acme/app#12")
    assert text.splitlines() == [
        "<!-- alignment-hub:v1 acme/acme/app#12 -->",
        "",
        "### Alignment",
        "",
        "**error**: no key result",
        "",
        "work drifts",
        "",
        "- add `kr-dau`",
        "",
        "label it `okr-exempt`",
        "",
        "Rule: `initiative-without-key-result`",
        "",
        "_And 2 more findings on this ticket._",
        "",
        "---",
        "",
        "[how it works](https://hub.test/)",
    ]


def test_a_resolved_comment_is_only_its_headline() -> None:
    assert body(Message("Resolved"), "acme", "acme/app#1").splitlines()[1:] == ["", "### Resolved"]


def test_sections_beyond_a_screen_are_counted() -> None:
    sections = [Section(f"rule-{n}", "warning", advice("x" * 280)) for n in range(40)]
    text = body(message(*sections, folded=1), "acme", "acme/app#1")
    assert len(text) < SCREEN + 500
    kept = text.count("Rule: ")
    assert f"_And {41 - kept} more findings on this ticket._" in text


def test_one_huge_section_stays_within_the_limit() -> None:
    line = tuple(Text("@&<" * 200) for _ in range(100))
    huge = Section("rule", "error", Advice(line, line, tuple(line for _ in range(50)), line))
    text = body(message(huge, huge), "acme", "acme/app#1")
    assert len(text) <= 65_536
    assert "- and 40 more" in text
    assert "_And 1 more finding on this ticket._" in text


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_change_nothing_around_them(text: str) -> None:
    def shape(value: str) -> list[str]:
        line = (Text("a "), Strong(value), Text(value), Link(value, "https://hub.test/"))
        section = Section("rule", "error", Advice(line, line, (line, line), line))
        return [t.type for t in tokens(body(message(section), "acme", "acme/app#1")) if not t.type.startswith("text")]

    assert shape(text) == shape("words")


def test_a_mark_is_known_by_version_and_workspace() -> None:
    ours = f"{mark('acme', 'acme/app#1')}\r\n\nwords"
    assert is_marked(ours, "acme")
    assert is_marked(ours.replace("app#1", "moved#7"), "acme")
    assert not is_marked(ours, "acm")
    assert not is_marked(ours.replace(":v1", ":v2"), "acme")
    assert not is_marked(f"> {ours}", "acme")
    assert not is_marked(f"words\n{ours}", "acme")
    assert not is_marked("<!-- alignment-hub:v1 acme/x --> <b>hi</b> -->", "acme")
