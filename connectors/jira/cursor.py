"""What one pull leaves for the next: how far it came by the site's own clock, and what it was read with."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from connectors.jira.dialect import dialect_of
from connectors.jira.host import ServerInfo
from connectors.jira.terms import NormaliseContext
from connectors.jira.window_api import without_order
from connectors.quiet import Watermark
from hub.model.initiative import Initiative

FINGERPRINTED_SETTINGS = {
    *("query", "key_results", "okrs", "start_field", "due_field", "priorities", "default_priority", "links"),
    *("initiative_types", "exempt_types", "exempt_labels", "order_is_priority"),
}
SECOND = timedelta(seconds=1)
READER_VERSION = 3
"""Counted up when tickets are read otherwise than by an earlier version: what that remembered does not count."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`at` and `counted_at` are epoch milliseconds of tickets' own last changes; `counted` is our time.

    `stood` is what the site's clock had reached at least when the pull of our moment `pulled` began.
    `print` stands for the settings and fields that tickets were read with, `site` and `url` for what answered, and
    `default_priority` for what the site called so.
    """

    updated_at: int
    reconciled_until: int
    reconciled_at: str
    fingerprint: str
    deployment: str
    url: str
    watermark: str
    pulled_at: str
    default_priority: str = ""

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """From what was kept; None for what another version left."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    @property
    def clock(self) -> Watermark:
        """What is known of the site's clock."""
        return Watermark(datetime.fromisoformat(self.watermark), datetime.fromisoformat(self.pulled_at))

    @property
    def server(self) -> ServerInfo | None:
        """What answered, without asking again."""
        dialect = dialect_of(self.deployment)
        return ServerInfo(dialect, self.url) if dialect else None

    def text(self) -> str:
        """To be kept."""
        return json.dumps(asdict(self))

    def is_due(self, now: datetime, hours: float) -> bool:
        """Whether everything is to be counted again."""
        return now - datetime.fromisoformat(self.reconciled_at) >= timedelta(hours=hours)


def settings_fingerprint(context: NormaliseContext) -> str:
    """What decides how a ticket is read: where it differs, what is remembered does not count."""
    settings_json = context.settings.model_dump_json(include=FINGERPRINTED_SETTINGS)
    return hashlib.sha256(
        f"{READER_VERSION} {settings_json} {context.field_map} {context.default_priority}".encode()
    ).hexdigest()[:16]


def last_change(tickets: Iterable[Initiative]) -> datetime | None:
    """The last change that was seen."""
    return max((ticket.updated for ticket in tickets if ticket.updated), default=None)


def ambiguous_ids(tickets: Mapping[str, Initiative], cursor: Cursor) -> frozenset[str]:
    """What may have changed again in the second of its last change, on a site that tells whole seconds only."""
    server = cursor.server
    if server is None or not server.dialect.offset_paging:
        return frozenset()
    changes = {id_: ticket.updated for id_, ticket in tickets.items() if ticket.updated}
    if any(timestamp.microsecond for timestamp in changes.values()):
        return frozenset()
    return frozenset(id_ for id_, timestamp in changes.items() if timestamp > cursor.clock.tracker_time - SECOND)


def milliseconds(timestamp: datetime) -> int:
    """Since the epoch, whatever the zone."""
    return int(timestamp.timestamp() * 1000)


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
