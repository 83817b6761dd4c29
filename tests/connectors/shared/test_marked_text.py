"""Messages as marked text: found again by the mark, whatever words are in them, and never longer than allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.shared.marked_text import MAX_COMMENT_LENGTH, Mark, Markup, mark_in, marked_text, words_of
from hub.model.message import Code, Fold, Link, Message, Point, Strong, Table, Text

WORDS = st.text(max_size=400) | st.just("[alignment-hub main/1 closed]")
SPANS = st.lists(
    st.builds(Text, WORDS)
    | st.builds(Strong, WORDS)
    | st.builds(Code, WORDS)
    | st.builds(Link, WORDS, st.just("https://example.org/a") | WORDS),
    max_size=4,
).map(tuple)
COMMANDS = st.lists(st.tuples(WORDS, WORDS), max_size=3).map(tuple)
POINTS = st.lists(st.builds(Point, WORDS, SPANS, SPANS, COMMANDS, SPANS), max_size=4).map(tuple)
MESSAGES = st.builds(
    Message,
    WORDS,
    POINTS,
    folded=POINTS,
    recorded=st.lists(SPANS, max_size=2).map(tuple),
    footer=SPANS,
    closed=st.booleans(),
)
SHOUTING = Markup(strong=lambda words: f"*{words}*", block=lambda words: f"```\n{words}\n```")


@given(MESSAGES, st.sampled_from([Markup(), SHOUTING]))
def test_the_mark_is_that_of_the_message_whatever_stands_in_it(message: Message, markup: Markup) -> None:
    text = marked_text(message, "main", "42", markup)
    assert mark_in(text, "main") == Mark("main", "42", message.closed)
    assert mark_in(text, "other") is None


@given(MESSAGES)
def test_it_says_the_same_however_a_tracker_wraps_it(message: Message) -> None:
    text = marked_text(message, "main", "42")
    assert words_of(text) == words_of(text.replace("\n", "\r\n") + "\n") == words_of(f"  {text}  ")
    assert "[alignment-hubmain/42" not in words_of(text).removesuffix("[alignment-hubmain/1closed]")


def test_a_line_that_a_person_adds_below_leaves_the_mark() -> None:
    text = marked_text(Message("OKR check: one"), "main", "42")
    assert mark_in(f"{text}\n\nThanks!", "main") == Mark("main", "42")
    assert words_of(f"{text}\n\nThanks!") == "OKRcheck:oneThanks!"


@pytest.mark.parametrize("text", ["", "words", "see [alignment-hub main/42] there", "[alignment-hub main]"])
def test_other_words_are_no_mark(text: str) -> None:
    assert mark_in(text, "main") is None


def test_a_long_message_is_cut_between_its_parts_and_keeps_the_mark() -> None:
    points = tuple(Point(f"topic {n}", (Text("word " * 60),) * 4) for n in range(200))
    text = marked_text(Message("OKR check: many", points), "main", "42")
    assert len(text) < MAX_COMMENT_LENGTH + 2_000
    assert "…" in text.splitlines()
    assert mark_in(text, "main") is not None


def test_a_dashboard_has_its_tables_and_what_is_left_out_is_counted() -> None:
    table = Table(("Team", "Points"), (((Text("Product"),), (Strong("3"),)),), omitted_rows=7)
    message = Message(
        "OKR check", tables=(table,), fold=Fold("More", lines=((Text("a line"),),)), checkboxes=((Text("x"),),)
    )
    text = marked_text(message, "main", "42", SHOUTING)
    assert "*Team* | *Points*" in text
    assert "- Product | *3*\n- 7 more" in text
    assert "- a line" in text
    assert "/okr recheck" in text


def test_an_address_that_is_none_leaves_only_the_words() -> None:
    text = marked_text(
        Message("x", footer=(Link("here", "javascript:alert(1)"), Link(" and", "https://a.example/b"))), "m", "1"
    )
    assert "javascript" not in text
    assert "here and (https://a.example/b)" in text
