"""Now and sleep, as values that can be handed in, so that tests hold time still."""

import time
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def stopwatch() -> float:
    """Seconds on a clock that only goes forward, for measuring."""
    return time.perf_counter()


def zone(name: str) -> tzinfo:
    """The time zone of that name; the machine's where there is none."""
    if name:
        return ZoneInfo(name)
    from tzlocal import get_localzone  # noqa: PLC0415  the service alone asks for it

    return get_localzone()
