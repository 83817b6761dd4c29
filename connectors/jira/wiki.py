"""Messages as Jira's wiki markup, and the text of such markup."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from connectors.jira.adf import MAX_LINE_LENGTH, clean_text
from hub.model.message import Code, Line, Link, Message, Point, Span, Strong, Text

MAX_STATE_LENGTH = 20_000
# Jira's renderer keeps character references, and no part of it takes them for markup. A backslash is less certain:
# two of them are a line break, and not every macro knows it.
# jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
ESCAPED_CHARACTERS = frozenset("\\{}[]()*_+^~|!#@")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
BLOCK_WORD = re.compile(r"(h[1-6]|bq)\.", re.IGNORECASE)
MACRO = re.compile(r"(?:code|color|noformat|panel|quote|anchor|toc|expand|section|column)(?![\w-])", re.IGNORECASE)
IN_ADDRESSES = ":/?#@&=+,;%~.-_$"


def markup(message: Message) -> str:
    """The whole comment; wiki markup cannot fold, so that what found no room is only named."""
    lead = () if not message.lead else (Text(" "), *message.lead)
    parts = [_line((Strong(message.headline), *lead)), *_points(message), *_tables(message)]
    if message.folded_summary:
        parts.append(_line(message.folded_summary))
    parts += [f"_{text}_" for item in message.recorded if (text := _line(item))]
    parts += [*_recheck_hint(message), *([_line(message.footer)] if message.footer else [])]
    return "\n\n".join(part for part in parts if part)


def escape(text: str, remaining: int = MAX_LINE_LENGTH) -> str:
    """Words in which nothing becomes markup, a link, a mention or an emoticon; cut where they grow too long."""
    plain = clean_text(text)
    parts: list[str] = []
    for at in range(len(plain)):
        parts.append(_reference(plain, at))
        remaining -= len(parts[-1])
        if remaining < 0:
            return "".join(parts[:-1]) + "…"
    return "".join(parts)


def _reference(text: str, at: int) -> str:
    char = text[at]
    if char == " " or char.isalnum():
        return char  # nearly all of a text, and never read as anything else
    return ENTITIES.get(char) or (f"&#{ord(char)};" if char in ESCAPED_CHARACTERS or _needs_escape(text, at) else char)


def _needs_escape(text: str, at: int) -> bool:
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
    has_several = len(message.points) + len(message.folded) > 1
    for number, point in enumerate(message.points, start=1):
        name = (Strong(f"{number}. {point.title}"), Text(" ")) if has_several else ()
        yield _line((*name, *point.what))
        yield _line(point.step)
        yield _commands(point)
        yield _line(point.alternative)


def _commands(point: Point) -> str:
    """The command as a block that can be copied, or the answers as a list."""
    if len(point.commands) == 1 and not point.commands[0][0]:
        return f"{{noformat}}{clean_text(point.commands[0][1]).replace('{', '').replace('}', '')}{{noformat}}"
    return "\n".join(f"* {_line((Text(f'{name}: '), Code(command)))}" for name, command in point.commands)


def _tables(message: Message) -> Iterator[str]:
    """A dashboard's tables."""
    remaining = MAX_STATE_LENGTH
    for table in message.tables:
        visible = []
        for row in table.rows:
            visible.append(f"| {' | '.join(_line(cell) or ' ' for cell in row)} |")
            remaining -= len(visible[-1])
            if remaining < 0:
                visible.pop()
        head = f"|| {' || '.join(escape(title) for title in table.head)} ||"
        yield "\n".join((head, *visible))
        if hidden_count := table.omitted_rows + len(table.rows) - len(visible):
            yield f"And {hidden_count} more."


def _recheck_hint(message: Message) -> Iterator[str]:
    """Wiki markup has no boxes, but every ticket hears a command."""
    if message.checkboxes:
        yield _line((Text("To check a ticket again, comment on it: "), Code("/okr recheck")))


def _line(line: Line) -> str:
    """The spans that are left when unsayable characters are gone; a line that grows too long is cut."""
    text = ""
    for span in line:
        text += _span(span, MAX_LINE_LENGTH - len(text), text[-1:])
        if len(text) >= MAX_LINE_LENGTH:
            break
    stripped = text.strip()
    return BLOCK_WORD.sub(r"\1&#46;", stripped, count=1) if BLOCK_WORD.match(stripped) else stripped


def _span(span: Span, remaining: int, before: str) -> str:
    text = escape(span.text, remaining)
    inner = text.strip()
    if not inner:
        return text
    match span:
        case Strong():
            return _wrap(text, inner, "*", before)
        case Code():
            # The braces of code and a macro's name after them would read as that macro.
            escaped_inner = f"&#{ord(inner[0])};{inner[1:]}" if MACRO.match(inner) else inner
            return text.replace(inner, f"{{{{{escaped_inner}}}}}", 1)
        case Link(url=url) if url.startswith(("https://", "http://")):
            return text.replace(inner, f"[{inner}|{quote(clean_text(url), safe=IN_ADDRESSES)}]", 1)
    return text


def _wrap(text: str, inner: str, mark: str, before: str) -> str:
    """Blanks stay outside of the marks, and inside of a word the marks need braces: else they would be mere stars."""
    wrapper = f"{{{mark}}}" if before.isalnum() else mark
    return text.replace(inner, f"{wrapper}{inner}{wrapper}", 1)


_QUOTED = re.compile(r"\{(quote|code|noformat)(?::[^{}\n]*)?\}.*?(?:\{\1\}|\Z)", re.DOTALL)
_QUOTED_LINE = re.compile(r"^[ \t]*bq\. .*$", re.MULTILINE)
_MACRO = re.compile(r"(?<!\\)\{(?:panel|color|anchor|toc|expand|section|column)(?::[^{}\n]*)?\}")
_LINK = re.compile(r"(?<!\\)\[(?:([^\[\]|\n]*)\|)?((?:https?|mailto)[^\[\]|\n]*)(?:\|[^\[\]\n]*)?\]")
_HEADING = re.compile(r"^[ \t]*h[1-6]\.[ \t]*", re.MULTILINE)
_STRONG = re.compile(r"(?<![\w*\\])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")
_LIST = re.compile(r"^[ \t]*(?:[*#-]{2,6}|#)[ \t]+", re.MULTILINE)
_ESCAPE = re.compile(r"\\([^\w\s\\])")


def wiki_to_text(markup: str, *, quoted: str = "") -> str:
    """Plain text of a description as Data Center keeps it; `quoted` stands in a paragraph of its own for each quote."""
    replacement = f"\n\n{quoted}\n\n" if quoted else ""
    text = _QUOTED.sub(replacement, markup.replace("\r\n", "\n"))
    for pattern, instead in ((_QUOTED_LINE, replacement), (_MACRO, ""), (_LIST, "* "), (_HEADING, "# ")):
        text = pattern.sub(instead, text)
    text = _STRONG.sub(r"\1", text)
    return _ESCAPE.sub(r"\1", _LINK.sub(_linked, text))


def _linked(link: re.Match[str]) -> str:
    """A link whose words are a sentence is named by its address, which tells more."""
    alias, address = link[1] or "", link[2]
    return f"[{alias}]({address})" if " " in alias.strip() else alias or address
