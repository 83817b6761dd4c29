"""Reads nested connections that did not fit into their page to the end."""

from collections.abc import Iterable
from typing import Any

from connectors.github import api, pages
from connectors.http import Gate
from connectors.wire import Response
from hub.model.errors import SourceError

Json = dict[str, Any]


def complete(gate: Gate, nodes: Iterable[Json]) -> None:
    """Extend the nodes in place; a connection that does not come stays marked as going on."""
    left = list(pages.overflows(list(nodes)))
    while left:
        requests = [api.rest_of(each.name, each.holder["id"], each.cursor) for each in left]
        answers = zip(left, gate.send_all(requests), strict=True)
        left = [each for each, answer in answers if each.extend(_rest(each.name, answer))]


def _rest(name: str, answer: Response | SourceError) -> Json | None:
    return None if isinstance(answer, SourceError) else api.read_answer(answer).at(("node", name))
