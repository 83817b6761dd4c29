"""The numbers of a sheet: an ambiguous one is read as the others of its column prove, and that is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.model.okr_kinds import Direction
from hub.sheet_form.amounts import LOWER, STRICT, UPPER, Amount, amount, proven
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import NUMBERS, Header
from hub.sheet_form.told import Notes
from hub.toml.write import number

ASK = "could be two numbers, and no other value proves which: say --decimal . or --decimal ,"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its unit, and the bound that stood before it."""

    value: float
    unit: str
    bound: str = ""

    @property
    def limit(self) -> Direction | None:
        """What the bound makes of a target: an upper or a lower limit; `about` is none."""
        sign = self.bound.lower()
        if sign.startswith(UPPER):
            return Direction.AT_MOST
        return Direction.AT_LEAST if sign.startswith(LOWER) else None

    @property
    def strict(self) -> bool:
        """Whether the bound leaves its own number out."""
        return self.bound in ("<", ">") or self.bound.lower().startswith(STRICT)


class Figures:
    """Reads the cells of the columns that hold numbers."""

    def __init__(self, header: Header, rows: Sequence[Row], decimal: str | None, notes: Notes) -> None:
        self._header = header
        self._notes = notes
        self._asked = decimal
        columns = {name: [one for row in rows if (one := _amount(header.cell(row, name)))] for name in NUMBERS}
        self._proven: Mapping[str, str | None] = {name: proven(found) for name, found in columns.items()}
        self._everywhere = proven(one for found in columns.values() for one in found)

    def read(self, name: str, row: Row, cell: str | None = None) -> Figure | None:
        """The number in the row, or in the `cell` that stands for it; None with a remark where there is none."""
        cell = self._header.cell(row, name) if cell is None else cell
        try:
            found = amount(cell)
        except ValueError as error:
            self._notes.say(row.line, f"{cell.strip()!r} {error}, and is left out", name)
            return None
        if found is None:
            return None
        sign = found.decimal
        if sign == "?":
            sign = self._decided(name, row, cell.strip())
        if found.bound and (name != "target" or Figure(0, "", found.bound).limit is None):
            self._notes.say(row.line, f"{cell.strip()!r}: the sign {found.bound} before the number is dropped", name)
        if sign == "?":
            return None
        value = found.value(sign or ".")
        self._notes.sample(name, cell, " ".join([number(value), found.unit]).strip())
        return Figure(value, found.unit, found.bound)

    def _decided(self, name: str, row: Row, cell: str) -> str:
        signs = (
            (self._asked, "as --decimal says"),
            (self._proven[name], "as the other values of the column are written"),
            (None if self._proven[name] else self._everywhere, "as the values of the other columns are written"),
        )
        for sign, why in signs:
            if sign is not None:
                found = amount(cell)
                value = number(found.value(sign)) if found else ""
                self._notes.say(row.line, f"{cell!r} could be two numbers: read as {value}, {why}", name)
                return sign
        self._notes.block(row.line, f"{cell!r} {ASK}", name)
        return "?"


def _amount(cell: str) -> Amount | None:
    try:
        return amount(cell)
    except ValueError:
        return None
