"""What this process knows of a host's limits: pauses, what is left, and the places of its calls."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from threading import Lock

from connectors.http.messages import Request
from connectors.http.rate_limit import RateLimit, buckets_of, wait_seconds
from hub.model.host_limits import HostLimit, HostLimits, HostPause
from hub.model.service_state import HOUR, RateLimitStatus, next_slot

# What is over sooner is not worth telling other processes.
SHARED_SECONDS = 2.0


class HostRateLimiter:
    """When the next call may go out; tells the wait and leaves the waiting to the caller."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paused_until: dict[str, datetime] = {}
        self._next_free: dict[str, datetime] = {}
        self._writes: dict[str, list[float]] = {}
        self._rate_limits: dict[tuple[str, str], RateLimit] = {}
        self._in_flight: Counter[tuple[str, str]] = Counter()

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

    def share_limits(self, _host: str, _learned: HostLimits, _now: datetime) -> HostLimits:
        """See `connectors.base.RateLimitStore`: nobody outside of this process learns anything."""
        return HostLimits()

    def update(self, account: str, rate_limits: Iterable[RateLimit]) -> None:
        """Remember what is left for an account."""
        with self._lock:
            for rate_limit in rate_limits:
                at = (account, rate_limit.kind)
                self._rate_limits[at] = rate_limit.newer_of(self._rate_limits.get(at))

    def rate_limits(self, account: str) -> tuple[RateLimit, ...]:
        """What is left for an account, as far as the host has told."""
        with self._lock:
            return self._of(account)

    def begin_call(self, account: str, request: Request, now: datetime) -> float:
        """Let the call go out; or, where that would spend what is to be kept back, tell how many seconds to wait.

        Calls that have no answer yet count as spent, for the host has not told what they left.
        """
        with self._lock:
            left = [
                replace(rate_limit, remaining=rate_limit.remaining - self._in_flight[account, rate_limit.scope])
                for rate_limit in self._of(account)
            ]
            wait = wait_seconds(left, request, now)
            if wait <= 0:
                self._in_flight.update(_scopes(account, request))
            return wait

    def end_call(self, account: str, request: Request) -> None:
        """The call was answered, or never will be."""
        with self._lock:
            self._in_flight.subtract(_scopes(account, request))

    def learned(self, now: datetime) -> HostLimits:
        """What is worth telling other processes."""
        least = now + timedelta(seconds=SHARED_SECONDS)
        with self._lock:
            return HostLimits(
                tuple(HostPause(bucket, until) for bucket, until in self._paused_until.items() if until > now),
                tuple(
                    HostLimit(account, known.kind, known.scope, known.limit, known.remaining, known.resets_at)
                    for (account, _), known in self._rate_limits.items()
                    if known.resets_at > least
                ),
            )

    def learn(self, reported: HostLimits) -> None:
        """Take over what other processes learned."""
        for pause in reported.pauses:
            self.pause(pause.until, pause.bucket)
        for limit in reported.limits:
            self.update(
                limit.account, [RateLimit(limit.kind, limit.limit, limit.remaining, limit.resets_at, limit.scope)]
            )

    def _of(self, account: str) -> tuple[RateLimit, ...]:
        return tuple(rate_limit for (owner, _), rate_limit in self._rate_limits.items() if owner == account)


def _scopes(account: str, request: Request) -> list[tuple[str, str]]:
    return [(account, scope) for scope in ("", *buckets_of(request))]


@cache
def limiter_for(_host: str) -> HostRateLimiter:
    """The one pace of a host in this process."""
    return HostRateLimiter()
