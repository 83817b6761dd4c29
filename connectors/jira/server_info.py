"""Which Jira answers, what differs between Cloud and Data Center, and the cursor that a pull leaves for the next."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.http.messages import Request, Response
from connectors.jira import api, comments_api
from connectors.jira.adf import document
from connectors.jira.api import without_order
from connectors.jira.settings import JiraSettings
from connectors.jira.values import NormaliseContext
from connectors.jira.wiki import markup
from connectors.shared.incremental import SyncCursor, settings_fingerprint
from hub.model.initiative import Initiative
from hub.model.message import Message


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of Jira is spoken to.

    `root` begins every path. `body` writes a message. `fetch` asks for tickets by id. `offset_paging` says that
    searches are paged by offsets, and not by tokens. `expand` makes lists of comments come with their properties;
    `comment_properties` asks for those of up to `comments_per_request` comments that came without. `edit_params` keep
    the edit of a comment silent. `legacy_parents` says that fields other than `parent` lead to epics and above.
    """

    name: str
    root: str
    body: Callable[[Message], Any]
    fetch: Callable[[Sequence[str], Sequence[str]], Request]
    comment_properties: Callable[[Sequence[str]], Request]
    read_marks: Callable[[Response, Sequence[str], str], dict[str, bool]]
    comments_per_request: int
    offset_paging: bool = False
    expand: str = ""
    legacy_parents: bool = False
    edit_params: Mapping[str, str | int] | None = None


CLOUD = Dialect(
    name="Cloud",
    root=api.ROOT,
    body=document,
    fetch=api.fetch_issues,
    comment_properties=comments_api.comments_with_properties,
    read_marks=comments_api.read_marks,
    comments_per_request=100,
    edit_params=api.WITHOUT_NOTIFICATIONS,
)
DATA_CENTER = Dialect(
    name="Data Center",
    root=comments_api.DATA_CENTER_ROOT,
    body=markup,
    fetch=api.fetch_by_search,
    comment_properties=comments_api.mark_property,
    read_marks=comments_api.read_mark,
    comments_per_request=1,
    offset_paging=True,
    expand="properties",
    legacy_parents=True,
)
DIALECTS: Mapping[str, Dialect] = {"Cloud": CLOUD, "Server": DATA_CENTER, "DataCenter": DATA_CENTER}


def dialect_of(deployment: Any) -> Dialect | None:
    """The dialect of a site that names its kind so; None for a kind that nobody knows."""
    return DIALECTS.get(str(deployment).replace(" ", ""))


_PAGE = re.compile(r"https?://[^\s?#@]+")


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """A site that said what it is; `url` is what the addresses of its tickets begin with."""

    dialect: Dialect
    url: str


def read_server_info(info: Mapping[str, Any], settings: JiraSettings) -> ServerInfo | None:
    """The site that gave this information about itself; None for a kind that the hub does not know."""
    dialect = dialect_of(info.get("deploymentType"))
    if dialect is None:
        return None
    base_url = str(info.get("baseUrl") or "")
    # Requests to the gateway lead to a site whose own address only the site knows for sure.
    uses_gateway = settings.cloud_id is not None and _PAGE.fullmatch(base_url)
    return ServerInfo(dialect, base_url.rstrip("/") if uses_gateway else settings.url)


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
