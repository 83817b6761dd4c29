"""Whatever somebody wrote, printed it steers nothing: no terminal, no log, no build."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.text import printable, printable_json, printable_line, without_controls

ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
BUILD = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
PIECES = st.sampled_from(
    ["::error::", "##[group]", "##vso[task]", "#", "[", ":", " ", "\n", "\r\n", "\r", "\t", "%0A", "a", "é", '"', "\\"]
)
ANY = st.text() | st.lists(PIECES | st.characters(), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2Jgone", "\\x9b2Jgone"),
        ("a\x07\x08\x00\x7f", "a\\x07\\x08\\x00\\x7f"),
        ("over\rwritten", "over\\rwritten"),
        ("two\nlines", "two\\nlines"),
        ("two\u2028lines\u2029\x85", "two\\u2028lines\\u2029\\x85"),
        ("\u202egpj.exe\u2066\u2069\u200f", "\\u202egpj.exe\\u2066\\u2069\\u200f"),
        ("ad\u200bmin a\u200ddmin \ufeff\u2060\xad", "ad\\u200bmin a\\u200ddmin \\ufeff\\u2060\\xad"),
        ("a\ufe0fb \U000e0041", "a\\ufe0fb \\U000e0041"),
        ("half \ud83d", "half \\ud83d"),
        ("::error::x", "\\::error::x"),
        (" \t\u00a0::add-mask::x", " \t\u00a0\\::add-mask::x"),
        ("\ufeff::error::x", "\\ufeff::error::x"),
        ("a ##[error]b ##vso[c]", "a ##\\[error]b ##vso\\[c]"),
        ("std::vector and 10::20", "std::vector and 10::20"),
        ("# Heading ## [link]", "# Heading ## [link]"),
        ("tab\there 100 %0A", "tab\there 100 %0A"),
        ("❤\ufe0f\u200d🔥 1\ufe0f\u20e3 می\u200cخواهم 日本", "❤\ufe0f\u200d🔥 1\ufe0f\u20e3 می\u200cخواهم 日本"),
    ],
)
def test_what_would_act_is_shown_and_all_else_stays(text: str, shown: str) -> None:
    assert printable_line(text) == shown


def test_a_text_of_several_lines_keeps_them_and_each_is_safe() -> None:
    assert printable("a\r\n::error::b\n\x1b") == "a\n\\::error::b\n\\x1b"


@given(ANY)
def test_nothing_that_is_printed_acts(text: str) -> None:
    for shown in (printable(text), printable_line(text)):
        assert not ACTS.search(shown)
        assert not BUILD.search(shown)
        shown.encode()
    assert "\n" not in printable_line(text)
    assert not ACTS.search(without_controls(text))


@given(ANY)
def test_what_was_made_safe_stays_as_it_is(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(st.recursive(ANY, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3)))
def test_a_json_document_means_the_same_and_acts_on_nothing(value: object) -> None:
    for indent in (None, 2):
        written = json.dumps(value, indent=indent, ensure_ascii=False)
        shown = printable_json(written)
        assert json.loads(shown) == json.loads(written)
        assert not ACTS.search(shown)
        assert not BUILD.search(shown)
        shown.encode()
