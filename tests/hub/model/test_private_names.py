"""A private name is found however it was typed, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert len(NAMES.names_in(f"for {typed}.")) == 1


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
    assert not known.names_in(text)


HERON_IN_SCRIPTS = (
    "\u30d7\u30ed\u30b8\u30a7\u30af\u30c8\u9dfa",  # Japanese
    "\u82cd\u9e6d\u8ba1\u5212",  # Chinese
    "\uc65c\uac00\ub9ac",  # Korean, whose particles are written on
    "\u0e19\u0e01\u0e01\u0e23\u0e30\u0e2a\u0e32",  # Thai
    "\u1780\u17bb\u1780",  # Khmer
    "\u0e99\u0ebb\u0e81\u0e8d\u0eb2\u0e87",  # Lao
    "\u1004\u103e\u1000\u103a",  # Burmese
    "\u9dfa plan",
    "plan \u9dfa",
)


@pytest.mark.parametrize("name", HERON_IN_SCRIPTS)
def test_a_name_is_found_within_a_script_that_writes_no_blanks(name: str) -> None:
    names = PrivateNames((("n-1", name),))
    before = "" if name.startswith("plan") else "\u4e0b"
    after = "" if name.endswith("plan") else "\u306e\u4ef6"
    for text in (f"{before}{name}{after}", f"{name}{after}", f"{before}{name}", f"A {name}."):
        assert names.redact(text) == text.replace(name, PRIVATE_NAME)
        assert names.names_in(text)


def test_letters_of_other_scripts_end_a_name_in_a_script_without_blanks_and_the_other_way_round() -> None:
    assert PrivateNames((("n-1", "\u9dfa\u306e\u4ef6"),)).names_in("the\u9dfa\u306e\u4ef6v2")
    assert PrivateNames((("heron", ""),)).names_in("\u4e0bheron\u306e")
    assert not PrivateNames((("heron", ""),)).names_in("herons\u306e")


def test_a_syllable_is_no_part_of_another_and_what_was_replaced_stays() -> None:
    syllable = PrivateNames((("n-1", "\uac00"),))
    assert syllable.names_in("\uc0ac\uac00\uc758")
    assert not syllable.names_in("\uac01")
    names = PrivateNames((("result", "\u9dfa"),))
    once = names.redact("\u4e0b\u9dfa\u306e")
    assert names.redact(once) == once == f"\u4e0b{PRIVATE_NAME}\u306e"


@pytest.mark.parametrize("between", ["   -   ", "   ", " \u2014\u2014 - ", "_____", "........", " / / / / "])
def test_signs_between_two_words_of_a_name_may_be_many(between: str) -> None:
    for names in (NAMES, PrivateNames((("q-one", ""),))):
        typed = f"heron{between}loi" if names is NAMES else f"q{between}one"
        assert names.redact(f"for {typed}.") == f"for {PRIVATE_NAME}."


def test_what_stands_far_apart_is_no_name_and_long_runs_of_signs_are_looked_through_quickly() -> None:
    assert not NAMES.names_in(f"heron{' ' * 60}loi")
    assert not NAMES.names_in("heron" + " -" * 50_000)
    assert not NAMES.names_in("kr" + "-" * 100_000)


def test_what_was_replaced_is_not_replaced_again() -> None:
    names = PrivateNames((("key-result", "A private key result"), ("result", "")))
    once = names.redact("about key result and result")
    assert once == f"about {PRIVATE_NAME} and {PRIVATE_NAME}"
    assert names.redact(once) == once


def test_all_that_a_name_may_mean_is_told() -> None:
    names = PrivateNames((("a-one", "Same title"), ("a-two", "same-title")))
    assert names.names_in("The SAME title, and A_One") == {"sametitle", "aone"}
    assert names.ids_named("same_title") == {"a-one", "a-two"}
    assert names.ids_named("same title and more") == frozenset()


def test_without_private_names_nothing_is_looked_for() -> None:
    assert not PrivateNames()
    assert PrivateNames().redact("heron-loi") == "heron-loi"
    assert squeezed("Her\u00adon \u2013 LOI!") == "heronloi"


WORDS = st.sampled_from(["raise", "5", "q4", "kr", "no", "a", "dau", "t0", "x-1", "\u00e9t\u00e9", "data", "RAISE"])
SIGNS = st.sampled_from(["", " ", "-", "_", "  ", ":", " kr", "KR-", "/", ".", "5"])
PHRASES = st.lists(st.tuples(WORDS, SIGNS), min_size=1, max_size=4).map(lambda parts: "".join(map("".join, parts)))


@given(st.tuples(PHRASES, PHRASES), st.tuples(PHRASES), PHRASES, PHRASES)
def test_nothing_is_missed_by_a_look_at_single_words(
    name: tuple[str, str], public: tuple[str], before: str, after: str
) -> None:
    names = PrivateNames((name,), public)
    for text in (before + name[0], f"{before} {name[1]} {after}", f"{name[0]}{after}", before):
        assert bool(names.names_in(text)) == (names.redact(text) != text or PRIVATE_NAME in text.casefold())
