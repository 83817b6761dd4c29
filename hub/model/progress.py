"""Progress of a key result, actual and expected; working days; and titles that state an upper limit."""

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from hub.model.link import Direction

if TYPE_CHECKING:
    from hub.model.okr import CheckIn, Cycle, KeyResult


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


DEFAULT_TOLERANCE = 0.01
"""Of the target, where `keep` states no tolerance."""


def latest_check_in(key_result: "KeyResult") -> "CheckIn | None":
    """The last one by date; of several on one day, the one written last."""
    return max(reversed(key_result.check_ins), key=lambda check_in: check_in.date, default=None)


def latest_value(key_result: "KeyResult") -> float | None:
    """The value that stands in the file, else that of the last check-in that measured one."""
    if key_result.current is not None:
        return key_result.current
    measured = [check_in for check_in in key_result.check_ins if check_in.value is not None]
    return max(reversed(measured), key=lambda check_in: check_in.date).value if measured else None


def latest_confidence(key_result: "KeyResult") -> float | None:
    """What was said at the last check-in that told it, else what stands in the file."""
    rated = [check_in for check_in in key_result.check_ins if check_in.confidence is not None]
    return max(reversed(rated), key=lambda check_in: check_in.date).confidence if rated else key_result.confidence


def direction_of(key_result: "KeyResult") -> Direction | None:
    """The stated direction, else that from the stated start to the stated target; None where either is missing."""
    if key_result.direction is not None:
        return key_result.direction
    if not {"start", "target"} <= key_result.stated:
        return None
    return Direction.INCREASE if key_result.target >= key_result.start else Direction.DECREASE


def is_limit(key_result: "KeyResult") -> bool:
    """Whether it holds or is breached, without a way from a start to a target."""
    return key_result.direction is not None and key_result.direction.is_limit


def is_limit_stated_as_growth(key_result: "KeyResult") -> bool:
    """Whether the title makes the target an upper bound, while the numbers grow towards it and no direction is stated.

    "Fewer than 5 open bugs" from 0 to 5 would be met by five bugs.
    """
    if key_result.direction is not None or "target" not in key_result.stated:
        return False
    grows = "start" not in key_result.stated or key_result.target > key_result.start
    return grows and states_limit(key_result.title, key_result.target)


def unmeasured_reason(key_result: "KeyResult") -> str:
    """Why no progress can be measured, for people; empty where it can be."""
    missing = [] if "target" in key_result.stated else ["target"]
    if "start" not in key_result.stated and not is_limit(key_result):
        missing.append("start")
    if is_limit_stated_as_growth(key_result):
        return "the title states a limit, but the numbers state growth"
    return f"no {' and no '.join(reversed(missing))} stated" if missing else ""


def is_measured(key_result: "KeyResult") -> bool:
    """Whether its numbers mean something: a stated target, and a stated start unless it is a limit."""
    return not unmeasured_reason(key_result)


def is_milestone(key_result: "KeyResult") -> bool:
    """Whether it goes from 0 to 1: done or not. With a unit and a value between the two it is an amount."""
    if is_limit(key_result) or "target" not in key_result.stated:
        return False
    value = latest_value(key_result)
    amount = key_result.unit != "" and value is not None and 0 < value < 1
    return (key_result.start, key_result.target) == (0, 1) and not amount


def measured_progress(key_result: "KeyResult") -> float | None:
    """The part of the way from start to target: 0 at the start, 1 at the target, beyond either as it is.

    A milestone has 0 until it is done. None for limits, and where nothing is measured or start and target are the same.
    """
    value, distance = latest_value(key_result), key_result.target - key_result.start
    if value is None or distance == 0 or is_limit(key_result) or not is_measured(key_result):
        return None
    if is_milestone(key_result):
        return 1.0 if value >= 1 else 0.0
    return (value - key_result.start) / distance


def is_met(key_result: "KeyResult") -> bool:
    """Whether the target is reached, or a limit holds; never without a value or a stated target, unless it is done.

    Without a known direction only the target itself meets it. A limit that is written as growth is never met.
    """
    if key_result.done:
        return True
    value = latest_value(key_result)
    if value is None or "target" not in key_result.stated or is_limit_stated_as_growth(key_result):
        return False
    match direction_of(key_result):
        case Direction.INCREASE | Direction.AT_LEAST:
            return value >= key_result.target
        case Direction.DECREASE | Direction.AT_MOST:
            return value <= key_result.target
        case Direction.KEEP:
            return _is_within_tolerance(key_result, value)
        case None:
            return value == key_result.target


def is_breached(key_result: "KeyResult") -> bool:
    """Whether a limit is known not to hold."""
    known = latest_value(key_result) is not None and "target" in key_result.stated
    return is_limit(key_result) and known and not is_met(key_result)


def tolerance_of(key_result: "KeyResult") -> float:
    """How far from its target a value may be that is to be kept."""
    if key_result.tolerance is not None:
        return key_result.tolerance
    return DEFAULT_TOLERANCE * abs(key_result.target)


def expected_progress(cycle: "Cycle", day: date) -> float:
    """The part of the cycle that has passed by the end of the day: 0 before it begins, 1 from its last day on."""
    passed_days, total_days = (day - cycle.start).days + 1, (cycle.end - cycle.start).days + 1
    return min(max(passed_days / total_days, 0.0), 1.0)


def _is_within_tolerance(key_result: "KeyResult", value: float) -> bool:
    away, allowed = abs(value - key_result.target), tolerance_of(key_result)
    return away <= allowed or math.isclose(away, allowed, rel_tol=1e-9)


FRIDAY = 4


# Tickets are many, and their days are few.
@lru_cache(maxsize=8192)
def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    if end <= start:
        return 0
    weeks, extra_days = divmod((end - start).days, 7)
    tail = sum(1 for n in range(1, extra_days + 1) if (start + timedelta(days=n)).weekday() <= FRIDAY)
    return weeks * 5 + tail
