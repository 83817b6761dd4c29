"""Text that fits one screen whatever is counted: at most 60 lines of 160 columns, the rest counted and named."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from hub.model.text import cut_to_width, display_width, printable_line
from hub.report.lines import StyledLine

MAX_LINES = 60
MAX_WIDTH = 160
MIN_TITLE = 24
"""Columns that a title keeps where there is not room for all; a long address goes before that."""


def fit(lines: Iterable[StyledLine], width: int = MAX_WIDTH) -> Iterator[StyledLine]:
    """The lines as they are printed, none wider than the screen."""
    return (StyledLine(cut_to_width(printable_line(line.text), width), line.style) for line in lines)


def number(count: int, word: str, plural: str = "") -> str:
    """`1 ticket`, `1,234 tickets`."""
    return f"{count:,} {word if count == 1 else plural or f'{word}s'}"


def shorten(names: Sequence[str], limit: int = 3) -> str:
    """`a, b, c and 4 more`."""
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return f"{', '.join(names[:limit])}{more}"


def cut_section(lines: Sequence[StyledLine], limit: int, noun: str) -> Iterator[StyledLine]:
    """At most so many lines: what is left out is counted in the last."""
    if len(lines) <= limit:
        yield from lines
        return
    yield from lines[: limit - 1]
    yield StyledLine(f"  … and {len(lines) - limit + 1:,} more {noun}", "dim")


def by_reason(entries: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Names by reason, the most frequent reason first."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, reason in entries:
        groups[reason].append(name)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def join_fitted(title: str, *rest: str, indent: str = "    ", min_title: int = MIN_TITLE) -> str:
    """A title and what belongs to it, joined by `·`, on one line.

    Where there is not room for all, the title is cut down to `min_title` columns, then what comes last is left out.
    """
    title, parts = printable_line(title), [part for part in map(printable_line, rest) if part]
    least = min(display_width(title), min_title)
    while parts and _room(indent, parts) < least:
        parts.pop()
    return f"{indent}{cut_to_width(title, _room(indent, parts))}{_joined(parts)}"


def _room(indent: str, parts: Sequence[str]) -> int:
    return MAX_WIDTH - display_width(indent) - display_width(_joined(parts))


def _joined(parts: Sequence[str]) -> str:
    return "".join(f" · {part}" for part in parts)
