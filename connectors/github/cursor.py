"""What one pull leaves for the next: how far each repository and project was read, by the tracker's own clock."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta

from connectors.github.settings import GitHubSettings
from connectors.quiet import Watermark

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
    """A project: its id, the items that changed lately with when they did, and the next free place on it.

    `filters` is whether the server takes a filter for a project's items.
    """

    id: str
    item_times: Mapping[str, str]
    item_count: int
    supports_filter: bool = True


@dataclass(frozen=True, slots=True)
class Cursor:
    """`at` is how far changes were read; `counted` is our own time, for the interval; `print` is what decides.

    `stood` is what the tracker's clock had reached at least when the pull of our moment `pulled` began.
    """

    updated_at: str
    reconciled_at: str
    fingerprint: str
    watermark: str
    pulled_at: str
    project_cursors: Mapping[str, ProjectCursor] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """From what was kept; None for what another version left."""
        try:
            data = json.loads(text)
            project_cursors = {
                name: ProjectCursor(**project_cursor) for name, project_cursor in data.pop("boards").items()
            }
            return cls(**data, project_cursors=project_cursors)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    @property
    def clock(self) -> Watermark:
        """What is known of the tracker's clock."""
        return Watermark(datetime.fromisoformat(self.watermark), datetime.fromisoformat(self.pulled_at))

    def text(self) -> str:
        """To be kept."""
        return json.dumps(asdict(self))

    def is_due(self, now: datetime, hours: float) -> bool:
        """Whether everything is to be counted again."""
        return now - datetime.fromisoformat(self.reconciled_at) >= timedelta(hours=hours)

    def since(self, lookback_seconds: float) -> str:
        """From when on changes are asked for."""
        return iso_utc(datetime.fromisoformat(self.updated_at) - timedelta(seconds=lookback_seconds))


def settings_fingerprint(settings: GitHubSettings, since: date) -> str:
    """What decides how and which issues are read: where it differs, what is remembered does not count."""
    settings_json = settings.model_dump_json(include=FINGERPRINTED_SETTINGS)
    return hashlib.sha256(f"{READER_VERSION} {settings_json} {since}".encode()).hexdigest()[:16]


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
