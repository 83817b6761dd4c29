"""A row of an export as the hub's initiative."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from connectors.csv.columns import KEY_RESULT, Columns
from connectors.csv.dates import day, moment
from connectors.csv.settings import CsvSettings
from connectors.ticket_text import depends_on, named_by_labels, named_in_text
from hub.model.initiative import Gap, Initiative, NamedKeyResult, Ref, StatusCategory, Via

UNSAID = ("", "-", "?", "none", "n/a", "tbd")
_JIRA_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+", re.ASCII | re.IGNORECASE)
_ISSUE = re.compile(
    r"(?:^|/)(?P<repo>[\w.-]+/[\w.-]+)(?:/(?P<kind>issues|pull)/|#)(?P<number>\d+)(?:$|[/?#])", re.ASCII
)
_REPOSITORY = re.compile(r"(?:^|/)(?P<repo>[\w.-]+/[\w.-]+?)(?:\.git)?/?$", re.ASCII)
_PULLS = ("pullrequest", "pull request", "pull_request", "pr")
_CLOSED = ("closed", "merged")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row is read with: the connector's name, its settings, and which column holds what."""

    connector: str
    settings: CsvSettings
    columns: Columns


class _Misread(ValueError):
    """The row makes no sense; its text says why."""


def normalise(cells: Sequence[str], place: str, reading: Reading) -> Initiative | Gap | None:
    """One row; None for rows that are no work of ours, a gap with its place for one that makes no sense."""
    columns = reading.columns
    width = max((at for places in columns.places.values() for at in places), default=0) + 1
    if not any(cell.strip() for cell in cells):
        return None
    read = _jira if columns.kind == "jira" else _github
    key = columns.value(cells, "key") or columns.value(cells, "url") or place
    if len(cells) < width // 2:
        return Gap(reading.connector, f"{place}: the row ends after {len(cells)} cells", key)
    try:
        found = read(cells, reading)
    except ValueError as wrong:
        return Gap(reading.connector, f"{place}: {wrong}"[:200], key)
    if found is None or (reading.settings.types and not _is_wanted(found, reading.settings)):
        return None
    return found


def _is_wanted(found: Initiative, settings: CsvSettings) -> bool:
    return found.kind.casefold() in {kind.casefold() for kind in settings.types}


def _jira(row: Sequence[str], reading: Reading) -> Initiative:
    value = partial(reading.columns.value, row)
    key, settings = value("key"), reading.settings
    if not _JIRA_KEY.fullmatch(key):
        raise _Misread(f"no issue key: {key[:40]!r}")
    labels = frozenset(word for text in reading.columns.values(row, "labels") for word in re.split(r"[\s,;]+", text))
    closed = moment(value("closed"), day_first=settings.day_first)
    status = settings.category_of(value("status")) or settings.category_of(value("category"))
    return _initiative(
        row,
        reading,
        ref=Ref(reading.connector, key),
        id=value("id") or key,
        url=f"{settings.url}/browse/{key}" if settings.url else "",
        containers=(key.rpartition("-")[0],),
        kind=value("type"),
        status=_jira_status(reading, row) or status or (StatusCategory.DONE if closed else StatusCategory.TO_DO),
        status_name=value("status") or value("category"),
        labels=labels,
        parent=_jira_parent(row, reading),
        blocked_by=_jira_refs(row, "blocked_by", reading),
        blocks=_jira_refs(row, "blocks", reading),
        rank=value("rank") or None,
    )


def _jira_status(reading: Reading, row: Sequence[str]) -> StatusCategory | None:
    """A status that people mapped comes first, then Jira's own category, which every status has."""
    status = reading.columns.value(row, "status").casefold()
    own = {name.casefold(): category for name, category in reading.settings.statuses.items()}
    return own.get(status) or reading.settings.category_of(reading.columns.value(row, "category"))


def _jira_parent(row: Sequence[str], reading: Reading) -> Ref | None:
    """By key, or by the tracker's id, which is looked up when all rows are known."""
    written = reading.columns.values(row, "parent")
    keys = [one for one in written if _JIRA_KEY.fullmatch(one)] or [one for one in written if one.isdecimal()]
    return Ref(reading.connector, keys[0]) if keys else None


