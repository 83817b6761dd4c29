"""What the teams' targets add up to, beside what their shares of an organization key result ask for."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hub.model.okr import Aggregation, Direction, KeyResult, LinkKind, LinkState
from hub.model.portfolio import Portfolio
from hub.model.progress import direction_of

ALL_TEAMS = "all together"
_CURRENCIES = "usd|eur|gbp|chf|jpy|cny|inr|sek|nok|dkk|pln|czk|cad|aud|brl"
_SYMBOLS = {"$": " usd ", "€": " eur ", "£": " gbp ", "¥": " jpy ", "%": " percent ", "(": " ", ")": " "}
_NAMES = {"us": "", "dollar": "usd", "euro": "eur", "pound": "gbp", "pct": "percent"}
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
}
_SCALE_AND_CURRENCY = re.compile(rf"^(k|m|mn|mio|bn)({_CURRENCIES})$|^({_CURRENCIES})(k|m|mn|mio|bn)$")


class TargetShortfall(NamedTuple):
    """Whose targets, what they make, what is needed, and by how many percent of it they fall short."""

    of: str
    target: float
    needed: float
    short: float


def unit_of(text: str) -> tuple[str, float]:
    """What is counted, and in what: `k USD` is ("usd", 1000), `%` is ("percent", 1), `users` ("user", 1)."""
    for sign, word in _SYMBOLS.items():
        text = text.replace(sign, word)
    words = [part for word in text.casefold().split() for part in _parts(word)]
    scaled = [word for word in words if word in _SCALES and (len(words) > 1 or (word, text.strip()) != ("m", "m"))]
    scale = 1.0
    for word in scaled:
        scale *= _SCALES[word]
    return " ".join(sorted(word for word in words if word not in scaled)), scale


def _parts(word: str) -> list[str]:
    if match := _SCALE_AND_CURRENCY.match(word):
        return [part for part in match.groups() if part]
    plain = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    return [name] if (name := _NAMES.get(plain, plain)) else []


def summed_key_results(portfolio: Portfolio) -> dict[str, list[KeyResult]]:
    """For each key result that has any: the key results with an accepted direct link to it, of any current cycle."""
    summed: dict[str, list[KeyResult]] = defaultdict(list)
    for key_result in (*portfolio.okrs.key_results.values(), *portfolio.overlapping_key_results.values()):
        for link in key_result.aligns_to:
            if link.kind is LinkKind.DIRECT and link.state is LinkState.ACCEPTED:
                summed[link.key_result].append(key_result)
    return summed


def target_shortfalls(
    portfolio: Portfolio, key_result: KeyResult, summed: Sequence[KeyResult]
) -> tuple[TargetShortfall, ...]:
    """How far the targets of the teams with a direct share are from those shares; empty where it cannot be compared.

    It can where each of these teams has a key result of the same cycle and unit among `summed`. Targets are read as
    totals or as increments, whichever fits better.
    """
    shares = {
        c.team: c.share for c in key_result.contributions if c.kind is LinkKind.DIRECT and c.share and c.share > 0
    }
    unit, scale = unit_of(key_result.unit)
    parts = [
        (part, unit_of(part.unit)[1] / scale)
        for part in summed
        if part.cycle == key_result.cycle and unit_of(part.unit)[0] == unit and "target" in part.stated
        if not shares.keys().isdisjoint(portfolio.teams_of(part.id))
    ]
    backed = {team for part, _ in parts for team in portfolio.teams_of(part.id)}
    comparable = key_result.aggregation is not Aggregation.NONE and direction_of(key_result) is not Direction.KEEP
    if not (shares and shares.keys() <= backed and comparable and "target" in key_result.stated):
        return ()
    share = min(sum(shares.values()), 100) / 100 if key_result.aggregation is Aggregation.SUM else 1
    readings = [
        _compare(
            key_result, parts, share, lambda key_result: key_result.target, is_decreasing=_is_decreasing(key_result)
        )
    ]
    if all("start" in result.stated for result in (key_result, *(part for part, _ in parts))):
        readings.append(
            _compare(
                key_result, parts, share, lambda key_result: key_result.target - key_result.start, is_decreasing=False
            )
        )
    return (min(readings, key=lambda gap: gap.short),)


def _is_decreasing(key_result: KeyResult) -> bool:
    return direction_of(key_result) in (Direction.DECREASE, Direction.AT_MOST) or key_result.target < key_result.start


def _compare(
    key_result: KeyResult,
    parts: Sequence[tuple[KeyResult, float]],
    share: float,
    read: Callable[[KeyResult], float],
    *,
    is_decreasing: bool,
) -> TargetShortfall:
    """The sum or the mean of what is read of the parts, in the unit of the whole."""
    total = sum(read(part) * scale for part, scale in parts)
    if key_result.aggregation is Aggregation.MEAN:
        total /= len(parts)
    needed = read(key_result) * share
    missing = total - needed if is_decreasing else needed - total
    if not is_decreasing and needed < 0:
        missing = -missing
    base = abs(needed) or abs(key_result.target - key_result.start) or 1
    return TargetShortfall(ALL_TEAMS, total, needed, round(100 * missing / base, 6))
