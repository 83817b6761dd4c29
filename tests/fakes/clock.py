"""A clock that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass
class FakeClock:
    """`now`, `today` and `stopwatch` agree with each other; nothing moves them but `wait`."""

    moment: datetime = datetime(2026, 11, 16, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()

    def stopwatch(self) -> float:
        return self.moment.timestamp()

    def wait(self, *, seconds: float = 0, days: float = 0) -> None:
        self.moment += timedelta(seconds=seconds, days=days)
