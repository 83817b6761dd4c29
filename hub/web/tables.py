"""Tables on pages: columns sorted by their headers without a script, and the same rows as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from hub.model.text import search_text
from hub.model.urls import with_query
from hub.web.listing import PAGE_SIZE, ListPage, paginate
from hub.web.page import PageParams

Row = TypeVar("Row")
Item = TypeVar("Item")
Cell = str | int | float | date | None
DESCENDING = "-"
# Spreadsheets take a cell that begins so for a formula, full-width signs included: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets read UTF-8 as something else."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: `cell` is its value in CSV, `order` what it is sorted by, where that is something else.

    A column without a `name` cannot be sorted by. `only_csv` columns are not visible on the page.
    """

    name: str
    title: str
    cell: Callable[[Row], Cell]
    is_number: bool = False
    only_csv: bool = False
    order: Callable[[Row], Any] | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a column: `sorted` is the value of aria-sort, `address` the same list sorted by this column."""

    title: str
    address: str
    sorted: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class TablePage(Generic[Row]):
    """One page of a table: headers, rows, and the address of all rows as CSV; `query` holds filters and order."""

    headers: tuple[Header, ...]
    listing: ListPage[Row]
    csv: str
    sort: str
    query: Mapping[str, str]

    def map_rows(self, make: Callable[[Row], Item]) -> "TablePage[Item]":
        """The same table, with something made of each of its rows."""
        return TablePage(self.headers, self.listing.map_rows(make), self.csv, self.sort, self.query)


def read_sort(params: PageParams, columns: Sequence[Column[Row]]) -> str:
    """The column to sort by, after a minus sign where the greatest comes first; empty for the usual order."""
    value = params.query.get("sort", "")
    return value if value.removeprefix(DESCENDING) in {column.name for column in columns if column.name} else ""


def sort_rows(rows: Iterable[Row], columns: Sequence[Column[Row]], sort: str) -> list[Row]:
    """Sorted by a column: equal rows keep their order, and rows without a value come last both ways."""
    if not sort:
        return list(rows)
    name = sort.removeprefix(DESCENDING)
    order = next(column.order or _order(column.cell) for column in columns if column.name == name)
    keys = [(order(row), row) for row in rows]
    with_value = [(key, row) for key, row in keys if key is not None]
    with_value.sort(key=lambda pair: pair[0], reverse=sort.startswith(DESCENDING))
    return [row for _, row in (*with_value, *((key, row) for key, row in keys if key is None))]


def table_page(
    rows: Iterable[Row],
    columns: Sequence[Column[Row]],
    params: PageParams,
    path: str,
    filters: Mapping[str, str],
    *,
    csv_path: str,
    csv_filters: Mapping[str, str] | None = None,
    anchor: str = "",
    size: int = PAGE_SIZE,
) -> TablePage[Row]:
    """The requested page of the rows in the requested order; `anchor` is where the table stands on its page."""
    sort = read_sort(params, columns)
    visible = [column for column in columns if not column.only_csv]
    listing = paginate(sort_rows(rows, columns, sort), params, path, {**filters, "sort": sort}, size, anchor=anchor)
    headers = tuple(_header(column, sort, path, filters, anchor) for column in visible)
    export = with_query(csv_path, **{**(filters if csv_filters is None else csv_filters), "sort": sort})
    return TablePage(headers, listing, export, sort, {**filters, "sort": sort})


def csv_text(rows: Iterable[Row], columns: Sequence[Column[Row]]) -> str:
    """All rows as CSV (RFC 4180), after the byte order mark, with nothing in it that a spreadsheet would execute."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(column.title for column in columns)
    writer.writerows([_csv_cell(column.cell(row)) for column in columns] for row in rows)
    return BYTE_ORDER_MARK + output.getvalue()


def _header(column: Column[Any], sort: str, path: str, filters: Mapping[str, str], anchor: str) -> Header:
    """A first click sorts text from A to Z and numbers from the greatest down; the next one turns it round."""
    ascending, descending = column.name, f"{DESCENDING}{column.name}"
    first, second = (descending, ascending) if column.is_number else (ascending, descending)
    state = {ascending: "ascending", descending: "descending"}.get(sort, "") if column.name else ""
    address = with_query(path, **{**filters, "sort": second if sort == first else first}) if column.name else ""
    return Header(column.title, f"{address}{anchor}" if address else "", state, column.is_number)


def _order(cell: Callable[[Row], Cell]) -> Callable[[Row], Any]:
    def order(row: Row) -> Any:
        value = cell(row)
        return search_text(value) if isinstance(value, str) else value

    return order


def _csv_cell(value: Cell) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA_SIGNS) else value
