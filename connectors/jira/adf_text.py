"""The words of an Atlassian document, line by line, headings marked, without what is quoted or code."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.mail_quotes import without_quoted_mail

QUOTING_NODES = ("codeBlock", "blockquote")
LINE_NODES = ("paragraph", "heading", "taskItem", "decisionItem")


def text_of(document: Any) -> str:
    """Plain text of a document; a string is passed on as it is."""
    if isinstance(document, str):
        return document
    return "\n".join(_lines(document)) if isinstance(document, Mapping) else ""


def own_lines(document: Any) -> Iterator[str]:
    """The lines of the outermost paragraphs alone, with code in backticks: what the author says without any doubt.

    The mail that is answered below them is not the author's.
    """
    yield from without_quoted_mail(list(_outermost_lines(document)))


def _outermost_lines(document: Any) -> Iterator[str]:
    for node in document.get("content") or () if isinstance(document, Mapping) else ():
        if isinstance(node, Mapping) and node.get("type") == "blockquote":
            yield ">"
        for paragraph in _paragraphs(node):
            yield from "".join(_own(part) for part in paragraph.get("content") or ()).split("\n")


def _paragraphs(node: Any) -> Iterator[Mapping[str, Any]]:
    """An outermost paragraph, or those of an outermost list's items."""
    if not isinstance(node, Mapping):
        return
    if node.get("type") == "paragraph":
        yield node
    elif node.get("type") in ("bulletList", "orderedList"):
        items = (item for item in node.get("content") or () if isinstance(item, Mapping))
        parts = (part for item in items for part in item.get("content") or ())
        yield from (part for part in parts if isinstance(part, Mapping) and part.get("type") == "paragraph")


def _own(node: Mapping[str, Any]) -> str:
    kinds = {mark.get("type") for mark in node.get("marks") or ()}
    if kinds & {"strike"}:
        return "~"
    # A line end within a text is none that people see.
    text = "\n" if node.get("type") == "hardBreak" else " ".join(_inline(node).split("\n"))
    return f"`{text}`" if "code" in kinds else text


def _lines(node: Mapping[str, Any]) -> Iterator[str]:
    if node.get("type") in QUOTING_NODES:
        return
    content = node.get("content") or ()
    if node.get("type") in LINE_NODES:
        mark = "# " if node.get("type") == "heading" else ""
        yield mark + "".join([_inline(part) for part in content])
        return
    for part in content:
        yield from _lines(part)


def _inline(node: Mapping[str, Any]) -> str:
    kind = node.get("type")
    if kind == "text":
        text, marks = str(node.get("text") or ""), node.get("marks")
        return _linked(text, marks) if marks else text
    attributes = node.get("attrs") or {}
    if kind == "hardBreak":
        return "\n"
    if kind == "inlineCard":
        return str(attributes.get("url") or "")
    if kind in ("mention", "status", "emoji"):
        return str(attributes.get("text") or "")
    return "".join(_inline(part) for part in node.get("content") or ())


def _linked(text: str, marks: Any) -> str:
    """A link whose words are a sentence is named by its address, which tells more."""
    href = next((str(mark["attrs"]["href"]) for mark in marks if mark.get("type") == "link"), None)
    return f"[{text}]({href})" if href and " " in text.strip() else text
