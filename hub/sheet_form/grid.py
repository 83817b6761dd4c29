"""A CSV file as rows of cells: its encoding, its delimiter, and the line that each row begins on."""

import codecs
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.model.errors import ConfigError, Problem

DELIMITERS = (";", ",", "\t", "|")
SEPARATOR_PREFIX = "sep="


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row as they are written, indentation included."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """All rows that hold something, and how the file was read."""

    encoding: str
    delimiter: str
    rows: tuple[Row, ...]


def read_grid(name: str, content: bytes, score: Callable[[Sequence[str]], int]) -> Grid:
    """Decode and take apart; the delimiter is the one with which some row scores best as a header."""
    text, encoding = _decode(content)
    first = text.lstrip().split("\n", 1)[0].strip()
    if first[: len(SEPARATOR_PREFIX)].lower() == SEPARATOR_PREFIX and first[len(SEPARATOR_PREFIX) :] in DELIMITERS:
        delimiter, text = first[len(SEPARATOR_PREFIX) :], text.replace(first, "", 1)
        return _require_rows(name, Grid(encoding, delimiter, _rows(name, text, delimiter)))
    grids = [Grid(encoding, item, _rows(name, text, item)) for item in DELIMITERS if item in text]
    if not grids:
        raise ConfigError([Problem(name, "", "holds no columns: no row has a comma, semicolon, tab or bar", "")])
    return _require_rows(
        name, max(grids, key=lambda grid: max((score(row.cells) for row in grid.rows[:20]), default=-1))
    )


def _require_rows(name: str, grid: Grid) -> Grid:
    if not grid.rows:
        raise ConfigError([Problem(name, "", "holds no rows: every cell is empty", "Export the sheet once more.")])
    return grid


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        # What spreadsheets on Windows write; a few bytes mean nothing there.
        return content.decode("cp1252", errors="replace"), "cp1252"


def _rows(name: str, text: str, delimiter: str) -> tuple[Row, ...]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, line = [], 0
    try:
        for cells in reader:
            rows.append(Row(line + 1, tuple(cells)))
            line = reader.line_num
    except csv.Error as error:
        raise ConfigError([Problem(f"{name}:{reader.line_num}", "", f"is no CSV: {error}", "")]) from None
    return tuple(row for row in rows if not row.is_empty)
