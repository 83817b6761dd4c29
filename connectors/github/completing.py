"""Reads nested connections that did not fit into their page to the end."""

from collections.abc import Iterable
from typing import Any

from connectors.github import api, pages
from connectors.http import ApiClient
from connectors.wire import Response
from hub.model.errors import SourceError

Json = dict[str, Any]


def complete(client: ApiClient, nodes: Iterable[Json]) -> None:
    """Extend the nodes in place; a connection that does not come stays marked as going on."""
    pending = list(pages.overflows(list(nodes)))
    while pending:
        requests = [api.nested_page(overflow.name, overflow.parent["id"], overflow.cursor) for overflow in pending]
        answers = zip(pending, client.send_all(requests), strict=True)
        pending = [overflow for overflow, answer in answers if overflow.extend(_next_page(overflow.name, answer))]


def _next_page(name: str, answer: Response | SourceError) -> Json | None:
    return None if isinstance(answer, SourceError) else api.read_answer(answer).at(("node", name))
