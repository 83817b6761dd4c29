"""Dates of a row: one that cannot be read costs itself, and each column with such cells is told once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.csv.columns import Columns
from connectors.csv.dates import parse_timestamp


@dataclass(slots=True)
class _UnreadableColumn:
    """Cells of one column that could not be read: how many, and the first with its place and the reason."""

    location: str
    cell: str
    reason: str
    count: int = 0


@dataclass(slots=True)
class UnreadableCells:
    """What could not be read in one file, by column."""

    columns: dict[str, _UnreadableColumn] = field(default_factory=dict)

    def add(self, name: str, location: str, cell: str, reason: str) -> None:
        """One more cell."""
        self.columns.setdefault(name, _UnreadableColumn(location, cell, reason)).count += 1

    def messages(self, columns: Columns, header: Sequence[str]) -> Iterator[str]:
        """One sentence for each column."""
        for name, unreadable_column in self.columns.items():
            title = header[columns.positions[name][0]].strip()
            subject = f"{unreadable_column.count} dates" if unreadable_column.count > 1 else "a date"
            yield (
                f"{unreadable_column.location}: the column {title!r} has {subject} that cannot be read,"
                f" the first is {unreadable_column.cell[:40]!r} ({unreadable_column.reason}):"
                " the tickets are read without"
            )


@dataclass(slots=True)
class Dates:
    """The dates of one row; `unread` are the columns that were not understood."""

    row: Sequence[str]
    location: str
    columns: Columns
    day_first: bool
    unreadable_cells: UnreadableCells
    unreadable_columns: set[str] = field(default_factory=set)

    def timestamp(self, name: str) -> datetime | None:
        """The first cell of that column that is filled, as a moment; None for one that cannot be read."""
        cell = self.columns.value(self.row, name)
        try:
            return parse_timestamp(cell, day_first=self.day_first)
        except (ValueError, OverflowError) as error:
            if name not in self.unreadable_columns:
                self.unreadable_columns.add(name)
                self.unreadable_cells.add(name, self.location, cell, str(error).partition(":")[0])
            return None

    def day(self, name: str) -> date | None:
        """The day as it is written, whatever the zone."""
        timestamp = self.timestamp(name)
        return timestamp.date() if timestamp else None
