"""Days and moments as exports write them, in the languages of Jira."""

import re
from datetime import UTC, date, datetime, time

from connectors.csv.months import HALF, WORD, composed, is_evening, month_of

_CLOCK = (
    rf"(?:[ ,T]+(?:(?P<before>{HALF}) ?)?(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})"
    rf"(?:[:.](?P<second>\d{{2}})(?:[.,]\d+)?)?(?: ?(?P<half>{HALF}))?)?"
)
_BETWEEN = r"(?: ?[/.-] ?| )(?:de |di )?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_FORMS = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE)
    for form in (
        rf"(?P<day>\d{{1,2}})\.?{_BETWEEN}(?P<word>{WORD}),?{_BETWEEN}{_YEAR}",
        rf"(?P<word>{WORD}) (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})\.? ?[/ .-] ?(?P<word>{WORD}) ?[/ .-] ?(?P<day>\d{{1,2}})\.?",
        rf"(?P<day>\d{{1,2}})\. ?(?P<month>\d{{1,2}})\. ?{_YEAR}",
        r"(?P<year>\d{4})[/.] ?(?P<month>\d{1,2})[/.] ?(?P<day>\d{1,2})\.?",
        r"(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일]",
        rf"(?P<first>\d{{1,2}})[/-](?P<second_>\d{{1,2}})[/-]{_YEAR}",
    )
)


def moment(text: str, *, day_first: bool) -> datetime | None:
    """A moment, taken for UTC where no zone is told; None for an empty text, ValueError for what is no date."""
    written = composed(text)
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = _read(written, day_first=day_first)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(text: str, *, day_first: bool) -> date | None:
    """The day as it is written, whatever the zone."""
    found = moment(text, day_first=day_first)
    return found.date() if found else None


def _read(written: str, *, day_first: bool) -> datetime:
    for form in _FORMS:
        if match := form.fullmatch(written):
            parts = match.groupdict()
            return datetime.combine(_day(parts, day_first=day_first), _time(parts))
    raise ValueError(f"no date: {written[:40]!r}")


def _day(parts: dict[str, str | None], *, day_first: bool) -> date:
    year = int(parts["year"] or 0)
    year += 2000 if year < 100 else 0
    if word := parts.get("word"):
        month = month_of(word)
        if month is None:
            raise ValueError(f"no month: {word!r}")
        return date(year, month, int(parts["day"] or 0))
    if parts.get("first"):
        one, two = int(parts["first"] or 0), int(parts["second_"] or 0)
        # Only a day can be more than twelve; otherwise the configuration says which comes first.
        in_order = one > 12 or (day_first and two <= 12)
        return date(year, two, one) if in_order else date(year, one, two)
    return date(year, int(parts["month"] or 0), int(parts["day"] or 0))


def _time(parts: dict[str, str | None]) -> time:
    hour, half = int(parts.get("hour") or 0), parts.get("half") or parts.get("before") or ""
    if half and hour <= 12:
        hour = hour % 12 + (12 if is_evening(half) else 0)
    return time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0))
