"""How often something is done: at even intervals, by a cron expression in a time zone, or never."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from cronsim import CronSim, CronSimError

EXPECTED = 'expected "every 15m" (s, m, h or d), five cron fields such as "0 3 * * *", or "never"'
NEVER = "never"
MAX_INTERVAL = timedelta(days=31)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INTERVAL = re.compile(r"every (\d{1,9}) ?([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """At even intervals, counted from one moment for all, so that equal ones fall together."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Cron:
    """At the times of an expression, as Debian's cron reads it."""

    expression: str


@dataclass(frozen=True, slots=True)
class Disabled:
    """Not by itself."""


Schedule = Interval | Cron | Disabled


def parse_schedule(text: str) -> Schedule:
    """Read a rhythm as people write it; ValueError says what was expected."""
    words = " ".join(text.lower().split())
    if words == NEVER:
        return Disabled()
    if match := _INTERVAL.fullmatch(words):
        span = timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
        if not timedelta(0) < span <= MAX_INTERVAL:
            raise ValueError(f"expected an interval of 1s to {MAX_INTERVAL.days}d")
        return Interval(span)
    if len(words.split()) != _FIELDS:
        raise ValueError(EXPECTED)
    cron = Cron(" ".join(text.split()))
    try:
        next(CronSim(cron.expression, EPOCH))
    except CronSimError as error:
        raise ValueError(f"{str(error).lower()} in the cron expression: {EXPECTED}") from None
    except StopIteration:
        raise ValueError("the cron expression names a day that never comes") from None
    return cron


def next_after(schedule: Schedule, after: datetime, zone: tzinfo) -> datetime | None:
    """The first time after the moment, in UTC; None where there is none.

    A time that the clocks skip in spring comes right after the gap; one that they repeat in autumn comes once.
    """
    if isinstance(schedule, Disabled):
        return None
    if isinstance(schedule, Interval):
        return EPOCH + ((after - EPOCH) // schedule.span + 1) * schedule.span
    # Within the hour that is repeated, the next time by the wall's clock may lie before the moment.
    times = (time.astimezone(UTC) for time in CronSim(schedule.expression, after.astimezone(zone)))
    return next((time for time in times if time > after), None)
