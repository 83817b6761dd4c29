"""The state of the service: runs, what requests one, what it is doing, and what is left of rate limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STAGES = ("pull", "observe", "map", "check", "plan", "publish")
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
class RunProgress:
    """How far a run has got: the seconds of each stage that ended, and counts of the stage that goes on.

    `received` is how many tickets and rows have arrived of all sources, `tickets` how many each source has once all
    are read. `writes` of `planned_writes` are done or refused.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    received: int = 0
    tickets: Mapping[str, int] = field(default_factory=dict)
    writes: int = 0
    planned_writes: int = 0

    @property
    def stage(self) -> str:
        """The stage that goes on; empty after the last one."""
        return next((stage for stage in STAGES if stage not in self.seconds), "")


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """A run that is being done; its number is known when it has the lease."""

    request: RunRequest
    started: datetime
    run: int | None = None
    progress: RunProgress = field(default_factory=RunProgress)


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """How a run ended: `result` is done, unchanged, partial, refused, cancelled or error.

    `failed` are the sources that were not read. `counts` are those of `hub sync --format json`, empty where a run did
    not get so far; `refusal` is why a plan was refused as a whole.
    """

    request: RunRequest
    started: datetime
    finished: datetime
    result: str
    run: int | None = None
    failed: frozenset[str] = frozenset()
    error: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """Whether this process does the runs; `leader` is who does them, and `fault` why the state cannot be asked."""

    is_leader: bool = True
    leader: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SchedulerState:
    """`due` and `full_due` say when the next runs begin; `error` is what stands in the way now, told since
    `failing_since`.

    After an error nothing is tried before `retry_at`. `pending_refreshes` is how many tickets wait to be looked at.
    `checked_at` says when each source was last looked at without a fault, though nothing had changed there. `requested`
    says that somebody asked for a run that has not begun yet, `is_held` that another process has the lease of a run.
    `replica` says whether this process does runs at all.
    """

    since: datetime
    current: CurrentRun | None = None
    last: FinishedRun | None = None
    due: Mapping[str, datetime] = field(default_factory=dict)
    full_due: datetime | None = None
    pending_refreshes: int = 0
    error: str = ""
    is_held: bool = False
    failing_since: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None
    stopping: bool = False
    requested: bool = False
    checked_at: Mapping[str, datetime] = field(default_factory=dict)
    replica: ReplicaState = field(default_factory=ReplicaState)

    def last_checked(self, connector: str, read: datetime) -> datetime:
        """When the source was last looked at, of which the state says that it was `read` then."""
        return max(read, self.checked_at.get(connector, read))

    def problems(self, now: datetime) -> tuple[str, ...]:
        """Why the service is not ready, in words; nothing where it is. A run that another process does is no reason."""
        problems = ["the service is stopping"] if self.stopping else []
        problems += [self.replica.fault] if self.replica.fault else []
        problems += [self.error] if self.error and not self.is_held else []
        if self.current is None and not self.error:
            late = [name for name, at in self.due.items() if (now - at).total_seconds() > LATE_SECONDS]
            problems += [f"{name} should have been read at {self.due[name].isoformat()}" for name in sorted(late)]
        return tuple(problems)


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it is remembered.

    `report` is what `hub sync --format json` printed; it is kept of the last runs only, and empty where it was not
    asked for. `summary` is what the run came to (`hub.core.insight.run_summary`), empty where a run did not get so far.
    `fingerprint` stands for all inputs of a run that left nothing to do (`hub.pipeline.unchanged_run`), else empty.
    """

    id: int
    started: datetime
    finished: datetime | None
    status: str
    report: Mapping[str, Any]
    summary: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """A delivery as it is stored: by its id and its body's hash; `tickets` are what is to be read again."""

    connector: str
    delivery_id: str
    digest: str
    tickets: tuple[str, ...]
    received: datetime


@dataclass(frozen=True, slots=True)
class PendingRefresh:
    """A request to read a ticket again; several for one ticket become one, which then has the latest `id`.

    `ticket` is the tracker's immutable id, or empty for the whole connector. `received` is when the first of them came.
    """

    id: int
    connector: str
    ticket: str
    received: datetime


@dataclass(frozen=True, slots=True)
class DigestBaseline:
    """What the last summary rested on: open findings by fingerprint, linked and active tickets, measured key results.

    `to_do` and `behind` are hashes of its lists, so that none is repeated unchanged. `introduced` tells whether the
    team ever got a summary.
    """

    findings: frozenset[str] = frozenset()
    linked: int | None = None
    active: int | None = None
    measured: Mapping[str, float] = field(default_factory=dict)
    to_do: str = ""
    behind: str = ""
    introduced: bool = False


MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class RateLimitBudget:
    """What a host last said is left of one of its limits, and when all of it is there again."""

    kind: str
    limit: int
    remaining: int
    resets_at: datetime

    def remaining_at(self, now: datetime) -> int:
        """What is left as of now, as far as anybody knows."""
        return self.remaining if self.resets_at > now else self.limit


@dataclass(frozen=True, slots=True)
class RateLimitStatus:
    """What one connector may still spend at its host, as it was last told.

    `bucket` stands for the account that writes, "" while it is not known. `minute` and `hour` count the writes of that
    account, whoever made them; a limit of 0 is none.
    """

    connector: str
    host: str
    reported_at: datetime
    budgets: tuple[RateLimitBudget, ...] = ()
    bucket: str = ""
    per_minute: float = 0.0
    per_hour: int = 0
    minute: int = 0
    hour: int = 0


def next_slot(slots: Sequence[float], now: float, *, per_minute: float, per_hour: int) -> float:
    """The earliest moment, in seconds, at which one more keeps both limits; 0 means no limit.

    `slots` are the places of the last hour and those to come, the earliest first.
    """
    slot = now
    if slots and per_minute:
        slot = max(slot, slots[-1] + MINUTE / per_minute)
    if per_hour and len(slots) >= per_hour:
        slot = max(slot, slots[-per_hour] + HOUR)
    return slot
