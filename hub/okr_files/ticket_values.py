"""The values of OKR tickets as people write them: numbers, dates, links, shares and check-ins."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from hub.okr_files.ticket_names import NO_NAMES, OkrNames

Table = dict[str, Any]
Entry = tuple[str, list[str]]
"""What stands before the brackets, and what within them."""
KINDS, STATES = ("direct", "indirect"), ("proposed", "accepted", "declined")
NO_TEAM = frozenset({"organization", "organisation", "company", "none", "-"})
_UP_TO_BRACKET = re.compile(r"[^()]*[()]|[^()]+")
_ENTRY = re.compile(r"([^()]*)(?:\(([^()]*)\))?")
MAX_TITLE_PARTS = 6
"""Commas that a title may hold, and one more."""
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SHARE = re.compile(r"(?:^|\s)([+-]?\d[\d.,]*)(?:\s*%)?$")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WORD = r"(?P<word>[A-Za-z]{3,9})"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_DATE_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)",
        rf"{_DAY}(?:\.|st|nd|rd|th)?\s{{0,3}}{_WORD}\.?,?\s{{0,3}}{_YEAR}",
        rf"{_WORD}\.?\s{{1,3}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}{_YEAR}",
        rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
    )
)
_SLASHED = re.compile(rf"(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/{_YEAR}")
EXAMPLES = "such as 2026-11-30 or 30 Nov 2026"


def parse_number(text: str) -> float:
    """`500,000`, `500 000`, `5 %`, `0,5` and `1.3`; a sign at the end says only in what it is measured."""
    plain = re.sub(r"[\s_'\u00a0\u202f]+", "", text).rstrip("%")
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def parse_integer(text: str) -> int:
    """A whole number."""
    if not (value := parse_number(text)).is_integer():
        raise ValueError(f"{text!r} is no whole number")
    return int(value)


def parse_confidence(text: str) -> float:
    """`0.6` or `60 %`."""
    return parse_number(text) / (100 if text.rstrip().endswith("%") else 1)


def parse_day(text: str) -> date:
    """The day, and nothing else; ValueError where it is none, or could be two."""
    day, remainder = leading_day(text.strip())
    if remainder.strip():
        raise ValueError(f"{text!r} is no date {EXAMPLES}")
    return day


def leading_day(text: str) -> tuple[date, str]:
    """The day that a text begins with, and what stands behind it; ValueError where it begins with none."""
    if match := _SLASHED.match(text):
        return _slashed_day(match), text[match.end() :]
    for pattern in _DATE_PATTERNS:
        match = pattern.match(text)
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


def parse_names(text: str) -> list[str]:
    """Teams after commas; what stands for nobody is none."""
    return [item for part in _split(text) if (item := part.strip().casefold()) and item not in NO_TEAM]


def parse_contributions(text: str) -> list[Table]:
    """`sales 60 %, product (indirect)`."""
    return [_parse_contribution(head, details) for head, details in _parse_entries(text)]


def parse_alignments(text: str, names: OkrNames = NO_NAMES) -> list[Table]:
    """`revenue (indirect, proposed, since 2026-10-19)`; the key result by its id or its title."""
    return [
        {"key_result": names.id_of(head), **_parse_details(details, ALIGNMENT_DETAILS)}
        for head, details in _parse_named(text, names)
    ]


def parse_needs(text: str, names: OkrNames = NO_NAMES) -> list[Table]:
    """`platform / scale-p99 (priority 1, by 2026-11-30, accepted)`; the key result may be left out."""
    needs = []
    for head, details in _parse_named(text, names):
        team, _, key_result = (part.strip() for part in head.partition("/"))
        needs.append(
            {
                "team": team.casefold(),
                **({"key_result": names.id_of(key_result)} if key_result else {}),
                **_parse_details(details, NEED_DETAILS),
            }
        )
    return needs


def parse_supported(text: str, names: OkrNames = NO_NAMES) -> list[Table]:
    """`launch-dau, scale-p99`: key results of other teams, by their ids or titles."""
    return [{"key_result": id_} for id_ in parse_ids(text, names)]


def parse_ids(text: str, names: OkrNames = NO_NAMES) -> list[str]:
    """The ids of what is named after commas, by id or title; what stands for nobody is none."""
    heads = (f"{head} ({', '.join(details)})" if details else head for head, details in _parse_named(text, names))
    return [names.id_of(head) for head in heads if head.casefold() not in NO_TEAM]


def parse_direction(text: str) -> str:
    """`at most` and `at-most` as the OKR files write it."""
    return re.sub(r"[\s-]+", "_", text.strip().casefold())


def parse_check_ins(text: str) -> list[Table]:
    """`2026-11-16: 120000 (confidence 0.6, present product platform, note all is well)`; one a line."""
    return [_parse_check_in(line) for line in split_lines(text)]


def split_lines(text: str) -> list[str]:
    """What stands on lines of its own, or after semicolons outside of brackets."""
    return [line for line in _split(text, ";\n") if line.strip()]


def parse_sync(text: str) -> Table:
    """`product, every 7 days`: the host, the interval, or both."""
    table: Table = {}
    for part in _split(text):
        interval = re.fullmatch(r"\s*every\s+(\d+)\s+days?\s*", part, re.IGNORECASE)
        table |= {"every_days": int(interval[1])} if interval else {"host": part.strip().casefold()}
    return table


def _split(text: str, separators: str = ",;\n") -> list[str]:
    """The text taken apart at the signs, but for those within brackets; in time that grows with its length."""
    entries: list[list[str]] = [[]]
    for part in _UP_TO_BRACKET.findall(text):
        first, *remaining = [part] if part.endswith(")") else re.split(f"[{separators}]", part)
        entries[-1].append(first)
        entries += ([other] for other in remaining)
    return ["".join(parts) for parts in entries]


def _parse_entry(text: str) -> Entry | None:
    """What stands before the brackets, and what within them, after commas; None for another form."""
    match = _ENTRY.fullmatch(text.strip())
    return match and (match[1].strip(), [item.strip() for item in (match[2] or "").split(",") if item.strip()])


def _parse_entries(text: str) -> Iterator[Entry]:
    for part in _split(text):
        entry = _parse_entry(part)
        if entry is None:
            raise ValueError(f"{part.strip()!r} cannot be understood")
        if entry[0]:
            yield entry


def _parse_named(text: str, names: OkrNames) -> Iterator[Entry]:
    """Entries whose heads name OKRs: a title may hold commas and brackets itself."""
    for line in split_lines(text):
        parts, start = _split(line, ","), 0
        while start < len(parts):
            count, entry = _longest_title(parts[start : start + MAX_TITLE_PARTS], names)
            yield from (entry,) if entry else _parse_entries(parts[start])
            start += count


def _longest_title(parts: list[str], names: OkrNames) -> tuple[int, Entry | None]:
    """How many of the parts together are a known title, and that title with its details; else one part and None."""
    for count in range(len(parts), 0, -1):
        title = ",".join(parts[:count]).strip()
        if _is_title(title, names):
            return count, (title, [])
        head, _, details = title.removesuffix(")").rpartition("(")
        if title.endswith(")") and ")" not in details and _is_title(head, names):
            return count, (head.strip(), [item.strip() for item in details.split(",") if item.strip()])
    return 1, None


def _is_title(head: str, names: OkrNames) -> bool:
    """Whether it names a title, alone or behind a team: `platform / 99.9 % uptime`."""
    return names.is_title(head) or ("/" in head and names.is_title(head.partition("/")[2]))


def _parse_contribution(head: str, details: list[str]) -> Table:
    match = _SHARE.search(head)
    team = head[: match.start()] if match else head
    share = {"share": parse_number(match[1])} if match else {}
    return {"team": team.strip().casefold(), **share, **_parse_details(details, CONTRIBUTION_DETAILS)}


def _parse_check_in(line: str) -> Table:
    entry = _parse_entry(line)
    if entry is None:
        raise ValueError(f"{line.strip()!r} cannot be understood: more than one pair of brackets")
    day, remainder = leading_day(entry[0])
    value = remainder.lstrip(": ").strip()
    return {
        "date": day,
        **({"value": parse_number(value)} if value else {}),
        **_parse_details(entry[1], CHECK_IN_DETAILS),
    }


Detail = tuple[str, Callable[[str], Any]]


def _parse_details(details: list[str], known: Mapping[str, Detail]) -> Table:
    """What stands in the brackets: a word and its value, or one of the words that need none."""
    values: Table = {}
    for detail in details:
        keyword, _, value = detail.partition(" ")
        if keyword.casefold() in known:
            name, read = known[keyword.casefold()]
            values[name] = read(value.strip(": ") or keyword.casefold())
        else:
            raise ValueError(f"{detail!r} cannot be understood; known: {', '.join(known)}")
    return values


def _split_words(text: str) -> list[str]:
    return text.casefold().split()


CONTRIBUTION_DETAILS: Mapping[str, Detail] = {**dict.fromkeys(KINDS, ("kind", str)), "share": ("share", parse_number)}
_STATE_DETAILS: Mapping[str, Detail] = {**dict.fromkeys(STATES, ("state", str)), "since": ("since", parse_day)}
ALIGNMENT_DETAILS: Mapping[str, Detail] = {**dict.fromkeys(KINDS, ("kind", str)), **_STATE_DETAILS}
NEED_DETAILS: Mapping[str, Detail] = {
    **_STATE_DETAILS,
    "priority": ("priority", parse_integer),
    "by": ("needed_by", parse_day),
}
CHECK_IN_DETAILS: Mapping[str, Detail] = {
    "confidence": ("confidence", parse_confidence),
    "present": ("present", _split_words),
    "note": ("note", str),
    "blocker": ("blocker", str),
}
