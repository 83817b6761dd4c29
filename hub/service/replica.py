"""One of several services on the same state: keeps the lease by which it does the runs, or stands by for it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from hub.model.errors import HubError
from hub.model.service_state import ReplicaState
from hub.store.shared import ServiceLease

# So long it takes a stand-by to notice that the leader is gone, that a run ended, or that a webhook came elsewhere.
TICK_SECONDS = 0.5
# So often a stand-by looks whether the OKR files, or the day, have changed.
RELOAD_TICKS = 60
LEASE_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ReplicaEvents:
    """What a replica sets going, each quick: `look` looks for something to do, `reload` shows what another one did."""

    look: Callable[[], None]
    reload: Callable[[], None]


class Replica:
    """Thread-safe from outside. `state` says which role the process has now."""

    def __init__(
        self, lease: ServiceLease, owner: str, now: Callable[[], datetime], events: ReplicaEvents | None = None
    ) -> None:
        """Nothing is asked before the first tick: until then the process stands by."""
        self._lease, self._owner, self._now = lease, owner, now
        self._events = events or ReplicaEvents(lambda: None, lambda: None)
        self._state = ReplicaState(is_leader=False)
        self._latest = (0, 0)
        self._ticks = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="replica", daemon=True)

    def state(self) -> ReplicaState:
        """Who does the runs, as far as this process knows."""
        return self._state

    def start(self, events: ReplicaEvents) -> None:
        """Take the lease if it is to be had, and go on in a thread."""
        self._events = events
        self.tick()
        self._thread.start()

    def stop(self) -> None:
        """Leave the lease to the others; to be called when the last run has ended."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        try:
            self._lease.release(self._owner)
        except HubError as error:
            _log().warning("the lease runs out by itself", reason=str(error))

    def tick(self) -> None:
        """Take or keep the lease, and tell what is new since the last time."""
        before = self._state
        try:
            leader = self._lease.acquire(self._owner, self._now(), lease_seconds=LEASE_SECONDS)
            latest = self._lease.latest()
        except Exception as error:  # noqa: BLE001  a thread that ended would leave a leader without its lease
            is_expected = isinstance(error, HubError)
            fault = str(error) if is_expected else f"internal error: {type(error).__name__}"
            self._state = ReplicaState(is_leader=False, fault=fault)
            if not before.fault:
                _log().error("the state does not answer", error=fault, exc_info=None if is_expected else error)
            return
        self._state = ReplicaState(is_leader=leader == self._owner, leader=leader)
        if (self._state.is_leader, self._state.leader) != (before.is_leader, before.leader):
            _log().info("does the runs" if self._state.is_leader else "stands by", leader=leader)
        try:
            self._notify(before, latest)
        except Exception as error:  # noqa: BLE001  the lease is kept, whatever comes of what it sets going
            _log().error("nothing came of what is new", error=type(error).__name__, exc_info=error)

    def _notify(self, before: ReplicaState, latest: tuple[int, int]) -> None:
        ended, refreshed = self._latest
        self._latest, self._ticks = latest, self._ticks + 1
        if self._state.is_leader and (not before.is_leader or latest[1] > refreshed):
            self._events.look()
        is_due = self._ticks % RELOAD_TICKS == 0
        if not self._state.is_leader and (before.is_leader or latest[0] != ended or is_due):
            self._events.reload()

    def _loop(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            self.tick()


def _log() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
