"""When requests go out: paced for each host, within its limits and our concurrency, pipelined in threads."""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from connectors.base import ConnectorContext
from connectors.http.host_limiter import HostRateLimiter
from connectors.http.messages import CallKind, Fail, Limits, Request, Response, Retry
from connectors.http.rate_limit import RateLimit, buckets_of, min_interval, read_rate_limits, wait_seconds
from connectors.threads import with_context
from hub.model.errors import RetryLater, SourceError, StoreError
from hub.model.service_state import RateLimitBudget, RateLimitStatus

HOST_PAUSE, LIMIT_NEARLY_SPENT = "the host asked all clients to wait", "a limit of the host is nearly spent"
OWN_LIMIT = "the hub's own limit of writes is reached"
SAVE_INTERVAL_SECONDS = 10
# So long may pass before a process knows what another one learned.
SHARE_INTERVAL_SECONDS = 0.25


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
        self._shared_at: datetime | None = None
        self._sharing = Lock()
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
        if refusal := self._wait_out_pause(request, deadline, self._current_pause):
            return refusal
        wait = self._reserve(request)
        if wait > self._limits.max_wait_seconds:
            return Fail(RetryLater, OWN_LIMIT, wait)
        if wait > 0:
            self._context.sleep(wait)
        return self._wait_out_pause(request, deadline + timedelta(seconds=wait), self._begin) or wait

    def end_call(self, request: Request) -> None:
        """The call whose turn it was is over, whatever came of it."""
        self._limiter.end_call(self._account, request)

    def _wait_out_pause(
        self, request: Request, deadline: datetime, ask: Callable[[Request], tuple[float, str]]
    ) -> Fail | None:
        """Others may have been told to slow down: their pause is ours, unless it is too long to sit out."""
        while (pause := ask(request))[0] > 0:
            wait, reason = pause
            if wait > self._limits.max_wait_seconds or self._context.now() + timedelta(seconds=wait) > deadline:
                return Fail(RetryLater, reason, wait)
            self._context.sleep(wait)
        return None

    def _current_pause(self, request: Request) -> tuple[float, str]:
        self._share()
        now = self._context.now()
        paused = self._limiter.pause_seconds(now, buckets_of(request))
        saving = wait_seconds(self._limiter.rate_limits(self._account), request, now)
        return (paused, HOST_PAUSE) if paused >= saving else (saving, LIMIT_NEARLY_SPENT)

    def _begin(self, request: Request) -> tuple[float, str]:
        """The same; where nothing holds the call back, it counts as begun."""
        pause = self._current_pause(request)
        return pause if pause[0] > 0 else (self._begin_call(request), LIMIT_NEARLY_SPENT)

    def _begin_call(self, request: Request) -> float:
        return self._limiter.begin_call(self._account, request, self._context.now())

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
        self._share(at_once=True)
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
            self._share(at_once=True)

    def _share(self, *, at_once: bool = False) -> None:
        """Give other processes what this one learned, and take over what they did; where that cannot be done, each
        goes by what it knows. One thread at a time: the others go on meanwhile.
        """
        store, now = self._context.rate_limit_store, self._context.now()
        if store is None or not (at_once or self._is_share_due(now)) or not self._sharing.acquire(blocking=at_once):
            return
        try:
            self._shared_at = now
            with suppress(StoreError):
                self._limiter.learn(store.share_limits(self._identity.host, self._limiter.learned(now), now))
        finally:
            self._sharing.release()

    def _is_share_due(self, now: datetime) -> bool:
        return self._shared_at is None or now - self._shared_at >= timedelta(seconds=SHARE_INTERVAL_SECONDS)

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
