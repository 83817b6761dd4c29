"""When a call may go out: pauses that the host asked for, limits that are nearly spent, spacing, and counted writes."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import World
from connectors.budget import Budget, budgets_of, hold, lanes_of, spacing
from connectors.pace import Pace
from connectors.wire import Again, Kind, Limits, Refuse, Request, Response
from hub.model.errors import RetryLater, StoreError
from hub.model.pacing import RateLimitBudget, RateLimitStatus

PAUSED, SAVING = "the host asked everybody to wait", "a limit of the host is nearly spent"
OWN_LIMIT = "the hub's own limit of writes is reached"
NOTE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls which host: `account` tells credentials apart, `writer` names who writes with them.

    Either is kept as a hash alone; the writer is asked for before the first write.
    """

    connector: str
    host: str
    account: str = field(repr=False)
    writer: Callable[[], str] | None = None


class Turns:
    """The turns of one account at one host."""

    def __init__(self, caller: Caller, pace: Pace, world: World, limits: Limits) -> None:
        """Nothing is asked yet."""
        self._caller = caller
        self._account = self._hashed(caller.account)
        self._lane = "" if caller.writer else self._account
        self._noted: datetime | None = None
        self._pace = pace
        self._world = world
        self._limits = limits

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """What the host last said is left for the account, of limits that still run."""
        now = self._world.now()
        return tuple(one for one in self._pace.budgets(self._account) if one.resets_at > now)

    def take(self, request: Request, deadline: datetime) -> float | Refuse:
        """Wait for the call's turn: the seconds that our own pace took of it, or why it is put off."""
        if refusal := self._wait_while_held(request, deadline):
            return refusal
        wait = self._reserve(request)
        if wait > self._limits.max_wait:
            return Refuse(RetryLater, OWN_LIMIT, wait)
        if wait > 0:
            self._world.sleep(wait)
        return self._wait_while_held(request, deadline + timedelta(seconds=wait)) or wait

    def _wait_while_held(self, request: Request, deadline: datetime) -> Refuse | None:
        """Others may have been told to slow down: their pause is ours, unless it is too long to sit out."""
        while (held := self._held(request))[0] > 0:
            wait, why = held
            if wait > self._limits.max_wait or self._world.now() + timedelta(seconds=wait) > deadline:
                return Refuse(RetryLater, why, wait)
            self._world.sleep(wait)
        return None

    def _held(self, request: Request) -> tuple[float, str]:
        now = self._world.now()
        paused = self._pace.held(now, lanes_of(request))
        saved = hold(self._pace.budgets(self._account), request, now)
        return (paused, PAUSED) if paused >= saved else (saved, SAVING)

    def _reserve(self, request: Request) -> float:
        """Take a place behind the calls of the same kind; a write that would wait over the cap takes none."""
        limits, now = self._limits, self._world.now()
        if request.kind is not Kind.WRITE:
            own = 1 / limits.reads_per_second if limits.reads_per_second else 0.0
            return self._pace.space("read", max(own, spacing(self._pace.budgets(self._account), request, now)), now)
        throttle = self._world.throttle or self._pace
        return throttle.reserve(
            self._writing_lane(),
            now,
            per_minute=limits.writes_per_minute,
            per_hour=limits.writes_per_hour,
            longest=limits.max_wait,
        )

    def learn(self, request: Request, answer: Response) -> None:
        """What the answer says is left."""
        now = self._world.now()
        self._pace.learn(self._account, budgets_of(request, answer, now))
        if self._noted is None or now - self._noted > timedelta(seconds=NOTE_SECONDS):
            self.note()

    def note(self) -> None:
        """Tell those who share the state what is left; a run does not fail because it cannot tell."""
        if self._world.throttle is None:
            return
        self._noted = now = self._world.now()
        told = tuple(
            RateLimitBudget(b.kind, b.limit, b.remaining, b.resets_at) for b in self._pace.budgets(self._account)
        )
        per_minute, per_hour = self._limits.writes_per_minute, self._limits.writes_per_hour
        with suppress(StoreError):
            self._world.throttle.note(
                RateLimitStatus(self._caller.connector, self._caller.host, now, told, self._lane, per_minute, per_hour)
            )

    def heed(self, verdict: Again | Refuse) -> None:
        """Hold back whoever the answer asks to wait."""
        if verdict.host_wide or verdict.lane:
            self._pace.pause(self._world.now() + timedelta(seconds=verdict.wait), verdict.lane)

    def _writing_lane(self) -> str:
        """One lane for an account, whichever of its tokens is used: limits of writing are the account's."""
        if not self._lane and self._caller.writer:
            self._lane = self._hashed(f"account {self._caller.writer()}")
        return self._lane

    def _hashed(self, whom: str) -> str:
        return hashlib.sha256(f"{self._caller.host}\n{whom}".encode()).hexdigest()[:16]
