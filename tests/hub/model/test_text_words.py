"""The words of many texts, taken apart in one go, are those of each of them."""

import re

from hypothesis import given
from hypothesis import strategies as some

from hub.model.text import END, ascii_words, texts_with_any, words_of_all

ASCII = some.text(some.characters(max_codepoint=127), max_size=12)


@given(ASCII)
def test_words_of_a_text_are_what_stands_between_its_signs(text: str) -> None:
    assert ascii_words(text) == [word.encode() for word in re.findall("[a-z0-9]+", text.lower())]
    assert ascii_words(text, digits=False) == [word.encode() for word in re.findall("[a-z]+", text.lower())]


@given(some.lists(ASCII, max_size=6), some.booleans())
def test_texts_keep_their_own_words_whatever_signs_they_hold(texts: list[str], digits: bool) -> None:
    expected = [ascii_words(text, digits=digits) for text in texts]
    found: list[list[bytes]] = [[] for _ in texts[:1]]
    for word in words_of_all(texts, digits=digits):
        if word == END:
            found.append([])
        else:
            found[-1].append(word)
    assert found == expected


@given(some.sets(some.sampled_from([b"a", b"b2", b"c"])), some.lists(some.text("aAb2c é\x01-\ud800", max_size=6)))
def test_texts_with_any_word_and_those_that_may_hold_others_are_found(words: set[bytes], texts: list[str]) -> None:
    expected = [at for at, text in enumerate(texts) if not text.isascii() or not words.isdisjoint(ascii_words(text))]
    assert list(texts_with_any(words, texts)) == expected
