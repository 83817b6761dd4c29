"""When a fault is too young to be more than a note: nobody could have mended it yet."""

from datetime import date, datetime
from functools import lru_cache

from hub.model.calendar import working_days_between
from hub.model.okr import Phase
from hub.model.portfolio import Portfolio

GRACE_DAYS = 5
"""Working days, the first one included, in which a cycle, ticket, key result or shared OKR is new."""


def in_grace(portfolio: Portfolio, *since: date | datetime | None, days: float = GRACE_DAYS) -> bool:
    """Whether the OKRs are not agreed yet, or the cycle or any of the things that began on `since` is new."""
    if portfolio.cycle.phase in (Phase.DRAFT, Phase.ALIGN):
        return True
    today = portfolio.today
    start_days = (_day(item) for item in since if item is not None)
    return _is_new(portfolio.cycle.start, today, days) or any(_is_new(day, today, days) for day in start_days)


# Tickets are many, and the days on which they were created are few.
@lru_cache(maxsize=4096)
def _is_new(day: date, today: date, days: float) -> bool:
    return working_days_between(day, today) < days


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
