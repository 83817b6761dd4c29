"""Which run is next: what is due, gathered or must wait; and how it is executed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from math import inf

from connectors.base import RequestRecord
from hub import clock
from hub.config.settings import Config
from hub.core.insight.run_summary import RunResult
from hub.core.schedule import Schedule, next_after, parse_schedule
from hub.model.service_state import PendingRefresh, RunRequest
from hub.pipeline.previous_run import RunCache
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync_if_changed
from hub.pipeline.unchanged_run import UnchangedRun
from hub.report.run_json import service_document
from hub.service.progress import ProgressTracker
from hub.state import open_store
from hub.wiring import clock_of, ignore_request, open_run_context


@dataclass(frozen=True, slots=True)
class SyncSchedule:
    """How often each connector is read, and how often everything is read anew."""

    schedules: Mapping[str, Schedule]
    full_sync: Schedule
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class SourceState:
    """When a connector was last read by a run that came to its end, and when all of it was last counted."""

    read: datetime | None = None
    reconciled_at: datetime | None = None


def due(schedule: SyncSchedule, last: Mapping[str, SourceState], since: datetime) -> dict[str, datetime]:
    """When each connector is read next; one that nobody ever read is due `since` the service began.

    However many times passed since the last reading, there is one next time: the first of them.
    """
    due_times = {}
    for name, source_schedule in schedule.schedules.items():
        read = last.get(name, SourceState()).read
        at = (
            next_after(source_schedule, read, schedule.zone)
            if read is not None
            else _first_due(source_schedule, since, schedule)
        )
        if at is not None:
            due_times[name] = at
    return due_times


def full_due(
    schedule: SyncSchedule, last: Mapping[str, SourceState], since: datetime, tried: datetime | None = None
) -> datetime | None:
    """When everything is read anew: after the oldest count, or a later try; a first reading is whole by itself."""
    reconciled = [
        source_state.reconciled_at
        for name in schedule.schedules
        if (source_state := last.get(name)) and source_state.reconciled_at
    ]
    oldest = min(reconciled, default=since)
    return next_after(schedule.full_sync, max(oldest, tried or oldest), schedule.zone)


def _first_due(source_schedule: Schedule, since: datetime, schedule: SyncSchedule) -> datetime | None:
    return since if next_after(source_schedule, since, schedule.zone) is not None else None


NEVER = inf
FIRST_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 5.0, 300.0


@dataclass(slots=True)
class SourceBackoff:
    """What this process tried and the state does not tell: sources whose refresh requests wait, and full tries."""

    tried: dict[str, datetime] = field(default_factory=dict)
    full_tried: datetime | None = None
    refreshes_answered: datetime | None = None
    """When the last run that answered webhooks ended."""
    failures: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def record_result(self, request: RunRequest, started: datetime, failed: frozenset[str], ended: datetime) -> None:
        """A round came to its end; the refresh requests of sources that were not read wait ever longer."""
        self.refreshes_answered = ended if request.up_to_event else self.refreshes_answered
        self.tried |= dict.fromkeys(request.connectors, started)
        self.full_tried = started if request.full else self.full_tried
        for name in request.connectors:
            times = self.failures.pop(name, (0, started))[0] + 1
            if name in failed:
                wait = min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(times - 1, 16))
                self.failures[name] = (times, started + timedelta(seconds=wait))

    def blocked(self, now: datetime) -> frozenset[str]:
        """Connectors whose refresh requests are not answered yet."""
        return frozenset(name for name, (_, until) in self.failures.items() if now < until)

    def time_to_retry(self, now: datetime) -> float:
        """Seconds until the first of them may be tried again."""
        return min((_seconds(until, now) for _, until in self.failures.values() if now < until), default=NEVER)

    def with_attempts(self, last: Mapping[str, SourceState]) -> dict[str, SourceState]:
        """What the state says, and what was tried here since: a source that cannot be read is not read all the time."""
        states = dict(last)
        for name, at in self.tried.items():
            source_state = states.get(name, SourceState())
            states[name] = replace(source_state, read=max(at, source_state.read or at))
        return states


@dataclass(frozen=True, slots=True)
class NextRun:
    """The round to be done now, if any; else how many seconds there is nothing to do."""

    request: RunRequest | None
    wait: float
    due: Mapping[str, datetime]
    full_due: datetime | None

    def with_all_connectors(self, schedule: SyncSchedule) -> "NextRun":
        """The same with every connector: somebody asked for a run now."""
        every_connector = frozenset(schedule.schedules)
        return replace(
            self, request=replace(self.request or RunRequest(every_connector), connectors=every_connector), wait=0.0
        )


def select_run(
    schedule: SyncSchedule,
    last: Mapping[str, SourceState],
    refreshes: Sequence[PendingRefresh],
    backoff: SourceBackoff,
    *,
    since: datetime,
    now: datetime,
    debounce: timedelta,
) -> NextRun:
    """What is due at `now`; a refresh request takes all connectors along, for what it changes may be in any of them."""
    known = backoff.with_attempts(last)
    times, full = due(schedule, known, since), full_due(schedule, known, since, backoff.full_tried)
    waiting = _answerable(schedule, refreshes, backoff, now)
    gathered = backoff.refreshes_answered and backoff.refreshes_answered + debounce
    # The first is answered at once; those that come while a run answers it, and shortly after, are gathered for one.
    ready = () if gathered is not None and now < gathered else waiting
    is_full = full is not None and full <= now
    connectors = frozenset(
        schedule.schedules if is_full or ready else (name for name, at in times.items() if at <= now)
    )
    if connectors:
        up_to_event = max((pending_refresh.id for pending_refresh in refreshes), default=0) if ready else 0
        return NextRun(RunRequest(connectors, is_full, _by_connector(ready), up_to_event), 0.0, times, full)
    waits = [_seconds(at, now) for at in (*times.values(), *([full] if full else []))]
    waits += [_seconds(gathered, now)] if waiting and gathered is not None else []
    return NextRun(None, max(0.0, min((*waits, backoff.time_to_retry(now)), default=NEVER)), times, full)


def _answerable(
    schedule: SyncSchedule, refreshes: Sequence[PendingRefresh], backoff: SourceBackoff, now: datetime
) -> tuple[PendingRefresh, ...]:
    """Those of connectors that are configured and did not fail just now."""
    blocked = backoff.blocked(now)
    return tuple(
        refresh for refresh in refreshes if refresh.connector in schedule.schedules and refresh.connector not in blocked
    )


def _by_connector(refreshes: Sequence[PendingRefresh]) -> dict[str, frozenset[str]]:
    """The tickets by connector; a request for the whole connector names none, for it is read in any case."""
    names = {pending_refresh.connector for pending_refresh in refreshes}
    return {
        name: frozenset(
            pending_refresh.ticket
            for pending_refresh in refreshes
            if pending_refresh.connector == name and pending_refresh.ticket
        )
        for name in names
    }


def _seconds(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds()


@dataclass(frozen=True, slots=True)
class RunExecutor:
    """See `hub.service.scheduler.Jobs`.

    `today` judges as of another day; `confirmed` carries out plans of any size; `on_request` is told of every request.
    `cache` is kept from run to run.
    """

    config: Config
    today: date | None = None
    confirmed: bool = False
    verbose: int = 1
    on_request: Callable[[RequestRecord], None] = ignore_request
    cache: RunCache = field(default_factory=RunCache)

    def source_states(self) -> Mapping[str, SourceState]:
        """See `Jobs.source_states`."""
        with closing(open_store(self.config)) as store:
            return {source.connector: SourceState(source.read, source.reconciled_at) for source in store.sources()}

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        """See `Jobs.requested_refreshes`."""
        with closing(open_store(self.config)) as store:
            return store.requested_refreshes()

    def run(self, request: RunRequest, *, stopping: Callable[[], bool], tracker: ProgressTracker) -> RunResult | None:
        """See `Jobs.run`. Reads the OKR files again."""
        mode = Mode.PUBLISH if self.config.publish.enabled else Mode.PLAN
        is_all = request.connectors >= self.config.connectors.keys()
        with open_run_context(
            self.config,
            mode=mode,
            only=() if is_all else sorted(request.connectors),
            confirmed=self.confirmed,
            full=request.full,
            progress=tracker.count,
            announce=tracker.announce,
            today=self.today,
            verbose=self.verbose,
            log_format=self.config.service.log_format,
            on_request=self.on_request,
        ) as opened:
            context = replace(
                opened,
                stopping=stopping,
                on_start=tracker.on_start,
                observer=tracker,
                refresh=request.refresh,
                cache=self.cache,
            )
            result = sync_if_changed(context, service_document)
            return None if isinstance(result, UnchangedRun) else result

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str]) -> None:
        """See `Jobs.complete_refreshes`."""
        with closing(open_store(self.config)) as store:
            store.complete_refreshes(up_to_event, except_connectors)

    def abandon(self, run: int) -> None:
        """See `Jobs.abandon`."""
        with closing(open_store(self.config)) as store:
            store.finish_run(run, clock_of(self.config)(), "cancelled", {})


def schedule_from(config: Config) -> SyncSchedule:
    """When each connector of the configuration is read."""
    service = config.service
    expressions = {name: service.schedules.get(name, service.schedule) for name in config.connectors}
    schedules = {name: parse_schedule(text) for name, text in expressions.items()}
    return SyncSchedule(schedules, parse_schedule(service.full_sync_schedule), clock.zone(service.timezone))
