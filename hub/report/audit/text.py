"""The audit document as lines for a terminal."""

import re
from collections.abc import Iterator

from hub.report.audit.paper import Badge, Block, Document, Items, Map, Paragraph, Section, Table, Words, plain_text
from hub.report.text import StyledLine

INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STYLES = {"bad": "error", "warn": "warning"}


def text_lines(document: Document) -> Iterator[StyledLine]:
    """Headings, lists and tables; a row of a table is a line, with its cells named."""
    yield StyledLine(_plain(document.title), "heading")
    yield from (StyledLine(_line(words)) for words in document.lead)
    for section in document.sections:
        yield from _section(section, 0)


def _section(section: Section, depth: int) -> Iterator[StyledLine]:
    yield StyledLine()
    yield StyledLine("  " * depth + _plain(section.title), "heading")
    for block in section.blocks:
        yield from _block(block, "  " * (depth + 1))
    for part in section.sections:
        yield from _section(part, depth + 1)


def _block(block: Block, indent: str) -> Iterator[StyledLine]:
    if isinstance(block, Paragraph):
        yield StyledLine(indent + _line(block.words), "dim" if block.note else _style(block.words))
    elif isinstance(block, Items):
        for number, words in enumerate(block.items, start=1):
            yield StyledLine(f"{indent}{f'{number}.' if block.numbered else '-'} {_line(words)}", _style(words))
    elif isinstance(block, Table):
        yield from _table(block, indent)
    elif isinstance(block, Map):
        yield from _table(block.table, indent)


def _table(table: Table, indent: str) -> Iterator[StyledLine]:
    yield StyledLine(f"{indent}{_plain(table.caption)}:")
    for first, *cells in table.rows:
        head = "; ".join(map(_line, first))
        named = zip(table.head[1:], cells, strict=True)
        named_cells = [f"{name}: {'; '.join(map(_line, cell))}" for name, cell in named if any(map(_line, cell))]
        yield StyledLine(f"{indent}  {head} | {' | '.join(named_cells)}")


def _line(words: Words) -> str:
    return _plain(plain_text(words))


def _plain(text: str) -> str:
    """One line, without anything that a terminal would act on."""
    return INVISIBLE.sub(" ", text)


def _style(words: Words) -> str:
    return next((STYLES[word.level] for word in words if isinstance(word, Badge) and word.level in STYLES), "plain")
