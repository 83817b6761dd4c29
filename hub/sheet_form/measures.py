"""What a row measures: its figures, the direction in which they are to go, or a progress in per cent alone."""

import re
from collections.abc import Sequence

from hub.model.okr_kinds import Direction
from hub.sheet_form.amounts import NOTHING, amount
from hub.sheet_form.draft import DraftKeyResult
from hub.sheet_form.figures import Figure, Figures
from hub.sheet_form.grid import Row
from hub.sheet_form.headers import NUMBERS, Header
from hub.sheet_form.told import Notes
from hub.toml.write import number

_WORDS = {
    Direction.INCREASE: "increase increasing up grow raise higher steigern erhöhen steigend hoch ↑ ↗ ⬆",
    Direction.DECREASE: "decrease decreasing down reduce lower senken verringern reduzieren sinkend runter ↓ ↘ ⬇",
    Direction.KEEP: "keep maintain maintaining hold stay stable halten beibehalten stabil → ➡",
    Direction.AT_MOST: "at_most atmost max maximum höchstens maximal ≤ < <=",
    Direction.AT_LEAST: "at_least atleast min minimum mindestens minimal ≥ > >=",
}

_ARROW = r"\s*(?:[→➔➜⟶⇒]|(?<![-=\u2013\u2014])[-=\u2013\u2014]+>|>>)\s*"
_WAY = re.compile(
    rf"(?P<start>[^→>]+?){_ARROW}(?P<target>[^→>]+)"
    r"|(?:from|von|de)\s+(?P<first>\S+(?: \S+)?)\s+(?:to|auf|bis|à|a)\s+(?P<second>.+)",
    re.IGNORECASE,
)


