"""Now and sleep, as values that can be handed in, so that tests hold time still."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def stopwatch() -> float:
    """Seconds on a clock that only goes forward, for measuring."""
    return time.perf_counter()
