"""The vendor's rate limits: a burst limit for each endpoint and method, and one for writes to a single issue."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox.jira.app import calls_per_second

ENDPOINT = re.compile(r".*/rest/api/[^/]+/(?:issue/(?P<issue>\d+|[A-Z][A-Z0-9_]*-\d+)(?P<rest>/[a-z]+)?|(?P<other>.*))")
ISSUE_PERIOD = 2.0


@dataclass(slots=True)
class Limits:
    """Counts in fixed windows of the site's clock. Off until `enabled`; the numbers begin as the vendor's.

    Data Center (`center`) has a bucket for each user instead, which `fill` tokens come to every second.
    """

    enabled: bool = False
    per_second: dict[str, int] = field(default_factory=dict)
    per_issue: int = 20
    center: bool = False
    bucket: int = 100
    fill: float = 10.0
    _counts: Counter[tuple[str, str, float]] = field(default_factory=Counter)
    _updated_at: float = 0.0
    _tokens: float | None = None

    def wrap(self, app: ASGIApp, clock: Callable[[], datetime]) -> ASGIApp:
        """The app with these limits in front of it."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            called = ENDPOINT.fullmatch(scope["path"]) if self.enabled else None
            if called is None:
                await app(scope, receive, send)
                return
            endpoint = called["other"] or f"issue{called['rest'] or ''}"
            allowed, headers = self.check(scope["method"], endpoint, called["issue"], clock())

            async def send_with_limits(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).update(headers)
                await send(message)

            if allowed:
                await app(scope, receive, send_with_limits)
            else:
                refusal = {"errorMessages": ["Rate limit exceeded."], "errors": {}}
                await JSONResponse(refusal, 429, headers)(scope, receive, send)

        return limited

    def check(self, method: str, endpoint: str, issue: str | None, now: datetime) -> tuple[bool, dict[str, str]]:
        """Whether the call is let through, and the headers that its answer carries."""
        if self.center:
            return self._from_bucket(now.timestamp())
        limit = self.per_second.get(method) or calls_per_second(method)
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
