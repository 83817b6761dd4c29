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


class TypedError(GraphQLError):
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

    def cursor(self, index: int) -> str:
        """The cursor of the row at this place of the page."""
        return _encode_cursor(self.cursor_of(index))

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
        return [Edge(self.cursor(index), row) for index, row in enumerate(self.rows)]


@dataclass(frozen=True, slots=True)
class Edge:
    """One row and its cursor."""

    cursor: str
    node: Any


@dataclass(slots=True)
class PageArguments:
    """The four arguments of a connection."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def from_other_end(self) -> "PageArguments":
        """The same page seen from the other end."""
        return PageArguments(self.last, self.before, self.first, self.after)


def page(rows: Sequence[Any], page_args: PageArguments, key: Callable[[Any], Any] | None = None) -> Connection:
    """The window's rows. With a `key`, by which the rows rise, a cursor holds its place when rows come or go."""
    start, end = 0, len(rows)
    if page_args.after is not None:
        start = _find_position(rows, _decode_cursor(page_args.after), key, is_after=True)
    if page_args.before is not None:
        end = _find_position(rows, _decode_cursor(page_args.before), key, is_after=False)
    if page_args.first is not None:
        end = max(start, min(end, start + page_args.first))
    elif page_args.last is not None:
        start = max(start, end - page_args.last)
    visible = rows[start:end]
    cursor_of = (lambda index: key(visible[index])) if key else (lambda index: start + index)
    return Connection(visible, len(rows), cursor_of, end < len(rows), start > 0)


def page_down(rows: Sequence[Any], page_args: PageArguments, key: Callable[[Any], Any]) -> Connection:
    """Rows that rise by their key, shown from the highest to the lowest."""
    up = page(rows, page_args.from_other_end(), key)
    visible = list(reversed(up.rows))
    return Connection(visible, up.total, lambda index: key(visible[index]), up.has_previous, up.has_next)


def _find_position(rows: Sequence[Any], at: Any, key: Callable[[Any], Any] | None, *, is_after: bool) -> int:
    try:
        if key is None:
            return min(int(at) + 1 if is_after else int(at), len(rows))
        return (bisect_right if is_after else bisect_left)(rows, at, key=key)
    except (TypeError, ValueError):
        raise TypedError("INVALID_CURSOR_ARGUMENTS", "The cursor does not belong to this connection.") from None


def _encode_cursor(key: Any) -> str:
    return base64.b64encode(MARK + json.dumps(key, separators=(",", ":")).encode()).decode()


def _decode_cursor(cursor: str) -> Any:
    try:
        raw = base64.b64decode(cursor, validate=True)
        if raw.startswith(MARK):
            key = json.loads(raw[len(MARK) :])
            return tuple(key) if isinstance(key, list) else key
    except (binascii.Error, ValueError):
        pass
    raise TypedError("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.")
