"""What people write to name key results: the words around an id, titles, addresses, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.urls import key_result_of_page
from hub.model.written_names import (
    names_in_command,
    names_in_line,
    single_names,
    unwrapped,
    without_addresses,
    without_prefix,
    words_of_command,
)

KNOWN = {"dau", "nps", "nps of 35", "more, and more"}
TEXTS = st.text(alphabet=st.sampled_from("dau nps,;&/+()[]<>`*'\".:-#\nkr|https://x/key-results/"), max_size=120)


def known_as(name: str) -> str | None:
    return name.casefold() if name.casefold() in KNOWN else None


def is_near(name: str) -> bool:
    return name == "dua"


@pytest.mark.parametrize(
    ("url", "id_"),
    [
        ("https://hub.test/key-results/dau", "dau"),
        ("http://hub.test/okrs/key-results/dau/?cycle=2026-Q4#top", "dau"),
        ("https://hub.test/key-results/gr%C3%B6%C3%9Fe", "größe"),
        ("https://hub.test/key-results/", ""),
        ("https://hub.test/key-results/dau/history", ""),
        ("https://hub.test/?next=/key-results/dau", ""),
        ("ftp://hub.test/key-results/dau", ""),
        ("/key-results/dau", ""),
    ],
)
def test_the_page_of_a_key_result_is_known_by_its_path(url: str, id_: str) -> None:
    assert key_result_of_page(url) == id_


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("dau", "dau"),
        ("see https://hub.test/key-results/dau, nps", "see dau, nps"),
        ("[the funnel](https://hub.test/key-results/dau)", "dau"),
        ("[the funnel](https://docs.test/x)", "the funnel"),
        ("<https://hub.test/key-results/dau>.", "<dau>."),
        ("https://docs.test/x", "https://docs.test/x"),
    ],
)
def test_addresses_of_pages_become_ids_and_links_their_words(text: str, plain: str) -> None:
    assert without_addresses(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("`dau`.", "dau"),
        ("*(dau)*", "dau"),
        ("dau (net)", "dau (net)"),
        ("(a) or (b)", "(a) or (b)"),
        ("`a`, `b`", "`a`, `b`"),
    ],
)
def test_only_marks_around_the_rest_are_taken_away(text: str, plain: str) -> None:
    assert unwrapped(text) == plain


@pytest.mark.parametrize(
    ("name", "plain"), [("kr-dau", "dau"), ("KR: dau", "dau"), ("okr/dau", "dau"), ("krill", "krill")]
)
def test_the_beginning_of_a_label_is_taken_away(name: str, plain: str) -> None:
    assert without_prefix(name) == plain


@pytest.mark.parametrize(
    ("text", "in_line", "in_command"),
    [
        ("NPS of 35", ("nps of 35",), ("nps of 35",)),
        ("more, and more", ("more, and more",), ("more, and more",)),
        ("dau, NPS of 35.", ("dau", "nps of 35"), ("dau", "nps of 35")),
        ("dau nps", ("dau",), ("dau", "nps")),
        ("dua please", ("dua",), ("dua", "please")),
        ("what a street", ("what a street",), ("what a street",)),
        ("none", (), ()),
    ],
)
def test_titles_count_whole_and_sentences_by_what_is_known(
    text: str, in_line: tuple[str, ...], in_command: tuple[str, ...]
) -> None:
    assert names_in_line(text, known_as, is_near) == in_line
    assert names_in_command(text, known_as, is_near) == in_command


@given(TEXTS)
def test_any_text_names_words_that_stand_in_it(text: str) -> None:
    plain = " ".join(without_addresses(text).casefold().split())
    for name in (*names_in_line(text, known_as, is_near), *single_names(text)):
        assert name
        assert name.casefold() in plain
    assert all(word and " " not in word for word in words_of_command(text))
    assert all(names_in_command(text, known_as, is_near))
