"""The two sides of a dependency: their teams and key results, and whether those are joined already."""

from typing import NamedTuple

from hub.model.initiative import Ref
from hub.model.link import Dependency
from hub.model.okr import LinkState
from hub.model.portfolio import Portfolio
from rules.doubts import doubt


class Sides(NamedTuple):
    """Which team waits for which, and the key results that the tickets of each serve."""

    waiting: str
    providing: str
    served: tuple[str, ...]
    provided: tuple[str, ...]


def sides_of(portfolio: Portfolio, one: Dependency) -> Sides:
    """The sides of a dependency between tickets of two teams."""

    def served(ref: Ref) -> tuple[str, ...]:
        return tuple(sorted({link.key_result for link in portfolio.serves.get(ref, ())}))

    waiting, providing = portfolio.team_of[one.waiting], portfolio.team_of[one.providing]
    return Sides(waiting, providing, served(one.waiting), served(one.providing))


def joined(portfolio: Portfolio, sides: Sides) -> bool:
    """By a shared OKR of both, or by an accepted link to what the provider serves; to anything, if it names nothing."""
    teams = {sides.waiting, sides.providing}
    if any(teams <= set(portfolio.teams_of(key_result)) for key_result in sides.served):
        return True
    agreed = _agreed(portfolio, sides)
    return bool(agreed & set(sides.provided) if sides.provided else agreed)


def may_be_joined(portfolio: Portfolio, one: Dependency, sides: Sides) -> str | None:
    """Why something unread may join the sides; None when all that matters was read."""
    reason = doubt(portfolio, portfolio.initiatives[one.waiting])
    if reason is None and _agreed(portfolio, sides):
        return doubt(portfolio, portfolio.initiatives[one.providing])
    return reason


def _agreed(portfolio: Portfolio, sides: Sides) -> set[str]:
    """The provider's key results that support what the waiting side serves, accepted by both."""
    needs = (need for key_result in sides.served for need in portfolio.key_result(key_result).depends_on)
    agreed = (n.key_result for n in needs if n.team == sides.providing and n.state is LinkState.ACCEPTED)
    return {key_result for key_result in agreed if key_result is not None}
