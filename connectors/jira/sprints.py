"""When a ticket's running and coming sprints are, whichever of Jira's two forms they come in."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

PLANNED = ("active", "future")
_STATE = re.compile(r"[\[,]state=([A-Za-z]+),")
_WHEN = re.compile(
    r",startDate=(<null>|\d{4}-\d\d-\d\d[^,\]]{0,40}),endDate=(<null>|\d{4}-\d\d-\d\d[^,\]]{0,40})(?=[,\]])"
)
Span = tuple[date | None, date | None]


def planned(sprints: Any) -> Span | None:
    """The first and the last day of the sprints that are not over; None where there are none."""
    spans = [span for sprint in sprints or () if (span := _span(sprint)) is not None]
    starts = [start for start, _ in spans if start]
    ends = [end for _, end in spans if end]
    found = min(starts, default=None), max(ends, default=None)
    return found if any(found) else None


def _span(sprint: Any) -> Span | None:
    """A sprint is an object on Cloud, and on Data Center a line in which it shows its parts."""
    told = list(_parts(sprint)) if isinstance(sprint, str) else _said(sprint)
    if not told or str(told[0]).casefold() not in PLANNED:
        return None
    return _day(told[1]), _day(told[2])


def _said(sprint: Any) -> list[Any]:
    held = isinstance(sprint, Mapping)
    return [sprint.get("state"), sprint.get("startDate"), sprint.get("endDate")] if held else []


def _parts(line: str) -> Iterator[str | None]:
    """People name sprints as they like, so that only dates in the form of dates count."""
    state, when = _STATE.search(line), _WHEN.search(line)
    yield state[1] if state else None
    yield from (when.groups() if when else (None, None))


def _day(written: Any) -> date | None:
    return date.fromisoformat(str(written)[:10]) if written and written != "<null>" else None