class Measures:
    """Fills in what a key result measures, and tells every doubt."""

    def __init__(self, header: Header, rows: Sequence[Row], decimal: str | None, notes: Notes) -> None:
        self._header = header
        self._notes = notes
        self._figures = Figures(header, rows, decimal, notes)
        self._progress = [header.cell(row, "progress").strip() for row in rows]
        self._told_start = False

    def fill(self, made: DraftKeyResult, row: Row) -> None:
        """Everything that the row says of one key result."""
        figures = self._way(row) or {name: self._figures.read(name, row) for name in NUMBERS}
        made.figure_cell = next(
            filter(None, (self._header.cell(row, one).strip() for one in ("target", "progress"))), ""
        )
        made.target, made.start, made.current = (
            one.value if one else None for one in (figures["target"], figures["start"], figures["current"])
        )
        made.direction = self._stated(row)
        self._unit(made, row, figures)
        if self._header.cell(row, "progress").strip():
            self._take_progress(made, row)
        if made.target is None:
            return
        self._bound(made, row, figures["target"])
        self._against_start(made, row)
        self._say_start(made, row)

    def _way(self, row: Row) -> dict[str, Figure | None]:
        """A start and a target in the cell of the target: `45→70%`, `from 30 to 45`; empty for anything else."""
        found = _WAY.fullmatch(" ".join(self._header.cell(row, "target").split()))
        if found is None:
            return {}
        first, second = (found["start"], found["target"]) if found["start"] else (found["first"], found["second"])
        if not (_is_amount(first) and _is_amount(second)):
            return {}
        figures = {name: self._figures.read(name, row) for name in ("start", "current")}
        start = self._figures.read("start", row, first)
        if figures["start"] is None:
            figures["start"] = start
        elif start is None or figures["start"].value != start.value:
            self._notes.block(row.line, f"its start differs from the one in {found[0]!r}: change one of them", "start")
        return {**figures, "target": self._figures.read("target", row, second)}

    def _unit(self, made: DraftKeyResult, row: Row, figures: dict[str, Figure | None]) -> None:
        units = list(dict.fromkeys(one.unit for one in figures.values() if one and one.unit))
        made.unit = self._header.cell(row, "unit").strip() or next(iter(units), "")
        if len(units) > 1:
            told = f"its numbers have several units ({', '.join(units)}): {made.unit} is kept for all"
            self._notes.say(row.line, told, "target")

    def _stated(self, row: Row) -> Direction | None:
        """The direction that stands in a column of its own."""
        cell = self._header.cell(row, "direction").strip()
        if cell.casefold() in NOTHING:
            return None
        whole = re.sub(r"[\s-]+", "_", cell.casefold())
        words = {whole, whole.partition("_")[0]}
        found = next((one for one, known in _WORDS.items() if words & set(known.split())), None)
        if found is None:
            self._notes.say(row.line, f"{cell!r} is no direction that is known, and is left out", "direction")
            return None
        self._notes.sample("direction", cell, found.value)
        return found

    def _bound(self, made: DraftKeyResult, row: Row, target: Figure | None) -> None:
        """A bound that stands before the target: a limit, unless the way from a start to it says the same."""
        limit = target.limit if target else None
        if target is None or limit is None or made.direction is not None:
            return
        on_the_way = made.start is not None and (made.start > target.value) is (limit is Direction.AT_MOST)
        if on_the_way and made.start != target.value:
            self._notes.say(row.line, f"the sign {target.bound} is dropped: the start says the same", "target")
            return
        made.direction = limit
        what = f"{target.bound} {number(target.value)} is read as a limit, direction {limit.value}"
        if not target.strict:
            self._notes.say(row.line, what, "target")
        elif made.current == target.value:
            told = f"{made.title!r} has exactly the value that its target {target.bound} excludes: write the nearest"
            self._notes.block(row.line, f"{told} value that is good enough", "target")
        else:
            self._notes.say(row.line, f"{what}: {number(target.value)} itself meets it", "target")

    def _against_start(self, made: DraftKeyResult, row: Row) -> None:
        """What the direction and the way from start to target say together."""
        if made.start is None or made.target is None or (made.direction and made.direction.is_limit):
            return
        if made.start == made.target and made.direction is None:
            if "direction" in self._header.places:
                told = f"{made.title!r} starts at its target: give it another start, or a direction (keep, at_most)"
                self._notes.block(row.line, f"{told} in the column of directions", "start")
                return
            made.direction = Direction.KEEP
            told = f"{made.title!r} starts at its target: read as a level to keep, so that no progress is counted"
            self._notes.say(row.line, f"{told}; a column Direction can say otherwise (at_most, at_least)", "start")
        elif made.direction and (made.target > made.start) is not (made.direction is Direction.INCREASE):
            side = "below" if made.target < made.start else "at" if made.target == made.start else "above"
            told = (
                f"{made.title!r} is to {made.direction.value}, but its target is {side} its start: change one of them"
            )
            self._notes.block(row.line, told, "direction")

    def _say_start(self, made: DraftKeyResult, row: Row) -> None:
        """A sheet without starts is told once; a value above its target each time, for it may be one to bring down."""
        if made.start is not None or made.target is None or made.direction is not None:
            return
        if made.current is not None and made.current > made.target:
            told = f"{made.title!r} is at {number(made.current)}, above its target {number(made.target)}, with no start"
            ask = (
                "it isn't measured until you state a start, or the direction (decrease, at_most) in a column Direction"
            )
            self._notes.say(row.line, f"{told}: {ask}", "start")
        elif not self._told_start:
            self._told_start = True
            told = f"{made.title!r} has no start: its progress isn't measured until you state one, or a direction"
            self._notes.say(row.line, told, "start")

    def _take_progress(self, made: DraftKeyResult, row: Row) -> None:
        """Without other figures the progress is the value; beside them it is left out."""
        cell = self._header.cell(row, "progress").strip()
        if all(figure is not None for figure in (made.target, made.current)):
            self._notes.sample("progress", cell, "left out: the hub computes it from start, target and current")
            return
        if any(self._header.cell(row, name).strip().casefold() not in NOTHING for name in NUMBERS):
            self._notes.say(
                row.line, f"{cell!r} is left out: other figures of the row say what it is part of", "progress"
            )
            return
        try:
            value = percent(cell, self._progress)
        except ValueError as error:
            self._notes.say(row.line, f"{cell!r} {error}, and is left out", "progress")
            return
        if value is None:
            told = f"{cell!r} could be 1 % or the whole: write 1% or 100%"
            self._notes.block(row.line, told, "progress")
            return
        made.start, made.target, made.current, made.unit = 0, 100, value, "%"
        self._notes.sample("progress", cell, f"{number(value)} % of the way from 0 to 100")


def percent(cell: str, column: Sequence[str]) -> float | None:
    """A progress in per cent; None where 1 may be one per cent or all of it, ValueError for what is none."""
    cell = " ".join(cell.split())
    if cell.casefold() in NOTHING:
        raise ValueError("is no progress")
    part = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(?:/|von|of)\s*(\d{1,15})", cell)
    if part and int(part[2]):
        return round(100 * _plain(part[1]) / int(part[2]), 4)
    value = _plain(re.sub(r"\s*(?:%|percent|prozent)$", "", cell, flags=re.IGNORECASE))
    if not cell[-1].isdigit() or value == 0 or abs(value) > 1:
        return value
    bare = [value, *(_plain(one) for one in column if re.fullmatch(r"\d{1,15}(?:[.,]\d+)?", one))]
    if max(bare) > 1:
        return value
    if any(0 < one < 1 for one in bare):
        return round(100 * value, 4)
    if value < 0:
        raise ValueError(f"could be {value:g} % or {100 * value:g} % (write the sign %)")
    return None


def _is_amount(text: str) -> bool:
    try:
        return amount(text) is not None
    except ValueError:
        return False


def _plain(text: str) -> float:
    if not re.fullmatch(r"-?\d{1,15}(?:[.,]\d+)?", text.strip()):
        raise ValueError("is no progress in per cent")
    return float(text.strip().replace(",", "."))
