"""What all processes with the same state share while they run: limits of hosts, and which service does the runs.

Every method is a transaction of its own, and all raise StoreError.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.model.host_limits import HostLimits
from hub.model.service_state import RateLimitStatus


class RateLimits(Protocol):
    """When the next write may go out, and what hosts report is left: shared by all processes with the same state."""

    def reserve(self, bucket: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        """Take the next free place in a bucket; returns the seconds until then. A limit of 0 is none.

        Where the wait is beyond `longest`, no place is taken.
        """

    def save_status(self, status: RateLimitStatus) -> None:
        """Keep what a host reports is left; what another host reported under the same name is dropped."""

    def rate_limits(self, now: datetime) -> Sequence[RateLimitStatus]:
        """What each connector may still spend at its host."""

    def share_limits(self, host: str, learned: HostLimits, now: datetime) -> HostLimits:
        """Keep what one process learned of a host, where it is newer, and tell what all of them know.

        What is over is forgotten.
        """


class ServiceLease(Protocol):
    """Which one of the services on a state does its runs, while the others stand by.

    It keeps them from all reading the trackers at once. What makes writes safe is the lease of the run alone.
    """

    def acquire(self, owner: str, now: datetime, *, lease_seconds: float) -> str:
        """Take the lease or keep it; to be called several times in that many seconds.

        It is to be had at once where the process of its owner is gone, and where its owner has slept over its end.

        Returns:
            Whose lease it is now.
        """

    def latest(self) -> tuple[int, int]:
        """The numbers of the last run that ended and of the last refresh request that waits; 0 for none."""

    def release(self, owner: str) -> None:
        """Leave the lease to the others, if it is the owner's, and let go of the database."""
