"""When each connector is read next: worked out from what was read last, so that a missed time is made good once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from hub.core.rhythm import Schedule, next_after


@dataclass(frozen=True, slots=True)
class Plan:
    """How often each connector is read, and how often everything is read anew."""

    rhythms: Mapping[str, Schedule]
    full: Schedule
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Last:
    """When a connector was last read by a run that came to its end, and when all of it was last counted."""

    read: datetime | None = None
    counted: datetime | None = None


def due(plan: Plan, last: Mapping[str, Last], since: datetime) -> dict[str, datetime]:
    """When each connector is read next; one that nobody ever read is due `since` the service began.

    However many times passed since the last reading, there is one next time: the first of them.
    """
    found = {}
    for name, how in plan.rhythms.items():
        read = last.get(name, Last()).read
        at = next_after(how, read, plan.zone) if read is not None else _at_first(how, since, plan)
        if at is not None:
            found[name] = at
    return found


def full_due(plan: Plan, last: Mapping[str, Last], since: datetime, tried: datetime | None = None) -> datetime | None:
    """When everything is read anew: after the oldest count, or a later try; a first reading is whole by itself."""
    counts = [one.counted for name in plan.rhythms if (one := last.get(name)) and one.counted]
    oldest = min(counts, default=since)
    return next_after(plan.full, max(oldest, tried or oldest), plan.zone)


def _at_first(how: Schedule, since: datetime, plan: Plan) -> datetime | None:
    return since if next_after(how, since, plan.zone) is not None else None
