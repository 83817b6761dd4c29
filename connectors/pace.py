"""The beat of one host, shared by every gate that talks to it: pauses that it asked for, spacing between calls."""

from datetime import datetime, timedelta
from functools import cache
from threading import Lock


class Pace:
    """When the next call may go out; tells the wait and leaves the waiting to the caller."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paused_until: datetime | None = None
        self._next_free: dict[str, datetime] = {}

    def pause(self, until: datetime) -> None:
        """Hold everybody back until then; a shorter pause never cuts a longer one."""
        with self._lock:
            self._paused_until = max(until, self._paused_until or until)

    def held(self, now: datetime) -> float:
        """Seconds left of the pause."""
        with self._lock:
            return max(0.0, (self._paused_until - now).total_seconds()) if self._paused_until else 0.0

    def reserve(self, lane: str, spacing: float, now: datetime) -> float:
        """Take the next free place in a lane whose calls are `spacing` seconds apart; tells how long until then."""
        if spacing <= 0:
            return 0.0
        with self._lock:
            place = max(now, self._next_free.get(lane, now))
            self._next_free[lane] = place + timedelta(seconds=spacing)
            return (place - now).total_seconds()


@cache
def pace_of(_host: str) -> Pace:
    """The one pace of a host in this process."""
    return Pace()
