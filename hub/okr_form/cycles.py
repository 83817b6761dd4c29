"""Which cycle runs, and which cycle each file belongs to."""

from datetime import date

from hub.model.errors import Problem
from hub.model.okr import Phase
from hub.model.similarity import closest
from hub.okr_form.gather import LoadedFiles, Row
from hub.okr_form.shapes import CycleTable

AUTO = "auto"
"""In place of an id: the cycle that today says."""
CYCLE_EXAMPLE = 'Add to one of the files:\n    [cycle]\n    id = "{id}"\n    start = 2026-10-01\n    end = 2026-12-31'


def running_cycle(files: LoadedFiles, cycle: str | None, first_file: str, today: date) -> str:
    """The id of the running cycle: the one asked for, else the one that today says; "" with a problem."""
    defined = sorted({row.id for row in files.cycles if row.id})
    _report_differences(files)
    if cycle in (None, AUTO) and defined:
        tables = [row.parsed for row in files.cycles if row.parsed]
        return min(tables, key=lambda cycle_table: _distance(cycle_table, today)).id if tables else defined[0]
    if cycle in defined or (files.incomplete and cycle not in (None, AUTO)):
        return str(cycle)
    files.problems.append(_no_cycle(defined, cycle, first_file))
    return ""


def _distance(cycle_table: CycleTable, today: date) -> tuple[int, int, bool, str]:
    """The least for the shortest cycle that contains today, then for what ended last, then for what begins first."""
    closed = cycle_table.phase is Phase.CLOSED
    if cycle_table.start <= today <= cycle_table.end:
        return 0, (cycle_table.end - cycle_table.start).days, closed, cycle_table.id
    if cycle_table.end < today:
        return 1, (today - cycle_table.end).days, closed, cycle_table.id
    return 2, (cycle_table.start - today).days, closed, cycle_table.id


def _no_cycle(defined: list[str], cycle: str | None, first_file: str) -> Problem:
    if cycle in (None, AUTO):
        return Problem(first_file, "cycle", "no cycle is defined", CYCLE_EXAMPLE.format(id="2026-Q4"))
    suggestions = closest(str(cycle), defined)
    hint = f"Did you mean `{suggestions[0]}`? If not: " if suggestions else ""
    message = f"no OKR file defines the cycle `{cycle}`"
    return Problem(first_file, "cycle", message, hint + CYCLE_EXAMPLE.format(id=cycle))


def _report_differences(files: LoadedFiles) -> None:
    """A cycle may be written in several files, but only in one way."""
    first_rows: dict[str, Row[CycleTable]] = {}
    for row in files.cycles:
        first = first_rows.setdefault(row.id, row)
        if row.parsed and first.parsed and row.parsed != first.parsed:
            message = f"the cycle `{row.id}` is written differently at {first.location}"
            files.problems.append(row.problem((), message, "Write it the same in both, or leave it out of one."))
