"""What one pull leaves for the next: how far it came by the site's own clock, and what it was read with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.jira.dialect import dialect_of
from connectors.jira.host import ServerInfo
from connectors.jira.terms import NormaliseContext
from connectors.jira.window_api import without_order
from connectors.shared.incremental import SyncCursor, settings_fingerprint
from hub.model.initiative import Initiative

FINGERPRINTED_SETTINGS = {
    *("query", "key_results", "okrs", "start_field", "due_field", "priorities", "default_priority", "links"),
    *("initiative_types", "exempt_types", "exempt_labels", "order_is_priority"),
}
SECOND = timedelta(seconds=1)
READER_VERSION = 3
"""Counted up when tickets are read otherwise than by an earlier version: what that remembered does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor(SyncCursor):
    """`updated_at` and `reconciled_until` are epoch milliseconds of tickets' own last changes.

    `deployment` and `url` stand for what answered, `default_priority` for what the site called so. `moved` are the old
    keys of projects by the new ones. `second_precision` says that the site reports times of changes no finer.
    """

    updated_at: int
    reconciled_until: int
    deployment: str
    url: str
    default_priority: str = ""
    moved: Mapping[str, str] = field(default_factory=dict)
    second_precision: bool = False

    @property
    def server(self) -> ServerInfo | None:
        """What answered, without asking again."""
        dialect = dialect_of(self.deployment)
        return ServerInfo(dialect, self.url) if dialect else None


def cursor_fingerprint(context: NormaliseContext) -> str:
    """What decides how a ticket is read: where it differs, what is remembered does not count."""
    settings_json = context.settings.model_dump_json(include=FINGERPRINTED_SETTINGS)
    return settings_fingerprint(READER_VERSION, settings_json, context.field_map, context.default_priority)


def last_change(tickets: Iterable[Initiative]) -> datetime | None:
    """The last change that was seen."""
    return max((ticket.updated for ticket in tickets if ticket.updated), default=None)


def is_unsettled(ticket: Initiative | None, cursor: Cursor) -> bool:
    """Whether it may have changed again in the second of its last change, on a site that tells whole seconds only."""
    if ticket is None or ticket.updated is None or not cursor.second_precision:
        return False
    return ticket.updated > cursor.watermark.tracker_time - SECOND


def milliseconds(timestamp: datetime) -> int:
    """Since the epoch, whatever the zone."""
    return int(timestamp.timestamp() * 1000)


def datetime_of(at: int) -> datetime:
    """The inverse of `milliseconds`."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at)


def same_instant(text: str, timestamp: datetime | None) -> bool:
    """Whether the site wrote down this very moment."""
    try:
        return bool(text) and timestamp is not None and datetime.fromisoformat(text) == timestamp
    except (ValueError, TypeError):
        return False


def narrow_query(query: str, clause: str) -> str:
    """The query narrowed down, whatever it holds: `OR` and an order of its own included."""
    return f"({without_order(query)}) AND {clause}"


def since(at: int) -> str:
    """Changed at that time or later: a number has no zone that anybody could misread."""
    return f"updated >= {at}"


IN_ORDER = " ORDER BY updated ASC, key ASC"
