"""What a row measures: its figures, the direction in which they are to go, or a progress in per cent alone."""

import re
from collections.abc import Sequence

from hub.model.link import Direction
from hub.okr_import.draft import DraftKeyResult, ImportLog
from hub.okr_import.headers import NUMBERS, Header, Row
from hub.okr_import.numbers import EMPTY_VALUES, parse_amount
from hub.okr_import.numeric_columns import NumericColumns, NumericValue
from hub.toml.document import number

_DIRECTION_WORDS = {
    Direction.INCREASE: "increase increasing up grow raise higher steigern erhöhen steigend hoch ↑ ↗ ⬆",
    Direction.DECREASE: "decrease decreasing down reduce lower senken verringern reduzieren sinkend runter ↓ ↘ ⬇",
    Direction.KEEP: "keep maintain maintaining hold stay stable halten beibehalten stabil → ➡",
    Direction.AT_MOST: "at_most atmost max maximum höchstens maximal ≤ < <=",
    Direction.AT_LEAST: "at_least atleast min minimum mindestens minimal ≥ > >=",
}

_ARROW = r"\s*(?:[→➔➜⟶⇒]|(?<![-=\u2013\u2014])[-=\u2013\u2014]+>|>>)\s*"
_START_TO_TARGET = re.compile(
    rf"(?P<start>[^→>]+?){_ARROW}(?P<target>[^→>]+)"
    r"|(?:from|von|de)\s+(?P<first>\S+(?: \S+)?)\s+(?:to|auf|bis|à|a)\s+(?P<second>.+)",
    re.IGNORECASE,
)


