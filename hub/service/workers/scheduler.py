"""In place of a scheduler where workers do the runs: queues what the web process asks for, and tells the state."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from hub.config.settings import Config
from hub.model.errors import HubError
from hub.model.service_state import CurrentRun, FinishedRun, RunRequest, SchedulerState
from hub.service.runs import RunExecutor, schedule_from, select_run
from hub.service.scheduler import RunObserver, error_text, public_error_text
from hub.service.workers.processes import WorkerProcesses
from hub.service.workers.steps import backoff_of
from hub.state import open_store
from hub.store.jobs.engine import Engine, EngineState
from hub.store.jobs.queue import SCHEDULE, JobQueue

POLL_SECONDS = 1.0
NO_WORKER = "no worker has reported for 30 seconds: start one with hub worker"
# Workers that are started with the service need some seconds before they are heard of.
START_SECONDS = 30.0


class QueuedScheduler:
    """Has the methods of `hub.service.scheduler.Scheduler`; thread-safe. The workers decide what is due."""

    def __init__(
        self,
        config: Config,
        processes: WorkerProcesses,
        *,
        now: Callable[[], datetime],
        observer: RunObserver,
        refresh: Callable[[], None],
    ) -> None:
        self._config, self._processes, self._now = config, processes, now
        self._observe, self._refresh = observer, refresh
        self._lock = threading.Lock()
        self._stopping, self._wake_up = threading.Event(), threading.Event()
        self._pending: set[bool] = set()
        self._logged_error = ""
        self._state = SchedulerState(now())
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def start(self) -> None:
        """Start the workers, and begin to look, in a thread of its own."""
        self._processes.start()
        self._thread.start()

    def wake(self) -> None:
        """Have a worker look now for what webhooks asked for."""
        self._ask(requested=False)

    def run_now(self) -> None:
        """Have every connector read now, whatever its schedule says."""
        self._update(requested=True)
        self._ask(requested=True)

    def state(self) -> SchedulerState:
        """What the workers are doing, as of a second ago."""
        with self._lock:
            return self._state

    def stop(self) -> None:
        """Look no more, and have the workers end; returns at once."""
        self._processes.stop()
        self._stopping.set()
        self._update(stopping=True)
        self._wake_up.set()

    def join(self, seconds: float) -> bool:
        """Wait for the end after `stop`."""
        in_time = self._processes.join(seconds)
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return in_time and not self._thread.is_alive()

    def _ask(self, *, requested: bool) -> None:
        with self._lock:
            self._pending.add(requested)
        self._wake_up.set()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake_up.clear()
            try:
                with JobQueue(self._config.database_url or "") as jobs:
                    self._queue(jobs)
                    self._look(jobs)
                self._refresh()
                self._logged_error = ""
            except Exception as error:  # noqa: BLE001  whatever goes wrong, the next look comes
                self._record_failure(error)
            self._wake_up.wait(POLL_SECONDS)

    def _record_failure(self, error: Exception) -> None:
        """Log it once, and not every second for as long as it is the same."""
        self._update(error=public_error_text(error), failing_since=self.state().failing_since or self._now())
        before, self._logged_error = self._logged_error, error_text(error)
        if before != self._logged_error:
            extra = {} if isinstance(error, HubError) else {"exc_info": error}
            structlog.get_logger().error("the jobs can't be seen", error=self._logged_error, **extra)

    def _queue(self, jobs: JobQueue) -> None:
        with self._lock:
            pending, self._pending = self._pending, set()
        left = set(pending)
        try:
            for requested in pending:
                jobs.queue(SCHEDULE, key="now" if requested else "webhook", requested=requested)
                left.discard(requested)
        finally:
            with self._lock:
                self._pending |= left

    def _look(self, jobs: JobQueue) -> None:
        engine, executor = Engine(jobs).state(), RunExecutor(self._config)
        refreshes, known = executor.requested_refreshes(), self.state()
        next_run = select_run(
            schedule_from(self._config),
            executor.source_states(),
            refreshes,
            backoff_of(engine),
            since=known.since,
            now=self._now(),
            debounce=timedelta(0),
        )
        last, current = _finished(engine.last_round), self._current(engine)
        is_new = last is not None and (known.last is None or last.finished > known.last.finished)
        self._update(
            current=current,
            last=last,
            due=next_run.due,
            full_due=next_run.full_due,
            pending_refreshes=len(refreshes),
            requested=known.requested and not (current or is_new),
            checked_at=dict(engine.tried),
            **self._failure(engine),
        )
        if is_new and last is not None:
            self._observe(last, None)

    def _failure(self, engine: EngineState) -> dict[str, Any]:
        is_late = (self._now() - self.state().since).total_seconds() > START_SECONDS
        names = ("is_held", "failing_since", "failures", "retry_at")
        error = NO_WORKER if is_late and not engine.has_workers else engine.error
        return {name: getattr(engine, name) for name in names} | {"error": error}

    def _current(self, engine: EngineState) -> CurrentRun | None:
        """What is being read or evaluated; its number once it is a run."""
        busy = engine.evaluating or engine.requested
        if not busy:
            return None
        run = self._current_run() if engine.evaluating else None
        return CurrentRun(RunRequest(frozenset(busy)), min(busy.values()), run)

    def _current_run(self) -> int | None:
        with closing(open_store(self._config)) as store:
            return next((run.id for run in store.history(1) if run.finished is None), None)

    def _update(self, **parts: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **parts)


def _finished(document: Any) -> FinishedRun | None:
    if not document:
        return None
    return FinishedRun(
        RunRequest(frozenset(document["connectors"]), document["full"]),
        datetime.fromisoformat(document["started"]),
        datetime.fromisoformat(document["finished"]),
        document["result"],
        document["run"],
        frozenset(document["failed"]),
        "",
        document["counts"],
        document["refusal"],
    )
