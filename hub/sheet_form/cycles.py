"""The cycle of a sheet, and which of its rows are of it; a cell that cannot be read is a question."""

from collections.abc import Iterable, Sequence

from hub.sheet_form.asked import Asked
from hub.sheet_form.cells import Period, day, leading_period, period, quarter_of
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import Header
from hub.sheet_form.told import Notes

TAKE, SKIP = "take", "skip"


def cycle_of(header: Header, rows: Sequence[Row], asked: Asked, notes: Notes) -> Period | None:
    """The cycle that was asked for, else the one that all rows are of, by their cycle or their due day."""
    if asked.cycle is not None:
        return period(asked.cycle)
    found = {one.id: one for one in _periods(header, rows)}
    if len(found) == 1:
        one = next(iter(found.values()))
        notes.say(header.row.line, f"the cycle is {one.id}, by the rows' own cycle or due days", "cycle")
        return one
    what = f"the rows are of several cycles ({', '.join(sorted(found))})" if found else "no cycle is named"
    notes.block(header.row.line, f"{what}: say which with --cycle 2026-Q4", "cycle")
    return None


def is_in_cycle(header: Header, row: Row, cycle: Period, asked: Asked, notes: Notes) -> bool:
    """Whether the row is taken."""
    cell = header.cell(row, "cycle").strip()
    if not cell:
        return True
    try:
        other = leading_period(cell)
    except ValueError as error:
        return _unclear(f"{cell!r} {error}", row, cycle, asked, notes)
    if other.id != cycle.id:
        notes.say(row.line, f"is of {other.id}, and is left out", "cycle")
    else:
        notes.sample("cycle", cell, cycle.id)
    return other.id == cycle.id


def _unclear(what: str, row: Row, cycle: Period, asked: Asked, notes: Notes) -> bool:
    if asked.unclear_cycle is None:
        ask = f"--unclear-cycle {TAKE} takes such rows into {cycle.id}, --unclear-cycle {SKIP} leaves them out"
        notes.block(row.line, f"{what}; {ask}", "cycle")
        return True
    taken = asked.unclear_cycle == TAKE
    done = f"is taken into {cycle.id}" if taken else "is left out"
    notes.say(row.line, f"{what}; the row {done}, as --unclear-cycle says", "cycle")
    return taken


def _periods(header: Header, rows: Sequence[Row]) -> Iterable[Period]:
    for row in rows:
        cell, due = header.cell(row, "cycle").strip(), header.cell(row, "due").strip()
        try:
            if cell:
                yield leading_period(cell)
            elif due and "cycle" not in header.places:
                yield quarter_of(day(due))
        except ValueError:
            continue
