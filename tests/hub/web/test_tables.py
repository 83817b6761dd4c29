"""Tables are sorted by their headers, stable, without a script; CSV holds all rows and nothing that acts."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.web.page import PageParams
from hub.web.tables import BYTE_ORDER_MARK, Column, csv_text, read_sort, sort_rows, table_page

Row = tuple[str, int | None, date | None]
ROWS: list[Row] = [("b", 2, None), ("Ä", None, date(2026, 1, 2)), ("c", 10, date(2025, 1, 2)), ("a", 2, None)]
COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "Name", lambda row: row[0]),
    Column("number", "Number", lambda row: row[1], is_number=True),
    Column("day", "Day", lambda row: row[2]),
    Column("", "Note", lambda row: "note", only_csv=True),
)


def names(sort: str) -> list[str]:
    return [row[0] for row in sort_rows(ROWS, COLUMNS, sort)]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["b", "Ä", "c", "a"]),
        ("name", ["Ä", "a", "b", "c"]),
        ("-name", ["c", "b", "Ä", "a"]),
        ("number", ["b", "a", "c", "Ä"]),
        ("-number", ["c", "b", "a", "Ä"]),
        ("day", ["c", "Ä", "b", "a"]),
    ],
)
def test_equal_rows_keep_their_order_and_rows_without_a_value_come_last(sort: str, expected: list[str]) -> None:
    assert names(sort) == expected


@pytest.mark.parametrize("sort", ["nothing", "-", "", "--name", "Note", "<script>"])
def test_an_unknown_column_leaves_the_usual_order(sort: str) -> None:
    assert read_sort(PageParams(query={"sort": sort}), COLUMNS) == ""


def headers(sort: str) -> dict[str, tuple[str, str]]:
    page = table_page(
        ROWS, COLUMNS, PageParams(query={"sort": sort, "page": "2"}), "/list", {"team": "a&b"}, csv_path="/list.csv"
    )
    return {header.title: (header.address, header.sorted) for header in page.headers}


def test_a_header_sorts_and_a_second_click_turns_it_round_with_the_filter_kept() -> None:
    assert headers("")["Name"] == ("/list?team=a%26b&sort=name", "")
    assert headers("name")["Name"] == ("/list?team=a%26b&sort=-name", "ascending")
    assert headers("-name")["Name"] == ("/list?team=a%26b&sort=name", "descending")
    assert headers("")["Number"] == ("/list?team=a%26b&sort=-number", "")
    assert headers("-number")["Number"] == ("/list?team=a%26b&sort=number", "descending")
    assert "Note" not in headers("")


def test_the_csv_of_a_page_has_its_filter_and_order_and_no_page() -> None:
    params = PageParams(query={"sort": "-name", "page": "2"})
    assert table_page(ROWS, COLUMNS, params, "/list", {"team": "x"}, csv_path="/list.csv").csv == (
        "/list.csv?team=x&sort=-name"
    )


def read(text: str) -> list[list[str]]:
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def test_numbers_and_days_are_written_for_machines() -> None:
    assert read(csv_text(ROWS, COLUMNS))[:3] == [
        ["Name", "Number", "Day", "Note"],
        ["b", "2", "", "note"],
        ["Ä", "", "2026-01-02", "note"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1"])
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    (_, (cell,)) = read(csv_text([text], [Column("", "Title", lambda row: row)]))
    assert cell == f"'{text}"


@given(st.lists(st.text(max_size=30), max_size=5))
def test_every_text_can_be_read_back_and_none_begins_like_a_formula(texts: list[str]) -> None:
    columns: list[Column[str]] = [Column("", "Title", lambda row: row), Column("", "x", lambda _: "x")]
    (_, *rows) = read(csv_text(texts, columns))
    assert [row[0].removeprefix("'") for row in rows] == [text.removeprefix("'") for text in texts]
    assert not [row for row in rows if row[0].startswith(("=", "+", "-", "@", "\t", "\r"))]
