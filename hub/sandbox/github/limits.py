"""The rate limits: what an account has used of each hour, and the secondary limit that tests switch on."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

HOUR = 3600


@dataclass(slots=True)
class HourlyUsage:
    """One account's hour: what it used and when the hour ends."""

    used: int = 0
    reset: int = 0


@dataclass(slots=True)
class Secondary:
    """The secondary limit hits the next `times` requests; `status` is 403 or 429."""

    times: int = 0
    retry_after: int | None = 60
    status: int = 403


class Limits:
    """Points per hour and account for `core` and `graphql`; `allowed` may be raised for benchmarks."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.allowed = {"core": 5000, "graphql": 5000, "search": 30}
        self.secondary = Secondary()
        self._usage_by_account: dict[tuple[str, str], HourlyUsage] = defaultdict(HourlyUsage)

    def usage_of(self, resource: str, login: str) -> HourlyUsage:
        """The account's running hour; a new one begins when the last is over."""
        usage = self._usage_by_account[resource, login]
        seconds = int(self._now().timestamp())
        if seconds >= usage.reset:
            usage.used, usage.reset = 0, seconds + HOUR
        return usage

    def spend(self, resource: str, login: str, points: int = 1) -> bool:
        """Count the points; False where the hour's allowance is used up, and then nothing is counted."""
        usage = self.usage_of(resource, login)
        if usage.used >= self.allowed[resource]:
            return False
        usage.used += points
        return True

    def exhaust(self, resource: str, login: str) -> None:
        """Leave the account nothing until its hour is over."""
        self.usage_of(resource, login).used = self.allowed[resource]

    def hit_secondary(self) -> Secondary | None:
        """The secondary limit, when it hits this request."""
        if not self.secondary.times:
            return None
        self.secondary.times -= 1
        return self.secondary

    def numbers(self, resource: str, login: str) -> dict[str, int]:
        """Limit, remaining, used and reset, as headers and bodies tell them."""
        usage = self.usage_of(resource, login)
        allowed = self.allowed[resource]
        return {
            "limit": allowed,
            "remaining": max(0, allowed - usage.used),
            "used": min(usage.used, allowed),
            "reset": usage.reset,
        }
