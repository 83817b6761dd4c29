"""Messages as documents of the Atlassian Document Format, and the text of such documents."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from typing import Any

from connectors.shared.comment_commands import without_quoted_mail
from hub.model.message import Code, Line, Link, Message, Point, Span, Strong, Table, Text, in_one_line

MAX_STATE_LENGTH = 9_000
MAX_TEXT_LENGTH = 32_767
MAX_LINE_LENGTH = 1_600
MAX_TITLE_LENGTH = 250
FOLDED, LISTED = 8_000, 3_000
# Characters that turn the direction of what follows can make a line read as something else.
DIRECTION_CHARACTERS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
WHITE_SPACE = re.compile(r"\s")
Node = dict[str, Any]


def document(message: Message) -> Node:
    """The whole comment."""
    lead = () if not message.lead else (Text(" "), *message.lead)
    content = [
        _paragraph((Strong(message.headline), *lead)),
        *_points(message),
        *_folds(message),
        *_recorded(message),
        *_state(message),
        *([_paragraph(message.footer)] if message.footer else []),
    ]
    return {"type": "doc", "version": 1, "content": content}


def text_length(node: Node) -> int:
    """How many characters people would see."""
    return len(node.get("text", "")) + sum(text_length(child) for child in node.get("content", ()))


def _points(message: Message) -> Iterator[Node]:
    """The points in view; several are numbered and named."""
    has_several = len(message.points) + len(message.folded) > 1
    for number, point in enumerate(message.points, start=1):
        name = (Strong(f"{number}. {point.title}"), Text(" ")) if has_several else ()
        yield _paragraph((*name, *point.what))
        yield from _step(point)
        if point.alternative:
            yield _paragraph(point.alternative)


def _step(point: Point) -> Iterator[Node]:
    """The step, then its command as a block that can be copied, or its answers as a list."""
    if point.step:
        yield _paragraph(point.step)
    if len(point.commands) == 1 and not point.commands[0][0]:
        yield {"type": "codeBlock", "content": [{"type": "text", "text": clean_text(point.commands[0][1])}]}
    elif point.commands:
        answers = [_item((Text(f"{name}: "), Code(command))) for name, command in point.commands]
        yield {"type": "bulletList", "content": answers}


def _folds(message: Message) -> Iterator[Node]:
    """What can be chosen from, and the points that found no room."""
    for point in message.points:
        if point.listing:
            yield _fold(point.listing_title, point.listing, LISTED)
    if message.folded:
        topics = " · ".join(point.topic for point in message.folded)
        yield _fold(f"{len(message.folded)} more: {topics}", tuple(map(in_one_line, message.folded)), FOLDED)


def _fold(title: str, rows: tuple[Line, ...], remaining: int) -> Node:
    """Rows that find no room are left out; the first one always does."""
    items = [_item(row) for row in rows]
    ends = accumulate(map(text_length, items))
    listed = {
        "type": "bulletList",
        "content": [item for item, end in zip(items, ends, strict=True) if end <= remaining],
    }
    heading = clean_text(title)
    cut = heading if len(heading) <= MAX_TITLE_LENGTH else f"{heading[: MAX_TITLE_LENGTH - 1]}…"
    return {"type": "expand", "attrs": {"title": cut}, "content": [listed]}


def _recorded(message: Message) -> Iterator[Node]:
    """What was recorded of people's commands, in italics."""
    for line in message.recorded:
        nodes = _line(line)
        # Code takes no other mark but a link: developer.atlassian.com/cloud/jira/platform/apis/document/marks/code/
        for node in nodes:
            marks = node.get("marks", [])
            if not any(mark["type"] == "code" for mark in marks):
                node["marks"] = [*marks, {"type": "em"}]
        yield {"type": "paragraph", "content": nodes}


def _state(message: Message) -> Iterator[Node]:
    """A dashboard's tables, what is folded and boxes; rows that find no room are counted with the rest."""
    remaining = [MAX_STATE_LENGTH]
    for table in message.tables:
        yield from _table(table, remaining)
    if message.fold:
        inner = [node for table in message.fold.tables for node in _table(table, remaining)]
        if message.fold.lines:
            inner.append({"type": "bulletList", "content": [_item(line) for line in message.fold.lines]})
        yield {"type": "expand", "attrs": {"title": clean_text(message.fold.title)}, "content": inner}
    if message.checkboxes:
        checkboxes = [_box(str(number), line) for number, line in enumerate(message.checkboxes)]
        yield {"type": "taskList", "attrs": {"localId": "alignment-hub"}, "content": checkboxes}


