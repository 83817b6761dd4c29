"""Dates of a row: one that cannot be read costs itself, and each column with such cells is told once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.csv.columns import Columns
from connectors.csv.dates import moment


@dataclass(slots=True)
class _Lost:
    """Cells of one column that could not be read: how many, and the first with its place and the reason."""

    place: str
    cell: str
    why: str
    count: int = 0


@dataclass(slots=True)
class Unread:
    """What could not be read in one file, by column."""

    lost: dict[str, _Lost] = field(default_factory=dict)

    def add(self, name: str, place: str, cell: str, why: str) -> None:
        """One more cell."""
        self.lost.setdefault(name, _Lost(place, cell, why)).count += 1

    def told(self, columns: Columns, header: Sequence[str]) -> Iterator[str]:
        """One sentence for each column."""
        for name, one in self.lost.items():
            title = header[columns.places[name][0]].strip()
            several = f"{one.count} dates" if one.count > 1 else "a date"
            yield (
                f"{one.place}: the column {title!r} has {several} that cannot be read, the first is {one.cell[:40]!r}"
                f" ({one.why}): the tickets are read without"
            )


@dataclass(slots=True)
class Dates:
    """The dates of one row; `unread` are the columns that were not understood."""

    row: Sequence[str]
    place: str
    columns: Columns
    day_first: bool
    seen: Unread
    unread: set[str] = field(default_factory=set)

    def moment(self, name: str) -> datetime | None:
        """The first cell of that column that is filled, as a moment; None for one that cannot be read."""
        cell = self.columns.value(self.row, name)
        try:
            return moment(cell, day_first=self.day_first)
        except (ValueError, OverflowError) as why:
            if name not in self.unread:
                self.unread.add(name)
                self.seen.add(name, self.place, cell, str(why).partition(":")[0])
            return None

    def day(self, name: str) -> date | None:
        """The day as it is written, whatever the zone."""
        found = self.moment(name)
        return found.date() if found else None
