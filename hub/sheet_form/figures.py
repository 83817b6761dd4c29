"""The numbers of a sheet: an ambiguous one is read as the others of its column prove, and that is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.model.okr_kinds import Direction
from hub.sheet_form.amounts import (
    LOWER_BOUND_PREFIXES,
    STRICT_PREFIXES,
    UPPER_BOUND_PREFIXES,
    Amount,
    infer_decimal,
    parse_amount,
)
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import NUMBERS, Header
from hub.sheet_form.told import ImportLog
from hub.toml.write import number

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
