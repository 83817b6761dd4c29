"""How far a cursor may follow a tracker's clock while nothing changes there, without ever being told the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# So late a tracker may show what changed; beyond that the census finds it.
MAX_LAG = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Watermark:
    """When the pull of our moment `pulled` began, the tracker's clock stood at `at` or later."""

    tracker_time: datetime
    local_time: datetime

    def advance(self, started_at: datetime, last: datetime | None) -> "Watermark":
        """At a pull that began later: as much later as passed here, or at the last change that was seen there."""
        elapsed_time = self.tracker_time + max(started_at - self.local_time, timedelta())
        return Watermark(max(elapsed_time, last) if last else elapsed_time, started_at)

    @property
    def safe_point(self) -> datetime:
        """From here on, changes may still come to light."""
        return self.tracker_time - MAX_LAG
