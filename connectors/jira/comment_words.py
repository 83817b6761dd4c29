"""What a comment of Jira's says, in a document or in wiki markup."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from connectors.form import without_whitespace

TEXT_ATTRIBUTES = ("href", "id", "text", "url")


def words_in(body: Any) -> str:
    """All words of a comment, with the addresses behind its links and the accounts that it calls."""
    return body if isinstance(body, str) else " ".join(_words(body))


def rendered_text_of(body: Any) -> str:
    """What a comment says: a document's words run together and then where its links lead, for sites split and join
    pieces of text as they like."""
    if isinstance(body, str):
        return without_whitespace(body)
    nodes = list(_nodes(body))
    texts = (str(node.get("text") or (node.get("attrs") or {}).get("title") or "") for node in nodes)
    links = (mark["attrs"]["href"] for node in nodes for mark in node.get("marks") or () if mark.get("type") == "link")
    return " ".join((without_whitespace("".join(texts)), *(str(link) for link, _ in groupby(links))))


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for part in node.get("content") or ():
            yield from _nodes(part)


def _words(node: Any) -> Iterator[str]:
    if not isinstance(node, Mapping):
        return
    attributes = node.get("attrs") or {}
    yield from (
        str(value) for value in (node.get("text"), *(attributes.get(text) for text in TEXT_ATTRIBUTES)) if value
    )
    for part in (*(node.get("marks") or ()), *(node.get("content") or ())):
        yield from _words(part)
