"""Metrics of key results: which measure the same, and what the teams' targets add up to."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from hub.model.okr import Aggregation, Alignment, Direction, KeyResult, LinkKind, LinkState
from hub.model.portfolio import Portfolio
from hub.model.progress import direction_of
from rules.shared.key_results import once_for_okrs

# A number with what hangs on it: 500,000 or 10M or 45min, but not the one in p99.
_NUMBER = re.compile(r"(?<!\w)\d[\d.,_']*(?:[a-zµ]{1,3}\b)?")
_WORD = re.compile(r"[^\W_]+")
# Words that say how far or in which direction, not what; one string, since it is only searched.
_STOP_WORDS = (
    " a an and are as at be by for from fewer grow has have in increase into is it least less lower lowered more of on "
    "our over per raise reach reduce than that the their to under up us we with within "
)

Words = tuple[str, ...]
Group = tuple[KeyResult, ...]


def split_metrics(portfolio: Portfolio) -> list[Group]:
    """Groups of public key results that state one metric: each of a single team, two teams at least, never joined."""
    return list(_groups(portfolio, stated_metric))


def similar_titles(portfolio: Portfolio) -> list[Group]:
    """The same by words alone: titles that differ in numbers and small words only. A question, never a finding."""
    return list(_groups(portfolio, lambda key_result: () if key_result.metric.strip() else _title_key(key_result)))


def metric_key(key_result: KeyResult) -> Words:
    """What tells the metric: its name; else the unit and the words of the title; empty where neither says it."""
    return stated_metric(key_result) or _title_key(key_result)


def stated_metric(key_result: KeyResult) -> Words:
    """The metric that the key result states, whatever its case and signs; empty without one."""
    return ("metric", *_WORD.findall(key_result.metric.casefold())) if key_result.metric.strip() else ()


def _title_key(key_result: KeyResult) -> Words:
    words = sorted({_singular(word) for word in _WORD.findall(_NUMBER.sub(" ", key_result.title.casefold()))})
    significant = [word for word in words if f" {word} " not in _STOP_WORDS]
    return ("title", key_result.unit.strip().casefold(), *significant) if significant else ()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _groups(portfolio: Portfolio, key_of: Callable[[KeyResult], Words]) -> Iterator[Group]:
    same: dict[Words, list[KeyResult]] = defaultdict(list)
    for key_result in (*portfolio.okrs.key_results.values(), *portfolio.overlapping_key_results.values()):
        if not key_result.private and len(portfolio.teams_of(key_result.id)) == 1 and (key := key_of(key_result)):
            same[key].append(key_result)
    groups = (_without_parts(group) for group in same.values() if len(group) > 1)
    yield from (group for group in groups if _is_split(portfolio, group))


def _without_parts(group: Sequence[KeyResult]) -> Group:
    """Without those that are summed into another of the group: they are a part of it."""
    ids = {key_result.id for key_result in group}

    def is_part(key_result: KeyResult) -> bool:
        return any(link.key_result in ids and link.kind is LinkKind.DIRECT for link in _accepted_links(key_result))

    return tuple(
        sorted((key_result for key_result in group if not is_part(key_result)), key=lambda key_result: key_result.id)
    )


def _accepted_links(key_result: KeyResult) -> list[Alignment]:
    return [
        link for link in key_result.aligns_to if link.state is LinkState.ACCEPTED and link.key_result != key_result.id
    ]


def _is_split(portfolio: Portfolio, group: Group) -> bool:
    """Two teams at least, something of the running cycle, and no key result with shares above them all."""
    teams = {team for key_result in group for team in portfolio.teams_of(key_result.id)}
    if len(teams) < 2 or not any(key_result.id in portfolio.okrs.key_results for key_result in group):
        return False
    uppers = set.intersection(*({link.key_result for link in _accepted_links(key_result)} for key_result in group))
    parents = (portfolio.linked(id_) for id_ in uppers)
    return not any(
        c.share is not None for key_result in parents if key_result is not None for c in key_result.contributions
    )


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


# What so many teams measure is everybody's, and tells nothing of any two of them.
MAX_TEAMS_PER_METRIC = 4


@once_for_okrs
def teams_on_same_metric(portfolio: Portfolio) -> dict[str, set[str]]:
    """For a key result: the teams that hold another one on the same metric."""
    same: dict[tuple[str, ...], list[KeyResult]] = defaultdict(list)
    for key_result in portfolio.okrs.key_results.values():
        if not key_result.private and (key := metric_key(key_result)):
            same[key].append(key_result)
    teams_by_key_result: dict[str, set[str]] = {}
    for group in same.values():
        teams = {team for key_result in group for team in portfolio.teams_of(key_result.id)}
        if 1 < len(teams) <= MAX_TEAMS_PER_METRIC:
            teams_by_key_result |= {key_result.id: teams for key_result in group}
    return teams_by_key_result
