"""Dates as people write them on OKR tickets: `2026-11-30`, `30 Nov 2026`, `November 30, 2026`, `30.11.2026`."""

import re
from datetime import date

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WORD = r"(?P<word>[A-Za-z]{3,9})"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)",
        rf"{_DAY}(?:\.|st|nd|rd|th)?\s{{0,3}}{_WORD}\.?,?\s{{0,3}}{_YEAR}",
        rf"{_WORD}\.?\s{{1,3}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}",
        rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
    )
)
_SLASHED = re.compile(rf"(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/{_YEAR}")
EXAMPLES = "such as 2026-11-30 or 30 Nov 2026"


def parse_day(text: str) -> date:
    """The day, and nothing else; ValueError where it is none, or could be two."""
    day, rest = leading_day(text.strip())
    if rest.strip():
        raise ValueError(f"{text!r} is no date {EXAMPLES}")
    return day


def leading_day(text: str) -> tuple[date, str]:
    """The day that a text begins with, and what stands behind it; ValueError where it begins with none."""
    if match := _SLASHED.match(text):
        return _slashed_day(match), text[match.end() :]
    for form in _FORMS:
        match = form.match(text)
        words = match.groupdict() if match else {}
        month = _month_of(words["word"]) if "word" in words else int(words.get("month") or 0)
        if match and month:
            return _day(match[0], match["year"], month, match["day"]), text[match.end() :]
    raise ValueError(f"{text!r} begins with no date {EXAMPLES}")


def _slashed_day(match: re.Match[str]) -> date:
    """Some put the day first, others the month."""
    first, second = int(match["first"]), int(match["second"])
    if first <= 12 and second <= 12 and first != second:
        year = match["year"]
        both = f"{year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}"
        raise ValueError(f"{match[0]!r} could be two days: write {both}")
    day, month = (first, second) if first > 12 else (second, first)
    return _day(match[0], match["year"], month, day)


def _day(text: str, year: str, month: int, day: str | int) -> date:
    try:
        return date(int(year), month, int(day))
    except ValueError:
        raise ValueError(f"{text!r} is no day of the calendar") from None


def _month_of(word: str) -> int:
    """By its name or three letters of it or more: `Nov`, `Sept`, `November`; 0 for another word."""
    plain = word.casefold()
    return next((number for number, name in enumerate(_MONTHS, start=1) if name.startswith(plain)), 0)
