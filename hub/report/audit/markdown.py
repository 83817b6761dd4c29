"""The audit document as Markdown; user text starts no markup, link, mention or HTML."""

import re
from collections.abc import Iterator

from hub.model.message import Code, Link, Strong
from hub.report.audit.addresses import safe_url
from hub.report.audit.paper import SYMBOLS, Badge, Block, Document, Inline, Items, Map, Paragraph, Section, Table, Words

_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
# Every sign that Markdown gives a meaning somewhere; a backslash before it takes that away.
_MARKUP = re.compile(r"[\\`*_{}\[\]()#+!|~^=>:.-]")
# A renderer may turn these into mentions and references after it has read the backslashes.
_ENTITIES = {"&": "&amp;", "<": "&lt;", "@": "&#64;&#8203;", "$": "&#36;"}


def markdown_lines(document: Document) -> Iterator[str]:
    """The document line by line."""
    yield f"# {escape(document.title)}"
    for words in document.lead:
        yield from ("", _line(words))
    for section in document.sections:
        yield from _section(section, 2)


def escape(text: str) -> str:
    """Words as they are."""
    line = _INVISIBLE.sub(" ", text)
    escaped = _MARKUP.sub(r"\\\g<0>", line)
    return "".join(_ENTITIES.get(sign, sign) for sign in escaped)


def _section(section: Section, depth: int) -> Iterator[str]:
    yield from ("", f"{'#' * depth} {escape(section.title)}")
    for block in section.blocks:
        yield ""
        yield from _block(block)
    for part in section.sections:
        yield from _section(part, depth + 1)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _line(block.words)
    elif isinstance(block, Items):
        for number, words in enumerate(block.items, start=1):
            yield f"{f'{number}.' if block.numbered else '-'} {_line(words)}"
    else:
        yield from _table(block.table if isinstance(block, Map) else block)


def _table(table: Table) -> Iterator[str]:
    yield f"**{escape(table.caption)}**"
    yield ""
    yield f"| {' | '.join(map(escape, table.head))} |"
    yield f"|{' --- |' * len(table.head)}"
    for row in table.rows:
        yield f"| {' | '.join('<br>'.join(map(_line, cell)) for cell in row)} |"


def _line(words: Words) -> str:
    return "".join(map(_inline, words)).strip()


def _inline(item: Inline) -> str:
    if isinstance(item, Code):
        return f"`{_code(item.text)}`"
    if isinstance(item, Link):
        url = safe_url(item.url)
        safe = url and url.replace("(", "%28").replace(")", "%29")
        return f"[{escape(item.text)}]({safe})" if safe else escape(item.text)
    if isinstance(item, Strong):
        return _strong(item.text)
    if isinstance(item, Badge):
        return escape(f"{SYMBOLS[item.level]} {item.text}".strip())
    return escape(item.text)


def _strong(text: str) -> str:
    inner = escape(text.strip())
    return f"**{inner}**{' ' if text.endswith(' ') else ''}" if inner else ""


def _code(text: str) -> str:
    """An exact value; what would end the code or the cell is replaced, for there is no escape in code."""
    return _INVISIBLE.sub(" ", text).replace("`", "'").replace("|", "¦").strip()