def _jira_refs(row: Sequence[str], name: str, reading: Reading) -> tuple[Ref, ...]:
    keys = [one for text in reading.columns.values(row, name) for one in re.split(r"[\s,;]+", text)]
    return tuple(Ref(reading.connector, key) for key in dict.fromkeys(keys) if _JIRA_KEY.fullmatch(key))


def _github(row: Sequence[str], reading: Reading) -> Initiative | None:
    value = partial(reading.columns.value, row)
    settings = reading.settings
    if value("type").casefold() in _PULLS or "/pull/" in value("url"):
        return None
    if not value("url") and not value("number"):
        # A draft of a project: a note without an issue.
        return None
    repository, number = _github_place(value("url"), value("number"), value("repository") or settings.repository or "")
    closed = value("state").casefold() in _CLOSED
    status = StatusCategory.DONE if closed else settings.category_of(value("status"))
    key = f"{repository}#{number}"
    return _initiative(
        row,
        reading,
        ref=Ref(reading.connector, key),
        id=key,
        url=value("url"),
        containers=(repository, *([settings.project] if settings.project else ())),
        kind=value("type") or "Issue",
        status=status or StatusCategory.TO_DO,
        status_name=value("status") or value("state").capitalize(),
        labels=frozenset(_github_labels(reading.columns.values(row, "labels"))),
        parent=_github_parent(value("parent"), reading.connector),
    )


def _github_place(url: str, number: str, repository: str) -> tuple[str, int]:
    if match := _ISSUE.search(url):
        return match["repo"], int(match["number"])
    digits, place = number.lstrip("#").strip(), _REPOSITORY.search(repository)
    if not (digits.isascii() and digits.isdigit()):
        raise _Misread(f"no issue: {(url or number)[:60]!r}")
    if place is None:
        raise _Misread(f"issue {digits} of an unknown repository: name it under `repository`")
    return place["repo"], int(digits)


def _github_labels(texts: Iterable[str]) -> Iterator[str]:
    """Names with commas between them, or the JSON that `gh` writes."""
    for text in texts:
        names: list[Any] | None = None
        if text.startswith("["):
            try:
                names = json.loads(text)
            except (ValueError, RecursionError):
                names = None
        if isinstance(names, list):
            yield from (str(one.get("name") if isinstance(one, dict) else one) for one in names)
        else:
            yield from (name.strip() for name in re.split(r"[,;\n]", text) if name.strip())


def _github_parent(written: str, connector: str) -> Ref | None:
    match = _ISSUE.search(written)
    return Ref(connector, f"{match['repo']}#{match['number']}") if match else None


def _initiative(row: Sequence[str], reading: Reading, **told: Any) -> Initiative:
    """What both kinds of export say in the same way."""
    columns, settings = reading.columns, reading.settings
    first = settings.day_first
    text, status = columns.value(row, "description"), told["status"]
    closed = moment(columns.value(row, "closed"), day_first=first)
    return Initiative(
        title=columns.value(row, "title"),
        start=day(columns.value(row, "start"), day_first=first),
        due=day(columns.value(row, "due"), day_first=first),
        depends_on_text=_needs(text, told["containers"][0]),
        named=tuple(_named(row, told["labels"], text, reading)),
        inherits=settings.key_results.inherit,
        priority=settings.band_of(columns.value(row, "priority")),
        created=moment(columns.value(row, "created"), day_first=first),
        updated=moment(columns.value(row, "updated"), day_first=first),
        closed=closed if status is StatusCategory.DONE else None,
        **told,
    )


def _needs(text: str, container: str) -> tuple[str, ...]:
    return tuple(f"{container}{key}" if key.startswith("#") else key for key in depends_on(text))


def _named(row: Sequence[str], labels: frozenset[str], text: str, reading: Reading) -> Iterator[NamedKeyResult]:
    places = reading.settings.key_results
    for written in named_by_labels(labels, places.label or ""):
        yield NamedKeyResult(Via.LABEL, written)
    between = r"[\s,;]+" if reading.columns.kind == "jira" else r"[,;]"
    cells = reading.columns.values(row, KEY_RESULT)
    words = [word.strip() for cell in cells for word in re.split(between, cell)]
    for written in dict.fromkeys(word for word in words if word.casefold() not in UNSAID):
        yield NamedKeyResult(Via.FIELD, written)
    for written in named_in_text(text, places.text or ""):
        yield NamedKeyResult(Via.TEXT, written)
