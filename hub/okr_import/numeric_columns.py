"""Columns of numbers: an ambiguous number is read as its column proves, and what the columns leave open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.model.link import Direction
from hub.okr_import.draft import Draft, DraftKeyResult, ImportLog, ImportOptions
from hub.okr_import.headers import (
    BY_HAND,
    IGNORE,
    NOT_UNDERSTOOD,
    NUMBERS,
    OTHER_CYCLE,
    Header,
    Row,
    is_numeric_column,
    of_another_cycle,
    quarter_in,
)
from hub.okr_import.numbers import (
    EMPTY_VALUES,
    LOWER_BOUND_PREFIXES,
    STRICT_PREFIXES,
    UPPER_BOUND_PREFIXES,
    Amount,
    infer_decimal,
    parse_amount,
)
from hub.toml.document import number

AMBIGUOUS_NUMBER = "could be two numbers, and no other value proves which: say --decimal . or --decimal ,"


@dataclass(frozen=True, slots=True)
class NumericValue:
    """A number and its unit, and the bound that stood before it."""

    value: float
    unit: str
    bound: str = ""

    @property
    def limit(self) -> Direction | None:
        """What the bound makes of a target: an upper or a lower limit; `about` is none."""
        sign = self.bound.lower()
        if sign.startswith(UPPER_BOUND_PREFIXES):
            return Direction.AT_MOST
        return Direction.AT_LEAST if sign.startswith(LOWER_BOUND_PREFIXES) else None

    @property
    def is_strict(self) -> bool:
        """Whether the bound leaves its own number out."""
        return self.bound in ("<", ">") or self.bound.lower().startswith(STRICT_PREFIXES)


class NumericColumns:
    """Reads the cells of the columns that hold numbers."""

    def __init__(self, header: Header, rows: Sequence[Row], decimal: str | None, log: ImportLog) -> None:
        self._header = header
        self._log = log
        self._decimal = decimal
        columns = {
            name: [each_amount for row in rows if (each_amount := _amount_or_none(header.cell(row, name)))]
            for name in NUMBERS
        }
        self._inferred: Mapping[str, str | None] = {name: infer_decimal(amounts) for name, amounts in columns.items()}
        self._inferred_overall = infer_decimal(each_amount for amounts in columns.values() for each_amount in amounts)

    def read(self, name: str, row: Row, cell: str | None = None) -> NumericValue | None:
        """The number in the row, or in the `cell` that stands for it; None with a remark where there is none."""
        cell = self._header.cell(row, name) if cell is None else cell
        try:
            parsed = parse_amount(cell)
        except ValueError as error:
            self._log.info(row.line, f"{cell.strip()!r} {error}, and is left out", name)
            return None
        if parsed is None:
            return None
        sign = parsed.decimal
        if sign == "?":
            sign = self._resolve_ambiguity(name, row, cell.strip())
        if parsed.bound and (name != "target" or NumericValue(0, "", parsed.bound).limit is None):
            self._log.info(row.line, f"{cell.strip()!r}: the sign {parsed.bound} before the number is dropped", name)
        if sign == "?":
            return None
        value = parsed.value(sign or ".")
        self._log.sample(name, cell, " ".join([number(value), parsed.unit]).strip())
        return NumericValue(value, parsed.unit, parsed.bound)

    def _resolve_ambiguity(self, name: str, row: Row, cell: str) -> str:
        candidates = (
            (self._decimal, "as --decimal says"),
            (self._inferred[name], "as the other values of the column are written"),
            (
                None if self._inferred[name] else self._inferred_overall,
                "as the values of the other columns are written",
            ),
        )
        for sign, reason in candidates:
            if sign is not None:
                parsed = parse_amount(cell)
                value = number(parsed.value(sign)) if parsed else ""
                self._log.info(row.line, f"{cell!r} could be two numbers: read as {value}, {reason}", name)
                return sign
        self._log.block(row.line, f"{cell!r} {AMBIGUOUS_NUMBER}", name)
        return "?"


def _amount_or_none(cell: str) -> Amount | None:
    try:
        return parse_amount(cell)
    except ValueError:
        return None


TAKE, SKIP = "take", "skip"
MAX_LISTED = 3


def check_missing_targets(header: Header, draft: Draft, options: ImportOptions, log: ImportLog) -> None:
    """Key results without a target: an empty cell is a question, one that could not be read was told by itself.

    Who left out a column of numbers by hand has answered already.
    """
    without = [
        key_result
        for objective in draft.objectives
        for key_result in objective.key_results
        if key_result.target is None
    ]
    empty = [
        draft_key_result for draft_key_result in without if draft_key_result.target_cell.casefold() in EMPTY_VALUES
    ]
    blocked = {import_message.line for import_message in log.messages if import_message.blocks}
    answer = options.missing_target or (TAKE if BY_HAND in header.unused.values() else None)
    if answer is None and empty and not blocked:
        log.block(empty[0].line, _missing_targets_text(empty), "target")
        return
    for draft_key_result in without:
        if answer == SKIP and draft_key_result in empty:
            log.info(
                draft_key_result.line,
                f"{draft_key_result.title!r} has no target, and is left out, as --missing-target says",
                "target",
            )
        elif draft_key_result.line not in blocked:
            log.info(
                draft_key_result.line,
                f"{draft_key_result.title!r} has no target: it isn't measured until you state one",
                "target",
            )
    if answer == SKIP:
        _leave_out(draft, empty)


def _missing_targets_text(empty: Sequence[DraftKeyResult]) -> str:
    lines = ", ".join(
        f"{draft_key_result.title!r} in line {draft_key_result.line}" for draft_key_result in empty[:MAX_LISTED]
    )
    suffix = f" and {len(empty) - MAX_LISTED} more" if len(empty) > MAX_LISTED else ""
    answers = f"--missing-target {TAKE} imports without (not measured), --missing-target {SKIP} leaves out"
    return f"no target is given for {lines}{suffix}: write it into the sheet, or answer: {answers}"


def _leave_out(draft: Draft, key_results: Sequence[DraftKeyResult]) -> None:
    ids = {key_result.id for key_result in key_results}
    for objective in draft.objectives:
        objective.key_results = [key_result for key_result in objective.key_results if key_result.id not in ids]


def check_unread_numbers(header: Header, rows: Sequence[Row], draft: Draft, log: ImportLog) -> None:
    """Ask what each such column is, with the options that answer it."""
    _check_quarter_columns(header, draft.period.id, log)
    if all(key_result.target is not None for objective in draft.objectives for key_result in objective.key_results):
        return
    for at, reason in header.unused.items():
        if (reason == NOT_UNDERSTOOD or reason.startswith(OTHER_CYCLE)) and is_numeric_column(at, rows):
            name = header.row.cells[at].strip()
            message = (
                f"the column {name!r} holds numbers and {reason if reason != NOT_UNDERSTOOD else 'is not understood'}"
            )
            log.block(header.row.line, f"{message}, while targets are missing: {_column_options(name)}", "target")


def _check_quarter_columns(header: Header, cycle: str, log: ImportLog) -> None:
    """`Q3 Target` and `Q4 Target` side by side: the cycle that was asked for decides, and nothing else does."""
    for name in NUMBERS:
        at = header.columns.get(name)
        if at is None or at in header.by_hand:
            continue
        column = header.row.cells[at].strip()
        quarter, same = quarter_in(column), f"the column {column!r} is read for the same"
        other_columns = [number for number, reason in header.unused.items() if reason == same]
        other_columns = [
            number for number in other_columns if quarter_in(header.row.cells[number]) not in ("", quarter)
        ]
        if quarter and not other_columns and of_another_cycle(quarter, cycle):
            message = f"the column {column!r} is of {quarter}, the rows are of {cycle}: {_column_options(column)}"
            log.block(header.row.line, message, name)
        if quarter and other_columns:
            names = ", ".join(repr(header.row.cells[number].strip()) for number in (at, *other_columns))
            message = f"several columns say the {name}, each of another time: {names}"
            log.block(header.row.line, f"{message}: say which cycle with --cycle 2026-Q4", name)


def _column_options(name: str) -> str:
    return f"--column '{name}=target' (or start, current), or --column '{name}={IGNORE}'"
