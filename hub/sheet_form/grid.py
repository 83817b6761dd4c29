"""A spreadsheet as rows of cells, each with the line that it begins on."""

from dataclasses import dataclass


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
