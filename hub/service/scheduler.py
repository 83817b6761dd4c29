"""The scheduler: waits until a run is due or requested, and does one after another."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from hub.core.insight.run_summary import RunResult, counts
from hub.model.errors import HubError, LeaseHeld, RunCancelled, StoreError
from hub.model.service_state import (
    CurrentRun,
    FinishedRun,
    PendingRefresh,
    ReplicaState,
    RunRequest,
    SchedulerState,
)
from hub.report.text import public_error
from hub.service.progress import ProgressTracker
from hub.service.runs import NextRun, SourceBackoff, SourceState, SyncSchedule, select_run


class WakeSignals:
    """A set of keys that threads put into and one thread takes from; thread-safe, and as large as it has keys."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._keys: set[str] = set()

    def set(self, key: str) -> None:
        """Ask; whoever waits wakes up."""
        with self._change:
            self._keys.add(key)
            self._change.notify_all()

    def wait(self, seconds: float) -> bool:
        """Until something is asked for, and no longer than that many seconds; whether something is."""
        with self._change:
            return self._change.wait_for(lambda: bool(self._keys), seconds)

    def is_set(self, key: str) -> bool:
        """Whether this is asked for."""
        with self._change:
            return key in self._keys

    def drain(self) -> frozenset[str]:
        """Everything that was asked for, which is then not asked for any more."""
        with self._change:
            keys = frozenset(self._keys)
            self._keys.clear()
            return keys


REFRESH, NOW, STOP = "refresh", "now", "stop"
# The state is looked at so often even when nothing is due: another process may have put something there.
MAX_SLEEP_SECONDS = 30.0
FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS, MAX_STORE_RETRY_SECONDS = 1.0, 300.0, 30.0
# So often a run that another process holds up is tried again: it is killed, or ends, at any moment.
HELD_RETRY_SECONDS = 1.0
INTERNAL_ERROR = "an error of its own stopped the run, see the log: "


class Jobs(Protocol):
    """What the engine sets going. Every method may raise any error: none of them ends the engine."""

    def source_states(self) -> Mapping[str, SourceState]:
        """What is known of each connector's last reading."""
        ...

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        """The tickets that are to be looked at again."""
        ...

    def run(self, request: RunRequest, *, stopping: Callable[[], bool], tracker: ProgressTracker) -> RunResult | None:
        """Do one run, or None where nothing changed since the last; RunCancelled when `stopping` ended it early."""
        ...

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str]) -> None:
        """The refresh requests up to this number were answered, but for those of these connectors."""
        ...

    def abandon(self, run: int) -> None:
        """Give the lease of a run back that has no time left to end by itself."""
        ...


RunObserver = Callable[[FinishedRun, RunResult | None], None]


class RunScheduler(Protocol):
    """Has runs done, here or by workers; see `Scheduler`. Thread-safe."""

    def start(self) -> None:
        """Begin."""

    def wake(self) -> None:
        """Look now whether a webhook asked for something."""

    def run_now(self) -> None:
        """Read every connector now, whatever its schedule says."""

    def state(self) -> SchedulerState:
        """What is being done."""
        ...

    def stop(self) -> None:
        """End; returns at once."""

    def join(self, seconds: float) -> bool:
        """Wait for the end after `stop`; whether it came in time."""
        ...


