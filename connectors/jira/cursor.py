"""What one pull leaves for the next: how far it came by the site's own clock, and what it was read with."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from connectors.jira.dialect import dialect_of
from connectors.jira.host import Host
from connectors.jira.terms import Reading
from connectors.jira.window_api import without_order
from connectors.quiet import Stood
from hub.model.initiative import Initiative

READ_WITH = {
    *("query", "key_results", "okrs", "start_field", "due_field", "priorities", "default_priority", "links"),
    *("initiative_types", "exempt_types", "exempt_labels", "order_is_priority"),
}
SECOND = timedelta(seconds=1)
READ_AS = 3
"""Counted up when tickets are read otherwise than by an earlier version: what that remembered does not count."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`at` and `counted_at` are epoch milliseconds of tickets' own last changes; `counted` is our time.

    `stood` is what the site's clock had reached at least when the pull of our moment `pulled` began.
    `print` stands for the settings and fields that tickets were read with, `site` and `url` for what answered, and
    `default_priority` for what the site called so.
    """

    at: int
    counted_at: int
    counted: str
    print: str
    site: str
    url: str
    stood: str
    pulled: str
    default_priority: str = ""

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """From what was kept; None for what another version left."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    @property
    def clock(self) -> Stood:
        """What is known of the site's clock."""
        return Stood(datetime.fromisoformat(self.stood), datetime.fromisoformat(self.pulled))

    @property
    def host(self) -> Host | None:
        """What answered, without asking again."""
        dialect = dialect_of(self.site)
        return Host(dialect, self.url) if dialect else None

    def text(self) -> str:
        """To be kept."""
        return json.dumps(asdict(self))

    def is_due(self, now: datetime, hours: float) -> bool:
        """Whether everything is to be counted again."""
        return now - datetime.fromisoformat(self.counted) >= timedelta(hours=hours)


def print_of(reading: Reading) -> str:
    """What decides how a ticket is read: where it differs, what is remembered does not count."""
    said = reading.settings.model_dump_json(include=READ_WITH)
    return hashlib.sha256(f"{READ_AS} {said} {reading.layout} {reading.default_priority}".encode()).hexdigest()[:16]


def last_change(tickets: Iterable[Initiative]) -> datetime | None:
    """The last change that was seen."""
    return max((one.updated for one in tickets if one.updated), default=None)


def unsettled_in(tickets: Mapping[str, Initiative], cursor: Cursor) -> frozenset[str]:
    """What may have changed again in the second of its last change, on a site that tells whole seconds only."""
    host = cursor.host
    if host is None or not host.dialect.windows:
        return frozenset()
    changes = {id_: one.updated for id_, one in tickets.items() if one.updated}
    if any(moment.microsecond for moment in changes.values()):
        return frozenset()
    return frozenset(id_ for id_, moment in changes.items() if moment > cursor.clock.at - SECOND)


def milliseconds(moment: datetime) -> int:
    """Since the epoch, whatever the zone."""
    return int(moment.timestamp() * 1000)


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
