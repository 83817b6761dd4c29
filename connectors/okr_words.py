"""What a ticket that is an objective or a key result says of itself, in the words of the OKR files."""

import re
from collections.abc import Iterator

from connectors.spoken import spoken_lines, under_headings
from connectors.ticket_text import is_unsaid
from hub.model.okr_words import ALL_FIELDS
from hub.model.typed import folded

SHORT = {"owner": "owners", "team": "teams", "check_in": "check_ins", "contribution": "contributions"}
_LINE = re.compile(r"([A-Za-z][A-Za-z _-]{0,30}?)\s{0,8}:\s{0,8}(\S.{0,2000})")
_SENTENCE_ENDS = (".", "!", "?", ":")


def word_of(name: str) -> str | None:
    """The word that a name stands for, as people write it: `Aligns to`, `aligns-to`, `Owner`."""
    plain = re.sub(r"[\s_-]+", "_", name.strip()).casefold()
    word = SHORT.get(plain, plain)
    return word if word in ALL_FIELDS else None


def values_in(text: str) -> Iterator[tuple[str, str]]:
    """Every `Word: value` at the start of a line, in order, then what stands below headings as forms write them.

    Other lines are words for people. What a line says need not be asked for by a heading.
    """
    plain, said = folded(text), set()
    for line in spoken_lines(plain):
        found = _LINE.fullmatch(line.replace("**", "").replace("__", "").strip())
        if found and (word := word_of(found[1])) and not is_unsaid(found[2]):
            said.add(word)
            yield word, found[2].strip()
    for heading, line in under_headings(plain):
        if (word := word_of(heading)) and word not in said and not (is_unsaid(line) or line.endswith(_SENTENCE_ENDS)):
            yield word, line.replace("**", "").strip()
