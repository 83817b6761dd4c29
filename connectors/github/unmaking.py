"""Takes a label that the hub made off a repository's list, where nothing carries it and nobody has changed it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from connectors.github.setup import LABELS
from connectors.wire import CallKind, Request, Response, content_of
from hub.model.errors import TicketNotFound


def delete_label_definition(send: Callable[[Request], Response], definition: str) -> bool:
    """Whether `owner/name:label` is done with: gone, or changed by people and so theirs; not while it is in use."""
    repository, _, label = definition.partition(":")
    path = f"/repos/{repository}/labels/{quote(label, safe='')}"
    try:
        current = content_of(send(Request("GET", path, ticket=repository)))
    except TicketNotFound:
        return True
    if label not in LABELS or not _is_unedited(current, label):
        return True
    query: dict[str, str | int] = {"labels": label, "state": "all", "per_page": 1}
    if content_of(send(Request("GET", f"/repos/{repository}/issues", params=query))) != []:
        return False
    with suppress(TicketNotFound):
        send(Request("DELETE", path, kind=CallKind.WRITE, ticket=repository))
    return True


def _is_unedited(current: Any, label: str) -> bool:
    colour, description = LABELS[label]
    return isinstance(current, dict) and (current.get("color"), current.get("description")) == (colour, description)
