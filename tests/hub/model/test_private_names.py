"""A private name is found however it was typed, and nothing else is."""

import pytest

from hub.model.private_names import PRIVATE_NAME, PrivateNames, squeezed

NAMES = PrivateNames(
    (("heron-loi", "Letter of intent signed with Heron Audio"), ("q-1", "Q"), ("margin", "Café «Zürich»: 40 %")),
    ("heron-loi-2", "heron-loi.next", "pre-heron-loi", "dau"),
)


@pytest.mark.parametrize(
    "typed",
    [
        "heron-loi",
        "HERON-Loi",
        "heron_loi",
        "heron loi",
        "heron  loi",
        "heron.loi",
        "heronloi",
        "HeronLoi",
        "heron\u2013loi",
        "heron\u2011loi",
        "heron\u00a0loi",
        "her\u00adon-l\u200boi",
        "\uff48eron\uff0dloi",
        "heron\\-loi",
        "heron\u30fcloi",
        "her\u00f3n-loi",
        "hero\u0301n-loi",
        "kr-heron-loi",
        "KR_heron_loi",
        "letter of intent signed with heron audio",
        "Letter-of-intent signed with Heron\u2014Audio",
        "LETTER OF INTENT SIGNED WITH HERON AUDIO",
        "q-1",
        "Q 1",
        "cafe zurich 40",
        "Caf\u00e9 Z\u00fcrich: 40",
    ],
)
def test_a_name_is_replaced_however_it_was_typed(typed: str) -> None:
    for before, after in (("", ""), ("Prepare ", "!"), ("(", "): see there"), ("x/", ", y")):
        assert NAMES.redact(f"{before}{typed}{after}") == f"{before}{PRIVATE_NAME}{after}"
    assert len(NAMES.found_in(f"for {typed}.")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "xheron-loi",
        "heron-loirs",
        "heron-loi-3",
        "heron-loi-2 and kr-heron-loi.next and pre-heron-loi",
        "a letter of intent",
        "Q1",
        "q",
        "margins",
        "dau",
        PRIVATE_NAME,
    ],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    words = PrivateNames((("heron-loi", "Letter of intent signed with Heron Audio"), ("q-1", ""), ("margin", "%")))
    known = NAMES if "heron-loi-2" in text else words
    assert known.redact(text) == text
    assert not known.found_in(text)


def test_what_was_replaced_is_not_replaced_again() -> None:
    names = PrivateNames((("key-result", "A private key result"), ("result", "")))
    once = names.redact("about key result and result")
    assert once == f"about {PRIVATE_NAME} and {PRIVATE_NAME}"
    assert names.redact(once) == once


def test_all_that_a_name_may_mean_is_told() -> None:
    names = PrivateNames((("a-one", "Same title"), ("a-two", "same-title")))
    assert names.found_in("The SAME title, and A_One") == {"sametitle", "aone"}
    assert names.called("same_title") == {"a-one", "a-two"}
    assert names.called("same title and more") == frozenset()


def test_without_private_names_nothing_is_looked_for() -> None:
    assert not PrivateNames()
    assert PrivateNames().redact("heron-loi") == "heron-loi"
    assert squeezed("Her\u00adon \u2013 LOI!") == "heronloi"
