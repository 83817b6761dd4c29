"""Parsers of single cells: teams and shares, confidence and status, dates and cycles."""

import calendar
import hashlib
import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.model.text import normalized

ORGANIZATION = frozenset({
    "company", "organization", "organisation", "org", "unternehmen", "firma", "gesamt", "all", "alle", "konzern",
})  # fmt: skip
MAX_ID_LENGTH = 40
_SPELT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "%": " percent "}
# In a text without double blanks, and from the first digit of a number on: no letter is read again and again.
_SHARE = re.compile(
    r"(?<!\d)(?P<before>\d{1,9}(?:[.,]\d{1,9})?) ?%(?: ?:)? ?"
    r"| ?[:=(]? ?(?<!\d)(?P<after>\d{1,9}(?:[.,]\d{1,9})?) ?%(?: ?\))?"
)
_QUARTER = re.compile(r"(?P<year>\d{4})\W*Q(?P<part>[1-4])|Q(?P<part2>[1-4])\W*(?P<year2>\d{4}|\d{2})", re.IGNORECASE)
_HALF_YEAR = re.compile(r"(?P<year>\d{4})\W*H(?P<part>[12])|H(?P<part2>[12])\W*(?P<year2>\d{4}|\d{2})", re.IGNORECASE)
# Words for a quarter, before its number or behind it.
_QUARTER_WORD = r"(?:quartal|quarter|quartier|trimestre|trimester|trim|qtr|qu)\.?"
_SPELT_QUARTER = re.compile(
    rf"(?:\b{_QUARTER_WORD}\s*|\bt(?=[1-4]\b))(?P<after>[1-4])\b|\b(?P<before>[1-4])(?:\.|st|nd|rd|th|er|e|º|°)?\s*(?:{_QUARTER_WORD}|q(?=\d|\b))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_BARE_YEAR = re.compile(r"\d{4}")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_SLASHED_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")


@dataclass(frozen=True, slots=True)
class Part:
    """A team as it is named, and its share in percent where one stands beside it."""

    name: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A cycle by its id, with its days."""

    id: str
    start: date
    end: date


def make_slug(text: str, fallback: str) -> str:
    """An id of a title: letters and digits with dashes between; the same for the same title."""
    # Composed first: an umlaut may be written as two characters.
    spelt = "".join(_SPELT.get(letter, letter) for letter in normalized("NFC", text).lower())
    # A sign between letters parts them; the typographic apostrophe does not.
    spelt = "".join(
        text if text.isalnum() or text == "\u2019" or unicodedata.combining(text) else " " for text in spelt
    )
    plain = normalized("NFKD", spelt).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    joined_words = "-".join(words)
    if len(joined_words) > MAX_ID_LENGTH:
        joined_words = joined_words[: MAX_ID_LENGTH + 1].rpartition("-")[0] or joined_words[:MAX_ID_LENGTH]
    # A title without any Latin letter still has one id, whatever stands around it.
    return joined_words or f"{fallback}-{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"


def is_of_organization(cell: str) -> bool:
    """Whether a word says that something is the whole organization's: `Company`, `Unternehmensziel`."""
    words = re.findall(r"\w+", cell.casefold())
    return any(word in ORGANIZATION or word.startswith(("unternehmens", "firmen", "konzern")) for word in words)


def make_unique(base: str, used: Collection[str]) -> str:
    """The id, or the id with the first free number behind it."""
    number, candidate = 1, base
    while candidate in used:
        number += 1
        candidate = f"{base}-{number}"
    return candidate


def parse_parts(cell: str) -> list[Part]:
    """Teams and shares: `Sales 60 %, CS 40 %`, `60% Sales / 40% CS`, `Sales; Marketing`."""
    parts = []
    for text in re.split(r"[;\n/+]|,(?!\d)", cell):
        entry = " ".join(text.split())
        match = _SHARE.search(entry)
        share = float((match["before"] or match["after"]).replace(",", ".")) if match else None
        name = _SHARE.sub("", entry, count=1).strip(" :()-\u2013\t") if match else entry
        if name:
            parts.append(Part(name, share))
    return parts


