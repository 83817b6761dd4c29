"""What the words of a ticket mean: numbers, links and check-ins as people write them in one line."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

Table = dict[str, Any]
KINDS, STATES = ("direct", "indirect"), ("proposed", "accepted", "declined")
NOBODY = frozenset({"organization", "organisation", "company", "none", "-"})
_UP_TO_BRACKET = re.compile(r"[^()]*[()]|[^()]+")
_ENTRY = re.compile(r"([^()]*)(?:\(([^()]*)\))?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SHARE = re.compile(r"(?:^|\s)([+-]?\d[\d.,]*)(?:\s*%)?$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def number(text: str) -> float:
    """`500,000`, `500 000`, `5 %`, `0,5` and `1.3`; a sign at the end says only in what it is measured."""
    plain = re.sub(r"[\s_'\u00a0\u202f]+", "", text).rstrip("%")
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def whole(text: str) -> int:
    """A whole number."""
    value = number(text)
    if value != int(value):
        raise ValueError(f"{text!r} is no whole number")
    return int(value)


def confidence(text: str) -> float:
    """`0.6` or `60 %`."""
    return number(text) / 100 if text.rstrip().endswith("%") else number(text)


def day(text: str) -> date:
    """`2026-11-30`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no date such as 2026-11-30") from None


def names(text: str) -> list[str]:
    """Ids after commas; what stands for nobody is none."""
    return [one for part in _split(text) if (one := part.strip().casefold()) and one not in NOBODY]


def contributions(text: str) -> list[Table]:
    """`sales 60 %, product (indirect)`."""
    return [_contribution(head, details) for head, details in _entries(text)]


def alignments(text: str) -> list[Table]:
    """`revenue (indirect, proposed, since 2026-10-19)`."""
    return [{"key_result": head.casefold(), **_told(details, ALIGNED)} for head, details in _entries(text)]


def needs(text: str) -> list[Table]:
    """`platform / scale-p99 (priority 1, by 2026-11-30, accepted)`; the key result may be left out."""
    found = []
    for head, details in _entries(text):
        team, _, key_result = (part.strip().casefold() for part in head.partition("/"))
        found.append({"team": team, **({"key_result": key_result} if key_result else {}), **_told(details, NEEDED)})
    return found


def supported(text: str) -> list[Table]:
    """`launch-dau, scale-p99`: key results of other teams."""
    return [{"key_result": name} for name in names(text)]


def direction(text: str) -> str:
    """`at most` and `at-most` as the OKR files write it."""
    return re.sub(r"[\s-]+", "_", text.strip().casefold())


def check_ins(text: str) -> list[Table]:
    """`2026-11-16: 120000 (confidence 0.6, present product platform, note all is well)`; one a line."""
    return [_check_in(line) for line in _split(text, ";\n") if line.strip()]


def sync(text: str) -> Table:
    """`product, every 7 days`: the host, the interval, or both."""
    found: Table = {}
    for part in _split(text):
        interval = re.fullmatch(r"\s*every\s+(\d+)\s+days?\s*", part, re.IGNORECASE)
        found |= {"every_days": int(interval[1])} if interval else {"host": part.strip().casefold()}
    return found


def _split(text: str, signs: str = ",;\n") -> list[str]:
    """The text taken apart at the signs, but for those within brackets; in time that grows with its length."""
    entries: list[list[str]] = [[]]
    for part in _UP_TO_BRACKET.findall(text):
        first, *others = [part] if part.endswith(")") else re.split(f"[{signs}]", part)
        entries[-1].append(first)
        entries += ([other] for other in others)
    return ["".join(parts) for parts in entries]


def _entry(text: str) -> tuple[str, list[str]] | None:
    """What stands before the brackets, and what within them, after commas; None for another form."""
    found = _ENTRY.fullmatch(text.strip())
    return found and (found[1].strip(), [one.strip() for one in (found[2] or "").split(",") if one.strip()])


def _entries(text: str) -> Iterator[tuple[str, list[str]]]:
    for part in _split(text):
        entry = _entry(part)
        if entry is None:
            raise ValueError(f"{part.strip()!r} cannot be understood")
        if entry[0]:
            yield entry


def _contribution(head: str, details: list[str]) -> Table:
    found = _SHARE.search(head)
    team = head[: found.start()] if found else head
    share = {"share": number(found[1])} if found else {}
    return {"team": team.strip().casefold(), **share, **_told(details, CONTRIBUTED)}


def _check_in(line: str) -> Table:
    entry = _entry(line)
    held = _DAY.match(entry[0]) if entry else None
    if entry is None or held is None:
        raise ValueError(f"{line.strip()!r} begins with no date such as 2026-11-30")
    value = entry[0][held.end() :].lstrip(": ").strip()
    return {"date": day(held[0]), **({"value": number(value)} if value else {}), **_told(entry[1], CHECKED_IN)}


Detail = tuple[str, Callable[[str], Any]]


def _told(details: list[str], known: Mapping[str, Detail]) -> Table:
    """What stands in the brackets: a word and its value, or one of the words that need none."""
    told: Table = {}
    for detail in details:
        word, _, rest = detail.partition(" ")
        if word.casefold() in known:
            name, read = known[word.casefold()]
            told[name] = read(rest.strip(": ") or word.casefold())
        else:
            raise ValueError(f"{detail!r} cannot be understood; known: {', '.join(known)}")
    return told


def _words(text: str) -> list[str]:
    return text.casefold().split()


CONTRIBUTED: Mapping[str, Detail] = {**dict.fromkeys(KINDS, ("kind", str)), "share": ("share", number)}
_STATE: Mapping[str, Detail] = {**dict.fromkeys(STATES, ("state", str)), "since": ("since", day)}
ALIGNED: Mapping[str, Detail] = {**dict.fromkeys(KINDS, ("kind", str)), **_STATE}
NEEDED: Mapping[str, Detail] = {**_STATE, "priority": ("priority", whole), "by": ("needed_by", day)}
CHECKED_IN: Mapping[str, Detail] = {
    "confidence": ("confidence", confidence),
    "present": ("present", _words),
    "note": ("note", str),
    "blocker": ("blocker", str),
}
ONCE: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("start", "target", "current", "tolerance"), number),
    **dict.fromkeys(("priority", "cadence_days", "lag_days"), whole),
    **dict.fromkeys(("unit", "metric", "blocker", "standalone"), str),
    **dict.fromkeys(("aggregation", "visibility", "replaced_by"), str.casefold),
    "confidence": confidence,
    "direction": direction,
    "sync": sync,
}
SEVERAL: Mapping[str, Callable[[str], list[Any]]] = {
    "aligns_to": alignments,
    "audience": names,
    "check_ins": check_ins,
    "contributions": contributions,
    "depends_on": needs,
    "owners": names,
    "supports": supported,
    "teams": names,
}
