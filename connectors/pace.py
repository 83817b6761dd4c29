"""The beat of one host, shared by every gate that talks to it: pauses that it asked for, what is left, spacing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from threading import Lock

from connectors.budget import Budget
from hub.model.pacing import HOUR, RateLimitStatus, next_slot


class Pace:
    """When the next call may go out; tells the wait and leaves the waiting to the caller."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paused_until: dict[str, datetime] = {}
        self._next_free: dict[str, datetime] = {}
        self._writes: dict[str, list[float]] = {}
        self._budgets: dict[tuple[str, str], Budget] = {}

    def pause(self, until: datetime, lane: str = "") -> None:
        """Hold a lane back until then, or everybody; a shorter pause never cuts a longer one."""
        with self._lock:
            self._paused_until[lane] = max(until, self._paused_until.get(lane, until))

    def held(self, now: datetime, lanes: Iterable[str] = ()) -> float:
        """Seconds left of the pauses that concern these lanes."""
        with self._lock:
            ends = [self._paused_until[lane] for lane in ("", *lanes) if lane in self._paused_until]
            return max(0.0, *((end - now).total_seconds() for end in ends)) if ends else 0.0

    def space(self, lane: str, spacing: float, now: datetime) -> float:
        """Take the next free place in a lane whose calls are `spacing` seconds apart; tells how long until then."""
        if spacing <= 0:
            return 0.0
        with self._lock:
            place = max(now, self._next_free.get(lane, now))
            self._next_free[lane] = place + timedelta(seconds=spacing)
            return (place - now).total_seconds()

    def reserve(self, lane: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        """See `connectors.base.Throttle`: the writes of this process alone."""
        moment = now.timestamp()
        with self._lock:
            taken = [at for at in self._writes.get(lane, ()) if at > moment - HOUR]
            place = next_slot(taken, moment, per_minute=per_minute, per_hour=per_hour)
            if place - moment <= longest:
                taken.append(place)
            self._writes[lane] = taken
            return place - moment

    def note(self, spending: RateLimitStatus) -> None:
        """See `connectors.base.Throttle`: nobody outside of this process asks."""

    def learn(self, account: str, told: Iterable[Budget]) -> None:
        """Remember what is left for an account."""
        with self._lock:
            for budget in told:
                at = (account, budget.kind)
                self._budgets[at] = budget.after(self._budgets.get(at))

    def budgets(self, account: str) -> tuple[Budget, ...]:
        """What is left for an account, as far as the host has told."""
        with self._lock:
            return tuple(budget for (whose, _), budget in self._budgets.items() if whose == account)


@cache
def pace_of(_host: str) -> Pace:
    """The one pace of a host in this process."""
    return Pace()
