"""When requests go out: paced for each host, within its limits and our concurrency, pipelined in threads."""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from typing import TypeVar

from connectors.base import ConnectorContext
from connectors.http.messages import CallKind, Fail, Limits, Request, Response, Retry
from connectors.http.rate_limit import RateLimit, buckets_of, min_interval, read_rate_limits, wait_seconds
from connectors.threads import with_context
from hub.model.errors import RetryLater, SourceError, StoreError
from hub.model.service_state import HOUR, RateLimitBudget, RateLimitStatus, next_slot


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


K = TypeVar("K")
T = TypeVar("T")
A = TypeVar("A")
KeyedRequest = tuple[K, Request]
# The gate lets no more through at once; some wait at its door, so that none of its places stays empty.
MAX_CONCURRENT = 32


class _End:
    """What comes after the last item."""


def send_pipelined(
    send: Callable[[Request], A],
    first: Iterable[KeyedRequest[K]],
    reply: Callable[[K, A | SourceError], Iterable[KeyedRequest[K]]],
) -> None:
    """Ask the first and whatever the replies ask in turn; each answer is replied to here as soon as it has come."""
    pool, answer = ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="pipelined"), with_context(_send_or_error)
    try:
        pending = {pool.submit(answer, send, request): key for key, request in first}
        while pending:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                for key, request in reply(pending.pop(future), future.result()):
                    pending[pool.submit(answer, send, request)] = key
    finally:
        pool.shutdown(cancel_futures=True)


def prefetch(items: Iterator[T]) -> Generator[T, None, None]:
    """The same, with the next one being fetched while one is in use."""
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as pool:
        upcoming: Future[object] = pool.submit(next, items, _End)
        while (item := upcoming.result()) is not _End:
            upcoming = pool.submit(next, items, _End)
            yield item  # type: ignore[misc]


def _send_or_error(send: Callable[[Request], A], request: Request) -> A | SourceError:
    try:
        return send(request)
    except SourceError as error:
        return error
