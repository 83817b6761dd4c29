"""Columns of numbers that nobody reads, while figures are missing: which of them is the target is a question."""

from collections.abc import Sequence

from hub.sheet_form.draft import Draft
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import (
    IGNORE,
    NOT_UNDERSTOOD,
    NUMBERS,
    OTHER_CYCLE,
    Header,
    holds_numbers,
    of_another_cycle,
    quarter_in,
)
from hub.sheet_form.told import Notes


def ask_about_numbers(header: Header, rows: Sequence[Row], draft: Draft, notes: Notes) -> None:
    """Ask what each such column is, with the options that answer it."""
    _ask_which_quarter(header, draft.period.id, notes)
    if all(one.target is not None for objective in draft.objectives for one in objective.key_results):
        return
    for at, why in header.unused.items():
        if (why == NOT_UNDERSTOOD or why.startswith(OTHER_CYCLE)) and holds_numbers(at, rows):
            name = header.row.cells[at].strip()
            what = f"the column {name!r} holds numbers and {why if why != NOT_UNDERSTOOD else 'is not understood'}"
            notes.block(header.row.line, f"{what}, while targets are missing: {_answers(name)}", "target")


def _ask_which_quarter(header: Header, cycle: str, notes: Notes) -> None:
    """`Q3 Target` and `Q4 Target` side by side: the cycle that was asked for decides, and nothing else does."""
    for name in NUMBERS:
        at = header.places.get(name)
        if at is None or at in header.by_hand:
            continue
        column = header.row.cells[at].strip()
        quarter, same = quarter_in(column), f"the column {column!r} is read for the same"
        others = [one for one, why in header.unused.items() if why == same]
        others = [one for one in others if quarter_in(header.row.cells[one]) not in ("", quarter)]
        if quarter and not others and of_another_cycle(quarter, cycle):
            what = f"the column {column!r} is of {quarter}, the rows are of {cycle}: {_answers(column)}"
            notes.block(header.row.line, what, name)
        if quarter and others:
            names = ", ".join(repr(header.row.cells[one].strip()) for one in (at, *others))
            what = f"several columns say the {name}, each of another time: {names}"
            notes.block(header.row.line, f"{what}: say which cycle with --cycle 2026-Q4", name)


def _answers(name: str) -> str:
    return f"--column '{name}=target' (or start, current), or --column '{name}={IGNORE}'"
