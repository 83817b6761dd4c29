"""Messages as wiki markup: the words that were given, and never any markup of theirs."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.jira.adf import MAX_TEXT_LENGTH, clean_text, document
from connectors.jira.wiki import escape, markup
from hub.model.message import Code, Line, Link, Message, Point, Strong, Text

GOLDEN = Path(__file__).parent / "golden"
NASTY = (
    "@all [~admin] {code}x{code} *b* _i_ -s- h1. x bq. y http://evil.test !x.png! \\\\ :) ??c?? ACME-2 "
    "| a || ---- # x &#123; &lt; [a|http://e.test] {{m}} ^u^ (y) \u202etfel"
)
REFERENCE = re.compile(r"&(?:#\d{2,3}|amp|lt|gt);")
TAKES_EFFECT = re.compile(
    r"[\\{}\[\]()*_+^~|!#@<>&]|\w:\S|\?\?|[A-Z][A-Z0-9_]+-\d|(?:^|\W)-|-(?:\W|$)",
)


def a_point(topic: str = "no key result linked", **changes: Any) -> Point:
    point = Point(
        topic,
        what=(Text("This ticket isn't linked to a key result."),),
        step=(Text("Set the label "), Code("kr-launch-dau"), Text(".")),
        alternative=(Text("Not OKR work? Comment "), Code("/okr exempt <reason>"), Text(".")),
    )
    return replace(point, **changes)


def a_message(*points: Point, **changes: Any) -> Message:
    footer: Line = (Link("Details", "https://hub.test/why?a=1&b=2"), Text(" · Kept up to date by Alignment Hub"))
    return replace(Message("OKR check: 1 open point", points or (a_point(),), footer=footer), **changes)


ANSWERS = (("Yes", "/okr accept"), ("No", "/okr decline <reason>"), ("Later", "/okr later"))
ROWS: tuple[Line, ...] = ((Code("/okr kr dau"), Text(" Active users")), (Text("and 3 more"),))
MESSAGES = {
    "plain": a_message(
        a_point("Platform needs this ticket", commands=ANSWERS, alternative=()),
        a_point(commands=(("", "/okr kr dau"),), listing=ROWS, listing_title="Product's key results (4)"),
        headline="OKR check: 3 open points",
        folded=(a_point("priorities don't match", commands=ANSWERS),),
        folded_summary=(
            Text("1 more on "),
            Link("the hub's page", "https://hub.test/"),
            Text(": priorities don't match"),
        ),
        recorded=((Text("Recorded: muted. "), Code("/okr unmute"), Text(" brings the points back.")),),
    ),
    "nasty": a_message(
        a_point(
            NASTY,
            what=(Text(NASTY), Code(NASTY), Strong(NASTY)),
            step=(Link(NASTY, "https://x.test/|]"),),
            commands=((NASTY, "/okr accept"), ("No", NASTY)),
            listing=((Text(NASTY),),),
            listing_title=NASTY,
        ),
        headline=NASTY,
        folded=(a_point(NASTY),),
        folded_summary=(Text(NASTY),),
        recorded=((Text(NASTY), Code(NASTY)),),
        lead=(Text(NASTY),),
    ),
    "resolved": Message(
        "OKR check: resolved.", lead=(Text("No open points."),), footer=(Text("Kept up to date by Alignment Hub"),)
    ),
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
    written = escape(text)
    assert html.unescape(written) == clean_text(text)
    left = REFERENCE.sub("\u2022", written)
    assert TAKES_EFFECT.search(left) is None


def test_common_words_stay_readable_as_they_are() -> None:
    plain = "Set the label kr-launch-dau, or say KR: launch; it takes 5% of a day."
    assert escape(plain) == plain


@pytest.mark.parametrize("line", [(Text("h1. Big"),), (Text("bq"), Text("."), Text(" said")), (Text(" H2. x"),)])
def test_line_that_begins_like_a_heading_is_none(line: Line) -> None:
    written = markup(a_message(a_point(step=line, commands=((line[0].text, "x"),), alternative=line)))
    assert re.search(r"^(?:\* )?(?:h[12]|bq)\.", written.partition("\n")[2], re.MULTILINE | re.IGNORECASE) is None
    assert "&#46;" in written


def test_link_to_anything_but_a_web_page_is_mere_words() -> None:
    assert "javascript" not in markup(a_message(a_point(what=(Link("c", "javascript:alert(1)"),))))


def test_address_of_a_link_cannot_end_the_link() -> None:
    written = markup(a_message(a_point(what=(Link("c", "https://x.test/a|b]{code} [~u]"),))))
    assert "[c|https://x.test/a%7Cb%5D%7Bcode%7D%20%5B~u%5D]" in written


def test_emphasis_takes_effect_next_to_letters_and_without_blanks_inside() -> None:
    written = markup(a_message(a_point(what=(Text("ab"), Strong("cd "), Text("ef")))))
    assert "ab{*}cd{*} ef" in written


def test_message_is_laid_out_in_paragraphs() -> None:
    point = a_point(step=(Text("If so, comment:"),), commands=(("", "/okr kr launch-conversion"),), alternative=())
    assert markup(a_message(point)).split("\n\n") == [
        "*OKR check: 1 open point*",
        "This ticket isn't linked to a key result.",
        "If so, comment&#58;",
        "{noformat}/okr kr launch-conversion{noformat}",
        "[Details|https://hub.test/why?a=1&b=2] · Kept up to date by Alignment Hub",
    ]


def test_lead_follows_the_headline_on_the_same_line() -> None:
    assert markup(Message("OKR check: resolved.", lead=(Text("No open points."),))) == (
        "*OKR check: resolved.* No open points."
    )


def test_several_answers_are_a_list_of_code() -> None:
    assert "\n\n* Yes: {{/okr accept}}\n* No: {{/okr decline &lt;reason&gt;}}\n* Later: {{/okr later}}\n\n" in markup(
        a_message(a_point(commands=ANSWERS))
    )


def test_several_points_are_numbered_and_named_and_what_is_folded_is_only_named() -> None:
    more: Line = (Text("1 more: quarter has ended"),)
    written = markup(
        a_message(a_point("one"), a_point("two"), folded=(a_point("quarter has ended"),), folded_summary=more)
    )
    assert re.findall(r"^\*\d.*?\*", written, re.MULTILINE) == ["*1. One.*", "*2. Two.*"]
    assert written.split("\n\n")[-2] == "1 more: quarter has ended"
    assert written.count("This ticket") == 2


def test_what_was_recorded_is_in_italics() -> None:
    recorded: tuple[Line, ...] = ((Text("Recorded: muted. "), Code("/okr unmute")), (Text("\x00"),))
    assert markup(a_message(recorded=recorded)).split("\n\n")[-2] == "_Recorded: muted. {{/okr unmute}}_"


@pytest.mark.parametrize("command", ["{noformat} [~admin] *b*", "a}{noformat}b{", "a\n\nh1. b", "[a|http://evil.test]"])
def test_nothing_in_a_command_ends_its_block(command: str) -> None:
    written = markup(a_message(a_point(commands=(("", command),))))
    (block,) = (part for part in written.split("\n\n") if "noformat" in part and "Details" not in part)
    assert block.startswith("{noformat}")
    assert block.endswith("{noformat}")
    held = block.removeprefix("{noformat}").removesuffix("{noformat}")
    assert not set("{}\n") & set(held)


@pytest.mark.parametrize("char", ["x", "{", "\U0001f600"])
def test_one_endless_message_still_fits(char: str) -> None:
    line: Line = (Text(char * 40_000), Code(char * 10), Strong(char))
    huge = Point(char * 4_000, line, line, ((char * 4_000, "/okr accept"),), line, (line,) * 9, char * 4_000)
    written = markup(Message(char * 40_000, (huge,) * 2, (huge,) * 40, (line,) * 3, line, line, line))
    assert len(written) < MAX_TEXT_LENGTH


span = st.one_of(
    st.builds(Text, st.text()),
    st.builds(Strong, st.text()),
    st.builds(Code, st.text()),
    st.builds(Link, st.text(), st.sampled_from(["https://x.test/a", "", "javascript:x"])),
)
line_ = st.lists(span, max_size=4).map(tuple)
command_ = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=80)
commands_ = st.one_of(
    st.just(()), st.tuples(st.tuples(st.just(""), command_)), st.lists(st.tuples(st.text(), command_)).map(tuple)
)
point_ = st.builds(Point, st.text(), line_, line_, commands_, line_, st.lists(line_, max_size=2).map(tuple), st.text())
points_ = st.lists(point_, max_size=2).map(tuple)
recorded_ = st.lists(line_, max_size=3).map(tuple)


@settings(deadline=None, max_examples=30)
@given(st.builds(Message, st.text(), points_, points_, recorded_, line_, line_, line_))
def test_any_message_is_within_limits_and_free_of_foreign_macros(message: Message) -> None:
    written = markup(message)
    assert len(written) < MAX_TEXT_LENGTH
    outside = re.sub(r"\{noformat\}[^{}\n]*\{noformat\}", "", written)
    assert re.search(r"\{[a-z]|\[~|\[\^|(?<!\[)!\S", REFERENCE.sub("", outside.replace("{{", ""))) is None
