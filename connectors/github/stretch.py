"""What a full pull keeps count of: connections to be read, their entries, and issues put together from these."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.github import api
from connectors.github.placement import ProjectItemFields
from connectors.github.walk import Walk
from connectors.wire import Request
from hub.model.initiative import Initiative

Json = dict[str, Any]
EntryResult = tuple[Initiative, ProjectItemFields | None] | None


@dataclass(slots=True)
class PageEntry:
    """One entry of a page: as it came, and later what it means."""

    source: str
    read: Callable[[Json], EntryResult]
    node: Json
    result: EntryResult = None


@dataclass(slots=True)
class Connection:
    """One connection to be read: what it is called, where its pages lie, and how an entry is read."""

    source: str
    path: tuple[str, ...]
    ask: Callable[[api.Slice], Request]
    read: Callable[[Json], EntryResult]
    walk: Walk[PageEntry]
    pending: set[bool] = field(default_factory=set)


@dataclass(slots=True)
class MergedIssue:
    """An issue and all its places, put together from wherever it was seen."""

    issue: Initiative
    items: dict[int, ProjectItemFields] = field(default_factory=dict)

    def add(self, issue: Initiative, item: ProjectItemFields | None) -> None:
        """Keep the later and fuller view of the issue, and its place."""
        if fullness(issue) > fullness(self.issue):
            self.issue = issue
        if item:
            self.items[item.order] = item


def fullness(issue: Initiative) -> tuple[str, int]:
    """What is later, and then what lacks less, comes last."""
    return (issue.updated.isoformat() if issue.updated else "", -len(issue.missing_fields))
