"""When the providing side will be done, by when it is needed, and how much of the cycle that leaves."""

import math
from datetime import date, timedelta
from typing import NamedTuple

from hub.model.initiative import Initiative, StatusCategory
from hub.model.link import Dependency
from hub.model.okr import Cycle, KeyResult
from hub.model.portfolio import Portfolio


class Late(NamedTuple):
    """Work that comes too late: expected when, needed by when, days left of the cycle and days wanted, and why."""

    expected: date
    needed: date | None
    days_left: int
    days_wanted: int
    why: str


def lateness(portfolio: Portfolio, one: Dependency, share_left: float) -> Late | None:
    """Why the provider's work comes too late; None when it does not, or when nothing tells."""
    provider = portfolio.initiatives[one.providing]
    needed = _needed(portfolio, one)
    served = [portfolio.key_result(link.key_result) for link in portfolio.serves.get(one.waiting, ())]
    wanted = max((_wanted(portfolio.cycle, k, share_left) for k in served if not k.met), default=0)
    usual = _usual_end(portfolio, provider)
    expected, why = _stated(provider, portfolio.today) or (usual, "usual")
    if expected is not None and not _is_late(portfolio, expected, needed, wanted) and usual is not None:
        expected, why = max(expected, usual), "usual"
    if expected is None or not _is_late(portfolio, expected, needed, wanted):
        return None
    return Late(expected, needed, (portfolio.cycle.end - expected).days, wanted, why)


def doubt_of_dates(portfolio: Portfolio, one: Dependency) -> str | None:
    """Why the provider may be expected on another day than is known; None when all that matters was read."""
    provider = portfolio.initiatives[one.providing]
    if "fields" in provider.unread:
        return f"dates of {one.providing} could not be read"
    if provider.status is StatusCategory.TO_DO and (portfolio.gaps or portfolio.unread_keys):
        return "how long such work takes is known in part only"
    return None


def _stated(provider: Initiative, today: date) -> tuple[date, str] | None:
    """The ticket's last day; today where that has passed."""
    if provider.due is None:
        return None
    return (provider.due, "dated") if provider.due >= today else (today, "overdue")


def _is_late(portfolio: Portfolio, expected: date, needed: date | None, wanted: int) -> bool:
    left = (portfolio.cycle.end - expected).days
    return left < 0 or left < wanted or (needed is not None and expected > needed)


def _needed(portfolio: Portfolio, one: Dependency) -> date | None:
    """The waiting ticket's own end, or what a need between the key results of both says, whichever is first."""
    provided = {link.key_result for link in portfolio.serves.get(one.providing, ())}
    days = [portfolio.initiatives[one.waiting].due]
    for link in portfolio.serves.get(one.waiting, ()):
        needs = portfolio.key_result(link.key_result).depends_on
        days += [need.needed_by for need in needs if need.key_result in provided]
    return min((day for day in days if day is not None), default=None)


def _wanted(cycle: Cycle, key_result: KeyResult, share_left: float) -> int:
    """How many days a key result takes to move: its own lag, else a share of the cycle."""
    if key_result.lag_days is not None:
        return key_result.lag_days
    return math.ceil(((cycle.end - cycle.start).days + 1) * share_left / 100)


def _usual_end(portfolio: Portfolio, provider: Initiative) -> date | None:
    """When work that has not started would end if it took as long as its team's work of that kind does."""
    if provider.status is not StatusCategory.TO_DO:
        return None
    usual = portfolio.usual_days.get((portfolio.team_of[provider.ref], provider.kind.casefold()))
    if usual is None:
        return None
    return max(portfolio.today, provider.start or portfolio.today) + timedelta(days=math.ceil(usual))
