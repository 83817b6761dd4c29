"""When a ticket's running and coming sprints are, whichever of Jira's two forms they come in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from connectors.jira.moments import parse_day

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
    return str(sprint.get("name") or "") if isinstance(sprint, Mapping) else str(sprint)


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
    is_mapping = isinstance(sprint, Mapping)
    return [sprint.get("state"), sprint.get("startDate"), sprint.get("endDate")] if is_mapping else []


def _parts(line: str) -> Iterator[str | None]:
    """People name sprints as they like, so that only dates in the form of dates count."""
    state, dates = _STATE.search(line), _DATES.search(line)
    yield state[1] if state else None
    yield from (dates.groups() if dates else (None, None))


def _day(text: Any) -> date | None:
    return None if text == NULL else parse_day(text)
