"""Which run is done next, if any: what is due, whose knocks have settled, and who must wait after a failure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import inf

from hub.model.knock import PendingRefresh
from hub.model.service_state import RunRequest
from hub.service.schedule import SourceState, SyncSchedule, due, full_due

NEVER = inf
FIRST_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS = 5.0, 300.0


@dataclass(slots=True)
class SourceBackoff:
    """What this process tried and the state does not tell: sources whose knocks wait, and tries without a count."""

    tried: dict[str, datetime] = field(default_factory=dict)
    full_tried: datetime | None = None
    _failures: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def record_result(self, request: RunRequest, started: datetime, failed: frozenset[str]) -> None:
        """A round came to its end; sources that were not read make their knocks wait ever longer."""
        self.tried |= dict.fromkeys(request.connectors, started)
        self.full_tried = started if request.full else self.full_tried
        for name in request.connectors:
            times = self._failures.pop(name, (0, started))[0] + 1
            if name in failed:
                wait = min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(times - 1, 16))
                self._failures[name] = (times, started + timedelta(seconds=wait))

    def blocked(self, now: datetime) -> frozenset[str]:
        """Connectors whose knocks are not answered yet."""
        return frozenset(name for name, (_, until) in self._failures.items() if now < until)

    def time_to_retry(self, now: datetime) -> float:
        """Seconds until the first of them may be tried again."""
        return min((_seconds(until, now) for _, until in self._failures.values() if now < until), default=NEVER)

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
    ready = _debounced(schedule, refreshes, backoff, now, debounce)
    is_full = full is not None and full <= now
    connectors = frozenset(
        schedule.schedules if is_full or ready else (name for name, at in times.items() if at <= now)
    )
    if connectors:
        up_to_event = max((pending_refresh.id for pending_refresh in refreshes), default=0) if ready else 0
        return NextRun(RunRequest(connectors, is_full, _by_connector(ready), up_to_event), 0.0, times, full)
    waits = [_seconds(at, now) for at in (*times.values(), *([full] if full else []))]
    waits += [
        _seconds(pending_refresh.received + debounce, now)
        for pending_refresh in refreshes
        if pending_refresh.received + debounce > now
    ]
    return NextRun(None, max(0.0, min((*waits, backoff.time_to_retry(now)), default=NEVER)), times, full)


def _debounced(
    schedule: SyncSchedule,
    refreshes: Sequence[PendingRefresh],
    backoff: SourceBackoff,
    now: datetime,
    debounce: timedelta,
) -> tuple[PendingRefresh, ...]:
    """The knocks to answer: none until the first of them has waited for its burst to end."""
    blocked = backoff.blocked(now)
    ready = tuple(
        pending_refresh
        for pending_refresh in refreshes
        if pending_refresh.connector in schedule.schedules and pending_refresh.connector not in blocked
    )
    return ready if any(pending_refresh.received + debounce <= now for pending_refresh in ready) else ()


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
