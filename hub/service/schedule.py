"""When each connector is read next: worked out from what was read last, so that a missed time is made good once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from hub.core.rhythm import Schedule, next_after


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
