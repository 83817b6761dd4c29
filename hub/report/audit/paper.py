"""The blocks of the audit document: sections, words, lists and tables; each renderer escapes their text."""

from dataclasses import dataclass

from hub.model.message import Span, Text


@dataclass(frozen=True, slots=True)
class Badge:
    """A short verdict; `level` is good, warn, bad or dim, and its symbol says the same without colour."""

    text: str
    level: str


Inline = Span | Badge
Words = tuple[Inline, ...]

SYMBOLS = {"good": "✓", "warn": "!", "bad": "✕", "dim": ""}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of words; a `note` is less prominent."""

    words: Words
    note: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered where the order says something."""

    items: tuple[Words, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row names it. A cell may hold several lines."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Words, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Map:
    """The alignment map; formats without images show its table."""

    table: Table


Block = Paragraph | Items | Table | Map


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its content; `anchor` is its fragment on the page."""

    title: str
    anchor: str
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole document."""

    title: str
    lead: tuple[Words, ...]
    sections: tuple[Section, ...]


def to_words(*parts: Inline | str) -> Words:
    """Words, with plain strings as text; empty ones are left out."""
    return tuple(Text(part) if isinstance(part, str) else part for part in parts if part != "")


def join_words(words: tuple[Words, ...], separator: str = ", ") -> Words:
    """Several in one line."""
    result: list[Inline] = []
    for word in words:
        result += [Text(separator), *word] if result else word
    return tuple(result)


def plain_text(words: Words) -> str:
    """As plain text: verdicts with their sign, links by their words."""
    return "".join(_plain_inline(word) for word in words)


def _plain_inline(item: Inline) -> str:
    if isinstance(item, Badge):
        return f"{SYMBOLS[item.level]} {item.text}".strip()
    return item.text
