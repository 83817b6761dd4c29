"""What a ticket that is an objective or a key result says of itself, in the words of the OKR files."""

import re
from collections.abc import Iterator

from connectors.ticket_text import spoken_lines
from hub.model.okr_words import EVERY_WORD

SHORT = {"owner": "owners", "team": "teams", "check_in": "check_ins", "contribution": "contributions"}
_LINE = re.compile(r"([A-Za-z][A-Za-z _-]{0,30}?)\s{0,8}:\s{0,8}(\S.{0,2000})")


def word_of(name: str) -> str | None:
    """The word that a name stands for, as people write it: `Aligns to`, `aligns-to`, `Owner`."""
    plain = re.sub(r"[\s_-]+", "_", name.strip()).casefold()
    word = SHORT.get(plain, plain)
    return word if word in EVERY_WORD else None


def values_in(text: str) -> Iterator[tuple[str, str]]:
    """Every `Word: value` at the start of a line, in order; other lines are words for people."""
    for line in spoken_lines(text):
        found = _LINE.fullmatch(line.replace("**", "").replace("__", "").strip())
        if found and (word := word_of(found[1])):
            yield word, found[2].strip()
