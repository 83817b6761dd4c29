"""What the engine is doing, as a value that pages, probes and metrics may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# A run that is so late is not about to begin: something holds it up.
LATE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run to be done: which connectors are read, whether all is read anew, and the tickets to read again.

    `up_to_event` is the number of the last refresh request that it answers.
    """

    connectors: frozenset[str]
    full: bool = False
    refresh: Mapping[str, frozenset[str]] = field(default_factory=dict)
    up_to_event: int = 0

    @property
    def reason(self) -> str:
        """What it is done for, in a word."""
        return "full" if self.full else "webhook" if self.refresh else "schedule"


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """A run that is being done; its number is known when it has the lease."""

    request: RunRequest
    started: datetime
    run: int | None = None


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """How a run ended: `result` is done, unchanged, partial, refused, cancelled or error.

    `failed` are the sources that were not read.
    """

    request: RunRequest
    started: datetime
    finished: datetime
    result: str
    run: int | None = None
    failed: frozenset[str] = frozenset()
    error: str = ""


@dataclass(frozen=True, slots=True)
class SchedulerState:
    """`due` and `full_due` say when the next runs begin; `error` is what stands in the way now, told since `faulty`.

    After an error nothing is tried before `retry_at`. `knocks` is how many tickets wait to be looked at.
    `looked` says when each source was last looked at without a fault, though nothing had changed there.
    """

    since: datetime
    current: CurrentRun | None = None
    last: FinishedRun | None = None
    due: Mapping[str, datetime] = field(default_factory=dict)
    full_due: datetime | None = None
    pending_refreshes: int = 0
    error: str = ""
    failing_since: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None
    stopping: bool = False
    checked_at: Mapping[str, datetime] = field(default_factory=dict)

    def last_checked(self, connector: str, read: datetime) -> datetime:
        """When the source was last looked at, of which the state says that it was `read` then."""
        return max(read, self.checked_at.get(connector, read))

    def problems(self, now: datetime) -> tuple[str, ...]:
        """Why the service is not ready, in words; nothing where it is."""
        problems = ["the service is stopping"] if self.stopping else []
        problems += [self.error] if self.error else []
        if self.current is None and not self.error:
            late = [name for name, at in self.due.items() if (now - at).total_seconds() > LATE_SECONDS]
            problems += [f"{name} should have been read at {self.due[name].isoformat()}" for name in sorted(late)]
        return tuple(problems)