def parse_confidence(cell: str, column: Sequence[str]) -> float:
    """A confidence between 0 and 1; whether 7 is of 10 or of 100 is told by the column's other values."""
    scale = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(?:/|von|of)\s*(\d{1,15})\s*", cell)
    if scale and int(scale[2]):
        value = _parse_number(scale[1]) / int(scale[2])
    elif "%" in cell:
        value = _parse_number(cell.replace("%", "")) / 100
    else:
        column_max = max(map(_number_or_zero, column), default=0.0)
        value = _parse_number(cell) / (1 if column_max <= 1 else 10 if column_max <= 10 else 100)
    if not 0 <= value <= 1:
        raise ValueError("is not between 0 and 1")
    return round(value, 4)


def parse_day(cell: str) -> date:
    """A day; ValueError where day and month could be each other."""
    text = cell.strip()
    if match := _GERMAN_DAY.fullmatch(text):
        return date(_parse_year(match[3]), int(match[2]), int(match[1]))
    if match := _SLASHED_DAY.fullmatch(text):
        item, second = int(match[1]), int(match[2])
        if item <= 12 and second <= 12 and item != second:
            raise ValueError("could be two days: write it as 2026-11-30")
        month, number = (second, item) if item > 12 else (item, second)
        return date(_parse_year(match[3]), month, number)
    return date.fromisoformat(text[:10])


def parse_period(text: str) -> Period:
    """A cycle as 2026-Q4, Q4 2026, 2026-H2 or 2026; ValueError for another form."""
    for pattern, letter, months in ((_QUARTER, "Q", 3), (_HALF_YEAR, "H", 6)):
        if match := pattern.fullmatch(_spell_quarter(text.strip())):
            year, part = _parse_year(match["year"] or match["year2"]), int(match["part"] or match["part2"])
            return _period_of_months(f"{year}-{letter}{part}", year, (part - 1) * months + 1, months)
    if re.fullmatch(r"\d{4}", text.strip()):
        return _period_of_months(text.strip(), int(text), 1, 12)
    raise ValueError("is no cycle: write it as 2026-Q4, 2026-H2 or 2026")


def parse_leading_period(cell: str) -> Period:
    """A cycle that stands at the beginning of a cell: `Q4 2026 - Oct-Dec`; ValueError where none or several do."""
    text = _spell_quarter(cell.strip())
    for pattern in (_QUARTER, _HALF_YEAR, _BARE_YEAR):
        match = pattern.match(text)
        remainder = text[match.end() :] if match else ""
        if match is None or re.match(r"\w|[-/.]\d", remainder):
            continue
        other = [year for year in re.findall(r"\d{4}", remainder) if year not in match.group()]
        if other or re.search(r"\b[QH]\d", remainder, re.IGNORECASE):
            raise ValueError("names several cycles")
        return parse_period(match.group())
    raise ValueError("is no cycle: write it as 2026-Q4, 2026-H2 or 2026")


def _spell_quarter(text: str) -> str:
    """`4. Quartal 2026`, `Quarter 4/2026`, `4Q26` and `T4 2026` with a Q and a number."""
    return _SPELT_QUARTER.sub(lambda match: f"Q{match['after'] or match['before']} ", text)


def quarter_of(day: date) -> Period:
    """The quarter that a day lies in."""
    return parse_period(f"{day.year}-Q{(day.month - 1) // 3 + 1}")


