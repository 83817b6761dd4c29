"""How values of a Jira ticket are read: the site's terms and settings, dates, times and sprints."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connectors.jira.fields import FieldMap
from connectors.jira.settings import JiraSettings
from connectors.shared.vocabulary import plain_name
from hub.model.initiative import PriorityBand, Ref, StatusCategory

CATEGORIES = {
    "new": StatusCategory.TO_DO,
    "indeterminate": StatusCategory.IN_PROGRESS,
    "done": StatusCategory.DONE,
}
FALLBACK_PRIORITY = "Medium"
"""What Jira gives tickets whose priority nobody set, where the site does not tell."""
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NormaliseContext:
    """What a ticket's values are read with: the connector's name, its settings, and where the site keeps what.

    `default_priority` is the site's own, as far as it was told.
    """

    connector: str
    settings: JiraSettings
    field_map: FieldMap
    site_url: str = ""
    default_priority: str = ""

    def browse(self, key: str) -> str:
        """The page that people open."""
        return f"{self.site_url or self.settings.url}/browse/{key}"

    def ref(self, key: str) -> Ref:
        """The name of another ticket of this site."""
        return Ref(self.connector, key)

    def priority(self, name: str) -> PriorityBand | None:
        """The number of a priority that somebody set; the site's default is nobody's statement."""
        return None if self.is_default_priority(name) else self.settings.band_of(name)

    def is_default_priority(self, name: str) -> bool:
        """Whether it is the one that nobody chose."""
        own = self.settings.default_priority
        return plain_name(name) == plain_name(own if own is not None else self.default_priority or FALLBACK_PRIORITY)


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


PLANNED, OVER = ("active", "future"), ("closed",)
NULL = "<null>"
_STATE = re.compile(r"[\[,]state=([A-Za-z]+),")
_DATES = re.compile(
    r",startDate=(<null>|\d{4}-\d\d-\d\d[^,\]]{0,40}),endDate=(<null>|\d{4}-\d\d-\d\d[^,\]]{0,40})(?=[,\]])"
)
_NAME = re.compile(r"[\[,]name=([^,\]]{0,200})")
Span = tuple[date | None, date | None]


def planned_span(sprints: Any) -> Span | None:
    """The first and the last day of the sprints that are not over; None where there are none."""
    if not sprints:
        return None
    spans = [span for sprint in _each(sprints) if (span := _span(sprint)) is not None]
    starts = [start for start, _ in spans if start]
    ends = [end for _, end in spans if end]
    bounds = min(starts, default=None), max(ends, default=None)
    return bounds if any(bounds) else None


def unclear_sprints(sprints: Any) -> Iterator[str]:
    """Those that tell no state that is known, or none of the days that they hold, by their names."""
    for sprint in _each(sprints):
        values = list(_parts(sprint)) if isinstance(sprint, str) else _mapping_values(sprint)
        state = str(values[0] if values else "").casefold()
        has_bad_date = any(item not in (None, "", NULL) and _day(item) is None for item in values[1:])
        if state not in (*PLANNED, *OVER) or (state in PLANNED and has_bad_date):
            yield _name(sprint)


def _name(sprint: Any) -> str:
    if isinstance(sprint, str):
        match = _NAME.search(sprint)
        return match[1] if match else sprint
    return str(sprint.get("name") or "") if isinstance(sprint, dict) else str(sprint)


def _each(sprints: Any) -> Iterable[Any]:
    """A field holds several, one, or none."""
    return sprints if isinstance(sprints, list | tuple) else () if sprints in (None, "") else (sprints,)


def _span(sprint: Any) -> Span | None:
    """A sprint is an object on Cloud, and on Data Center a line in which it shows its parts."""
    values = list(_parts(sprint)) if isinstance(sprint, str) else _mapping_values(sprint)
    if not values or str(values[0]).casefold() not in PLANNED:
        return None
    return _day(values[1]), _day(values[2])


def _mapping_values(sprint: Any) -> list[Any]:
    is_mapping = isinstance(sprint, dict)
    return [sprint.get("state"), sprint.get("startDate"), sprint.get("endDate")] if is_mapping else []


def _parts(line: str) -> Iterator[str | None]:
    """People name sprints as they like, so that only dates in the form of dates count."""
    state, dates = _STATE.search(line), _DATES.search(line)
    yield state[1] if state else None
    yield from (dates.groups() if dates else (None, None))


def _day(text: Any) -> date | None:
    return None if text == NULL else parse_day(text)
