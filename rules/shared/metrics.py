"""Which key results measure the same thing: by the metric that they state, or by their words alone."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from hub.model.okr import Alignment, KeyResult, LinkKind, LinkState
from hub.model.portfolio import Portfolio

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
