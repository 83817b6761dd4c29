"""How far the current run has got, as its stages, reads and writes report it."""

import threading
from collections.abc import Mapping
from dataclasses import replace

from hub.model.service_state import RunProgress
from hub.pipeline.apply import WRITES


class ProgressTracker:
    """See `hub.pipeline.run_context.RunObserver`. Thread-safe; holds the progress of one run at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run: int | None = None
        self._progress = RunProgress()

    def reset(self) -> None:
        """Begin with another run."""
        with self._lock:
            self._run, self._progress = None, RunProgress()

    def on_start(self, run: int) -> None:
        """The run has the lease and a number."""
        with self._lock:
            self._run = run

    def count(self, what: str, number: int) -> None:
        """See `RunContext.progress`: so many more were written, or read, whatever they are called."""
        with self._lock:
            progress = self._progress
            if what == WRITES:
                self._progress = replace(progress, writes=progress.writes + number)
            else:
                self._progress = replace(progress, received=progress.received + number)

    def on_pulled(self, tickets: Mapping[str, int]) -> None:
        """See `RunObserver.on_pulled`."""
        with self._lock:
            self._progress = replace(self._progress, tickets=dict(tickets))

    def announce(self, what: str, number: int) -> None:
        """See `RunContext.announce`: so many more writes are about to be made."""
        with self._lock:
            if what == WRITES:
                self._progress = replace(self._progress, planned_writes=self._progress.planned_writes + number)

    def on_stage_end(self, stage: str, seconds: float) -> None:
        """See `RunObserver.on_stage_end`."""
        with self._lock:
            self._progress = replace(self._progress, seconds={**self._progress.seconds, stage: seconds})

    def state(self) -> tuple[int | None, RunProgress]:
        """The number of the run, once it has one, and its progress."""
        with self._lock:
            return self._run, self._progress
