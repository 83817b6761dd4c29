"""What a sheet leaves open about its figures: columns of numbers that nobody reads, and targets that nobody gave."""

from collections.abc import Sequence

from hub.sheet_form.amounts import NOTHING
from hub.sheet_form.asked import Asked
from hub.sheet_form.draft import Draft, DraftKeyResult
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import (
    BY_HAND,
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

TAKE, SKIP = "take", "skip"
SHOWN = 3


def ask_about_targets(header: Header, draft: Draft, asked: Asked, notes: Notes) -> None:
    """Key results without a target: an empty cell is a question, one that could not be read was told by itself.

    Who left out a column of numbers by hand has answered already.
    """
    without = [one for objective in draft.objectives for one in objective.key_results if one.target is None]
    empty = [one for one in without if one.figure_cell.casefold() in NOTHING]
    blocked = {one.line for one in notes.remarks if one.blocks}
    answer = asked.missing_target or (TAKE if BY_HAND in header.unused.values() else None)
    if answer is None and empty and not blocked:
        notes.block(empty[0].line, _which_lack(empty), "target")
        return
    for one in without:
        if answer == SKIP and one in empty:
            notes.say(one.line, f"{one.title!r} has no target, and is left out, as --missing-target says", "target")
        elif one.line not in blocked:
            notes.say(one.line, f"{one.title!r} has no target: it isn't measured until you state one", "target")
    if answer == SKIP:
        _leave_out(draft, empty)


def _which_lack(empty: Sequence[DraftKeyResult]) -> str:
    lines = ", ".join(f"{one.title!r} in line {one.line}" for one in empty[:SHOWN])
    more = f" and {len(empty) - SHOWN} more" if len(empty) > SHOWN else ""
    answers = f"--missing-target {TAKE} imports without (not measured), --missing-target {SKIP} leaves out"
    return f"no target is given for {lines}{more}: write it into the sheet, or answer: {answers}"


def _leave_out(draft: Draft, key_results: Sequence[DraftKeyResult]) -> None:
    ids = {one.id for one in key_results}
    for objective in draft.objectives:
        objective.key_results = [one for one in objective.key_results if one.id not in ids]


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
