"""Connections: a slice of rows from either end, between opaque cursors that survive rows coming and going."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

MARK = b"cursor:v2:"


class Refused(GraphQLError):
    """An error that the vendor gives a type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(slots=True)
class Connection:
    """One page of rows, how many there are in all, and what lies before and after."""

    rows: Sequence[Any]
    total: int
    cursor_of: Callable[[int], Any]
    has_next: bool
    has_previous: bool

    def cursor(self, place: int) -> str:
        """The cursor of the row at this place of the page."""
        return _packed(self.cursor_of(place))

    @property
    def start(self) -> str | None:
        """The first row's cursor."""
        return self.cursor(0) if self.rows else None

    @property
    def end(self) -> str | None:
        """The last row's cursor."""
        return self.cursor(len(self.rows) - 1) if self.rows else None

    @property
    def edges(self) -> list["Edge"]:
        """The rows with their cursors."""
        return [Edge(self.cursor(place), row) for place, row in enumerate(self.rows)]


@dataclass(frozen=True, slots=True)
class Edge:
    """One row and its cursor."""

    cursor: str
    node: Any


@dataclass(frozen=True, slots=True)
class Window:
    """The four arguments of a connection."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def turned(self) -> "Window":
        """The same page seen from the other end."""
        return Window(self.last, self.before, self.first, self.after)


def page(rows: Sequence[Any], window: Window, key: Callable[[Any], Any] | None = None) -> Connection:
    """The window's rows. With a `key`, by which the rows rise, a cursor holds its place when rows come or go."""
    low, high = 0, len(rows)
    if window.after is not None:
        low = _place(rows, _unpacked(window.after), key, behind=True)
    if window.before is not None:
        high = _place(rows, _unpacked(window.before), key, behind=False)
    if window.first is not None:
        high = max(low, min(high, low + window.first))
    elif window.last is not None:
        low = max(low, high - window.last)
    shown = rows[low:high]
    cursor_of = (lambda place: key(shown[place])) if key else (lambda place: low + place)
    return Connection(shown, len(rows), cursor_of, high < len(rows), low > 0)


def page_down(rows: Sequence[Any], window: Window, key: Callable[[Any], Any]) -> Connection:
    """Rows that rise by their key, shown from the highest to the lowest."""
    up = page(rows, window.turned(), key)
    shown = list(reversed(up.rows))
    return Connection(shown, up.total, lambda place: key(shown[place]), up.has_previous, up.has_next)


def _place(rows: Sequence[Any], at: Any, key: Callable[[Any], Any] | None, *, behind: bool) -> int:
    try:
        if key is None:
            return min(int(at) + 1 if behind else int(at), len(rows))
        return (bisect_right if behind else bisect_left)(rows, at, key=key)
    except (TypeError, ValueError):
        raise Refused("INVALID_CURSOR_ARGUMENTS", "The cursor does not belong to this connection.") from None


def _packed(key: Any) -> str:
    return base64.b64encode(MARK + json.dumps(key, separators=(",", ":")).encode()).decode()


def _unpacked(cursor: str) -> Any:
    try:
        raw = base64.b64decode(cursor, validate=True)
        if raw.startswith(MARK):
            found = json.loads(raw[len(MARK) :])
            return tuple(found) if isinstance(found, list) else found
    except (binascii.Error, ValueError):
        pass
    raise Refused("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.")
