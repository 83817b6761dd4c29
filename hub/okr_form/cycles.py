"""Which cycle runs, and which cycle each file belongs to."""

from hub.model.errors import Problem
from hub.model.okr import Phase
from hub.okr_form.gather import Row, Sheets
from hub.okr_form.shapes import CycleShape
from hub.toml_file import closest

HOW_TO_DEFINE = 'Add to one of the files:\n    [cycle]\n    id = "{id}"\n    start = 2026-10-01\n    end = 2026-12-31'


def running_cycle(sheets: Sheets, cycle: str | None, first_file: str) -> str:
    """The id of the running cycle: the one asked for, else the only one that is not closed; "" with a problem."""
    defined = sorted({row.id for row in sheets.cycles if row.id})
    _compare(sheets)
    if cycle in defined or (sheets.torn and cycle):
        return str(cycle)
    open_ones = sorted({row.id for row in sheets.cycles if row.shape and row.shape.phase is not Phase.CLOSED})
    if cycle is None and 1 in (len(defined), len(open_ones)):
        return defined[0] if len(defined) == 1 else open_ones[0]
    sheets.problems.append(_no_cycle(defined, cycle, first_file))
    return ""


def _no_cycle(defined: list[str], cycle: str | None, first_file: str) -> Problem:
    if cycle is not None:
        near = closest(cycle, defined)
        hint = f"Did you mean `{near[0]}`? If not: " if near else ""
        return Problem(
            first_file,
            "cycle",
            f"no OKR file defines the cycle `{cycle}`",
            hint + HOW_TO_DEFINE.format(id=cycle),
        )
    if defined:
        return Problem(
            first_file,
            "cycle",
            f"several cycles are defined: {', '.join(defined)}",
            "Set `cycle` in the configuration to the running one, or close the others.",
        )
    return Problem(first_file, "cycle", "no cycle is defined", HOW_TO_DEFINE.format(id="2026-Q4"))


def _compare(sheets: Sheets) -> None:
    """A cycle may be written in several files, but only in one way."""
    seen: dict[str, Row[CycleShape]] = {}
    for row in sheets.cycles:
        first = seen.setdefault(row.id, row)
        if row.shape and first.shape and row.shape != first.shape:
            what = f"the cycle `{row.id}` is written differently at {first.place}"
            sheets.problems.append(row.problem((), what, "Write it the same in both, or leave it out of one."))
