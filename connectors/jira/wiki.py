"""A message as Jira's wiki markup, for sites that know no documents: whatever might be markup is a reference."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from connectors.jira.format import LONGEST_LINE, words
from hub.model.message import Code, Line, Link, Message, Point, Span, Strong, Text

STATE = 20_000
# Jira's renderer keeps character references, and no part of it takes them for markup. A backslash is less certain:
# two of them are a line break, and not every macro knows it.
ALWAYS = frozenset("\\{}[]()*_+^~|!#@")
NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
BLOCK_WORD = re.compile(r"(h[1-6]|bq)\.", re.IGNORECASE)
MACRO = re.compile(r"(?:code|color|noformat|panel|quote|anchor|toc|expand|section|column)(?![\w-])", re.IGNORECASE)
IN_ADDRESSES = ":/?#@&=+,;%~.-_$"


def markup(message: Message) -> str:
    """The whole comment; wiki markup cannot fold, so that what found no room is only named."""
    lead = () if not message.lead else (Text(" "), *message.lead)
    parts = [_line((Strong(message.headline), *lead)), *_points(message), *_tables(message)]
    if message.folded_summary:
        parts.append(_line(message.folded_summary))
    parts += [f"_{said}_" for one in message.recorded if (said := _line(one))]
    parts += [*_boxes(message), *([_line(message.footer)] if message.footer else [])]
    return "\n\n".join(part for part in parts if part)


def escaped(text: str, room: int = LONGEST_LINE) -> str:
    """Words in which nothing becomes markup, a link, a mention or an emoticon; cut where they grow too long."""
    said = words(text)
    written: list[str] = []
    for at in range(len(said)):
        written.append(_reference(said, at))
        room -= len(written[-1])
        if room < 0:
            return "".join(written[:-1]) + "…"
    return "".join(written)


def _reference(text: str, at: int) -> str:
    char = text[at]
    return NAMED.get(char) or (f"&#{ord(char)};" if char in ALWAYS or _may_mark(text, at) else char)


def _may_mark(text: str, at: int) -> bool:
    """Whether a character that is mostly harmless stands where Jira would read more into it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    match text[at]:
        case "-":
            # Between small letters it joins a word; elsewhere it may strike out, draw a line or name a ticket.
            return not (before.islower() and after.islower())
        case ":" | ";":
            return after != " "
        case "?":
            return "?" in (before, after) or not after
    return False


def _points(message: Message) -> Iterator[str]:
    """The points in view; several are numbered and named."""
    several = len(message.points) + len(message.folded) > 1
    for number, point in enumerate(message.points, start=1):
        name = (Strong(f"{number}. {point.title}"), Text(" ")) if several else ()
        yield _line((*name, *point.what))
        yield _line(point.step)
        yield _commands(point)
        yield _line(point.alternative)


def _commands(point: Point) -> str:
    """The command as a block that can be copied, or the answers as a list."""
    if len(point.commands) == 1 and not point.commands[0][0]:
        return f"{{noformat}}{words(point.commands[0][1]).replace('{', '').replace('}', '')}{{noformat}}"
    return "\n".join(f"* {_line((Text(f'{name}: '), Code(command)))}" for name, command in point.commands)


def _tables(message: Message) -> Iterator[str]:
    """A dashboard's tables."""
    room = STATE
    for table in message.tables:
        shown = []
        for row in table.rows:
            shown.append(f"| {' | '.join(_line(cell) or ' ' for cell in row)} |")
            room -= len(shown[-1])
            if room < 0:
                shown.pop()
        head = f"|| {' || '.join(escaped(title) for title in table.head)} ||"
        yield "\n".join((head, *shown))
        if more := table.omitted_rows + len(table.rows) - len(shown):
            yield f"And {more} more."


def _boxes(message: Message) -> Iterator[str]:
    """Wiki markup has no boxes, but every ticket hears a command."""
    if message.checkboxes:
        yield _line((Text("To check a ticket again, comment on it: "), Code("/okr recheck")))


def _line(line: Line) -> str:
    """The spans that are left when unsayable characters are gone; a line that grows too long is cut."""
    written = ""
    for span in line:
        written += _span(span, LONGEST_LINE - len(written), written[-1:])
        if len(written) >= LONGEST_LINE:
            break
    said = written.strip()
    return BLOCK_WORD.sub(r"\1&#46;", said, count=1) if BLOCK_WORD.match(said) else said


def _span(span: Span, room: int, before: str) -> str:
    said = escaped(span.text, room)
    inside = said.strip()
    if not inside:
        return said
    match span:
        case Strong():
            return _around(said, inside, "*", before)
        case Code():
            # The braces of code and a macro's name after them would read as that macro.
            named = f"&#{ord(inside[0])};{inside[1:]}" if MACRO.match(inside) else inside
            return said.replace(inside, f"{{{{{named}}}}}", 1)
        case Link(url=url) if url.startswith(("https://", "http://")):
            return said.replace(inside, f"[{inside}|{quote(words(url), safe=IN_ADDRESSES)}]", 1)
    return said


def _around(said: str, inside: str, mark: str, before: str) -> str:
    """Blanks stay outside of the marks, and inside of a word the marks need braces: else they would be mere stars."""
    braced = f"{{{mark}}}" if before.isalnum() else mark
    return said.replace(inside, f"{braced}{inside}{braced}", 1)
