"""A message as GitHub Markdown, and people's text escaped in it."""

import re
from collections.abc import Iterator
from itertools import accumulate

from connectors.shared.comment_commands import without_whitespace
from hub.model.message import Code, Line, Link, Message, Point, Span, Strong, Table, Text, in_one_line

# A zero-width space: GitHub links mentions, references and shortcodes after Markdown is rendered, where no
# backslash is left; only something between the characters keeps them apart.
ZERO_WIDTH_SPACE = "&#8203;"
MAX_TEXT_LENGTH = 300

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[\\`*_\[\]~|^]")
_START = re.compile(r"^(\d{0,9})([#+\-=>.):!])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
_ENTITY = re.compile(r"[&<>$]")
# The last character before the gap; what follows is only looked at. Applied before anything else is escaped.
_AUTOLINK = re.compile(
    r"[@#]"
    r"|(?<![^\W_])GH-(?=\d)"
    r"|:(?=//)"
    r"|\bwww(?=\.)|\b(?:mailto|xmpp)(?=:)"
    r"|(?<=:)(?=[\w+-]{1,60}:)",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"(?<![^\W_])[0-9a-f]{7,64}(?![^\W_])", re.IGNORECASE)
_GAP = "\ue000"


def visible_line(text: str, limit: int = MAX_TEXT_LENGTH) -> str:
    """One line of visible characters, cut with an ellipsis where it is too long."""
    line = _SPACE.sub(" ", _INVISIBLE.sub("", text[: limit * 4]).replace(_GAP, " ")).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def escape_text(text: str) -> str:
    """Text that starts no markup, link, mention, reference, shortcode or HTML."""
    return _escape(visible_line(text)) if text.strip() else ""


def span(text: str) -> str:
    """Text within a line: a blank at either end stays, so that spans do not run together."""
    inner = escape_text(text)
    if not inner:
        return " " if text else ""
    return (" " if text[0].isspace() else "") + inner + (" " if text[-1].isspace() else "")


def strong(text: str) -> str:
    """Words that matter; the stars hold whatever stands at the ends, since a zero-width space is no punctuation."""
    inner = escape_text(text)
    start, end = ("" if inner[at : at + 1 or None].isalnum() else "\u200b" for at in (0, -1))
    return f"**{start}{inner}{end}**" if inner else ""


def code(text: str) -> str:
    """An exact value in a code span, whatever backticks it holds."""
    value = visible_line(text)
    if not value:
        return ""
    max_run = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * (max_run + 1)
    pad = " " if value[0] == "`" or value[-1] == "`" else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def summary(text: str) -> str:
    """The title of a fold: within HTML no Markdown takes effect, and a backslash would be seen."""
    return _neutralise(visible_line(text)).replace(_GAP, ZERO_WIDTH_SPACE)


def block(text: str) -> str:
    """A block that can be copied, whatever backticks are in it."""
    value = visible_line(text)
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`+", value))])
    return f"{fence}\n{value}\n{fence}"


def link(text: str, url: str) -> str:
    """A link of the hub's own; an address that is not plain http(s) leaves only the words."""
    label = escape_text(text)
    if not re.fullmatch(r"https?://[^\s<>\"\\^`{|}\x00-\x1f]{1,1000}", url):
        return label
    safe = url.replace("(", "%28").replace(")", "%29").replace("*", "%2A")
    return f"[{label or 'link'}]({safe})"


def _escape(line: str) -> str:
    return _START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", _neutralise(line))).replace(_GAP, ZERO_WIDTH_SPACE)


def _neutralise(line: str) -> str:
    """Gaps where GitHub would link something, and no HTML."""
    separated = _AUTOLINK.sub(lambda match: match[0] + _GAP, _COMMIT.sub(_break_up, line))
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], separated)


def _break_up(match: re.Match[str]) -> str:
    digits = match[0]
    return _GAP.join(digits[at : at + 6] for at in range(0, len(digits), 6))


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
