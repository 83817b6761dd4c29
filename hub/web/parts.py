"""A part of a long list: which page of it, and the addresses of the pages before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hub.model.addresses import with_query
from hub.web.page import Asked

Row = TypeVar("Row")
Drawn = TypeVar("Drawn")
AT_ONCE = 50
PAGES_AT_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """The rows of one page, where it stands in the whole, and where to go from here."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int
    before: str | None
    after: str | None

    def shown(self, make: Callable[[Row], Drawn]) -> "Part[Drawn]":
        """The same part, with something made of each of its rows."""
        return Part([make(row) for row in self.rows], self.page, self.pages, self.total, self.before, self.after)


def part(rows: Sequence[Row], asked: Asked, path: str, kept: Mapping[str, str], size: int = AT_ONCE) -> Part[Row]:
    """The page that was asked for, or the last one; `kept` is what else was asked, by name."""
    pages = max(1, -(-len(rows) // size))
    page = min(asked.number("page", 1, most=PAGES_AT_MOST), pages)

    def at(number: int) -> str:
        return with_query(path, **kept, page="" if number == 1 else str(number))

    return Part(
        rows=rows[(page - 1) * size : page * size],
        page=page,
        pages=pages,
        total=len(rows),
        before=at(page - 1) if page > 1 else None,
        after=at(page + 1) if page < pages else None,
    )


def choice(asked: Asked, name: str, known: Sequence[str]) -> str:
    """What was chosen of what there is to choose; nothing for anything else."""
    chosen = asked.query.get(name, "")
    return chosen if chosen in known else ""
