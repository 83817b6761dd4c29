"""Which cycle runs, and which cycle each file belongs to."""

from datetime import date

from hub.model.errors import Problem
from hub.model.okr import Phase
from hub.okr_form.gather import Row, Sheets
from hub.okr_form.shapes import CycleShape
from hub.toml.document import closest

AUTO = "auto"
"""In place of an id: the cycle that today says."""
HOW_TO_DEFINE = 'Add to one of the files:\n    [cycle]\n    id = "{id}"\n    start = 2026-10-01\n    end = 2026-12-31'


def running_cycle(sheets: Sheets, cycle: str | None, first_file: str, today: date) -> str:
    """The id of the running cycle: the one asked for, else the one that today says; "" with a problem."""
    defined = sorted({row.id for row in sheets.cycles if row.id})
    _compare(sheets)
    if cycle in (None, AUTO) and defined:
        whole = [row.shape for row in sheets.cycles if row.shape]
        return min(whole, key=lambda one: _distance(one, today)).id if whole else defined[0]
    if cycle in defined or (sheets.torn and cycle not in (None, AUTO)):
        return str(cycle)
    sheets.problems.append(_no_cycle(defined, cycle, first_file))
    return ""


def _distance(one: CycleShape, today: date) -> tuple[int, int, bool, str]:
    """The least for the shortest cycle that contains today, then for what ended last, then for what begins first."""
    closed = one.phase is Phase.CLOSED
    if one.start <= today <= one.end:
        return 0, (one.end - one.start).days, closed, one.id
    if one.end < today:
        return 1, (today - one.end).days, closed, one.id
    return 2, (one.start - today).days, closed, one.id


def _no_cycle(defined: list[str], cycle: str | None, first_file: str) -> Problem:
    if cycle in (None, AUTO):
        return Problem(first_file, "cycle", "no cycle is defined", HOW_TO_DEFINE.format(id="2026-Q4"))
    near = closest(str(cycle), defined)
    hint = f"Did you mean `{near[0]}`? If not: " if near else ""
    what = f"no OKR file defines the cycle `{cycle}`"
    return Problem(first_file, "cycle", what, hint + HOW_TO_DEFINE.format(id=cycle))


def _compare(sheets: Sheets) -> None:
    """A cycle may be written in several files, but only in one way."""
    seen: dict[str, Row[CycleShape]] = {}
    for row in sheets.cycles:
        first = seen.setdefault(row.id, row)
        if row.shape and first.shape and row.shape != first.shape:
            what = f"the cycle `{row.id}` is written differently at {first.place}"
            sheets.problems.append(row.problem((), what, "Write it the same in both, or leave it out of one."))
