"""When a fault is too young to be more than a note: nobody could have mended it yet."""

from datetime import date, datetime

from hub.model.calendar import working_days_between
from hub.model.okr import Phase
from hub.model.portfolio import Portfolio

GRACE_DAYS = 5
"""Working days, the first one included, in which a cycle, ticket, key result or shared OKR is new."""


def in_grace(portfolio: Portfolio, *since: date | datetime | None, days: float = GRACE_DAYS) -> bool:
    """Whether the OKRs are not agreed yet, or the cycle or any of the things that began on `since` is new."""
    if portfolio.cycle.phase in (Phase.DRAFT, Phase.ALIGN):
        return True
    begun = [portfolio.cycle.start, *(_day(one) for one in since if one is not None)]
    return any(working_days_between(day, portfolio.today) < days for day in begun)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
