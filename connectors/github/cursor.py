"""What one pull leaves for the next: how far each repository and project was read, by the tracker's own clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.github.settings import GitHubSettings
from connectors.shared.incremental import SyncCursor, settings_fingerprint

FINGERPRINTED_SETTINGS = {
    *("projects", "repositories", "labels", "types", "key_results", "okrs", "fields", "statuses", "priorities"),
    *("initiative_types", "exempt_types", "exempt_labels", "exempt_authors", "in_progress", "order_is_priority"),
}
READER_VERSION = 3
"""Counted up when issues are read otherwise than by an earlier version: what that remembered does not count."""
# Days are as fine as a project's filter knows them; these go on top of what lies between.
EXTRA_DAYS = 2


@dataclass(frozen=True, slots=True)
class ProjectCursor:
    """A project: its id, `item_times` of the items that changed lately, and `item_count`, the rank of the next item.

    `supports_filter` is whether the server takes a filter for a project's items.
    """

    id: str
    item_times: Mapping[str, str]
    item_count: int
    supports_filter: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor(SyncCursor):
    """`updated_at` is how far changes were read.

    `called` are repositories that have another name by now, by the names that they are asked for under. `project_only`
    are repositories that only projects lead to.
    """

    updated_at: str
    project_cursors: Mapping[str, ProjectCursor] = field(default_factory=dict)
    called: Mapping[str, str]
    project_only: Sequence[str]

    @classmethod
    def _fields_of(cls, stored: Any) -> dict[str, Any]:
        return {
            **stored,
            "project_cursors": {
                name: ProjectCursor(**project_cursor) for name, project_cursor in stored["project_cursors"].items()
            },
        }

    def since(self, lookback_seconds: float) -> datetime:
        """From when on changes are asked for."""
        return datetime.fromisoformat(self.updated_at) - timedelta(seconds=lookback_seconds)


def cursor_fingerprint(settings: GitHubSettings, since: date) -> str:
    """What decides how and which issues are read: where it differs, what is remembered does not count."""
    settings_json = settings.model_dump_json(include=FINGERPRINTED_SETTINGS)
    return settings_fingerprint(READER_VERSION, settings_json, since)


def days_back(at: str, now: datetime) -> int:
    """How many days of changes to ask a project for."""
    return max((now - datetime.fromisoformat(at)).days, 0) + EXTRA_DAYS


def recent(times: Mapping[str, str], at: str, now: datetime) -> dict[str, str]:
    """Only what the filter will show again next time, and a little more: the rest need not be remembered."""
    oldest = iso_utc(datetime.fromisoformat(at) - timedelta(days=days_back(at, now) + 1))
    return {id_: changed for id_, changed in times.items() if changed >= oldest}


def iso_utc(timestamp: datetime) -> str:
    """As GitHub writes a moment."""
    return timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
