"""What several rules ask of one portfolio is worked out once."""

from collections.abc import Callable
from typing import TypeVar

from hub.model.portfolio import Portfolio

T = TypeVar("T")


def once(find: Callable[[Portfolio], T]) -> Callable[[Portfolio], T]:
    """The function, whose result is kept with the portfolio that it was worked out for."""

    def kept(portfolio: Portfolio) -> T:
        if find not in portfolio.cache:
            portfolio.cache[find] = find(portfolio)
        found: T = portfolio.cache[find]
        return found

    kept.__doc__ = find.__doc__
    return kept
