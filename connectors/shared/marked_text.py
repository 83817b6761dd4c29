"""A message as text with our mark as its last line, for trackers without hidden text: plain, or in their own markup."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connectors.shared.comment_commands import without_whitespace
from hub.model.message import Code, Line, Link, Message, Point, Span, Strong, Table, Text, in_one_line

MAX_TEXT_LENGTH, MAX_LINE_LENGTH, MAX_COMMENT_LENGTH = 300, 1_600, 30_000
"""Characters of one span, of one line before markup, and of a comment's rows; what finds no room is counted."""
MARK = "alignment-hub"
_MARK_LINE = re.compile(r"\[alignment-hub (?P<workspace>\S{1,100})/(?P<ticket>\S{1,200}?)(?P<closed> closed)?\]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f]{1,1000}")


def visible_words(text: str) -> str:
    """One line of visible characters, cut with an ellipsis where it is too long."""
    words = " ".join(_INVISIBLE.sub("", text[: MAX_TEXT_LENGTH * 4]).split())
    return words if len(words) <= MAX_TEXT_LENGTH else words[: MAX_TEXT_LENGTH - 1].rstrip() + "…"


def _same(text: str) -> str:
    return text


def _named_address(label: str, url: str) -> str:
    return f"{label} ({url})"


@dataclass(frozen=True, slots=True)
class Markup:
    """How a tracker writes things. Each function takes visible words of one line, `link` an http(s) address as well.

    `escape` gives words in which nothing becomes markup, a link or a mention; `strong` and `link` take words that were
    escaped, `code` and `block` exact values. Without arguments it is plain text.
    """

    escape: Callable[[str], str] = _same
    strong: Callable[[str], str] = _same
    code: Callable[[str], str] = _same
    block: Callable[[str], str] = _same
    link: Callable[[str, str], str] = _named_address
    bullet: str = "- "


PLAIN = Markup()


@dataclass(frozen=True, slots=True)
class Mark:
    """What a comment's last line says: a comment of this workspace's hub, on this ticket; see `Comment.closed`."""

    workspace: str
    ticket: str
    closed: bool = False

    def __str__(self) -> str:
        """The line."""
        return f"[{MARK} {self.workspace}/{self.ticket}{' closed' if self.closed else ''}]"


def marked_text(message: Message, workspace: str, ticket: str, markup: Markup = PLAIN) -> str:
    """The comment's whole text; `ticket` is the tracker's id, which stays when a ticket is moved."""
    visible, length = list[str](), 0
    for part in (part for part in _parts(message, markup) if part):
        length += len(part)
        if length > MAX_COMMENT_LENGTH:
            visible.append("…")
            break
        visible.append(part)
    return "\n\n".join((*visible, str(Mark(workspace, ticket, message.closed))))


def mark_in(text: str, workspace: str) -> Mark | None:
    """The mark of a comment of this workspace's hub: the last line that is one, also above what a person added below.

    None in all other comments. Who wrote it is another question: people copy whole comments.
    """
    _, match = _mark_line(text)
    if match is None or match["workspace"] != workspace:
        return None
    return Mark(match["workspace"], match["ticket"], match["closed"] is not None)


def words_of(text: str) -> str:
    """What a marked comment says, for `Comment.rendered_text`: trackers trim, re-wrap and end lines as they like."""
    lines = text.splitlines()
    at, match = _mark_line(text)
    return without_whitespace("".join(line for number, line in enumerate(lines) if match is None or number != at))


def _mark_line(text: str) -> tuple[int, re.Match[str] | None]:
    lines = text.splitlines()
    for at in reversed(range(len(lines))):
        if match := _MARK_LINE.fullmatch(lines[at].strip()):
            return at, match
    return 0, None


def _parts(message: Message, markup: Markup) -> Iterator[str]:
    lead = (Text(" "), *message.lead) if message.lead else ()
    yield _line((Strong(message.headline), *lead), markup)
    has_several = len(message.points) + len(message.folded) > 1
    for number, point in enumerate(message.points, start=1):
        yield from _point(point, f"{number}. " if has_several else "", markup)
    if message.folded:
        yield _line(message.folded_summary, markup) or _rows(
            [_line(in_one_line(point), markup) for point in message.folded], 0, markup
        )
    for table in (*message.tables, *(message.fold.tables if message.fold else ())):
        yield _table(table, markup)
    if message.fold and message.fold.lines:
        yield _rows([_line(line, markup) for line in message.fold.lines], 0, markup)
    if message.checkboxes:
        yield _line((Text("To check a ticket again, comment on it: "), Code("/okr recheck")), markup)
    yield from (_line(line, markup) for line in message.recorded)
    yield _line(message.footer, markup)


def _point(point: Point, number: str, markup: Markup) -> Iterator[str]:
    name = (Strong(f"{number}{point.title}"), Text(" ")) if number else ()
    yield _line((*name, *point.what), markup)
    yield _line(point.step, markup)
    if len(point.commands) == 1 and not point.commands[0][0]:
        yield markup.block(visible_words(point.commands[0][1]))
    elif point.commands:
        answers = [_line((Text(f"{name}: "), Code(command)), markup) for name, command in point.commands]
        yield _rows(answers, 0, markup)
    yield _line(point.alternative, markup)


def _table(table: Table, markup: Markup) -> str:
    head = " | ".join(markup.strong(markup.escape(visible_words(title))) for title in table.head)
    rows = [" | ".join(_line(cell, markup) for cell in row) for row in table.rows]
    return f"{head}\n\n{_rows(rows, table.omitted_rows, markup)}"


def _rows(rows: list[str], omitted: int, markup: Markup) -> str:
    """A list; what finds no room is counted."""
    visible, length = list[str](), 0
    for row in rows:
        length += len(row)
        if length > MAX_COMMENT_LENGTH:
            break
        visible.append(markup.bullet + row)
    hidden = omitted + len(rows) - len(visible)
    return "\n".join((*visible, *([f"{markup.bullet}{hidden:,} more"] if hidden else [])))


def _line(line: Line, markup: Markup) -> str:
    """Spans in a row; a line that grows too long is cut between spans, so that no markup is left open."""
    text = ""
    for span in line:
        rendered = _span(span, markup)
        if len(text) + len(rendered) > MAX_LINE_LENGTH and text:
            return f"{text.rstrip()} …"
        text += rendered
    return text.strip()


def _span(span: Span, markup: Markup) -> str:
    words = visible_words(span.text)
    if not words:
        return " " if span.text else ""
    before, after = " " if span.text[0].isspace() else "", " " if span.text[-1].isspace() else ""
    match span:
        case Code():
            inner = markup.code(words)
        case Strong():
            inner = markup.strong(markup.escape(words))
        case Link(url=url) if _ADDRESS.fullmatch(url):
            inner = markup.link(markup.escape(words), url)
        case _:
            inner = markup.escape(words)
    return f"{before}{inner}{after}"
