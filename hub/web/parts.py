"""A part of a long list: which page of it, and the addresses of the pages before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hub.model.addresses import with_query
from hub.web.page import PageParams

Row = TypeVar("Row")
Item = TypeVar("Item")
PAGE_SIZE = 50
MAX_PAGES = 1_000_000


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """The rows of one page, its position in the whole list, and the links to its neighbours."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int
    before: str | None
    after: str | None

    def map_rows(self, make: Callable[[Row], Item]) -> "ListPage[Item]":
        """The same part, with something made of each of its rows."""
        return ListPage([make(row) for row in self.rows], self.page, self.pages, self.total, self.before, self.after)


def paginate(
    rows: Sequence[Row], params: PageParams, path: str, filters: Mapping[str, str], size: int = PAGE_SIZE
) -> ListPage[Row]:
    """The requested page, or the last one; `filters` holds the other query parameters by name."""
    pages = max(1, -(-len(rows) // size))
    page = min(params.read_number("page", 1, maximum=MAX_PAGES), pages)

    def at(number: int) -> str:
        return with_query(path, **filters, page="" if number == 1 else str(number))

    return ListPage(
        rows=rows[(page - 1) * size : page * size],
        page=page,
        pages=pages,
        total=len(rows),
        before=at(page - 1) if page > 1 else None,
        after=at(page + 1) if page < pages else None,
    )


def read_choice(params: PageParams, name: str, known: Sequence[str]) -> str:
    """The value of a query parameter, if it is a known one; else the empty string."""
    value = params.query.get(name, "")
    return value if value in known else ""
