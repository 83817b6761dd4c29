"""The vendor's rate limits: a burst limit for each endpoint and method, and one for writes to a single issue."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

ISSUE_PERIOD = 2.0


@dataclass(slots=True)
class Limits:
    """Counts in fixed windows of the site's clock. Off until `enabled`; the numbers begin as the vendor's.

    Data Center (`center`) has a bucket for each user instead, which `fill` tokens come to every second.
    """

    enabled: bool = False
    per_second: dict[str, int] = field(default_factory=lambda: {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50})
    per_issue: int = 20
    center: bool = False
    bucket: int = 100
    fill: float = 10.0
    _counts: Counter[tuple[str, str, float]] = field(default_factory=Counter)
    _updated_at: float = 0.0
    _tokens: float | None = None

    def check(self, method: str, endpoint: str, issue: str | None, now: datetime) -> tuple[bool, dict[str, str]]:
        """Whether the call is let through, and the headers that its answer carries."""
        if self.center:
            return self._from_bucket(now.timestamp()) if self.enabled else (True, {})
        limit = self.per_second.get(method, 100)
        if not self.enabled:
            return True, {"x-ratelimit-limit": str(limit), "x-ratelimit-remaining": str(limit - 1)}
        at = now.timestamp()
        used = self._count(method, endpoint, at, 1.0)
        headers = {"x-ratelimit-limit": str(limit), "x-ratelimit-remaining": str(max(0, limit - used))}
        if used > limit:
            return False, headers | _refusal("jira-burst-based", at, 1.0)
        if issue and method != "GET" and self._count("issue", issue, at, ISSUE_PERIOD) > self.per_issue:
            return False, headers | _refusal("jira-per-issue-on-write", at, ISSUE_PERIOD)
        return True, headers

    def _from_bucket(self, at: float) -> tuple[bool, dict[str, str]]:
        tokens = (
            self.bucket
            if self._tokens is None
            else min(self.bucket, self._tokens + (at - self._updated_at) * self.fill)
        )
        allowed = tokens >= 1
        self._tokens, self._updated_at = tokens - allowed, at
        wait = 0 if self._tokens >= 1 else ceil((1 - self._tokens) / self.fill)
        return allowed, {
            "x-ratelimit-limit": str(self.bucket),
            "x-ratelimit-remaining": str(int(self._tokens)),
            "x-ratelimit-interval-seconds": "1",
            "x-ratelimit-fillrate": f"{self.fill:g}",
            "retry-after": str(wait),
        }

    def _count(self, method: str, scope: str, at: float, period: float) -> int:
        if at - self._updated_at > 60:
            self._counts.clear()
            self._updated_at = at
        key = (method, scope, at // period)
        self._counts[key] += 1
        return self._counts[key]


def _refusal(reason: str, at: float, period: float) -> dict[str, str]:
    remaining = period - at % period
    reset = datetime.fromtimestamp(at, UTC) + timedelta(seconds=remaining)
    return {
        "retry-after": str(max(1, ceil(remaining))),
        "x-ratelimit-reset": reset.strftime("%Y-%m-%dT%H:%MZ"),
        "x-ratelimit-remaining": "0",
        "ratelimit-reason": reason,
    }
