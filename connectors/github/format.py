"""A message as GitHub Markdown: its mark, its sections, and never more than about a screen."""

import re
from collections.abc import Iterator

from connectors.github.escape import code, link, span, strong, words
from hub.model.message import Advice, Code, Line, Link, Message, Section, Span, Strong, Table

LONGEST_BODY = 65_536
SCREEN = 3_500
_LONGEST_LINE = 1_600
_MOST_STEPS = 10
STATE = 40_000
_BAR = re.compile(r"\\?\|")
_TICKED = re.compile(r"^[-*+] \[[xX]\] [^`\n]*`+ ?([^`\n]+?) ?`+", re.MULTILINE)


def mark(workspace: str, ticket: str) -> str:
    """The first line of a comment of ours: invisible, and the same for as long as the ticket keeps its name."""
    return f"{_mark_start(workspace)}{ticket} -->"


def is_marked(body: str, workspace: str) -> bool:
    """Whether a comment's first line is our mark, for whatever ticket: a moved ticket has another name."""
    first = body.split("\n", 1)[0].rstrip()
    return first.startswith(_mark_start(workspace)) and first.endswith(" -->") and first.count("-->") == 1


def body(message: Message, workspace: str, ticket: str) -> str:
    """The comment's whole text; whole sections that find no room are counted among the folded ones."""
    head = [mark(workspace, ticket), f"### {words(message.headline)}"]
    shown: list[str] = []
    room = SCREEN
    for section in message.sections:
        text = _section(section)
        room -= len(text)
        if shown and room < 0:
            break
        shown.append(text)
    parts = [*shown, *_heard(message), *_state(message), *_tail(message, len(message.sections) - len(shown))]
    return "\n\n".join([*head, *parts]) + "\n"


def _mark_start(workspace: str) -> str:
    return f"<!-- alignment-hub:v1 {workspace}/"


def _heard(message: Message) -> Iterator[str]:
    if message.heard:
        yield "**Heard**\n\n" + "\n".join(f"- {_line(line)}" for line in message.heard)


def _state(message: Message) -> Iterator[str]:
    """A dashboard's tables and boxes; rows that find no room are counted with the rest."""
    room = [STATE]
    for table in message.tables:
        yield f"**{words(table.title)}**\n\n" + "\n".join(_table(table, room))
    if message.boxes:
        yield "\n".join(f"- [ ] {_line(line)}" for line in message.boxes)


def _table(table: Table, room: list[int]) -> Iterator[str]:
    yield f"| {' | '.join(words(title) for title in table.head)} |"
    yield "|" + " --- |" * len(table.head)
    unshown = table.more
    for row in table.rows:
        # A bar parts cells even within code.
        written = f"| {' | '.join(_BAR.sub(r'&#124;', _line(cell)) for cell in row)} |"
        room[0] -= len(written)
        if room[0] >= 0:
            yield written
        else:
            unshown += 1
    if unshown:
        yield f"\n_And {unshown} more._"


def ticked(body: str) -> tuple[str, ...]:
    """What the boxes that people ticked say in code."""
    return tuple(_TICKED.findall(body.replace("\r\n", "\n")))


def _tail(message: Message, unshown: int) -> Iterator[str]:
    folded = message.folded + unshown
    if folded:
        yield f"_And {folded} more finding{'s' if folded > 1 else ''} on this ticket._"
    if message.footer:
        yield f"---\n\n{_line(message.footer)}"


def _section(section: Section) -> str:
    parts = [f"**{words(section.severity)}**: {_line(section.advice.what)}", _line(section.advice.why)]
    parts.append("\n".join(_steps(section.advice)))
    if section.advice.unless:
        parts.append(_line(section.advice.unless))
    parts.append(f"Rule: {code(section.rule)}{''.join(_span(item) for item in section.links)}")
    return "\n\n".join(part for part in parts if part)


def _steps(advice: Advice) -> Iterator[str]:
    for step in advice.do[:_MOST_STEPS]:
        yield f"- {_line(step)}"
    if len(advice.do) > _MOST_STEPS:
        yield f"- and {len(advice.do) - _MOST_STEPS} more"


def _line(line: Line) -> str:
    """Spans in a row; a line that grows too long is cut between spans, so that no markup is left open."""
    text = ""
    for item in line:
        piece = _span(item)
        if len(text) + len(piece) > _LONGEST_LINE and text:
            return f"{text.rstrip()} …"
        text += piece
    return text.strip()


def _span(item: Span) -> str:
    if isinstance(item, Code):
        return code(item.text)
    if isinstance(item, Link):
        return link(item.text, item.url)
    if isinstance(item, Strong):
        return strong(item.text)
    return span(item.text)
