"""Days and moments as exports write them, in the languages of Jira."""

import re
from datetime import UTC, date, datetime, time

from connectors.csv.months import DAY_HALF, MONTH_WORD, is_evening, month_of, normalise_text

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
