"""Takes a label that the hub made off a repository's list, where nothing carries it and nobody has changed it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from connectors.github.setup import LABELS
from connectors.wire import Kind, Request, Response, content_of
from hub.model.errors import TicketNotFound


def unmake(rest: Callable[[Request], Response], made: str) -> bool:
    """Whether `owner/name:label` is done with: gone, or changed by people and so theirs; not while it is in use."""
    repository, _, label = made.partition(":")
    path = f"/repos/{repository}/labels/{quote(label, safe='')}"
    try:
        there = content_of(rest(Request("GET", path, ticket=repository)))
    except TicketNotFound:
        return True
    if label not in LABELS or not _as_made(there, label):
        return True
    query: dict[str, str | int] = {"labels": label, "state": "all", "per_page": 1}
    if content_of(rest(Request("GET", f"/repos/{repository}/issues", params=query))) != []:
        return False
    with suppress(TicketNotFound):
        rest(Request("DELETE", path, kind=Kind.WRITE, ticket=repository))
    return True


def _as_made(there: Any, label: str) -> bool:
    colour, about = LABELS[label]
    return isinstance(there, dict) and (there.get("color"), there.get("description")) == (colour, about)