def _period_of_months(id_: str, year: int, first: int, count: int) -> Period:
    last = first + count - 1
    return Period(id_, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _parse_year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _parse_number(text: str) -> float:
    """A number with a value; ValueError for all else, also for what Python takes for one: `nan`, `inf`, `1_0`."""
    match = _NUMBER.fullmatch(text.strip())
    value = float(match[0].replace(",", ".")) if match else math.nan
    if not math.isfinite(value):
        raise ValueError("is no number")
    return value


def _number_or_zero(text: str) -> float:
    try:
        return _parse_number(text)
    except ValueError:
        return 0.0


# What a status stands for where nobody told a confidence: words, and signs where there are no words.
STATUSES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.8, ("green", "grün", "vert", "verde", "on track", "im plan", "healthy", "en bonne voie", "en camino",
           "encaminado")),
    (0.5, ("yellow", "amber", "orange", "gelb", "jaune", "amarillo", "at risk", "gefährdet", "needs attention",
           "needs work", "caution", "progressing", "à risque", "en riesgo")),
    (0.2, ("red", "rot", "rouge", "rojo", "off track", "behind", "delayed", "blocked", "kritisch", "critical",
           "überfällig", "overdue", "verzögert", "en retard", "retrasado")),
)  # fmt: skip
SYMBOLS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (1.0, ("🔵", "🏁", "🎉", "🏆")),
    (0.8, ("🟢", "💚", "✅", "👍", "😀", "😃", "🙂", "😊")),
    (0.5, ("🟡", "🟠", "💛", "🧡", "⚠", "😐")),
    (0.2, ("🔴", "❤", "❌", "🛑", "👎", "😞", "🙁", "☹")),
)
# These count only as the whole status: `70 % complete` is not the end.
_FULL_STATUSES: Mapping[str, float] = {
    **dict.fromkeys(("done", "completed", "complete", "achieved", "finished", "reached", "met", "erreicht", "erledigt",
                     "abgeschlossen", "fertig", "terminé", "terminée", "atteint", "completado", "logrado"), 1.0),
    **dict.fromkeys(("missed", "failed", "not achieved", "not met", "verfehlt", "nicht erreicht", "manqué", "fallido"),
                    0.0),
}  # fmt: skip
MAX_DIFFERENCE = 0.2
# What says how far the work is, and nothing of how sure people are.
NEUTRAL_STATUSES = frozenset({
    "not started", "in progress", "started", "ongoing", "active", "open", "new", "planned", "draft",
    "pending", "to do", "todo", "on hold", "paused", "postponed", "closed", "cancelled", "canceled",
    "archived", "no status", "nicht begonnen", "nicht gestartet", "in arbeit", "laufend", "offen", "neu",
    "geplant", "entwurf", "pausiert", "zurückgestellt", "abgebrochen", "en cours", "à faire",
    "pas commencé", "en curso", "pendiente", "no iniciado", "⚪", "⚫", "⏳", "🚧", "⏸",
})  # fmt: skip
_NEGATED = re.compile(r"\b(?:not|no longer|isn't|nicht|kein)\b")


def status_confidence(cell: str) -> float | None:
    """What a status means as a confidence, by its words, else by its signs; None where it means none that is known."""
    values = {value for value, known in SYMBOLS for symbol in known if symbol in cell}
    words = _normalize(cell)
    by_words = _confidence_by_words(words)
    if len(values) != 1 or (words and by_words is None):
        return None if values else by_words
    by_symbol = values.pop()
    contradicts = by_words is not None and abs(by_words - by_symbol) > MAX_DIFFERENCE + 1e-9
    return None if contradicts else by_symbol if by_words is None else by_words


def is_neutral_status(cell: str) -> bool:
    """Whether a status is known to tell how far the work is, and nothing of how sure people are."""
    return _normalize(cell) in NEUTRAL_STATUSES or cell.strip().rstrip("\ufe0f") in NEUTRAL_STATUSES


def _normalize(cell: str) -> str:
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell)
    return " ".join(re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*", separated.casefold()))


def _confidence_by_words(words: str) -> float | None:
    if words in _FULL_STATUSES:
        return _FULL_STATUSES[words]
    if _NEGATED.search(words):
        return 0.2 if re.search(r"on track|im plan|green|grün", words) else None
    values = {value for value, known in STATUSES for word in known if re.search(rf"\b{re.escape(word)}\b", words)}
    return values.pop() if len(values) == 1 else None
