"""A message as an Atlassian document: every word a text node, so that nothing in it can become markup."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from hub.model.message import Code, Line, Link, Message, Point, Span, Strong, Table, Text, in_one_line

STATE = 9_000
LONGEST_TEXT = 32_767
LONGEST_LINE = 1_600
LONGEST_TITLE = 250
FOLDED, LISTED = 8_000, 3_000
# Characters that turn the direction of what follows can make a line read as something else.
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
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
    several = len(message.points) + len(message.folded) > 1
    for number, point in enumerate(message.points, start=1):
        name = (Strong(f"{number}. {point.title}"), Text(" ")) if several else ()
        yield _paragraph((*name, *point.what))
        yield from _step(point)
        if point.alternative:
            yield _paragraph(point.alternative)


def _step(point: Point) -> Iterator[Node]:
    """The step, then its command as a block that can be copied, or its answers as a list."""
    if point.step:
        yield _paragraph(point.step)
    if len(point.commands) == 1 and not point.commands[0][0]:
        yield {"type": "codeBlock", "content": [{"type": "text", "text": words(point.commands[0][1])}]}
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


def _fold(title: str, rows: tuple[Line, ...], room: int) -> Node:
    """Rows that find no room are left out; the first one always does."""
    items = [_item(row) for row in rows]
    ends = accumulate(map(text_length, items))
    listed = {"type": "bulletList", "content": [item for item, end in zip(items, ends, strict=True) if end <= room]}
    said = words(title)
    cut = said if len(said) <= LONGEST_TITLE else f"{said[: LONGEST_TITLE - 1]}…"
    return {"type": "expand", "attrs": {"title": cut}, "content": [listed]}


def _recorded(message: Message) -> Iterator[Node]:
    """What was recorded of people's commands, in italics."""
    for said in message.recorded:
        nodes = _line(said)
        # Code stands alone in Atlassian's documents: it takes no other mark but a link.
        for node in nodes:
            marks = node.get("marks", [])
            if not any(mark["type"] == "code" for mark in marks):
                node["marks"] = [*marks, {"type": "em"}]
        yield {"type": "paragraph", "content": nodes}


def _state(message: Message) -> Iterator[Node]:
    """A dashboard's tables, what is folded and boxes; rows that find no room are counted with the rest."""
    room = [STATE]
    for table in message.tables:
        yield from _table(table, room)
    if message.fold:
        inner = [node for table in message.fold.tables for node in _table(table, room)]
        if message.fold.lines:
            inner.append({"type": "bulletList", "content": [_item(one) for one in message.fold.lines]})
        yield {"type": "expand", "attrs": {"title": words(message.fold.title)}, "content": inner}
    if message.checkboxes:
        boxes = [_box(str(number), line) for number, line in enumerate(message.checkboxes)]
        yield {"type": "taskList", "attrs": {"localId": "alignment-hub"}, "content": boxes}


def _table(table: Table, room: list[int]) -> Iterator[Node]:
    rows = [_row(row, "tableCell") for row in table.rows]
    shown = []
    for row in rows:
        room[0] -= text_length(row)
        shown += [row] if room[0] >= 0 else []
    head = _row(tuple((Strong(title),) for title in table.head), "tableHeader")
    yield {"type": "table", "content": [head, *shown]}
    if more := table.omitted_rows + len(rows) - len(shown):
        yield _paragraph((Text(f"And {more} more."),))


def _row(cells: tuple[Line, ...], kind: str) -> Node:
    return {"type": "tableRow", "content": [{"type": kind, "content": [_paragraph(cell)]} for cell in cells]}


def _box(local: str, line: Line) -> Node:
    return {"type": "taskItem", "attrs": {"localId": local, "state": "TODO"}, "content": _line(line)}


def ticked(node: Any) -> Iterator[str]:
    """What the boxes that people ticked say in code."""
    if not isinstance(node, dict):
        return
    if node.get("type") == "taskItem" and (node.get("attrs") or {}).get("state") == "DONE":
        for part in node.get("content") or ():
            if any(mark.get("type") == "code" for mark in part.get("marks") or ()):
                yield str(part.get("text") or "").strip()
    for part in node.get("content") or ():
        yield from ticked(part)


def _item(line: Line) -> Node:
    return {"type": "listItem", "content": [_paragraph(line)]}


def _paragraph(line: Line) -> Node:
    return {"type": "paragraph", "content": _line(line)}


def _line(line: Line) -> list[Node]:
    """The spans that are left when unsayable characters are gone; a line that grows too long is cut."""
    nodes: list[Node] = []
    room = LONGEST_LINE
    for span in line:
        text = words(span.text)
        if len(text) > room:
            nodes.append(_node(span, f"{text[:room]}…"))
            break
        room -= len(text)
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
            return [{"type": "link", "attrs": {"href": words(url)}}]
    return []


def words(text: str) -> str:
    """Text without control characters, halves of characters and turned directions; any white space is a blank."""
    blanked = "".join(" " if char.isspace() else char for char in text)
    return "".join(char for char in blanked if _sayable(char))


def _sayable(char: str) -> bool:
    number = ord(char)
    control = number < 0x20 or 0x7F <= number < 0xA0
    half = 0xD800 <= number <= 0xDFFF
    no_character = number & 0xFFFE == 0xFFFE
    return not (control or half or no_character or char in TURNING)
