"""Atlassian Document Format as the sandbox needs it: made from words, read as words, and checked."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from hub.sandbox.jira.records import Adf

TEXT_LIMIT = 32_767

_BLOCKS = """
paragraph heading bulletList orderedList listItem codeBlock blockquote panel expand nestedExpand rule table tableRow
tableHeader tableCell mediaSingle mediaGroup media taskList taskItem decisionList decisionItem blockCard embedCard
layoutSection layoutColumn
"""
_INLINE = "text hardBreak mention emoji date status inlineCard placeholder inlineExtension"
_MARKS = "strong em code link strike underline subsup textColor backgroundColor annotation border alignment"
BLOCKS = frozenset(_BLOCKS.split())
INLINE = frozenset(_INLINE.split())
MARKS = frozenset(_MARKS.split())
TOP = BLOCKS - {"listItem", "tableRow", "tableHeader", "tableCell", "media", "taskItem", "decisionItem", "nestedExpand"}


def from_text(text: str) -> Adf:
    """A document with a paragraph for each block of lines; single line ends become hard breaks."""
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return {"type": "doc", "version": 1, "content": [_paragraph(block) for block in blocks]}


def verbatim(text: str) -> Adf:
    """Wiki markup, kept as it was sent: one text that is never taken apart."""
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def _paragraph(block: str) -> Adf:
    content: list[Adf] = []
    for line in block.strip("\n").split("\n"):
        if content:
            content.append({"type": "hardBreak"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def to_text(node: Any) -> str:
    """The words of a document, a line for each block."""
    return "".join(_words(node)).strip("\n")


def _words(node: Any) -> Iterator[str]:
    kind = node.get("type")
    if kind == "text":
        yield node["text"]
    elif kind == "hardBreak":
        yield "\n"
    elif kind in INLINE:
        attrs = node.get("attrs", {})
        yield str(attrs.get("text") or attrs.get("url") or attrs.get("shortName") or "")
    for child in node.get("content", ()):
        yield from _words(child)
    if kind in BLOCKS:
        yield "\n"


def is_document(body: Any) -> TypeGuard[Adf]:
    """Whether the outermost layer is that of a document."""
    return (
        isinstance(body, dict)
        and body.get("type") == "doc"
        and body.get("version") == 1
        and isinstance(body.get("content"), list)
    )


def is_valid(body: Adf) -> bool:
    """Whether all nodes are of known kinds in sensible places; the vendor's own check knows more."""
    return all(isinstance(node, dict) and node.get("type") in TOP and _sound(node) for node in body["content"])


def _sound(node: Any) -> bool:
    if not isinstance(node, dict) or node.get("type") not in BLOCKS | INLINE:
        return False
    if node["type"] == "text":
        marks = node.get("marks", [])
        return bool(node.get("text")) and all(mark.get("type") in MARKS for mark in marks)
    children = node.get("content", [])
    return isinstance(children, list) and all(_sound(child) for child in children)
