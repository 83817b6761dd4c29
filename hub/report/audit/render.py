"""The printed audit as lines for a terminal, as Markdown and as one HTML page; people's text starts no markup."""

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

from hub.model.message import Code, Link, Strong
from hub.report.audit.blocks import (
    SYMBOLS,
    Badge,
    Block,
    Document,
    Inline,
    Items,
    Map,
    Paragraph,
    Reference,
    Section,
    Table,
    Words,
    is_blank,
    plain_text,
)
from hub.report.lines import StyledLine
from hub.report.map.nodes import MapPage
from hub.report.map.svg import STYLE, map_svg
from hub.report.text import safe_url

INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STYLES = {"bad": "error", "warn": "warning"}


def text_lines(document: Document) -> Iterator[StyledLine]:
    """Headings, lists and tables; a row of a table is a line, with its cells named."""
    yield StyledLine(_plain(document.title), "heading")
    yield from (StyledLine(_text_line(words)) for words in document.lead)
    for section in document.sections:
        yield from _text_section(section, 0)


def _text_section(section: Section, depth: int) -> Iterator[StyledLine]:
    yield StyledLine()
    yield StyledLine("  " * depth + _plain(section.title), "heading")
    for block in section.blocks:
        yield from _text_block(block, "  " * (depth + 1))
    for part in section.sections:
        yield from _text_section(part, depth + 1)
    yield from _text_more(section.more, "  " * (depth + 1))


def _text_block(block: Block, indent: str) -> Iterator[StyledLine]:
    if isinstance(block, Paragraph):
        yield StyledLine(indent + _text_line(block.words), "dim" if block.note else _style(block.words))
    elif isinstance(block, Items):
        for number, words in enumerate(block.items, start=1):
            yield StyledLine(f"{indent}{f'{number}.' if block.numbered else '-'} {_text_line(words)}", _style(words))
        yield from _text_more(block.more, indent)
    elif isinstance(block, Table):
        yield from _text_table(block, indent)
    elif isinstance(block, Map):
        yield from _text_table(block.table, indent)


def _text_table(table: Table, indent: str) -> Iterator[StyledLine]:
    yield StyledLine(f"{indent}{_plain(table.caption)}:")
    for first, *cells in table.rows:
        head = "; ".join(map(_text_line, first))
        named = zip(table.head[1:], cells, strict=True)
        named_cells = [
            f"{name}: {'; '.join(map(_text_line, cell))}".strip() for name, cell in named if any(map(_text_line, cell))
        ]
        yield StyledLine(f"{indent}  {head} | {' | '.join(named_cells)}")
    yield from _text_more(table.more, indent)


def _text_more(words: Words, indent: str) -> Iterator[StyledLine]:
    if words:
        yield StyledLine(indent + _text_line(words), "dim")


def _text_line(words: Words) -> str:
    return _plain(plain_text(words))


def _plain(text: str) -> str:
    """One line, without anything that a terminal would act on."""
    return INVISIBLE.sub(" ", text)


def _style(words: Words) -> str:
    return next((STYLES[word.level] for word in words if isinstance(word, Badge) and word.level in STYLES), "plain")


UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+"
)
# Every sign that Markdown gives a meaning somewhere; a backslash before it takes that away.
_MARKUP = re.compile(r"[\\`*_{}\[\]()#+!|~^=>:.-]")
# A renderer may turn these into mentions and references after it has read the backslashes.
_ENTITIES = {"&": "&amp;", "<": "&lt;", "@": "&#64;&#8203;", "$": "&#36;"}


def markdown_lines(document: Document) -> Iterator[str]:
    """The document line by line."""
    yield f"# {escape(document.title)}"
    for words in document.lead:
        yield from ("", _markdown_line(words))
    for section in document.sections:
        yield from _markdown_section(section, 2)


def escape(text: str) -> str:
    """Words as they are."""
    line = UNPRINTABLE.sub(" ", text)
    escaped = _MARKUP.sub(r"\\\g<0>", line)
    return "".join(_ENTITIES.get(sign, sign) for sign in escaped)


def _markdown_section(section: Section, depth: int) -> Iterator[str]:
    yield from ("", f"{'#' * depth} {escape(section.title)}")
    for block in section.blocks:
        yield ""
        yield from _markdown_block(block)
    for part in section.sections:
        yield from _markdown_section(part, depth + 1)
    yield from _markdown_more(section.more)


def _markdown_more(words: Words) -> Iterator[str]:
    if words:
        yield from ("", _markdown_line(words))


def _markdown_block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _markdown_line(block.words)
    elif isinstance(block, Items):
        for number, words in enumerate(block.items, start=1):
            yield f"{f'{number}.' if block.numbered else '-'} {_markdown_line(words)}"
        yield from _markdown_more(block.more)
    else:
        yield from _markdown_table(block.table if isinstance(block, Map) else block)


def _markdown_table(table: Table) -> Iterator[str]:
    yield f"**{escape(table.caption)}**"
    yield ""
    yield f"| {' | '.join(map(escape, table.head))} |"
    yield f"|{''.join(' ---: |' if place in table.numeric else ' --- |' for place in range(len(table.head)))}"
    for row in table.rows:
        yield f"| {' | '.join('<br>'.join(map(_markdown_line, cell)) for cell in row)} |"
    yield from _markdown_more(table.more)


def _markdown_line(words: Words) -> str:
    return "" if is_blank(words) else "".join(map(_inline, words)).strip()


def _inline(item: Inline) -> str:
    if isinstance(item, Code):
        return f"`{_code(item.text)}`"
    if isinstance(item, Link | Reference):
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
    return UNPRINTABLE.sub(" ", text).replace("`", "'").replace("|", "¦").strip()


def render_html(document: Document, map_pages: Sequence[MapPage], stylesheet: str = "") -> str:
    """The whole page; the template escapes all text, only our own SVG and style sheet are inserted as they are.

    `stylesheet` is the address of the style sheet; without it the page contains the style sheet.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("hub.report", "audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(kind=_type_name, safe_url=safe_url, symbols=SYMBOLS, anchors="")
    return environment.get_template("page.html").render(
        document=document,
        stylesheet=stylesheet,
        style="" if stylesheet else style_sheet(document.title),
        map_svgs=[map_svg(map_page, len(map_pages)) for map_page in map_pages],
    )


def style_sheet(title: str) -> str:
    """The style sheet of the page, with the running title of its print."""
    rules = (files("hub.report") / "audit" / "page.css").read_text(encoding="utf-8")
    running = f'@media print {{ @page {{ @top-left {{ content: "{_css_string(title)}"; }} }} '
    return f"{rules}\n{STYLE}\n{running}@page :first {{ @top-left {{ content: none; }} }} }}\n"


def _css_string(text: str) -> str:
    """The text within quotation marks of a style sheet: everything but letters, digits and spaces by its number."""
    return "".join(sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in text)


def _type_name(value: object) -> str:
    return type(value).__name__
