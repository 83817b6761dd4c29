"""A message as GitHub Markdown: its mark, its sections, and never more than about a screen."""

from collections.abc import Iterator

from connectors.github.escape import code, link, span, strong, words
from hub.model.message import Advice, Code, Line, Link, Message, Section, Span, Strong

LONGEST_BODY = 65_536
SCREEN = 3_500
_LONGEST_LINE = 1_600
_MOST_STEPS = 10


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
    return "\n\n".join([*head, *shown, *_tail(message, len(message.sections) - len(shown))]) + "\n"


def _mark_start(workspace: str) -> str:
    return f"<!-- alignment-hub:v1 {workspace}/"


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
    parts.append(f"Rule: {code(section.rule)}")
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
