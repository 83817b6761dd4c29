"""When a call may go out: pauses that the host asked for, limits that are nearly spent, spacing, and counted writes."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import ConnectorContext
from connectors.budget import RateLimit, buckets_of, min_interval, read_rate_limits, wait_seconds
from connectors.pace import HostRateLimiter
from connectors.wire import CallKind, Fail, Limits, Request, Response, Retry
from hub.model.errors import RetryLater, StoreError
from hub.model.pacing import RateLimitBudget, RateLimitStatus

HOST_PAUSE, LIMIT_NEARLY_SPENT = "the host asked all clients to wait", "a limit of the host is nearly spent"
OWN_LIMIT = "the hub's own limit of writes is reached"
SAVE_INTERVAL_SECONDS = 10


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """Who calls which host: `account` tells credentials apart, `writer` names who writes with them.

    Either is kept as a hash alone; the writer is asked for before the first write.
    """

    connector: str
    host: str
    account: str = field(repr=False)
    writer: Callable[[], str] | None = None


class Throttle:
    """The turns of one account at one host."""

    def __init__(
        self, identity: ClientIdentity, limiter: HostRateLimiter, context: ConnectorContext, limits: Limits
    ) -> None:
        """Nothing is asked yet."""
        self._identity = identity
        self._account = self._hash(identity.account)
        self._bucket = "" if identity.writer else self._account
        self._saved_at: datetime | None = None
        self._limiter = limiter
        self._context = context
        self._limits = limits

    @property
    def rate_limits(self) -> tuple[RateLimit, ...]:
        """What the host last said is left for the account, of limits that still run."""
        now = self._context.now()
        return tuple(
            rate_limit for rate_limit in self._limiter.rate_limits(self._account) if rate_limit.resets_at > now
        )

    def acquire(self, request: Request, deadline: datetime) -> float | Fail:
        """Wait for the call's turn: the seconds that our own pace took of it, or why it is put off."""
        if refusal := self._wait_out_pause(request, deadline):
            return refusal
        wait = self._reserve(request)
        if wait > self._limits.max_wait_seconds:
            return Fail(RetryLater, OWN_LIMIT, wait)
        if wait > 0:
            self._context.sleep(wait)
        return self._wait_out_pause(request, deadline + timedelta(seconds=wait)) or wait

    def _wait_out_pause(self, request: Request, deadline: datetime) -> Fail | None:
        """Others may have been told to slow down: their pause is ours, unless it is too long to sit out."""
        while (pause := self._current_pause(request))[0] > 0:
            wait, reason = pause
            if wait > self._limits.max_wait_seconds or self._context.now() + timedelta(seconds=wait) > deadline:
                return Fail(RetryLater, reason, wait)
            self._context.sleep(wait)
        return None

    def _current_pause(self, request: Request) -> tuple[float, str]:
        now = self._context.now()
        paused = self._limiter.pause_seconds(now, buckets_of(request))
        saving = wait_seconds(self._limiter.rate_limits(self._account), request, now)
        return (paused, HOST_PAUSE) if paused >= saving else (saving, LIMIT_NEARLY_SPENT)

    def _reserve(self, request: Request) -> float:
        """Take a place behind the calls of the same kind; a write that would wait over the cap takes none."""
        limits, now = self._limits, self._context.now()
        if request.kind is not CallKind.WRITE:
            interval = 1 / limits.reads_per_second if limits.reads_per_second else 0.0
            return self._limiter.reserve_slot(
                "read", max(interval, min_interval(self._limiter.rate_limits(self._account), request, now)), now
            )
        throttle = self._context.rate_limit_store or self._limiter
        return throttle.reserve(
            self._write_bucket(),
            now,
            per_minute=limits.writes_per_minute,
            per_hour=limits.writes_per_hour,
            longest=limits.max_wait_seconds,
        )

    def update(self, request: Request, answer: Response) -> None:
        """What the answer says is left."""
        now = self._context.now()
        self._limiter.update(self._account, read_rate_limits(request, answer, now))
        if self._saved_at is None or now - self._saved_at > timedelta(seconds=SAVE_INTERVAL_SECONDS):
            self.save_status()

    def save_status(self) -> None:
        """Tell those who share the state what is left; a run does not fail because it cannot tell."""
        if self._context.rate_limit_store is None:
            return
        self._saved_at = now = self._context.now()
        budgets = tuple(
            RateLimitBudget(b.kind, b.limit, b.remaining, b.resets_at) for b in self._limiter.rate_limits(self._account)
        )
        per_minute, per_hour = self._limits.writes_per_minute, self._limits.writes_per_hour
        with suppress(StoreError):
            self._context.rate_limit_store.save_status(
                RateLimitStatus(
                    self._identity.connector, self._identity.host, now, budgets, self._bucket, per_minute, per_hour
                )
            )

    def back_off(self, decision: Retry | Fail) -> None:
        """Hold back whoever the answer asks to wait."""
        if decision.host_wide or decision.bucket:
            self._limiter.pause(self._context.now() + timedelta(seconds=decision.wait), decision.bucket)

    def _write_bucket(self) -> str:
        """One lane for an account, whichever of its tokens is used: limits of writing are the account's."""
        if not self._bucket and self._identity.writer:
            self._bucket = self._hash(f"account {self._identity.writer()}")
        return self._bucket

    def _hash(self, name: str) -> str:
        return hashlib.sha256(f"{self._identity.host}\n{name}".encode()).hexdigest()[:16]
