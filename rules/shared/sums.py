"""What the teams' targets make up of an organization key result, beside what is needed of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hub.model.okr import Aggregation, KeyResult, LinkKind, LinkState
from hub.model.portfolio import Portfolio

EVERYBODY = "all together"


class Gap(NamedTuple):
    """Whose targets, what they make, what is needed, and by how many percent of it they fall short."""

    of: str
    target: float
    needed: float
    short: float


def summed_into(portfolio: Portfolio) -> dict[str, list[KeyResult]]:
    """For each key result that has any: the key results whose metric is summed into it, as both sides agreed."""
    found: dict[str, list[KeyResult]] = defaultdict(list)
    for one in portfolio.okrs.key_results.values():
        for link in one.aligns_to:
            if link.kind is LinkKind.DIRECT and link.state is LinkState.ACCEPTED:
                found[link.key_result].append(one)
    return found


def gaps(portfolio: Portfolio, one: KeyResult, summed: Sequence[KeyResult]) -> tuple[Gap, ...]:
    """How far the key results summed into this one are from it: in all, and team by team with a share."""
    parts = [part for part in summed if part.unit == one.unit]
    if one.aggregation is Aggregation.NONE or not parts:
        return ()
    found = {
        (gap.target, gap.needed): gap for gap in (*_in_all(portfolio, one, parts), *_by_share(portfolio, one, parts))
    }
    return tuple(found.values())


def _in_all(portfolio: Portfolio, one: KeyResult, parts: Sequence[KeyResult]) -> Iterator[Gap]:
    """Only where every team with a share has a part: else the rest is not known."""
    counted = {team for part in parts for team in portfolio.teams_of(part.id)}
    if all(c.team in counted for c in one.contributions if c.share is not None):
        total = sum(part.target for part in parts)
        made = total / len(parts) if one.aggregation is Aggregation.MEAN else total
        yield _gap(EVERYBODY, made, one.target, one)


def _by_share(portfolio: Portfolio, one: KeyResult, parts: Sequence[KeyResult]) -> Iterator[Gap]:
    """Only in a sum that is to grow: a share of a mean, or of a number that is to fall, is no part of its target."""
    if one.aggregation is not Aggregation.SUM or one.target < one.start:
        return
    for contribution in one.contributions:
        own = [part for part in parts if contribution.team in portfolio.teams_of(part.id)]
        alone = all(portfolio.teams_of(part.id) == (contribution.team,) for part in own)
        if contribution.share is not None and own and alone:
            needed = one.target * contribution.share / 100
            yield _gap(contribution.team, sum(part.target for part in own), needed, one)


def _gap(of: str, made: float, needed: float, one: KeyResult) -> Gap:
    missing = needed - made if one.target >= one.start else made - needed
    return Gap(of, made, needed, round(100 * missing / (abs(needed) or abs(one.target - one.start)), 6))
