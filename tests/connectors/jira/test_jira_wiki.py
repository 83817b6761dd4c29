"""Messages as wiki markup: the words that were given, and never any markup of theirs."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.jira.format import LONGEST_TEXT, document, words
from connectors.jira.wiki import escaped, markup
from hub.model.message import Advice, Code, Line, Link, Message, Section, Strong, Text

GOLDEN = Path(__file__).parent / "golden"
NASTY = (
    "@all [~admin] {code}x{code} *b* _i_ -s- h1. x bq. y http://evil.test !x.png! \\\\ :) ??c?? ACME-2 "
    "| a || ---- # x &#123; &lt; [a|http://e.test] {{m}} ^u^ (y) \u202etfel"
)
REFERENCE = re.compile(r"&(?:#\d{2,3}|amp|lt|gt);")
TAKES_EFFECT = re.compile(
    r"[\\{}\[\]()*_+^~|!#@<>&]|\w:\S|\?\?|[A-Z][A-Z0-9_]+-\d|(?:^|\W)-|-(?:\W|$)",
)


def a_section(rule: str = "initiative-without-key-result", **advice: Any) -> Section:
    given_ = {
        "what": (Text("This ticket names no key result."),),
        "why": (Text("Work that serves no key result is not seen."),),
        "do": ((Text("Set the label "), Code("kr-launch-dau"), Text(".")), (Text("Or move it."),)),
        "unless": (Text("Set "), Code("okr-exempt"), Text(".")),
    }
    return Section(rule, "error", Advice(**(given_ | advice)))


def a_message(*sections: Section, folded: int = 0) -> Message:
    footer: Line = (Text("Posted by the "), Link("Alignment Hub", "https://hub.test/why?a=1&b=2"), Text("."))
    return Message("OKR alignment: 1 thing to look at", sections or (a_section(),), folded, footer)


MESSAGES = {
    "plain": a_message(a_section(), a_section("priority-mismatch", unless=()), folded=2),
    "nasty": a_message(
        a_section(what=(Text(NASTY), Code(NASTY), Strong(NASTY)), do=((Link(NASTY, "https://x.test/|]"),),))
    ),
    "resolved": Message("Resolved: nothing is out of line any more", (), 0, (Text("Alignment Hub"),)),
}


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_message_is_written_as_the_golden_files_say(name: str) -> None:
    """Both forms of one message, so that a change of either is seen."""
    assert markup(MESSAGES[name]) + "\n" == (GOLDEN / f"{name}.wiki").read_text(encoding="utf-8")
    assert document(MESSAGES[name]) == json.loads((GOLDEN / f"{name}.adf.json").read_text(encoding="utf-8"))


@settings(deadline=None, max_examples=200)
@example(NASTY)
@example("- item")
@example("a:D b ;) ok?")
@given(
    st.text(alphabet=st.one_of(st.sampled_from("{}[]()*_-+^~|!#@<>&\\:;?.hb1q AZ9\n"), st.characters()), max_size=80)
)
def test_any_words_stay_words(text: str) -> None:
    written = escaped(text)
    assert html.unescape(written) == words(text)
    left = REFERENCE.sub("\u2022", written)
    assert TAKES_EFFECT.search(left) is None


def test_common_words_stay_readable_as_they_are() -> None:
    plain = "Set the label kr-launch-dau, or say KR: launch; it takes 5% of a day."
    assert escaped(plain) == plain


@pytest.mark.parametrize("line", [(Text("h1. Big"),), (Text("bq"), Text("."), Text(" said")), (Text(" H2. x"),)])
def test_line_that_begins_like_a_heading_is_none(line: Line) -> None:
    written = markup(a_message(a_section(why=line, do=(line,))))
    assert re.search(r"^(?:\* )?(?:h[12]|bq)\.", written.partition("\n")[2], re.MULTILINE | re.IGNORECASE) is None
    assert "&#46;" in written


def test_link_to_anything_but_a_web_page_is_mere_words() -> None:
    assert "javascript" not in markup(a_message(a_section(what=(Link("c", "javascript:alert(1)"),))))


def test_address_of_a_link_cannot_end_the_link() -> None:
    written = markup(a_message(a_section(what=(Link("c", "https://x.test/a|b]{code} [~u]"),))))
    assert "[c|https://x.test/a%7Cb%5D%7Bcode%7D%20%5B~u%5D]" in written


def test_emphasis_takes_effect_next_to_letters_and_without_blanks_inside() -> None:
    written = markup(a_message(a_section(what=(Text("ab"), Strong("cd "), Text("ef")))))
    assert "ab{*}cd{*} ef" in written


def test_sections_without_room_are_counted_not_cut() -> None:
    sections = tuple(a_section(f"rule-{n}", what=(Text("x" * 1_500),)) for n in range(9))
    written = markup(a_message(*sections, folded=1))
    shown = written.count("*error*")
    assert 1 <= shown < 9
    assert f"And {9 - shown + 1} more findings on this ticket." in written


@pytest.mark.parametrize("char", ["x", "{", "\U0001f600"])
def test_one_endless_section_still_fits(char: str) -> None:
    line: Line = (Text(char * 40_000), Code(char * 10), Strong(char))
    assert len(markup(a_message(a_section(what=line, why=line, do=(line,) * 30, unless=line)))) < LONGEST_TEXT


span = st.one_of(
    st.builds(Text, st.text()),
    st.builds(Strong, st.text()),
    st.builds(Code, st.text()),
    st.builds(Link, st.text(), st.sampled_from(["https://x.test/a", "", "javascript:x"])),
)
line_ = st.lists(span, max_size=4).map(tuple)
advice_ = st.builds(Advice, line_, line_, st.lists(line_, max_size=12).map(tuple), line_)
section_ = st.builds(Section, st.text(), st.sampled_from(["error", "warning", "info"]), advice_)


@settings(deadline=None, max_examples=30)
@given(st.builds(Message, st.text(), st.lists(section_, max_size=4).map(tuple), st.integers(0, 3), line_))
def test_any_message_is_within_limits_and_free_of_foreign_macros(message: Message) -> None:
    written = markup(message)
    assert len(written) < LONGEST_TEXT
    assert re.search(r"\{[a-z]|\[~|\[\^|(?<!\[)!\S", REFERENCE.sub("", written.replace("{{", ""))) is None
