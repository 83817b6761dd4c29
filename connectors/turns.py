"""When a call may go out: pauses that the host asked for, limits that are nearly spent, spacing, and counted writes."""

import hashlib
from datetime import datetime, timedelta

from connectors.base import World
from connectors.budget import Budget, budgets_of, hold, lanes_of, spacing
from connectors.pace import Pace
from connectors.wire import Again, Kind, Limits, Refuse, Request, Response
from hub.model.errors import TryLater

PAUSED, SAVING = "the host asked everybody to wait", "a limit of the host is nearly spent"
OWN_LIMIT = "the hub's own limit of writes is reached"


class Turns:
    """The turns of one account at one host."""

    def __init__(self, host: str, account: str, pace: Pace, world: World, limits: Limits) -> None:
        """`account` tells accounts apart, and is kept as a hash alone."""
        self._account = hashlib.sha256(f"{host}\n{account}".encode()).hexdigest()[:16]
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
            return Refuse(TryLater, OWN_LIMIT, wait)
        if wait > 0:
            self._world.sleep(wait)
        return self._wait_while_held(request, deadline + timedelta(seconds=wait)) or wait

    def _wait_while_held(self, request: Request, deadline: datetime) -> Refuse | None:
        """Others may have been told to slow down: their pause is ours, unless it is too long to sit out."""
        while (held := self._held(request))[0] > 0:
            wait, why = held
            if wait > self._limits.max_wait or self._world.now() + timedelta(seconds=wait) > deadline:
                return Refuse(TryLater, why, wait)
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
            self._account,
            now,
            per_minute=limits.writes_per_minute,
            per_hour=limits.writes_per_hour,
            longest=limits.max_wait,
        )

    def learn(self, request: Request, answer: Response) -> None:
        """What the answer says is left."""
        self._pace.learn(self._account, budgets_of(request, answer, self._world.now()))

    def heed(self, verdict: Again | Refuse) -> None:
        """Hold back whoever the answer asks to wait."""
        if verdict.host_wide or verdict.lane:
            self._pace.pause(self._world.now() + timedelta(seconds=verdict.wait), verdict.lane)
