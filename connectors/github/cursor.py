"""What one pull leaves for the next: how far each repository and project was read, by the tracker's own clock."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta

from connectors.github.settings import GitHubSettings
from connectors.quiet import Stood

READ_WITH = {
    *("projects", "repositories", "labels", "types", "key_results", "okrs", "fields", "statuses", "priorities"),
    *("initiative_types", "exempt_types", "exempt_labels", "exempt_authors", "in_progress", "order_is_priority"),
}
READ_AS = 3
"""Counted up when issues are read otherwise than by an earlier version: what that remembered does not count."""
# Days are as fine as a project's filter knows them; these go on top of what lies between.
SPARE_DAYS = 2


@dataclass(frozen=True, slots=True)
class Board:
    """A project: its id, the items that changed lately with when they did, and the next free place on it.

    `filters` is whether the server takes a filter for a project's items.
    """

    id: str
    seen: Mapping[str, str]
    places: int
    filters: bool = True


@dataclass(frozen=True, slots=True)
class Cursor:
    """`at` is how far changes were read; `counted` is our own time, for the interval; `print` is what decides.

    `stood` is what the tracker's clock had reached at least when the pull of our moment `pulled` began.
    """

    at: str
    counted: str
    print: str
    stood: str
    pulled: str
    boards: Mapping[str, Board] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """From what was kept; None for what another version left."""
        try:
            form = json.loads(text)
            boards = {name: Board(**board) for name, board in form.pop("boards").items()}
            return cls(**form, boards=boards)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    @property
    def clock(self) -> Stood:
        """What is known of the tracker's clock."""
        return Stood(datetime.fromisoformat(self.stood), datetime.fromisoformat(self.pulled))

    def text(self) -> str:
        """To be kept."""
        return json.dumps(asdict(self))

    def is_due(self, now: datetime, hours: float) -> bool:
        """Whether everything is to be counted again."""
        return now - datetime.fromisoformat(self.counted) >= timedelta(hours=hours)

    def since(self, overlap: float) -> str:
        """From when on changes are asked for."""
        return stamp(datetime.fromisoformat(self.at) - timedelta(seconds=overlap))


def print_of(settings: GitHubSettings, since: date) -> str:
    """What decides how and which issues are read: where it differs, what is remembered does not count."""
    said = settings.model_dump_json(include=READ_WITH)
    return hashlib.sha256(f"{READ_AS} {said} {since}".encode()).hexdigest()[:16]


def days_back(at: str, now: datetime) -> int:
    """How many days of changes to ask a project for."""
    return max((now - datetime.fromisoformat(at)).days, 0) + SPARE_DAYS


def lately(times: Mapping[str, str], at: str, now: datetime) -> dict[str, str]:
    """Only what the filter will show again next time, and a little more: the rest need not be remembered."""
    edge = stamp(datetime.fromisoformat(at) - timedelta(days=days_back(at, now) + 1))
    return {id_: changed for id_, changed in times.items() if changed >= edge}


def stamp(moment: datetime) -> str:
    """As GitHub writes a moment."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
