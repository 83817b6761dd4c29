"""What one pull leaves for the next: how far it came by the site's own clock, and what it was read with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.jira.dialect import dialect_of
from connectors.jira.host import Host
from connectors.jira.terms import Reading
from connectors.jira.window_api import without_order
from connectors.shared.incremental import SyncCursor, settings_fingerprint
from hub.model.initiative import Initiative

READ_WITH = {
    *("query", "key_results", "okrs", "start_field", "due_field", "priorities", "default_priority", "links"),
    *("initiative_types", "exempt_types", "exempt_labels", "order_is_priority"),
}
SECOND = timedelta(seconds=1)
READ_AS = 3
"""Counted up when tickets are read otherwise than by an earlier version: what that remembered does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor(SyncCursor):
    """`at` and `counted_at` are epoch milliseconds of tickets' own last changes.

    `site` and `url` stand for what answered, `default_priority` for what the site called so. `moved` are the old keys
    of projects by the new ones. `whole_seconds` says that the site tells the times of changes no finer.
    """

    at: int
    counted_at: int
    site: str
    url: str
    default_priority: str = ""
    moved: Mapping[str, str] = field(default_factory=dict)
    whole_seconds: bool = False

    @property
    def host(self) -> Host | None:
        """What answered, without asking again."""
        dialect = dialect_of(self.site)
        return Host(dialect, self.url) if dialect else None


def print_of(reading: Reading) -> str:
    """What decides how a ticket is read: where it differs, what is remembered does not count."""
    said = reading.settings.model_dump_json(include=READ_WITH)
    return settings_fingerprint(READ_AS, said, reading.layout, reading.default_priority)


def last_change(tickets: Iterable[Initiative]) -> datetime | None:
    """The last change that was seen."""
    return max((one.updated for one in tickets if one.updated), default=None)


def is_unsettled(ticket: Initiative | None, cursor: Cursor) -> bool:
    """Whether it may have changed again in the second of its last change, on a site that tells whole seconds only."""
    if ticket is None or ticket.updated is None or not cursor.whole_seconds:
        return False
    return ticket.updated > cursor.watermark.tracker_time - SECOND


def milliseconds(moment: datetime) -> int:
    """Since the epoch, whatever the zone."""
    return int(moment.timestamp() * 1000)


def moment_of(at: int) -> datetime:
    """The inverse of `milliseconds`."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at)


def is_moment(written: str, moment: datetime | None) -> bool:
    """Whether the site wrote down this very moment."""
    try:
        return bool(written) and moment is not None and datetime.fromisoformat(written) == moment
    except (ValueError, TypeError):
        return False


def within(query: str, clause: str) -> str:
    """The query narrowed down, whatever it holds: `OR` and an order of its own included."""
    return f"({without_order(query)}) AND {clause}"


def since(at: int) -> str:
    """Changed at that time or later: a number has no zone that anybody could misread."""
    return f"updated >= {at}"


IN_ORDER = " ORDER BY updated ASC, key ASC"
