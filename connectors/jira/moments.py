"""Days and moments as Jira writes them; a day that people wrote and that is none costs its field, not the ticket."""

from datetime import UTC, date, datetime
from typing import Any


def day(written: Any) -> date | None:
    """The day of a date or a moment; None for anything else."""
    try:
        return date.fromisoformat(written[:10]) if isinstance(written, str) else None
    except ValueError:
        return None


def moment(written: str | None) -> datetime | None:
    """A moment that Jira itself noted, in UTC where it names no zone; ValueError for anything else."""
    if not written:
        return None
    found = datetime.fromisoformat(written)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
