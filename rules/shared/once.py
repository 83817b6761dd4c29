"""What several rules ask of one portfolio is worked out once."""

from collections.abc import Callable
from typing import TypeVar

from hub.model.portfolio import Portfolio

T = TypeVar("T")


def once(compute: Callable[[Portfolio], T]) -> Callable[[Portfolio], T]:
    """The function, whose result is kept with the portfolio that it was worked out for."""

    def cached(portfolio: Portfolio) -> T:
        if compute not in portfolio.cache:
            portfolio.cache[compute] = compute(portfolio)
        result: T = portfolio.cache[compute]
        return result

    cached.__doc__ = compute.__doc__
    return cached
