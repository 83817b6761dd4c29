"""Which column holds what, by the headers that people write, German or English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.sheet_form.amounts import NOTHING, amount
from hub.sheet_form.grid import Row

NAMES: Mapping[str, tuple[str, ...]] = {
    "objective": ("objective", "objectives", "objective title", "ziel", "ziele", "goal", "goals"),
    "key_result": (
        "key result", "key results", "keyresult", "kr", "krs", "key result title", "schlüsselergebnis",
        "schlüsselergebnisse", "schluesselergebnis", "ergebnis",
    ),
    "title": (
        "title", "titel", "name", "okr", "okrs", "description", "beschreibung", "bezeichnung", "text",
        "objective key result", "ziel key result", "ziel schlüsselergebnis", "objective kr", "ziel kr",
    ),
    "type": ("type", "typ", "level", "ebene", "art", "kind"),
    "number": ("nr", "no", "number", "nummer", "#", "pos"),
    "id": ("id", "key", "kürzel", "key result id", "kr id", "okr id", "keyresult id"),
    "team": ("team", "teams", "abteilung", "department", "bereich"),
    "owner": (
        "owner", "owners", "verantwortlich", "verantwortliche", "verantwortlicher", "zuständig", "responsible", "lead",
        "team owner", "team verantwortlich", "owner team",
    ),
    "shares": ("contributions", "contribution", "beitrag", "beiträge", "anteil", "anteile", "shares", "share"),
    "start": ("start", "startwert", "start value", "baseline", "ausgangswert", "from", "von"),
    "target": ("target", "zielwert", "target value", "soll", "sollwert", "goal value", "to", "bis"),
    "current": ("current", "current value", "actual", "istwert", "ist", "aktuell", "aktueller wert", "value", "wert"),
    "direction": ("direction", "richtung", "trend wanted", "goal direction"),
    "progress": (
        "progress", "fortschritt", "progress in", "erreicht", "complete", "completion", "percent complete",
        "percent done", "progress percent", "fortschritt in",
    ),
    "unit": ("unit", "einheit"),
    "confidence": ("confidence", "confidence level", "confidence score", "zuversicht", "konfidenz"),
    "status": ("status", "ampel", "rag", "health", "state"),
    "due": ("due", "due date", "deadline", "fällig", "fällig am", "fälligkeit", "end date", "enddatum", "termin"),
    "cycle": ("cycle", "quarter", "quartal", "zyklus", "period", "zeitraum", "periode"),
    "aligns_to": (
        "aligns to", "aligned to", "aligns with", "aligned with", "alignment", "supports", "contributes to", "parent",
        "zahlt ein auf", "ausgerichtet auf", "unterstützt", "beitrag zu", "übergeordnet",
    ),
    "as_of": ("as of", "last update", "last updated", "updated", "letztes update", "stand vom", "last check in"),
}  # fmt: skip
NUMBERS = ("start", "target", "current")


@dataclass(frozen=True, slots=True)
class Header:
    """The header's row, and the column of each field; `unused` are columns that are left out, each with the reason."""

    row: Row
    places: Mapping[str, int]
    unused: Mapping[int, str]

    def cell(self, row: Row, name: str) -> str:
        """What stands in the row for that field; empty where there is no such column."""
        at = self.places.get(name)
        return row.cells[at] if at is not None and at < len(row.cells) else ""


def folded(header: str) -> str:
    """A header without case, brackets and signs."""
    bare = re.sub(r"\(.*?\)|\[.*?\]", "", header.strip().casefold())
    return " ".join(re.findall(r"[^\W_]+", bare)) or bare.strip()


def score(cells: Sequence[str]) -> int:
    """How many cells of a row are headers that are known."""
    return len({name for cell in cells for name, words in NAMES.items() if folded(cell) in words})


def find_header(rows: Sequence[Row], own: Mapping[str, str]) -> Header | None:
    """The row with the most known headers among the first ones; `own` are headers that people named, by header."""
    mine = {folded(header): name for header, name in own.items()}
    best = max(rows[:20], key=lambda row: score(row.cells) + sum(folded(cell) in mine for cell in row.cells))
    data = rows[rows.index(best) + 1 :]
    places: dict[str, int] = {}
    unused: dict[int, str] = {}
    for at, cell in enumerate(best.cells):
        name = mine.get(folded(cell)) or _meaning(cell, at, data, best)
        if name and name not in places:
            places[name] = at
        elif name:
            unused[at] = f"the column {best.cells[places[name]].strip()!r} is read for the same"
        elif cell.strip():
            unused[at] = "not understood"
    return Header(best, places, unused) if {"objective", "key_result", "title"} & places.keys() else None


def _meaning(cell: str, at: int, data: Sequence[Row], header: Row) -> str | None:
    word = folded(cell)
    found = next((name for name, words in NAMES.items() if word in words), None)
    others = {folded(one) for one in header.cells if one is not cell}
    # "Ziel" and "Goal" are the objective, unless numbers stand there and the objective stands elsewhere.
    if found == "objective" and others & {*NAMES["objective"], *NAMES["title"], *NAMES["key_result"]}:
        cells = [row.cells[at].strip() for row in data if at < len(row.cells)]
        filled = [one for one in cells if one.casefold() not in NOTHING]
        if filled and sum(map(_is_number, filled)) > len(filled) / 2:
            return "target"
    return found


def _is_number(cell: str) -> bool:
    try:
        return amount(cell) is not None
    except ValueError:
        return False
