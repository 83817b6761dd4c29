"""A world whose clock stands still until somebody sleeps."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from connectors.base import ConnectorContext

MORNING = datetime(2026, 11, 16, 9, tzinfo=UTC)


@dataclass
class FakeTime:
    """`sleep` moves the clock and remembers the wait; no time passes otherwise."""

    moment: datetime = MORNING
    waits: list[float] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.waits.append(seconds)
            self.moment += timedelta(seconds=seconds)


def a_world(
    time: FakeTime | None = None, *, workspace: str = "acme", since: date = date(2026, 10, 1)
) -> ConnectorContext:
    time = time or FakeTime()
    return ConnectorContext(now=time.now, sleep=time.sleep, workspace=workspace, cycle_start=since)
