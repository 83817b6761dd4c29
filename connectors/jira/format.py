"""A message as an Atlassian document: every word a text node, so that nothing in it can become markup."""

from collections.abc import Iterator
from typing import Any

from hub.model.message import Advice, Code, Line, Link, Message, Section, Span, Strong, Text

SCREEN = 3_500
STATE = 9_000
LONGEST_TEXT = 32_767
LONGEST_LINE = 1_600
MOST_STEPS = 10
PANELS = {"error": "error", "warning": "warning"}
# Characters that turn the direction of what follows can make a line read as something else.
TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
Node = dict[str, Any]


def document(message: Message) -> Node:
    """The whole comment; sections that find no room on about a screen are counted among the folded ones."""
    shown: list[Node] = []
    room = SCREEN
    for section in message.sections:
        panel = _panel(section)
        room -= text_length(panel)
        if shown and room < 0:
            break
        shown.append(panel)
    folded = message.folded + len(message.sections) - len(shown)
    content = [_heading(message.headline), *shown, *_heard(message), *_state(message), *_tail(folded, message.footer)]
    return {"type": "doc", "version": 1, "content": content}


def text_length(node: Node) -> int:
    """How many characters people would see."""
    return len(node.get("text", "")) + sum(text_length(child) for child in node.get("content", ()))


def _heading(headline: str) -> Node:
    return {"type": "heading", "attrs": {"level": 3}, "content": _line((Text(headline),))}


def _heard(message: Message) -> Iterator[Node]:
    if message.heard:
        yield _paragraph((Strong("Heard"),))
        yield {"type": "bulletList", "content": [_item(line) for line in message.heard]}


def _state(message: Message) -> Iterator[Node]:
    """A dashboard's tables and boxes; rows that find no room are counted with the rest."""
    room = STATE
    for table in message.tables:
        yield _paragraph((Strong(table.title),))
        rows = [_row(row, "tableCell") for row in table.rows]
        shown = []
        for row in rows:
            room -= text_length(row)
            shown += [row] if room >= 0 else []
        head = _row(tuple((Strong(title),) for title in table.head), "tableHeader")
        yield {"type": "table", "content": [head, *shown]}
        if more := table.more + len(rows) - len(shown):
            yield _paragraph((Text(f"And {more} more."),))
    if message.boxes:
        boxes = [_box(str(number), line) for number, line in enumerate(message.boxes)]
        yield {"type": "taskList", "attrs": {"localId": "alignment-hub"}, "content": boxes}


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


def _tail(folded: int, footer: Line) -> Iterator[Node]:
    if folded:
        yield _paragraph((Text(f"And {folded} more finding{'s' if folded > 1 else ''} on this ticket."),))
    if footer:
        yield {"type": "rule"}
        yield _paragraph(footer)


def _panel(section: Section) -> Node:
    content = [node for node in _parts(section) if node["content"]]
    kind = PANELS.get(section.severity, "info")
    return {"type": "panel", "attrs": {"panelType": kind}, "content": content}


def _parts(section: Section) -> Iterator[Node]:
    advice = section.advice
    yield _paragraph((Strong(section.severity), Text(": "), *advice.what))
    yield _paragraph(advice.why)
    yield {"type": "bulletList", "content": [_item(step) for step in _steps(advice) if _line(step)]}
    if advice.unless:
        yield _paragraph(advice.unless)
    yield _paragraph((Text("Rule: "), Code(section.rule), *section.links))


def _steps(advice: Advice) -> Iterator[Line]:
    yield from advice.do[:MOST_STEPS]
    if len(advice.do) > MOST_STEPS:
        yield (Text(f"and {len(advice.do) - MOST_STEPS} more"),)


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
