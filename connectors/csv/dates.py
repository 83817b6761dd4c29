"""Dates and times as exports write them, in the languages of Jira; one that cannot be read costs its cell alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache

from connectors.csv.settings import Columns
from hub.model.text import normalized

# Beginnings of names, whole and shortened: Germanic, Romance, Slavic, Finnic, Hungarian, Turkish, Greek, Thai.
_BEGINNINGS = (
    "jan jän gen ene ian jaan sty led tammi oca янв яну січ ιαν ม.ค มกราคม 一月",
    "feb fev fév úno lut helmi şub veebr фев лют φεβ ก.พ กุมภาพันธ์ 二月",
    "mar mär mrz mrt maalis bře мар бер μαρ märts มี.ค มีนาคม 三月",
    "apr abr avr ápr kwi dub huhti nis апр кві απρ เม.ย เมษายน 四月",
    "may mai maj mei mag máj kvě touko май мая тра μαι μάι พ.ค พฤษภาคม 五月",
    "jun juin giu iun jún cze čvn červ kesä haz juun июн юни чер ιουν มิ.ย มิถุนายน 六月",
    "jul juil lug iul júl lip čvc červenec červenc heinä tem juul июл юли лип ιουλ ก.ค กรกฎาคม 七月",
    "aug ago aoû ágú sie srp elo ağu авг сер αυγ ส.ค สิงหาคม 八月",
    "sep set szept wrz zář syys eyl сен сеп вер σεπ ก.ย กันยายน 九月",
    "oct okt ott out paź říj loka eki окт жов οκτ ต.ค ตุลาคม 十月",
    "nov noi nóv lis marras kas ноя ное лис νοε พ.ย พฤศจิกายน 十一月",
    "dec dez dic dis déc des dets gru pro joulu ara дек гру δεκ ธ.ค ธันวาคม 十二月",
)
_NUMBERED = re.compile(r"(?:th(?:g|ang)? ?)?(?P<number>\d{1,2}) ?(?:月|월)?")
_MORNING = r"a\.? ?m\.?|上午|午前|오전|vorm\.?|f\.?m\.?|de\.|SA|ÖÖ|πμ|π\.μ\.|ap\.?|dop\.?"
_EVENING = r"p\.? ?m\.?|下午|午後|오후|nachm\.?|e\.?m\.?|du\.|CH|ÖS|μμ|μ\.μ\.|ip\.?|odp\.?"
DAY_HALF = f"{_MORNING}|{_EVENING}"
MONTH_WORD = r"(?:[^\W\d_][^\d\s/,:-]*|\d{1,2}月|\d{1,2}월|[Tt]h(?:g|áng)?\.? ?\d{1,2})"


def normalise_text(text: str) -> str:
    """One way of writing the same: full-width digits, composed letters, blanks that look alike."""
    return " ".join(normalized("NFC", normalized("NFKC", text)).split())


def month_of(word: str) -> int | None:
    """The month that a word names, by the longest beginning that is known; None for another word."""
    plain = _folded(word)
    if numbered := _NUMBERED.fullmatch(plain):
        number = int(numbered["number"])
        return number if 1 <= number <= 12 else None
    known = max((month for month in _months() if plain.startswith(month)), key=len, default="")
    return _months().get(known)


def is_evening(word: str) -> bool:
    """Whether a word for a half of the day is that of the second half."""
    return re.fullmatch(_EVENING, word, re.IGNORECASE) is not None


def _folded(word: str) -> str:
    """Small letters without accents; what stands over a letter in Thai stays."""
    parts = normalized("NFKD", word.casefold().replace("ı", "i"))
    letters = "".join(part for part in parts if not 0x0300 <= ord(part) <= 0x036F)
    return normalized("NFC", letters).strip(". ")


@cache
def _months() -> dict[str, int]:
    return {_folded(text): number for number, names in enumerate(_BEGINNINGS, 1) for text in names.split()}


_CLOCK = (
    rf"(?:[ ,T]+(?:(?P<before>{DAY_HALF}) ?)?(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})"
    rf"(?:[:.](?P<second>\d{{2}})(?:[.,]\d+)?)?(?: ?(?P<half>{DAY_HALF}))?)?"
)
_BETWEEN = r"(?: ?[/.-] ?| )(?:de |di )?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_FORMATS = tuple(
    re.compile(pattern + _CLOCK, re.IGNORECASE)
    for pattern in (
        rf"(?P<day>\d{{1,2}})\.?{_BETWEEN}(?P<word>{MONTH_WORD}),?{_BETWEEN}{_YEAR}",
        rf"(?P<word>{MONTH_WORD}) (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})\.? ?[/ .-] ?(?P<word>{MONTH_WORD}) ?[/ .-] ?(?P<day>\d{{1,2}})\.?",
        rf"(?P<day>\d{{1,2}})\. ?(?P<month>\d{{1,2}})\. ?{_YEAR}",
        r"(?P<year>\d{4})[/.] ?(?P<month>\d{1,2})[/.] ?(?P<day>\d{1,2})\.?",
        r"(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일]",
        rf"(?P<first>\d{{1,2}})[/-](?P<second_>\d{{1,2}})[/-]{_YEAR}",
    )
)


def parse_timestamp(text: str, *, day_first: bool) -> datetime | None:
    """A moment, taken for UTC where no zone is told; None for an empty text, ValueError for what is no date."""
    normalised = normalise_text(text)
    if not normalised:
        return None
    try:
        parsed = datetime.fromisoformat(normalised)
    except ValueError:
        parsed = _read(normalised, day_first=day_first)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def parse_day(text: str, *, day_first: bool) -> date | None:
    """The day as it is written, whatever the zone."""
    parsed = parse_timestamp(text, day_first=day_first)
    return parsed.date() if parsed else None


def _read(text: str, *, day_first: bool) -> datetime:
    for pattern in _FORMATS:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            return datetime.combine(_day(parts, day_first=day_first), _time(parts))
    raise ValueError(f"no date: {text[:40]!r}")


def _day(parts: dict[str, str | None], *, day_first: bool) -> date:
    year = int(parts["year"] or 0)
    year += 2000 if year < 100 else 0
    if word := parts.get("word"):
        month = month_of(word)
        if month is None:
            raise ValueError(f"no month: {word!r}")
        return date(year, month, int(parts["day"] or 0))
    if parts.get("first"):
        number, other_number = int(parts["first"] or 0), int(parts["second_"] or 0)
        # Only a day can be more than twelve; otherwise the configuration says which comes first.
        in_order = number > 12 or (day_first and other_number <= 12)
        return date(year, other_number, number) if in_order else date(year, number, other_number)
    return date(year, int(parts["month"] or 0), int(parts["day"] or 0))


def _time(parts: dict[str, str | None]) -> time:
    hour, half = int(parts.get("hour") or 0), parts.get("half") or parts.get("before") or ""
    if half and hour <= 12:
        hour = hour % 12 + (12 if is_evening(half) else 0)
    return time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0))


@dataclass(slots=True)
class _UnreadableColumn:
    """Cells of one column that could not be read: how many, and the first with its place and the reason."""

    location: str
    cell: str
    reason: str
    count: int = 0


@dataclass(slots=True)
class UnreadableCells:
    """What could not be read in one file, by column."""

    columns: dict[str, _UnreadableColumn] = field(default_factory=dict)

    def add(self, name: str, location: str, cell: str, reason: str) -> None:
        """One more cell."""
        self.columns.setdefault(name, _UnreadableColumn(location, cell, reason)).count += 1

    def messages(self, columns: Columns, header: Sequence[str]) -> Iterator[str]:
        """One sentence for each column."""
        for name, unreadable_column in self.columns.items():
            title = header[columns.positions[name][0]].strip()
            subject = f"{unreadable_column.count} dates" if unreadable_column.count > 1 else "a date"
            yield (
                f"{unreadable_column.location}: the column {title!r} has {subject} that cannot be read,"
                f" the first is {unreadable_column.cell[:40]!r} ({unreadable_column.reason}):"
                " the tickets are read without"
            )


@dataclass(slots=True)
class Dates:
    """The dates of one row; `unreadable_columns` are the columns that were not understood."""

    row: Sequence[str]
    location: str
    columns: Columns
    day_first: bool
    unreadable_cells: UnreadableCells
    unreadable_columns: set[str] = field(default_factory=set)

    def timestamp(self, name: str) -> datetime | None:
        """The first cell of that column that is filled, as a moment; None for one that cannot be read."""
        cell = self.columns.value(self.row, name)
        try:
            return parse_timestamp(cell, day_first=self.day_first)
        except (ValueError, OverflowError) as error:
            if name not in self.unreadable_columns:
                self.unreadable_columns.add(name)
                self.unreadable_cells.add(name, self.location, cell, str(error).partition(":")[0])
            return None

    def day(self, name: str) -> date | None:
        """The day as it is written, whatever the zone."""
        timestamp = self.timestamp(name)
        return timestamp.date() if timestamp else None
