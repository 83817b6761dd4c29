"""Rate limits that hosts reported, and the hub's own write limits, as lines and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from hub.model.pacing import RateLimitStatus
from hub.report.days import format_time
from hub.report.text import StyledLine


def limit_lines(rate_limits: Sequence[RateLimitStatus], now: datetime) -> Iterator[StyledLine]:
    """A line for each limit that runs, one for those that were reset, and one for the writes."""
    if rate_limits:
        yield StyledLine("Limits", "heading")
    for rate_limit_status in rate_limits:
        name = f"  {rate_limit_status.connector} ({rate_limit_status.host})"
        for limit in rate_limit_status.budgets:
            if limit.resets_at > now:
                remaining_text = f"{limit.remaining:,} of {limit.limit:,} remaining"
                yield StyledLine(f"{name}: {limit.kind}: {remaining_text}, resets on {format_time(limit.resets_at)}")
        if full := sum(limit.resets_at <= now for limit in rate_limit_status.budgets):
            kinds = f"{full} limits have" if full > 1 else "one limit has"
            yield StyledLine(f"{name}: {kinds} reset", "dim")
        yield StyledLine(f"{name}: writes: {_writes(rate_limit_status)}")


def limits_document(rate_limit_status: RateLimitStatus, now: datetime) -> dict[str, Any]:
    """The same as one JSON object; `remaining` is as of now, a limit of writes that is off is null."""
    return {
        "connector": rate_limit_status.connector,
        "host": rate_limit_status.host,
        "reported_at": rate_limit_status.reported_at.isoformat(),
        "calls": [
            {
                "kind": limit.kind,
                "remaining": limit.remaining_at(now),
                "limit": limit.limit,
                "resets_at": limit.resets_at.isoformat(),
            }
            for limit in rate_limit_status.budgets
        ],
        "writes": {
            "minute": _remaining(rate_limit_status.minute, rate_limit_status.per_minute),
            "hour": _remaining(rate_limit_status.hour, rate_limit_status.per_hour),
        },
    }


def _remaining(used: int, limit: float) -> dict[str, int] | None:
    return {"remaining": max(0, int(limit) - used), "limit": int(limit)} if limit else None


def _writes(rate_limit_status: RateLimitStatus) -> str:
    rows = (
        (rate_limit_status.minute, rate_limit_status.per_minute, "this minute"),
        (rate_limit_status.hour, rate_limit_status.per_hour, "this hour"),
    )
    parts = [
        f"{max(0, int(limit) - used):,} of {int(limit):,} remaining {period}" for used, limit, period in rows if limit
    ]
    return ", ".join(parts) or "no limit set"
