"""The beat of one host, shared by every gate that talks to it: pauses that it asked for, what is left, spacing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from threading import Lock

from connectors.budget import RateLimit
from hub.model.pacing import HOUR, RateLimitStatus, next_slot


class HostRateLimiter:
    """When the next call may go out; tells the wait and leaves the waiting to the caller."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paused_until: dict[str, datetime] = {}
        self._next_free: dict[str, datetime] = {}
        self._writes: dict[str, list[float]] = {}
        self._rate_limits: dict[tuple[str, str], RateLimit] = {}

    def pause(self, until: datetime, bucket: str = "") -> None:
        """Hold a lane back until then, or everybody; a shorter pause never cuts a longer one."""
        with self._lock:
            self._paused_until[bucket] = max(until, self._paused_until.get(bucket, until))

    def pause_seconds(self, now: datetime, buckets: Iterable[str] = ()) -> float:
        """Seconds left of the pauses that concern these lanes."""
        with self._lock:
            ends = [self._paused_until[bucket] for bucket in ("", *buckets) if bucket in self._paused_until]
            return max(0.0, *((end - now).total_seconds() for end in ends)) if ends else 0.0

    def reserve_slot(self, bucket: str, spacing: float, now: datetime) -> float:
        """Take the next free place in a lane whose calls are `spacing` seconds apart; tells how long until then."""
        if spacing <= 0:
            return 0.0
        with self._lock:
            slot = max(now, self._next_free.get(bucket, now))
            self._next_free[bucket] = slot + timedelta(seconds=spacing)
            return (slot - now).total_seconds()

    def reserve(self, lane: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        """See `connectors.base.RateLimitStore`: the writes of this process alone."""
        timestamp = now.timestamp()
        with self._lock:
            slots = [at for at in self._writes.get(lane, ()) if at > timestamp - HOUR]
            slot = next_slot(slots, timestamp, per_minute=per_minute, per_hour=per_hour)
            if slot - timestamp <= longest:
                slots.append(slot)
            self._writes[lane] = slots
            return slot - timestamp

    def save_status(self, status: RateLimitStatus) -> None:
        """See `connectors.base.RateLimitStore`: nobody outside of this process asks."""

    def update(self, account: str, rate_limits: Iterable[RateLimit]) -> None:
        """Remember what is left for an account."""
        with self._lock:
            for rate_limit in rate_limits:
                at = (account, rate_limit.kind)
                self._rate_limits[at] = rate_limit.newer_of(self._rate_limits.get(at))

    def rate_limits(self, account: str) -> tuple[RateLimit, ...]:
        """What is left for an account, as far as the host has told."""
        with self._lock:
            return tuple(rate_limit for (owner, _), rate_limit in self._rate_limits.items() if owner == account)


@cache
def limiter_for(_host: str) -> HostRateLimiter:
    """The one pace of a host in this process."""
    return HostRateLimiter()
