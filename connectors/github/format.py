"""A message as GitHub Markdown: its mark, its points, and never more than about a screen."""

import re
from collections.abc import Iterator
from itertools import accumulate

from connectors.form import without_whitespace
from connectors.github.escape import block, code, escape_text, link, span, strong, summary
from hub.model.message import Code, Line, Link, Message, Point, Span, Strong, Table, Text, in_one_line

MAX_BODY_LENGTH = 65_536
_MAX_LINE_LENGTH = 1_600
_MAX_FOLDED = 20
_FOLDED, _LISTED = 20_000, 8_000
MAX_STATE_LENGTH = 40_000
_BAR = re.compile(r"\\?\|")
_CHECKED = re.compile(r"^[-*+] \[[xX]\] [^`\n]*`+ ?([^`\n]+?) ?`+", re.MULTILINE)


_CLOSED = " closed -->"


def mark(workspace: str, ticket: str, *, closed: bool = False) -> str:
    """The first line of a comment of ours: invisible, and the same for as long as the ticket keeps its name."""
    return f"{_mark_start(workspace)}{ticket}{_CLOSED if closed else ' -->'}"


def is_marked(body: str, workspace: str) -> bool:
    """Whether a comment's first line is our mark, for whatever ticket: a moved ticket has another name."""
    first = body.split("\n", 1)[0].rstrip()
    return first.startswith(_mark_start(workspace)) and first.endswith(" -->") and first.count("-->") == 1


def is_closed(body: str) -> bool:
    """Whether the mark of a marked comment says that another goes on from it, or that it is withdrawn."""
    return body.split("\n", 1)[0].rstrip().endswith(_CLOSED)


def rendered_text(body: str) -> str:
    """All that stands below the mark."""
    return without_whitespace(body.partition("\n")[2])


def body(message: Message, workspace: str, ticket: str) -> str:
    """The comment's whole text."""
    parts = [
        mark(workspace, ticket, closed=message.closed),
        _line((Strong(message.headline), *(() if not message.lead else (Text(" "), *message.lead)))),
        *_points(message),
        *_folds(message),
        *_recorded(message),
        *_state(message),
        *([f"<sub>{_line(message.footer)}</sub>"] if message.footer else []),
    ]
    return "\n\n".join(parts) + "\n"


def _mark_start(workspace: str) -> str:
    return f"<!-- alignment-hub:v1 {workspace}/"


def _points(message: Message) -> Iterator[str]:
    """The points in view; several are numbered and named."""
    has_several = len(message.points) + len(message.folded) > 1
    for number, point in enumerate(message.points, start=1):
        name = (Strong(f"{number}. {point.title}"), Text(" ")) if has_several else ()
        yield _line((*name, *point.what))
        yield from _step(point)
        if point.alternative:
            yield _line(point.alternative)


def _step(point: Point) -> Iterator[str]:
    """The step, then its command as a block that can be copied, or its answers as a list."""
    if point.step:
        yield _line(point.step)
    if len(point.commands) == 1 and not point.commands[0][0]:
        yield block(point.commands[0][1])
    elif point.commands:
        yield "\n".join(f"- {escape_text(name)}: {code(command)}" for name, command in point.commands)


def _folds(message: Message) -> Iterator[str]:
    """What can be chosen from, and the points that found no room."""
    for point in message.points:
        if point.listing:
            yield _fold(point.listing_title, [_line(row) for row in point.listing], _LISTED)
    if message.folded:
        topics = " · ".join(point.topic for point in message.folded)
        rows = [_line(in_one_line(point)) for point in message.folded[:_MAX_FOLDED]]
        yield _fold(f"{len(message.folded)} more: {topics}", rows, _FOLDED)


def _fold(title: str, rows: list[str], remaining: int) -> str:
    """Rows that find no room are left out."""
    ends = accumulate(len(row) for row in rows)
    items = "\n".join(f"- {row}" for row, end in zip(rows, ends, strict=True) if end <= remaining)
    return f"<details><summary>{summary(title)}</summary>\n\n{items}\n\n</details>"


def _recorded(message: Message) -> Iterator[str]:
    """What was recorded of people's commands, in italics."""
    for line in message.recorded:
        yield f"_{_line(line)}_"


def _state(message: Message) -> Iterator[str]:
    """A dashboard's tables, what is folded and boxes; rows that find no room are counted with the rest."""
    remaining = [MAX_STATE_LENGTH]
    for table in message.tables:
        yield "\n".join(_table(table, remaining))
    if message.fold:
        parts = ["\n".join(_table(table, remaining)) for table in message.fold.tables]
        if message.fold.lines:
            parts.append("\n".join(f"- {_line(line)}" for line in message.fold.lines))
        inner = "\n\n".join(parts)
        yield f"<details><summary>{summary(message.fold.title)}</summary>\n\n{inner}\n\n</details>"
    if message.checkboxes:
        yield "\n".join(f"- [ ] {_line(line)}" for line in message.checkboxes)


def _table(table: Table, remaining: list[int]) -> Iterator[str]:
    yield f"| {' | '.join(escape_text(title) for title in table.head)} |"
    yield "|" + " --- |" * len(table.head)
    hidden_count = table.omitted_rows
    for row in table.rows:
        # A bar parts cells even within code.
        text = f"| {' | '.join(_BAR.sub(r'&#124;', _line(cell)) for cell in row)} |"
        remaining[0] -= len(text)
        if remaining[0] >= 0:
            yield text
        else:
            hidden_count += 1
    if hidden_count:
        yield f"\n_And {hidden_count} more._"


def checked_items(body: str) -> tuple[str, ...]:
    """What the boxes that people ticked say in code."""
    return tuple(_CHECKED.findall(body.replace("\r\n", "\n")))


def _line(line: Line) -> str:
    """Spans in a row; a line that grows too long is cut between spans, so that no markup is left open."""
    text = ""
    for item in line:
        rendered = _span(item)
        if len(text) + len(rendered) > _MAX_LINE_LENGTH and text:
            return f"{text.rstrip()} …"
        text += rendered
    return text.strip()


def _span(item: Span) -> str:
    if isinstance(item, Code):
        return code(item.text)
    if isinstance(item, Link):
        return link(item.text, item.url)
    if isinstance(item, Strong):
        return strong(item.text)
    return span(item.text)
