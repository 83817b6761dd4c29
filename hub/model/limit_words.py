"""Titles that state an upper limit, such as "fewer than 5 open bugs", in English, German, French and Spanish."""

import re
from collections.abc import Iterator
from functools import lru_cache

MAX_TITLE_LENGTH = 300
"""Characters of a title that are looked at; trackers allow 255 or so."""
_DIGITS = r"\d(?:[\d.,'\u2019_\s]*\d)?"
_UNIT = r"\s*(?P<unit>%|‰|k\b|m\b|mio\b|ms\b)?"
_NUMBER = rf"(?P<number>{_DIGITS}|[^\W\d_]+){_UNIT}"
_BETWEEN = r"\s*:?\s*(?:(?:of|a total of|de|von|einem|einer|un|une|una)\s+)?[$€£¥~]?\s*"
_BEFORE = (
    r"fewer than|less than|lower than|smaller than|no more than|not more than|at most|under|underneath|below"
    r"|no longer than|not longer than|not exceed(?:ing)?|not above|not over|max\.?|maximum"
    r"|weniger als|geringer als|kleiner als|niedriger als|nicht mehr als|nicht über|unterhalb|unter|höchstens"
    r"|maximal(?:e|en|er)?|nicht länger als"
    r"|moins de|moins que|au plus|pas plus de|en[ -]dessous de|au[ -]dessous de|sous|inférieure?s? à|au maximum"
    r"|menos de|menos que|no más de|por debajo de|como máximo|a lo sumo|máximo"
    r"|inferior(?:es)? a|menor(?:es)? (?:de|a|que)"
)
_UP_TO = r"up to|bis zu|jusqu['\u2019]à|hasta"
_AFTER = (
    r"at most|at maximum|max\.?|maximum|or fewer|or less|or lower|or below"
    r"|höchstens|maximal|oder weniger|oder darunter|au plus|au maximum|ou moins|como máximo|o menos|a lo sumo"
)
_LIMIT_FIRST = re.compile(rf"(?:(?<!\w)(?:{_BEFORE})(?!\w)|[<≤]=?){_BETWEEN}{_NUMBER}", re.IGNORECASE)
_UP_TO_FIRST = re.compile(rf"(?<!\w)(?:{_UP_TO})(?!\w){_BETWEEN}{_NUMBER}", re.IGNORECASE)
_NUMBER_FIRST = re.compile(
    rf"(?<!\w)(?P<number>{_DIGITS}){_UNIT}(?:\s+[^\W\d]+){{0,3}}?\s*[,(]?\s*(?:{_AFTER})(?!\w)(?!\.?\s*\d)",
    re.IGNORECASE,
)
_GROWTH = re.compile(
    r"(?<!\w)(?:grow|increas|rais|improv|boost|lift|expand|scal|from\b|steiger|erhöh|wachs|verbesser|ausbau|von\b"
    r"|augment|croître|accroître|amélior|port(?:er|ons)|aument|crec|sub(?:ir|imos)|elev|mejor|desde\b)",
    re.IGNORECASE,
)
_SPELLED = (
    ("zero", "null", "zéro", "cero"),
    ("one", "eins", "ein", "eine", "einen", "un", "une", "uno", "una"),
    ("two", "zwei", "deux", "dos"),
    ("three", "drei", "trois", "tres"),
    ("four", "vier", "quatre", "cuatro"),
    ("five", "fünf", "cinq", "cinco"),
    ("six", "sechs", "seis"),
    ("seven", "sieben", "sept", "siete"),
    ("eight", "acht", "huit", "ocho"),
    ("nine", "neun", "neuf", "nueve"),
    ("ten", "zehn", "dix", "diez"),
)
_SCALES = {"%": (1.0, 0.01), "‰": (1.0, 0.001), "k": (1.0, 1e3), "m": (1.0, 1e6), "mio": (1.0, 1e6), "ms": (1.0, 1e-3)}


# One title is asked about for every ticket that may be linked to it.
@lru_cache(maxsize=16_384)
def states_limit(title: str, bound: float) -> bool:
    """Whether the title says that a value is to stay at or under the bound.

    The number beside the words must be the bound: "95 % of answers in under 200 ms" with 95 as its target states none.
    """
    return any(_is_bound(match, bound) for match in _matches(" ".join(title[:MAX_TITLE_LENGTH].split())))


def _matches(title: str) -> Iterator[re.Match[str]]:
    yield from _LIMIT_FIRST.finditer(title)
    yield from _NUMBER_FIRST.finditer(title)
    # "Grow up to 50 stores" names what is wanted, not what is allowed.
    yield from (match for match in _UP_TO_FIRST.finditer(title) if not _GROWTH.search(title[: match.start()]))


def _is_bound(match: re.Match[str], bound: float) -> bool:
    """Whether the number is the bound; "fewer than 5" is also meant by a bound of 4."""
    scales = _SCALES.get((match["unit"] or "").casefold(), (1.0,))
    values = [value * scale for value in _values(match["number"]) for scale in scales]
    return any(_same(value, bound) or (value.is_integer() and _same(value - 1, bound)) for value in values)


def _same(value: float, bound: float) -> bool:
    return abs(value - bound) <= 1e-9 * max(1.0, abs(bound))


def _values(text: str) -> Iterator[float]:
    """What the number may mean: `1.000` is one to some and a thousand to others."""
    if not text[0].isdigit():
        yield from (float(value) for value, words in enumerate(_SPELLED) if text.casefold() in words)
        return
    plain = re.sub(r"[\s'\u2019_]", "", text)
    last = max(plain.rfind("."), plain.rfind(","))
    integer_text = re.sub(r"[.,]", "", plain)
    yield float(integer_text)
    if last >= 0:
        yield float(f"{re.sub('[.,]', '', plain[:last])}.{plain[last + 1 :]}")
