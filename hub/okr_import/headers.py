"""The grid of a spreadsheet, and which of its columns holds what, German or English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.okr_import.numbers import EMPTY_VALUES, parse_amount


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row as they are written, indentation included."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """All rows that hold something, and how the file was read."""

    encoding: str
    delimiter: str
    rows: tuple[Row, ...]


NAMES: Mapping[str, tuple[str, ...]] = {
    "objective": ("objective", "objectives", "objective title", "objective name", "ziel", "ziele", "goal", "goals"),
    "key_result": (
        "key result", "key results", "keyresult", "kr", "krs", "key result title", "key result name",
        "schlüsselergebnis", "schlüsselergebnisse", "schluesselergebnis", "ergebnis",
    ),
    "title": (
        "title", "titel", "name", "okr", "okrs", "description", "beschreibung", "bezeichnung", "text",
        "goal title", "okr title", "objective key result", "ziel key result", "ziel schlüsselergebnis", "objective kr",
        "ziel kr",
    ),
    "type": ("type", "typ", "level", "ebene", "art", "kind", "record type"),
    "number": ("nr", "no", "number", "nummer", "#", "pos"),
    "id": ("id", "key", "kürzel", "key result id", "kr id", "okr id", "keyresult id", "row id", "goal id"),
    "team": ("team", "teams", "abteilung", "department", "departments", "bereich"),
    "owner": (
        "owner", "owners", "kr owner", "key result owner", "objective owner", "owner name", "owned by", "assignee",
        "assigned to", "accountable", "dri", "responsable", "propriétaire", "verantwortlich", "verantwortliche",
        "verantwortlicher", "zuständig", "responsible", "lead",
        "owner email", "owner emails", "owner email id", "team owner", "team verantwortlich", "owner team",
    ),
    "shares": ("contributions", "contribution", "beitrag", "beiträge", "anteil", "anteile", "shares", "share"),
    "start": (
        "start", "startwert", "start value", "baseline", "ausgangswert", "initial value", "initial",
        "starting value", "metric start value", "anfangswert",
        "from", "von",
    ),
    "target": (
        "target", "targets", "zielwert", "target value", "soll", "sollwert", "goal value", "metric target value", "to",
        "bis",
    ),
    "current": ("current", "current value", "actual", "istwert", "ist", "aktuell", "aktueller wert", "value", "wert"),
    "direction": (
        "direction", "richtung", "trend wanted", "goal direction", "desired direction", "trend", "zielrichtung", "sens",
        "dirección",
    ),
    "progress": (
        "progress", "fortschritt", "progress in", "erreicht", "complete", "completion", "percent complete",
        "percent done", "progress percent", "fortschritt in",
    ),
    "unit": ("unit", "einheit"),
    "confidence": ("confidence", "confidence level", "confidence score", "zuversicht", "konfidenz"),
    "status": ("status", "ampel", "rag", "health", "state", "progress status"),
    "due": ("due", "due date", "deadline", "fällig", "fällig am", "fälligkeit", "end date", "enddatum", "termin"),
    "visibility": (
        "visibility", "private", "is private", "access", "access level", "public", "is public", "confidential",
        "confidentiality", "is confidential", "restricted", "privacy", "sharing", "shared with", "visible to",
        "who can see", "permission", "permissions", "sichtbarkeit", "sichtbar für", "privat", "öffentlich",
        "vertraulich", "vertraulichkeit", "zugriff", "zugang", "freigabe", "visibilité", "privé", "confidentiel",
        "confidentialité", "accès", "visibilidad", "privado", "público", "confidencial", "acceso", "可視性", "公開範囲",
        "可见性",
    ),
    "cycle": (
        "cycle", "quarter", "quartal", "zyklus", "period", "zeitraum", "periode", "goal cycle", "timeframe",
    ),
    "aligns_to": (
        "aligns to", "aligned to", "aligns with", "aligned with", "alignment", "supports", "contributes to",
        "zahlt ein auf", "ausgerichtet auf", "unterstützt", "beitrag zu",
    ),
    "parent": (
        "parent", "parents", "parent id", "parent ids", "parent row id", "parent row ids", "parent goal",
        "parent goals", "parent goal id", "parent goal ids", "parent objective", "parent objective id",
        "parent key result", "parent key result id", "parent okr", "parent okr id", "parent title", "parent name",
        "übergeordnet", "übergeordnetes ziel", "übergeordnetes okr",
    ),
    "as_of": ("as of", "last update", "last updated", "updated", "letztes update", "stand vom", "last check in"),
}  # fmt: skip
NOT_UNDERSTOOD = "not understood"
OTHER_CYCLE = "is of"
IGNORE = "ignore"
MAX_HEADER_LENGTH = 200
BY_HAND = "as --column says"
# Words around a header that say when and in which unit, not what.
_QUALIFIER = re.compile(
    r"q[1-4]|h[12]|(?:fy)?\d{2}|(?:fy)?20\d\d|in|eur|usd|chf|gbp|euro|dollars?|percent|prozent|pct|count|days|tage|k|mio"
)
NUMBERS = ("start", "target", "current")


@dataclass(frozen=True, slots=True)
class Header:
    """The header's row, and the column of each field; `unused` are columns that are left out, each with the reason.

    `by_hand` are the columns that people gave their meaning.
    """

    row: Row
    columns: Mapping[str, int]
    unused: Mapping[int, str]
    by_hand: frozenset[int] = frozenset()

    def title(self, name: str) -> str:
        """The header of that field's column; empty where there is none."""
        at = self.columns.get(name)
        return self.row.cells[at] if at is not None else ""

    def cell(self, row: Row, name: str) -> str:
        """What stands in the row for that field; empty where there is no such column."""
        at = self.columns.get(name)
        return row.cells[at] if at is not None and at < len(row.cells) else ""