def _table(table: Table, remaining: list[int]) -> Iterator[Node]:
    rows = [_row(row, "tableCell") for row in table.rows]
    visible = []
    for row in rows:
        remaining[0] -= text_length(row)
        visible += [row] if remaining[0] >= 0 else []
    head = _row(tuple((Strong(title),) for title in table.head), "tableHeader")
    yield {"type": "table", "content": [head, *visible]}
    if hidden_count := table.omitted_rows + len(rows) - len(visible):
        yield _paragraph((Text(f"And {hidden_count} more."),))


def _row(cells: tuple[Line, ...], kind: str) -> Node:
    return {"type": "tableRow", "content": [{"type": kind, "content": [_paragraph(cell)]} for cell in cells]}


def _box(local_id: str, line: Line) -> Node:
    return {"type": "taskItem", "attrs": {"localId": local_id, "state": "TODO"}, "content": _line(line)}


def checked_items(node: Any) -> Iterator[str]:
    """What the boxes that people ticked say in code."""
    if not isinstance(node, dict):
        return
    if node.get("type") == "taskItem" and (node.get("attrs") or {}).get("state") == "DONE":
        for part in node.get("content") or ():
            if any(mark.get("type") == "code" for mark in part.get("marks") or ()):
                yield str(part.get("text") or "").strip()
    for part in node.get("content") or ():
        yield from checked_items(part)


def _item(line: Line) -> Node:
    return {"type": "listItem", "content": [_paragraph(line)]}


def _paragraph(line: Line) -> Node:
    return {"type": "paragraph", "content": _line(line)}


def _line(line: Line) -> list[Node]:
    """The spans that are left when unsayable characters are gone; a line that grows too long is cut."""
    nodes: list[Node] = []
    remaining = MAX_LINE_LENGTH
    for span in line:
        text = clean_text(span.text)
        if len(text) > remaining:
            nodes.append(_node(span, f"{text[:remaining]}…"))
            break
        remaining -= len(text)
        if text:
            nodes.append(_node(span, text))
    return nodes


def _node(span: Span, text: str) -> Node:
    marks = _marks(span)
    return {"type": "text", "text": text, "marks": marks} if marks else {"type": "text", "text": text}


def _marks(span: Span) -> list[Node]:
    match span:
        case Strong():
            return [{"type": "strong"}]
        case Code():
            return [{"type": "code"}]
        case Link(url=url) if url.startswith(("https://", "http://")):
            return [{"type": "link", "attrs": {"href": clean_text(url)}}]
    return []


def clean_text(text: str) -> str:
    """Text without control characters, halves of characters and turned directions; any white space is a blank."""
    return _unprintable().sub("", WHITE_SPACE.sub(" ", text))


@cache
def _unprintable() -> re.Pattern[str]:
    """Controls, halves of characters, turned directions, and the last two numbers of each plane: no characters."""
    last_of_planes = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    directions = "".join(sorted(DIRECTION_CHARACTERS))
    return re.compile(rf"[\x00-\x1f\x7f-\x9f\ud800-\udfff{last_of_planes}{directions}]")


QUOTING_NODES = ("codeBlock", "blockquote")
LINE_NODES = ("paragraph", "heading", "taskItem", "decisionItem")


def text_of(document: Any) -> str:
    """Plain text of a document; a string is passed on as it is."""
    if isinstance(document, str):
        return document
    lines: list[str] = []
    if isinstance(document, dict):
        _add_lines(document, lines)
    return "\n".join(lines)


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


def _add_lines(node: Mapping[str, Any], lines: list[str]) -> None:
    """Add a node's lines; that is several times as fast as to yield them through every level."""
    kind = node.get("type")
    if kind in QUOTING_NODES:
        return
    content = node.get("content") or ()
    if kind in LINE_NODES:
        text = "".join([_inline(part) for part in content])
        lines.append(f"# {text}" if kind == "heading" else f"{_tick(node)}{text}" if kind == "taskItem" else text)
        return
    first = len(lines)
    for part in content:
        _add_lines(part, lines)
    if kind == "blockTaskItem" and len(lines) > first:
        lines[first] = f"{_tick(node)}{lines[first]}"


def _tick(task: Mapping[str, Any]) -> str:
    """As Markdown draws it, so that a text says the same on every tracker."""
    return "- [x] " if (task.get("attrs") or {}).get("state") == "DONE" else "- [ ] "


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
    """A link whose words are a sentence is named by its address, which tells more; what is struck out is not said."""
    if any(mark.get("type") == "strike" for mark in marks):
        return ""
    href = next((str(mark["attrs"]["href"]) for mark in marks if mark.get("type") == "link"), None)
    return f"[{text}]({href})" if href and " " in text.strip() else text
