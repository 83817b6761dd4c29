"""Days and moments as Jira writes them; a day that people wrote and that is none costs its field, not the ticket."""

from datetime import UTC, date, datetime
from typing import Any


def parse_day(text: Any) -> date | None:
    """The day of a date or a moment; None for anything else."""
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def parse_timestamp(text: str | None) -> datetime | None:
    """A moment that Jira itself noted, in UTC where it names no zone; ValueError for anything else."""
    if not text:
        return None
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