def normalize_header(header: str) -> str:
    """A header without case, brackets and signs; a text that is too long for one stays as it is."""
    plain = header.strip().casefold()
    if len(plain) > MAX_HEADER_LENGTH:
        return plain
    stripped = re.sub(r"\(.*?\)|\[.*?\]", "", plain)
    return " ".join(re.findall(r"[^\W_]+", stripped)) or stripped.strip()


def score(cells: Sequence[str]) -> int:
    """How many cells of a row are headers that are known."""
    return len({name for cell in map(normalize_header, cells) for name, words in NAMES.items() if cell in words})


def find_header(rows: Sequence[Row], own: Mapping[str, str], cycle: str | None = None) -> Header | None:
    """The row with the most known headers among the first ones; `own` are headers that people named, by header.

    Of several columns for the same the one whose header says it best is read: Team before Department.
    """
    own_fields = {normalize_header(header): name for header, name in own.items()}
    best = max(
        rows[:20], key=lambda row: score(row.cells) + sum(normalize_header(cell) in own_fields for cell in row.cells)
    )
    data = rows[rows.index(best) + 1 :]
    fits: list[_Fit] = []
    unused: dict[int, str] = {}
    for at, cell in enumerate(best.cells):
        requested = own_fields.get(normalize_header(cell))
        fit = _Fit(requested, at, -1) if requested else _fit(cell, at, data, best)
        if fit is None or fit.name == IGNORE:
            unused[at] = NOT_UNDERSTOOD if fit is None else BY_HAND
        elif of_another_cycle(fit.quarter, cycle):
            unused[at] = f"{OTHER_CYCLE} {fit.quarter}"
        else:
            fits.append(fit)
    columns: dict[str, int] = {}
    for fit in sorted(fits, key=lambda fit: (fit.rank, fit.at)):
        if columns.setdefault(fit.name, fit.at) != fit.at:
            unused[fit.at] = f"the column {best.cells[columns[fit.name]].strip()!r} is read for the same"
    unused = {at: reason for at, reason in unused.items() if best.cells[at].strip()}
    ordered = dict(sorted(columns.items(), key=lambda entry: entry[1]))
    by_hand = frozenset(fit.at for fit in fits if fit.rank < 0)
    return Header(best, ordered, unused, by_hand) if {"objective", "key_result", "title"} & columns.keys() else None


def is_numeric_column(at: int, data: Sequence[Row]) -> bool:
    """Whether most of the filled cells of a column are numbers."""
    cells = [row.cells[at].strip() for row in data if at < len(row.cells)]
    filled = [cell for cell in cells if cell.casefold() not in EMPTY_VALUES]
    return bool(filled) and sum(map(_is_number, filled)) > len(filled) / 2


@dataclass(frozen=True, slots=True)
class _Fit:
    """What a column is read as, how well its header says so (least is best), and the quarter that stands in it."""

    name: str
    at: int
    rank: int
    quarter: str = ""


def _fit(cell: str, at: int, data: Sequence[Row], header: Row) -> _Fit | None:
    """The header as it is, else without the quarter, the year and the unit around it."""
    words = normalize_header(cell).split()
    core = " ".join(word for word in words if not _QUALIFIER.fullmatch(word))
    known = _known_name(normalize_header(cell)) or _known_name(core)
    if known is None:
        return None
    name, rank = known
    other_headers = {normalize_header(text) for text in header.cells if text is not cell}
    # "Ziel" and "Goal" are the objective, unless numbers stand there and the objective stands elsewhere.
    title_headers = other_headers & {*NAMES["objective"], *NAMES["title"], *NAMES["key_result"]}
    if name == "objective" and title_headers and is_numeric_column(at, data):
        name, rank = "target", len(NAMES["target"])
    return _Fit(name, at, rank, quarter_in(cell))


def quarter_in(cell: str) -> str:
    """The quarter that stands in a header, with its year where that is there as well."""
    quarter, year = re.search(r"\b(Q[1-4]|H[12])\b", cell, re.IGNORECASE), re.search(r"\b20\d\d\b", cell)
    return "-".join(match.group().upper() for match in (year, quarter) if match)


def of_another_cycle(quarter: str, cycle: str | None) -> bool:
    """Whether the quarter or the year in a header is none of the cycle's."""
    return cycle is not None and not set(quarter.split("-")) - {""} <= set(cycle.split("-"))


def _known_name(word: str) -> tuple[str, int] | None:
    return next(((name, words.index(word)) for name, words in NAMES.items() if word in words), None)


def _is_number(cell: str) -> bool:
    try:
        return parse_amount(cell) is not None
    except ValueError:
        return False
