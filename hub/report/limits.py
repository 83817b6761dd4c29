"""What hosts said is left of their limits, and what the hub's own limits of writing leave, as lines and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from hub.model.pacing import RateLimitStatus
from hub.report.days import moment
from hub.report.text import Styled


def limit_lines(spending: Sequence[RateLimitStatus], now: datetime) -> Iterator[Styled]:
    """A line for each limit that runs, one for those that are full again, and one for the writes."""
    if spending:
        yield Styled("Limits", "heading")
    for one in spending:
        name = f"  {one.connector} ({one.host})"
        for limit in one.budgets:
            if limit.resets_at > now:
                left = f"{limit.remaining:,} of {limit.limit:,} left"
                yield Styled(f"{name}: {limit.kind}: {left}, resets on {moment(limit.resets_at)}")
        if full := sum(limit.resets_at <= now for limit in one.budgets):
            kinds = f"{full} limits have" if full > 1 else "one limit has"
            yield Styled(f"{name}: {kinds} reset", "dim")
        yield Styled(f"{name}: writes: {_writes(one)}")


def limits_document(one: RateLimitStatus, now: datetime) -> dict[str, Any]:
    """The same as one JSON object; `left` is as of now, a limit of writes that is off is null."""
    return {
        "connector": one.connector,
        "host": one.host,
        "told": one.reported_at.isoformat(),
        "calls": [
            {
                "kind": limit.kind,
                "left": limit.remaining_at(now),
                "of": limit.limit,
                "resets_at": limit.resets_at.isoformat(),
            }
            for limit in one.budgets
        ],
        "writes": {"minute": _left(one.minute, one.per_minute), "hour": _left(one.hour, one.per_hour)},
    }


def _left(written: int, limit: float) -> dict[str, int] | None:
    return {"left": max(0, int(limit) - written), "of": int(limit)} if limit else None


def _writes(one: RateLimitStatus) -> str:
    rows = ((one.minute, one.per_minute, "this minute"), (one.hour, one.per_hour, "this hour"))
    told = [f"{max(0, int(limit) - written):,} of {int(limit):,} left {when}" for written, limit, when in rows if limit]
    return ", ".join(told) or "no limit set"
