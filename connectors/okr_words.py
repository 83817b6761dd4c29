"""What a ticket that is an objective or a key result says of itself, in the words of the OKR files."""

import re
from collections.abc import Iterator

from connectors.spoken import lines_under_headings, prose_lines
from connectors.ticket_text import is_empty_value
from hub.model.okr_words import ALL_FIELDS
from hub.model.typed import folded

ALIASES = {"owner": "owners", "team": "teams", "check_in": "check_ins", "contribution": "contributions"}
_LINE = re.compile(r"([A-Za-z][A-Za-z _-]{0,30}?)\s{0,8}:\s{0,8}(\S.{0,2000})")
_SENTENCE_ENDS = (".", "!", "?", ":")


def okr_field_of(name: str) -> str | None:
    """The word that a name stands for, as people write it: `Aligns to`, `aligns-to`, `Owner`."""
    plain = re.sub(r"[\s_-]+", "_", name.strip()).casefold()
    field = ALIASES.get(plain, plain)
    return field if field in ALL_FIELDS else None


def values_in(text: str) -> Iterator[tuple[str, str]]:
    """Every `Word: value` at the start of a line, in order, then what stands below headings as forms write them.

    Other lines are words for people. What a line says need not be asked for by a heading.
    """
    plain, seen_fields = folded(text), set()
    for line in prose_lines(plain):
        match = _LINE.fullmatch(line.replace("**", "").replace("__", "").strip())
        if match and (field := okr_field_of(match[1])) and not is_empty_value(match[2]):
            seen_fields.add(field)
            yield field, match[2].strip()
    for heading, line in lines_under_headings(plain):
        if (
            (field := okr_field_of(heading))
            and field not in seen_fields
            and not (is_empty_value(line) or line.endswith(_SENTENCE_ENDS))
        ):
            yield field, line.replace("**", "").strip()
