"""What a full pull keeps count of: connections to be read, their entries, and issues put together from these."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.github import api
from connectors.github.placement import Placement
from connectors.github.walk import Walk
from connectors.wire import Request
from hub.model.initiative import Initiative

Json = dict[str, Any]
Found = tuple[Initiative, Placement | None] | None


@dataclass(slots=True)
class Entry:
    """One entry of a page: as it came, and later what it means."""

    what: str
    read: Callable[[Json], Found]
    node: Json
    found: Found = None


@dataclass(slots=True)
class Stretch:
    """One connection to be read: what it is called, where its pages lie, and how an entry is read."""

    what: str
    path: tuple[str, ...]
    ask: Callable[[api.Slice], Request]
    read: Callable[[Json], Found]
    walk: Walk[Entry]
    under_way: set[bool] = field(default_factory=set)


@dataclass(slots=True)
class Whole:
    """An issue and all its places, put together from wherever it was seen."""

    issue: Initiative
    places: dict[int, Placement] = field(default_factory=dict)

    def add(self, issue: Initiative, place: Placement | None) -> None:
        """Keep the later and fuller view of the issue, and its place."""
        if fullness(issue) > fullness(self.issue):
            self.issue = issue
        if place:
            self.places[place.order] = place


def fullness(issue: Initiative) -> tuple[str, int]:
    """What is later, and then what lacks less, comes last."""
    return (issue.updated.isoformat() if issue.updated else "", -len(issue.missing_fields))
