"""A long GraphQL connection read from both ends at once, and what a full pull tracks of each."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from connectors.github import api
from connectors.github.api import Slice
from connectors.github.field_values import NO_VALUES, FieldValues
from connectors.github.project_item import ProjectItemFields
from connectors.http.messages import Request
from hub.model.initiative import Initiative

T = TypeVar("T")
SMALLEST_PAGE = 10


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """A page as the walk needs it: ids with values, what could not be read, and whether and where it goes on."""

    entries: tuple[tuple[str, T], ...]
    missing_count: int
    total: int
    has_more: bool
    cursor: str | None


@dataclass(slots=True)
class _End(Generic[T]):
    """One end of the connection: how far it has come, and what it found on its way."""

    cursor: str | None = None
    has_more: bool = True
    entries: dict[str, T] = field(default_factory=dict)
    cursors: set[str | None] = field(default_factory=lambda: {None})


class Walk(Generic[T]):
    """Ask for `next_slices()`, hand each page to `take()` or its failure to `fail()`, until nothing is wanted.

    `gap` says why entries may be missing, once something went wrong.
    """

    def __init__(self, size: int) -> None:
        self.gap: str | None = None
        self._size = size
        self._front: _End[T] = _End()
        self._back: _End[T] = _End()
        self._read = 0
        self._total: int | None = None
        self._done = False

    @property
    def has_started(self) -> bool:
        """Whether any page has come."""
        return self._total is not None

    def next_slices(self, pending: Collection[bool] = ()) -> tuple[Slice, ...]:
        """The pages to ask for now: at most one from each end, none from an end whose page is still `pending`.

        Ends are told apart as slices do it: whether they go backwards.
        """
        if self._done or self.gap:
            return ()
        if not self.has_started:
            return () if pending else (Slice(self._size, None),)
        missing = self._missing() - len(pending) * self._size
        ends = [
            (end, is_backwards)
            for end, is_backwards in ((self._front, False), (self._back, True))
            if is_backwards not in pending
        ]
        active_ends = ends[: max(0, -(-missing // self._size))]
        return tuple(Slice(self._size, end.cursor, backwards=is_backwards) for end, is_backwards in active_ends)

    def take(self, part: Slice, step: Step[T]) -> None:
        """A page has come; the slice that asked for it tells from which end."""
        end, other = (self._back, self._front) if part.backwards else (self._front, self._back)
        self._total = step.total if self._total is None else min(self._total, step.total)
        self._read += step.missing_count
        for name, value in reversed(step.entries) if part.backwards else step.entries:
            if name in other.entries:
                self._done = True
            elif name not in end.entries:
                end.entries[name] = value
                self._read += 1
        end.has_more, end.cursor = step.has_more, step.cursor
        self._close(end)

    def fail(self, part: Slice, reason: str, *, smaller: bool = False) -> None:
        """A page did not come: ask for less where that may help, else give up what is not read yet."""
        if self._done:
            return
        if smaller and part.size > SMALLEST_PAGE:
            self._size = min(self._size, max(SMALLEST_PAGE, part.size // 2))
        else:
            self.gap = self.gap or reason

    def values(self) -> Iterator[tuple[int, T]]:
        """What was found, once each, in the connection's order, with its place counted from 0."""
        return enumerate([*self._front.entries.values(), *reversed(self._back.entries.values())])

    def _missing(self) -> int:
        return 0 if self._total is None else self._total - self._read

    def _close(self, end: _End[T]) -> None:
        """All is read when the ends meet, when one has gone all the way, or when nothing is missing."""
        if end.has_more and end.cursor in end.cursors:
            self.gap = self.gap or "the tracker gave the same page again"
        end.cursors.add(end.cursor)
        self._done = self._done or not end.has_more or self._missing() <= 0
        if self._done and self._missing() > 0:
            self.gap = self.gap or f"{self._missing()} of {self._total} entries never came"


Json = dict[str, Any]
EntryResult = tuple[Initiative, FieldValues, ProjectItemFields | None] | None


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
    issue_fields: FieldValues = NO_VALUES
    items: dict[int, ProjectItemFields] = field(default_factory=dict)

    def add(self, issue: Initiative, issue_fields: FieldValues, item: ProjectItemFields | None) -> None:
        """Keep the later and fuller view of the issue, and its place."""
        if fullness(issue) > fullness(self.issue):
            self.issue, self.issue_fields = issue, issue_fields
        if item:
            self.items[item.order] = item


def fullness(issue: Initiative) -> tuple[str, int]:
    """What is later, and then what lacks less, comes last."""
    return (issue.updated.isoformat() if issue.updated else "", -len(issue.missing_fields))
