"""The cycle of a sheet, and which of its rows are of it; a cell that cannot be read is a question."""

from collections.abc import Iterable, Sequence

from hub.sheet_form.asked import ImportOptions
from hub.sheet_form.cells import Period, parse_day, parse_leading_period, parse_period, quarter_of
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import Header
from hub.sheet_form.told import ImportLog

TAKE, SKIP = "take", "skip"


def choose_cycle(header: Header, rows: Sequence[Row], options: ImportOptions, log: ImportLog) -> Period | None:
    """The cycle that was asked for, else the one that all rows are of, by their cycle or their due day."""
    if options.cycle is not None:
        return parse_period(options.cycle)
    periods = {each_period.id: each_period for each_period in _periods(header, rows)}
    if len(periods) == 1:
        each_period = next(iter(periods.values()))
        log.info(header.row.line, f"the cycle is {each_period.id}, by the rows' own cycle or due days", "cycle")
        return each_period
    message = f"the rows are of several cycles ({', '.join(sorted(periods))})" if periods else "no cycle is named"
    log.block(header.row.line, f"{message}: say which with --cycle 2026-Q4", "cycle")
    return None


def is_in_cycle(header: Header, row: Row, cycle: Period, options: ImportOptions, log: ImportLog) -> bool:
    """Whether the row is taken."""
    cell = header.cell(row, "cycle").strip()
    if not cell:
        return True
    try:
        other = parse_leading_period(cell)
    except ValueError as error:
        return _apply_unclear_cycle(f"{cell!r} {error}", row, cycle, options, log)
    if other.id != cycle.id:
        log.info(row.line, f"is of {other.id}, and is left out", "cycle")
    else:
        log.sample("cycle", cell, cycle.id)
    return other.id == cycle.id


def _apply_unclear_cycle(message: str, row: Row, cycle: Period, options: ImportOptions, log: ImportLog) -> bool:
    if options.unclear_cycle is None:
        ask = f"--unclear-cycle {TAKE} takes such rows into {cycle.id}, --unclear-cycle {SKIP} leaves them out"
        log.block(row.line, f"{message}; {ask}", "cycle")
        return True
    is_included = options.unclear_cycle == TAKE
    done = f"is taken into {cycle.id}" if is_included else "is left out"
    log.info(row.line, f"{message}; the row {done}, as --unclear-cycle says", "cycle")
    return is_included


def _periods(header: Header, rows: Sequence[Row]) -> Iterable[Period]:
    for row in rows:
        cell, due = header.cell(row, "cycle").strip(), header.cell(row, "due").strip()
        try:
            if cell:
                yield parse_leading_period(cell)
            elif due and "cycle" not in header.columns:
                yield quarter_of(parse_day(due))
        except ValueError:
            continue