class Scheduler:
    """Thread-safe from outside. `observe` hears of every round, `after_each_run` after whatever was done or not
    done."""

    def __init__(
        self,
        jobs: Jobs,
        schedule: SyncSchedule,
        *,
        now: Callable[[], datetime],
        debounce_seconds: float = 0.5,
        observers: Sequence[RunObserver] = (),
        after_each_run: Callable[[], None] = lambda: None,
        replica: Callable[[], ReplicaState] = ReplicaState,
    ) -> None:
        self._jobs, self._schedule, self._now, self._observers = jobs, schedule, now, tuple(observers)
        self._after_each_run, self._replica = after_each_run, replica
        self._debounce = timedelta(seconds=debounce_seconds)
        self._wake_signals = WakeSignals()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._backoff = SourceBackoff()
        self._tracker = ProgressTracker()
        self._state = SchedulerState(now())
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to work, in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """Look now whether a refresh is requested."""
        self._wake_signals.set(REFRESH)

    def run_now(self) -> None:
        """Read every connector now, whatever its schedule says."""
        self._wake_signals.set(NOW)

    def state(self) -> SchedulerState:
        """What the engine is doing."""
        with self._lock:
            state = replace(self._state, replica=self._replica())
        current, requested = state.current, self._wake_signals.is_set(NOW)
        if current is None:
            return replace(state, requested=requested)
        run, progress = self._tracker.state()
        return replace(state, requested=requested, current=replace(current, run=run, progress=progress))

    def stop(self) -> None:
        """Begin nothing any more, and end the run between two tickets; returns at once."""
        self._stopping.set()
        self._update_state(stopping=True)
        self._wake_signals.set(STOP)

    def join(self, seconds: float) -> bool:
        """Wait for the end after `stop`; a run that does not end in time is abandoned, and False says so."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        current = self.state().current
        if not self._thread.is_alive():
            return True
        if current is not None and current.run is not None:
            self._jobs.abandon(current.run)
        return False

    def run_once(self) -> float:
        """Do one thing that is due; returns for how many seconds there is nothing to do."""
        now = self._now()
        run_requested = NOW in self._wake_signals.drain()
        if not self._replica().is_leader:
            self._become_idle()
            return MAX_SLEEP_SECONDS
        retry = self._state.retry_at
        if retry is not None and now < retry and not run_requested:
            return min(MAX_SLEEP_SECONDS, (retry - now).total_seconds())
        try:
            next_run = self._select_run(now, run_requested=run_requested)
            if next_run.request is not None:
                self._execute(next_run.request)
            self._after_each_run()
        except Exception as error:  # noqa: BLE001  whatever goes wrong, the next time comes
            self._record_failure(error, now)
            return 0.0
        return min(MAX_SLEEP_SECONDS, next_run.wait)

    def _become_idle(self) -> None:
        """Nothing is due here, and what stood in the way here is another process's to find out."""
        idle: dict[str, datetime] = {}
        self._update_state(due=idle, full_due=None, pending_refreshes=0, error="", is_held=False)
        self._update_state(failing_since=None, failures=0, retry_at=None)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake_signals.wait(self.run_once())

    def _select_run(self, now: datetime, *, run_requested: bool) -> NextRun:
        refreshes = self._jobs.requested_refreshes()
        times = {"since": self._state.since, "now": now}
        next_run = select_run(
            self._schedule, self._jobs.source_states(), refreshes, self._backoff, debounce=self._debounce, **times
        )
        if run_requested:
            next_run = next_run.with_all_connectors(self._schedule)
        self._update_state(due=next_run.due, full_due=next_run.full_due, pending_refreshes=len(refreshes))
        return next_run

    def _execute(self, request: RunRequest) -> None:
        started = self._now()
        self._tracker.reset()
        self._update_state(current=CurrentRun(request, started))
        try:
            outcome = self._jobs.run(request, stopping=self._stopping.is_set, tracker=self._tracker)
            failed = frozenset(gap.connector for gap in (outcome.failures if outcome else ()) if gap.key is None)
            self._backoff.record_result(request, started, failed, self._now())
            if request.up_to_event:
                self._jobs.complete_refreshes(request.up_to_event, failed | self._backoff.blocked(started))
            checked_at = {**self._state.checked_at, **dict.fromkeys(request.connectors - failed, started)}
            self._update_state(
                error="", is_held=False, failing_since=None, failures=0, retry_at=None, checked_at=checked_at
            )
            self._report_finished(request, started, result_of(outcome), outcome, failed=failed)
        except RunCancelled:
            self._report_finished(request, started, "cancelled")
        except Exception as error:
            self._report_finished(request, started, "error", error=public_error_text(error))
            raise
        finally:
            self._update_state(current=None, due={})

    def _report_finished(
        self, request: RunRequest, started: datetime, result: str, outcome: RunResult | None = None, **details: Any
    ) -> None:
        run, _progress = self._tracker.state()
        if outcome is not None:
            details |= {"counts": counts(outcome), "refusal": outcome.unsafe or ""}
        finished = FinishedRun(request, started, self._now(), result, run, **details)
        self._update_state(last=finished)
        for observer in self._observers:
            observer(finished, outcome)

    def _record_failure(self, error: Exception, now: datetime) -> None:
        state, is_held = self._state, isinstance(error, LeaseHeld)
        failures = state.failures + 1
        wait = HELD_RETRY_SECONDS if is_held else retry_wait(failures, error)
        if not (is_held and state.is_held):
            extra = {} if isinstance(error, HubError) else {"exc_info": error}
            log = structlog.get_logger().info if is_held else structlog.get_logger().error
            log("no run", error=error_text(error), again_in=wait, **extra)
        since = state.failing_since or now
        self._update_state(
            error=public_error_text(error),
            is_held=is_held,
            failing_since=since,
            failures=failures,
            retry_at=now + timedelta(seconds=wait),
        )

    def _update_state(self, **parts: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **parts)


def retry_wait(failures: int, error: Exception) -> float:
    """Seconds after so many failures in a row: twice as long each time, and less where the state can't be reached."""
    limit = MAX_STORE_RETRY_SECONDS if isinstance(error, StoreError) else MAX_RETRY_SECONDS
    return min(limit, FIRST_RETRY_SECONDS * 2.0 ** min(failures - 1, 16))


def result_of(outcome: RunResult | None) -> str:
    """In a word: see `FinishedRun.result`."""
    if outcome is None:
        return "unchanged"
    return "refused" if outcome.unsafe is not None else "partial" if outcome.failures else "done"


def public_error_text(error: Exception) -> str:
    """For whoever asks: a fault in an OKR file may name what is private."""
    return public_error(error) if isinstance(error, HubError) else error_text(error)


def error_text(error: Exception) -> str:
    """For the log. Our own errors hold no secret; of others only the kind is told."""
    return str(error) if isinstance(error, HubError) else f"{INTERNAL_ERROR}{type(error).__name__}"
