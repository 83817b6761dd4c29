"""Text that fits one screen whatever is counted: at most 60 lines of 160 columns, the rest counted and named."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from hub.model.text import ELLIPSIS, cut_to_width, display_width, printable_line
from hub.report.lines import StyledLine

MAX_LINES = 60
MAX_WIDTH = 160
ADDRESS = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) [/\w][^\s:]*")
MIN_TITLE = 24
"""Columns that a title keeps where there is not room for all; a long address goes before that."""


def fit(lines: Iterable[StyledLine], width: int = MAX_WIDTH) -> Iterator[StyledLine]:
    """The lines as they are printed, none wider than the screen."""
    return (StyledLine(cut_to_width(printable_line(line.text), width), line.style) for line in lines)


def wrap(line: StyledLine, most: int = 3) -> Iterator[StyledLine]:
    """The line over as many as it takes, at most so many: for what people must read to its end."""
    text = printable_line(line.text)
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    for _ in range(most - 1):
        if display_width(text) <= MAX_WIDTH:
            break
        head = cut_to_width(text, MAX_WIDTH + 1).removesuffix(ELLIPSIS)
        head = head[: head.rindex(" ")] if " " in head.strip() and text[len(head) :][:1] != " " else head
        yield StyledLine(head, line.style)
        text = indent + text[len(head) :].lstrip()
    yield StyledLine(cut_to_width(text, MAX_WIDTH), line.style)


def wrap_all(lines: Iterable[StyledLine], most: int = 3) -> Iterator[StyledLine]:
    """The same for several lines."""
    return (part for line in lines for part in wrap(line, most))


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
    """Names by reason, the most frequent reason first.

    Reasons that differ by the address of a request or the name itself alone are one, without these.
    """
    names: dict[str, list[str]] = defaultdict(list)
    reasons: dict[str, set[str]] = defaultdict(set)
    for name, reason in entries:
        common = ADDRESS.sub(r"\1 …", reason.replace(name, "…") if name else reason)
        names[common].append(name)
        reasons[common].add(reason)
    groups = [(min(reasons[key]) if len(reasons[key]) == 1 else key, of_reason) for key, of_reason in names.items()]
    return sorted(groups, key=lambda group: -len(group[1]))


def join_fitted(title: str, *details: str, indent: str = "    ", min_title: int = MIN_TITLE) -> str:
    """A title and what belongs to it, joined by `·`, on one line.

    Where there is not room for all, the title is cut down to `min_title` columns, then what comes last is left out.
    """
    title, parts = printable_line(title), [part for part in map(printable_line, details) if part]
    least = min(display_width(title), min_title)
    while parts and _available(indent, parts) < least:
        parts.pop()
    return f"{indent}{cut_to_width(title, _available(indent, parts))}{_joined(parts)}"


def _available(indent: str, parts: Sequence[str]) -> int:
    return MAX_WIDTH - display_width(indent) - display_width(_joined(parts))


def _joined(parts: Sequence[str]) -> str:
    return "".join(f" · {part}" for part in parts)
