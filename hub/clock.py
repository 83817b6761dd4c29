"""Now and sleep, as values that can be handed in, so that tests hold time still."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def shifted(seconds: int) -> Callable[[], datetime]:
    """A clock that runs so many seconds ahead of this machine's, or behind."""
    return lambda: now() + timedelta(seconds=seconds)


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