class Measures:
    """Fills in what a key result measures, and tells every doubt."""

    def __init__(self, header: Header, rows: Sequence[Row], decimal: str | None, log: ImportLog) -> None:
        self._header = header
        self._log = log
        self._columns = NumericColumns(header, rows, decimal, log)
        self._progress = [header.cell(row, "progress").strip() for row in rows]
        self._start_reported = False

    def fill(self, key_result: DraftKeyResult, row: Row) -> None:
        """Everything that the row says of one key result."""
        numbers = self._read_start_to_target(row) or {name: self._columns.read(name, row) for name in NUMBERS}
        key_result.target_cell = next(
            filter(None, (self._header.cell(row, text).strip() for text in ("target", "progress"))), ""
        )
        key_result.target, key_result.start, key_result.current = (
            numeric_value.value if numeric_value else None
            for numeric_value in (numbers["target"], numbers["start"], numbers["current"])
        )
        key_result.direction = self._read_direction(row)
        self._set_unit(key_result, row, numbers)
        if self._header.cell(row, "progress").strip():
            self._apply_progress(key_result, row)
        if key_result.target is None:
            return
        self._apply_bound(key_result, row, numbers["target"])
        self._check_start(key_result, row)
        self._report_missing_start(key_result, row)

    def _read_start_to_target(self, row: Row) -> dict[str, NumericValue | None]:
        """A start and a target in the cell of the target: `45→70%`, `from 30 to 45`; empty for anything else."""
        match = _START_TO_TARGET.fullmatch(" ".join(self._header.cell(row, "target").split()))
        if match is None:
            return {}
        first, second = (match["start"], match["target"]) if match["start"] else (match["first"], match["second"])
        if not (_is_amount(first) and _is_amount(second)):
            return {}
        numbers = {name: self._columns.read(name, row) for name in ("start", "current")}
        start = self._columns.read("start", row, first)
        if numbers["start"] is None:
            numbers["start"] = start
        elif start is None or numbers["start"].value != start.value:
            self._log.block(row.line, f"its start differs from the one in {match[0]!r}: change one of them", "start")
        return {**numbers, "target": self._columns.read("target", row, second)}

    def _set_unit(self, key_result: DraftKeyResult, row: Row, numbers: dict[str, NumericValue | None]) -> None:
        units = list(
            dict.fromkeys(
                numeric_value.unit for numeric_value in numbers.values() if numeric_value and numeric_value.unit
            )
        )
        key_result.unit = self._header.cell(row, "unit").strip() or next(iter(units), "")
        if len(units) > 1:
            message = f"its numbers have several units ({', '.join(units)}): {key_result.unit} is kept for all"
            self._log.info(row.line, message, "target")

    def _read_direction(self, row: Row) -> Direction | None:
        """The direction that stands in a column of its own."""
        cell = self._header.cell(row, "direction").strip()
        if cell.casefold() in EMPTY_VALUES:
            return None
        normalized = re.sub(r"[\s-]+", "_", cell.casefold())
        words = {normalized, normalized.partition("_")[0]}
        direction = next(
            (direction for direction, known in _DIRECTION_WORDS.items() if words & set(known.split())), None
        )
        if direction is None:
            self._log.info(row.line, f"{cell!r} is no direction that is known, and is left out", "direction")
            return None
        self._log.sample("direction", cell, direction.value)
        return direction

    def _apply_bound(self, key_result: DraftKeyResult, row: Row, target: NumericValue | None) -> None:
        """A bound that stands before the target: a limit, unless the way from a start to it says the same."""
        limit = target.limit if target else None
        if target is None or limit is None or key_result.direction is not None:
            return
        is_implied = key_result.start is not None and (key_result.start > target.value) is (limit is Direction.AT_MOST)
        if is_implied and key_result.start != target.value:
            self._log.info(row.line, f"the sign {target.bound} is dropped: the start says the same", "target")
            return
        key_result.direction = limit
        text = f"{target.bound} {number(target.value)} is read as a limit, direction {limit.value}"
        if not target.is_strict:
            self._log.info(row.line, text, "target")
        elif key_result.current == target.value:
            message = (
                f"{key_result.title!r} has exactly the value that its target {target.bound} excludes: write the nearest"
            )
            self._log.block(row.line, f"{message} value that is good enough", "target")
        else:
            self._log.info(row.line, f"{text}: {number(target.value)} itself meets it", "target")

    def _check_start(self, key_result: DraftKeyResult, row: Row) -> None:
        """What the direction and the way from start to target say together."""
        start, target, direction = key_result.start, key_result.target, key_result.direction
        if start is None or target is None or (direction and direction.is_limit):
            return
        if start == target and direction is None:
            same = f"{key_result.title!r} starts at its target:"
            if "direction" in self._header.columns:
                message = f"{same} give it another start, or a direction (keep, at_most) in the column of directions"
                self._log.block(row.line, message, "start")
                return
            key_result.direction = Direction.KEEP
            message = f"{same} read as a level to keep, so that no progress is counted"
            self._log.info(row.line, f"{message}; a column Direction can say otherwise (at_most, at_least)", "start")
        elif direction and (target > start) is not (direction is Direction.INCREASE):
            side = "below" if target < start else "at" if target == start else "above"
            fault = f"is to {direction.value}, but its target is {side} its start"
            self._log.block(row.line, f"{key_result.title!r} {fault}: change one of them", "direction")

    def _report_missing_start(self, key_result: DraftKeyResult, row: Row) -> None:
        """A sheet without starts is told once; a value above its target each time, for it may be one to bring down."""
        if key_result.start is not None or key_result.target is None or key_result.direction is not None:
            return
        if key_result.current is not None and key_result.current > key_result.target:
            values = f"is at {number(key_result.current)}, above its target {number(key_result.target)}"
            message = f"{key_result.title!r} {values}, with no start"
            ask = (
                "it isn't measured until you state a start, or the direction (decrease, at_most) in a column Direction"
            )
            self._log.info(row.line, f"{message}: {ask}", "start")
        elif not self._start_reported:
            self._start_reported = True
            message = (
                f"{key_result.title!r} has no start: its progress isn't measured until you state one, or a direction"
            )
            self._log.info(row.line, message, "start")

    def _apply_progress(self, key_result: DraftKeyResult, row: Row) -> None:
        """Without other figures the progress is the value; beside them it is left out."""
        cell = self._header.cell(row, "progress").strip()
        if all(stated is not None for stated in (key_result.target, key_result.current)):
            self._log.sample("progress", cell, "left out: the hub computes it from start, target and current")
            return
        if any(self._header.cell(row, name).strip().casefold() not in EMPTY_VALUES for name in NUMBERS):
            self._log.info(
                row.line, f"{cell!r} is left out: other figures of the row say what it is part of", "progress"
            )
            return
        try:
            value = parse_percent(cell, self._progress)
        except ValueError as error:
            self._log.info(row.line, f"{cell!r} {error}, and is left out", "progress")
            return
        if value is None:
            message = f"{cell!r} could be 1 % or the whole: write 1% or 100%"
            self._log.block(row.line, message, "progress")
            return
        key_result.start, key_result.target, key_result.current, key_result.unit = 0, 100, value, "%"
        self._log.sample("progress", cell, f"{number(value)} % of the way from 0 to 100")


def parse_percent(cell: str, column: Sequence[str]) -> float | None:
    """A progress in per cent; None where 1 may be one per cent or all of it, ValueError for what is none."""
    cell = " ".join(cell.split())
    if cell.casefold() in EMPTY_VALUES:
        raise ValueError("is no progress")
    part = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(?:/|von|of)\s*(\d{1,15})", cell)
    if part and int(part[2]):
        return round(100 * _parse_number(part[1]) / int(part[2]), 4)
    value = _parse_number(re.sub(r"\s*(?:%|percent|prozent)$", "", cell, flags=re.IGNORECASE))
    if not cell[-1].isdigit() or value == 0 or abs(value) > 1:
        return value
    column_values = [value, *(_parse_number(text) for text in column if re.fullmatch(r"\d{1,15}(?:[.,]\d+)?", text))]
    if max(column_values) > 1:
        return value
    if any(0 < value < 1 for value in column_values):
        return round(100 * value, 4)
    if value < 0:
        raise ValueError(f"could be {value:g} % or {100 * value:g} % (write the sign %)")
    return None


def _is_amount(text: str) -> bool:
    try:
        return parse_amount(text) is not None
    except ValueError:
        return False


def _parse_number(text: str) -> float:
    if not re.fullmatch(r"-?\d{1,15}(?:[.,]\d+)?", text.strip()):
        raise ValueError("is no progress in per cent")
    return float(text.strip().replace(",", "."))
