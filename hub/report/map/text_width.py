"""How wide words are drawn, before any browser has drawn them: by the widest of the usual fonts, so that they fit."""

from collections.abc import Iterator
from functools import lru_cache

# Parts of the letter size, for a wide sans-serif font; bold letters are wider by the factor.
NARROW, HALF, USUAL, UPPER, WIDE, BOLD = 0.33, 0.43, 0.63, 0.76, 0.99, 1.1
NARROW_SIGNS, HALF_SIGNS, WIDE_SIGNS = frozenset("ijlI.,:;'|! "), frozenset('tfr()-/[]"“”'), frozenset("mwMW%@…✕✓▸▴")
# The size of each kind of words, and whether they are bold.
KINDS = {
    "title": (11.5, True),
    "fault": (10.5, True),
    "owner": (10.5, True),
    "soft": (10.5, False),
    "share": (10.5, False),
    "row": (11.0, False),
    "lane": (12.0, True),
}


@lru_cache(maxsize=10_000)
def text_width(text: str, kind: str) -> float:
    """In the units of the map."""
    size, bold = KINDS[kind]
    return sum(map(_part, text)) * size * (BOLD if bold else 1.0)


def _part(sign: str) -> float:
    if sign in NARROW_SIGNS:
        return NARROW
    if sign in HALF_SIGNS:
        return HALF
    if sign in WIDE_SIGNS or not sign.isascii():
        return WIDE
    return UPPER if sign.isupper() else USUAL


def cut_text(text: str, width: float, kind: str) -> str:
    """As much as fits, with a sign where something is left out."""
    if text_width(text, kind) <= width:
        return text
    letters = len(text)
    while letters and text_width(f"{text[:letters]}…", kind) > width:
        letters -= 1
    return f"{text[:letters].rstrip()}…"


def wrap_text(text: str, width: float, kind: str, most: int) -> Iterator[str]:
    """In so many lines at most, broken between words."""
    words, lines = text.split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(lines) < most and text_width(longer, kind) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    yield from (cut_text(line, width, kind) for line in lines)
