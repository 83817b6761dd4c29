"""Normal forms of text are those of Unicode, but for heaps of marks on one letter, which cost more than they say."""

import re
import unicodedata
from itertools import groupby
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.csv.dates import month_of, normalise_text
from connectors.shared.ticket_text import named_in_text
from hub.model.private_names import squeezed
from hub.model.text import MAX_MARKS, folded, normalized
from hub.okr_import.cell_parsers import make_slug
from tests.architecture.tree import PACKAGES, ROOT

Form = Literal["NFC", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = get_args(Form)
MANY = 20_000
NORMALIZES = re.compile(r"unicodedata\.normalize|from unicodedata import|unicodedata as ")
# One sign becomes as many marks as this by NFKD, at most.
MOST_OF_ONE = 4
HEAPS = {
    "two classes in turn": "\u0300\u0316" * MANY,
    "on a letter": "a" + "\u0316\u0300" * MANY + "b",
    "three classes": "e" + "\u0300\u0316\u0334" * MANY,
    "marks that are letters until they are normalized": "\uff76" + "\uff9e\u0300" * MANY,
    "marks that come apart": "\u0f40" + "\u0f73\u0f81\u0316" * MANY,
    "marks that enclose between them": "a" + "\u0300\u20dd\u0316" * MANY,
    "Hebrew": "\u05d0" + "\u05b0\u0591\u05bc" * MANY,
}


def longest_run(text: str) -> int:
    """Of signs that are sorted by their class, which is what takes time."""
    runs = groupby(text, lambda sign: unicodedata.combining(sign) > 0)
    return max((len(list(signs)) for marks, signs in runs if marks), default=0)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("heap", HEAPS.values(), ids=HEAPS.keys())
def test_no_more_marks_are_sorted_than_any_language_writes(heap: str, form: Form) -> None:
    assert longest_run(normalized(form, heap)) <= MAX_MARKS * MOST_OF_ONE


@pytest.mark.parametrize("heap", HEAPS.values(), ids=HEAPS.keys())
def test_what_is_read_of_a_heap_of_marks_is_short(heap: str) -> None:
    for read in (folded, normalise_text, squeezed, lambda text: make_slug(text, "okr")):
        assert len(read(heap)) <= 200
    assert month_of(heap) is None


def test_what_stands_beside_a_heap_of_marks_is_still_read() -> None:
    text = f"{HEAPS['on a letter']}\nKR\uff1a launch\u2013dau\n{HEAPS['three classes']}"
    assert named_in_text(text, "KR: {id}") == ("launch-dau",)


def test_every_sign_that_becomes_a_mark_counts_as_one() -> None:
    """Whatever Unicode adds: a heap of any sign that begins with a mark in its normal form is cut."""
    signs = (chr(number) for number in range(0x80, 0x20000))
    heaped = [sign for sign in signs if unicodedata.combining(unicodedata.normalize("NFKD", sign)[0])]
    assert len(heaped) > 500
    uncut = [sign for sign in heaped if longest_run(normalized("NFKD", sign * 100)) > MAX_MARKS * MOST_OF_ONE]
    assert uncut == []


@given(st.text(st.characters(codec="utf-8"), max_size=MAX_MARKS), st.sampled_from(FORMS))
def test_short_text_has_the_form_that_unicode_gives_it(text: str, form: Form) -> None:
    assert normalized(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        "Größe e\u0301 A\u030a " * 50,
        "\u0e01\u0e33\u0e49 \u0928\u093f\u0902 " * 50,
        "\u2500" * 500,
        "\U0001f468\u200d\U0001f469\ufe0f" * 100,
        "\uff76\uff9e\uff8a\uff9f" * 100,
        "e" + "\u0301" * MAX_MARKS,
        "\u2014" * 40 + "e\u0301",
    ],
)
def test_text_as_people_write_it_keeps_every_mark(text: str, form: Form) -> None:
    assert normalized(form, text) == unicodedata.normalize(form, text)


def test_no_other_module_normalizes_text() -> None:
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    normalizing = [file.relative_to(ROOT).as_posix() for file in files if NORMALIZES.search(file.read_text())]
    assert normalizing == ["hub/model/text.py"]
