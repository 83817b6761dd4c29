"""What a tracker says is left of its limits, read from the headers of its answers; and what to do as it runs out."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.http.messages import CallKind, Request, Response, content_of

# What is kept back for calls that finish what was begun, and where the rest begins to slow down.
RESERVED_SHARE, SLOWDOWN_SHARE = 0.05, 0.1
MAX_INTERVAL = 1.0
BURST_SECONDS = 1.0
_ID = re.compile(r"(?<=/)(?:\d{3,}|[A-Z][A-Z0-9_]*-\d+)(?=/|$)")
# In a text of a ticket the quotes would be escaped.
_POINTS = re.compile(rb'"rateLimit"\s*:\s*(\{[^{}]*\})')
_ITEM = re.compile(r'"((?:[^"\\]|\\.)*)"((?:\s*;\s*[a-z]+=[^;,]*)*)')


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What is left of one limit, and when there is more; `scope` is the lane that spends it, "" all of them."""

    kind: str
    limit: int
    remaining: int
    resets_at: datetime
    scope: str = ""

    @property
    def reserve(self) -> int:
        """What is kept back."""
        return max(1, math.ceil(self.limit * RESERVED_SHARE))

    def wait_seconds(self, now: datetime, *, urgent: bool) -> float:
        """Seconds to the reset for calls that would spend the reserve, or for all where nothing is left."""
        is_exhausted = self.remaining <= (0 if urgent else self.reserve)
        return max(0.0, (self.resets_at - now).total_seconds()) if is_exhausted else 0.0

    def min_interval(self, now: datetime) -> float:
        """Seconds between calls that can wait, so that what is left lasts until the reset."""
        seconds_left = (self.resets_at - now).total_seconds()
        if seconds_left <= 0 or not self.reserve < self.remaining <= self.limit * SLOWDOWN_SHARE:
            return 0.0
        return min(MAX_INTERVAL, seconds_left / (self.remaining - self.reserve))

    def newer_of(self, previous: "RateLimit | None") -> "RateLimit":
        """This, unless it came late: within one window less is newer."""
        same = previous is not None and (previous.limit, previous.resets_at) == (self.limit, self.resets_at)
        return previous if previous is not None and same and previous.remaining < self.remaining else self


def endpoint_of(request: Request) -> str:
    """The endpoint that is called, whichever ticket it is about."""
    return f"{request.method} {_ID.sub('*', request.path)}"


def ticket_bucket(request: Request) -> str:
    """Writes to the same ticket."""
    return f"ticket {request.ticket}"


def buckets_of(request: Request) -> tuple[str, ...]:
    """All that a call is counted under besides its host."""
    resource = "graphql" if request.kind is CallKind.GRAPHQL else "core"
    ticket = (ticket_bucket(request),) if request.kind is CallKind.WRITE and request.ticket else ()
    return (resource, endpoint_of(request), *ticket)


def is_urgent(request: Request) -> bool:
    """Calls about a single ticket finish what was begun; everything else can wait."""
    return request.kind is CallKind.WRITE or request.ticket is not None


def read_rate_limits(request: Request, answer: Response, now: datetime) -> Iterator[RateLimit]:
    """Every limit that an answer speaks of; what makes no sense is passed over."""
    headers = answer.headers
    yield from _structured(headers, now)
    limit, remaining = (_number(headers.get(f"x-ratelimit-{part}")) for part in ("limit", "remaining"))
    # A refusal tells what is left of the limit that refused, which is no endpoint's where it is a ticket's.
    if limit and remaining is not None and "ratelimit-reason" not in headers:
        yield _from_headers(request, headers, now, limit=int(limit), remaining=int(remaining))
    if request.kind is CallKind.GRAPHQL:
        yield from _points(answer)


def _from_headers(
    request: Request, headers: Mapping[str, str], now: datetime, *, limit: int, remaining: int
) -> RateLimit:
    """GitHub names a resource, Data Center how fast its bucket fills; Jira Cloud counts each endpoint by the second.

    docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    developer.atlassian.com/cloud/jira/platform/rate-limiting/
    """
    if resource := headers.get("x-ratelimit-resource"):
        return RateLimit(resource, limit, remaining, _timestamp(headers.get("x-ratelimit-reset")) or now, resource)
    fill, interval = (_number(headers.get(f"x-ratelimit-{part}")) for part in ("fillrate", "interval-seconds"))
    if fill:
        missing = max(1, math.ceil(limit * RESERVED_SHARE) + 1 - remaining)
        return RateLimit(
            "calls", limit, remaining, now + timedelta(seconds=math.ceil(missing / fill) * (interval or 1))
        )
    endpoint = endpoint_of(request)
    resets_at = _timestamp(headers.get("x-ratelimit-reset")) or now + timedelta(seconds=BURST_SECONDS)
    return RateLimit(endpoint, limit, remaining, resets_at, endpoint)


def _structured(headers: Mapping[str, str], now: datetime) -> Iterator[RateLimit]:
    """The policies by name; one that does not tell what remains is far from its end."""
    for prefix in ("", "beta-"):
        policies = dict(_items(headers.get(f"{prefix}ratelimit-policy", "")))
        for name, values in _items(headers.get(f"{prefix}ratelimit", "")):
            policy = policies.get(name, {})
            quota, remaining = policy.get("q"), values.get("r")
            seconds = values.get("t", policy.get("w"))
            if quota and remaining is not None and seconds is not None:
                yield RateLimit(name, int(quota), int(remaining), now + timedelta(seconds=min(seconds, 86_400)))


def _items(header: str) -> Iterator[tuple[str, dict[str, float]]]:
    for name, parameters in _ITEM.findall(header):
        pairs = (part.strip().partition("=") for part in parameters.split(";") if part.strip())
        numbers = {key: number for key, _, value in pairs if (number := _number(value)) is not None}
        yield name, numbers


def _points(answer: Response) -> Iterator[RateLimit]:
    """GraphQL's points, where the query asked for them: a page is not read twice for their sake."""
    match = _POINTS.search(answer.body)
    content = content_of(Response(answer.status, {}, match[1])) if match else None
    if isinstance(content, dict):
        limit, remaining, reset = (
            content.get("limit"),
            content.get("remaining"),
            _timestamp(str(content.get("resetAt"))),
        )
        if isinstance(limit, int) and isinstance(remaining, int) and reset:
            yield RateLimit("graphql", limit, remaining, reset, "graphql")


def wait_seconds(rate_limits: Iterable[RateLimit], request: Request, now: datetime) -> float:
    """How long the limits that a call falls under keep it back."""
    urgent = is_urgent(request)
    return max(
        (rate_limit.wait_seconds(now, urgent=urgent) for rate_limit in _applicable(request, rate_limits)), default=0.0
    )


def min_interval(rate_limits: Iterable[RateLimit], request: Request, now: datetime) -> float:
    """How far apart the limits that a call falls under want such calls to be."""
    if is_urgent(request):
        return 0.0
    return max((rate_limit.min_interval(now) for rate_limit in _applicable(request, rate_limits)), default=0.0)


def _applicable(request: Request, rate_limits: Iterable[RateLimit]) -> Iterator[RateLimit]:
    buckets = ("", *buckets_of(request))
    return (rate_limit for rate_limit in rate_limits if rate_limit.scope in buckets)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _timestamp(text: str | None) -> datetime | None:
    """Epoch seconds, as GitHub writes them, or a date, as Jira does."""
    seconds = _number(text)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        timestamp = datetime.fromisoformat(text or "")
    except (ValueError, OverflowError, OSError):
        return None
    return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
