"""How far a cursor may follow a tracker's clock while nothing changes there, without ever being told the time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# So late a tracker may show what changed; beyond that the census finds it.
BEHIND = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stood:
    """When the pull of our moment `pulled` began, the tracker's clock stood at `at` or later."""

    at: datetime
    pulled: datetime

    def later(self, began: datetime, last: datetime | None) -> "Stood":
        """At a pull that began later: as much later as passed here, or at the last change that was seen there."""
        passed = self.at + max(began - self.pulled, timedelta())
        return Stood(max(passed, last) if last else passed, began)

    @property
    def behind(self) -> datetime:
        """From here on, changes may still come to light."""
        return self.at - BEHIND
