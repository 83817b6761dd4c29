"""Searches of Data Center as requests: windows of a list that is ordered by what never changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.jira.api import object_in
from connectors.wire import CallKind, Request, Response

SEARCH = "/rest/api/2/search"
# Offsets beyond this are refused, so the next window begins where this one ends.
MAX_OFFSET = 10_000
PAGE_SIZE = 1_000
_ORDER = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'])*?)\border\s+by\b.*""", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket's id, when it was created in epoch milliseconds, and when it last changed, as the site writes it."""

    id: str
    created: int
    updated: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the server cut it: `size` is what it allows, whatever was asked for."""

    rows: tuple[Row, ...]
    size: int
    total: int


def search_page(query: str, since: int | None, start: int, size: int) -> Request:
    """A page of a window: edits never move a row of it, because a ticket's creation stays."""
    clause = without_order(query)
    after = "" if since is None else f" AND created >= {since}"
    jql = f"({clause}){after} ORDER BY created ASC, key ASC"
    body = {"jql": jql, "startAt": start, "maxResults": size, "fields": ["created", "updated"]}
    return Request("POST", SEARCH, body=body, kind=CallKind.SEARCH)


def read_page(answer: Response) -> Page:
    """Read a page of a window; ValueError where it is none."""
    content = object_in(answer)
    try:
        return Page(tuple(_row(item) for item in content["issues"]), int(content["maxResults"]), int(content["total"]))
    except (KeyError, TypeError) as error:
        raise ValueError("a page of the search contains no issues") from error


def fetch_by_search(ids: Sequence[str], fields: Sequence[str]) -> Request:
    """Ask for tickets by id or key; names that stand for none are passed over instead of refused."""
    jql = f"key in ({', '.join(ids)})"
    body: dict[str, Any] = {"jql": jql, "maxResults": len(ids), "fields": list(fields), "validateQuery": False}
    return Request("POST", SEARCH, body=body)


def without_order(query: str) -> str:
    """The query without its order, which a window brings its own of."""
    ordered = _ORDER.fullmatch(query)
    return (ordered[1] if ordered else query).strip()


def _row(issue: dict[str, Any]) -> Row:
    fields = issue["fields"]
    return Row(str(issue["id"]), _milliseconds(fields["created"]), str(fields.get("updated") or ""))


def _milliseconds(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp() * 1000)
