"""A row of an export as the hub's initiative."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from connectors.csv.columns import KEY_RESULT, Columns
from connectors.csv.settings import CsvSettings
from connectors.csv.unclear import not_understood
from connectors.csv.unread import Dates, Unread
from connectors.endings import says_cancelled
from connectors.levels import level_of_type
from connectors.names import plain, plain_set
from connectors.ticket_text import depends_on, mentioned, named_by_labels, named_in_field, named_in_text
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory

_JIRA_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+", re.ASCII | re.IGNORECASE)
_ISSUE = re.compile(
    r"(?:^|/)(?P<repo>[\w.-]+/[\w.-]+)(?:/(?P<kind>issues|pull)/|#)(?P<number>\d+)(?:$|[/?#])", re.ASCII
)
_REPOSITORY = re.compile(r"(?:^|/)(?P<repo>[\w.-]+/[\w.-]+?)(?:\.git)?/?$", re.ASCII)
_IDS = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+(?:\s+[a-z0-9]+(?:[._-][a-z0-9]+)*)+", re.ASCII)
_PULLS = ("pullrequest", "pull request", "pull_request", "pr")
_CLOSED = ("closed", "merged")
_NOBODY = ("", "[]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row is read with; `columns` tell which holds what, `unread` gathers cells that could not be read."""

    connector: str
    settings: CsvSettings
    columns: Columns
    unread: Unread = field(default_factory=Unread)


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
    name = "" if key == place else f"unclear:{key}"
    if len(cells) < width // 2:
        return Gap(reading.connector, f"{place}: the row ends after {len(cells)} cells", key, name)
    try:
        found = read(cells, place, reading)
    except ValueError as wrong:
        return Gap(reading.connector, f"{place}: {wrong}"[:200], key, name)
    if found is None or (reading.settings.types and not _is_wanted(found, reading.settings)):
        return None
    return found


def _is_wanted(found: Initiative, settings: CsvSettings) -> bool:
    return found.kind.casefold() in {kind.casefold() for kind in settings.types}


def _jira(row: Sequence[str], place: str, reading: Reading) -> Initiative:
    value = partial(reading.columns.value, row)
    key, settings = value("key"), reading.settings
    if not _JIRA_KEY.fullmatch(key):
        raise _Misread(f"no issue key: {key[:40]!r}")
    labels = frozenset(word for text in reading.columns.values(row, "labels") for word in re.split(r"[\s,;]+", text))
    return _initiative(
        row,
        place,
        reading,
        ref=Ref(reading.connector, key),
        id=value("id") or key,
        url=f"{settings.url}/browse/{key}" if settings.url else "",
        containers=(key.rpartition("-")[0],),
        kind=value("type"),
        status=_jira_status(row, reading),
        level=settings.level_of(value("type"), level_of_type(value("type"))),
        status_name=value("status") or value("category"),
        labels=labels,
        parent=_jira_parent(row, reading),
        blocked_by=_jira_refs(row, "blocked_by", reading),
        blocks=_jira_refs(row, "blocks", reading),
        rank=(value("rank") or None) if settings.order_is_priority else None,
        priority=_jira_priority(value("priority"), settings),
        priority_name=value("priority"),
    )


def _jira_priority(written: str, settings: CsvSettings) -> PriorityBand | None:
    """The site's default is nobody's statement."""
    return None if plain(written) == plain(settings.default_priority) else settings.band_of(written)


def _jira_status(row: Sequence[str], reading: Reading) -> StatusCategory:
    """A status that people mapped, then Jira's own category, then usual names; what is done may be cancelled."""
    value, settings = partial(reading.columns.value, row), reading.settings
    status = value("status")
    own = {name.casefold(): category for name, category in settings.statuses.items()}.get(status.casefold())
    found = own or settings.category_of(value("category")) or settings.category_of(status)
    if found is None:
        found = StatusCategory.DONE if value("closed") else StatusCategory.TO_DO
    cancelled = says_cancelled(value("resolution")) or (own is None and says_cancelled(status))
    return StatusCategory.CANCELLED if found is StatusCategory.DONE and cancelled else found


def _jira_parent(row: Sequence[str], reading: Reading) -> Ref | None:
    """By key, or by the tracker's id, which is looked up when all rows are known."""
    written = reading.columns.values(row, "parent")
    keys = [one for one in written if _JIRA_KEY.fullmatch(one)] or [one for one in written if one.isdecimal()]
    return Ref(reading.connector, keys[0]) if keys else None


def _jira_refs(row: Sequence[str], name: str, reading: Reading) -> tuple[Ref, ...]:
    keys = [one for text in reading.columns.values(row, name) for one in re.split(r"[\s,;]+", text)]
    return tuple(Ref(reading.connector, key) for key in dict.fromkeys(keys) if _JIRA_KEY.fullmatch(key))


def _github(row: Sequence[str], place: str, reading: Reading) -> Initiative | None:
    value = partial(reading.columns.value, row)
    settings = reading.settings
    if not _is_issue(value("type"), value("url"), value("number")):
        return None
    repository, number = _github_place(value("url"), value("number"), value("repository") or settings.repository or "")
    key, parent = f"{repository}#{number}", _github_parent(value("parent"), reading.connector)
    kind = value("type") or "Issue"
    labels = frozenset(_github_labels(reading.columns.values(row, "labels")))
    return _initiative(
        row,
        place,
        reading,
        ref=Ref(reading.connector, key),
        id=key,
        url=value("url"),
        containers=(repository, *([settings.project] if settings.project else ())),
        kind=kind,
        status=_github_status(row, labels, reading),
        level=settings.level_of(kind, 1 if settings.project or parent is None else 0),
        status_name=value("status") or value("state").capitalize(),
        labels=labels,
        parent=parent,
        priority=settings.band_of(value("priority")),
        priority_name=value("priority"),
    )


def _is_issue(kind: str, url: str, number: str) -> bool:
    """Neither a pull request nor a draft of a project, which is a note without an issue."""
    return kind.casefold() not in _PULLS and "/pull/" not in url and bool(url or number)


def _github_status(row: Sequence[str], labels: frozenset[str], reading: Reading) -> StatusCategory:
    """The state, then the project's status; without one, labels and outside a project assignees say what goes on."""
    value, settings = partial(reading.columns.value, row), reading.settings
    status = value("status")
    if value("state").casefold() in _CLOSED:
        cancelled = says_cancelled(value("reason")) or settings.category_of(status) is StatusCategory.CANCELLED
        return StatusCategory.CANCELLED if cancelled else StatusCategory.DONE
    if status:
        return settings.category_of(status) or StatusCategory.TO_DO
    assigned = value("assignees") not in _NOBODY and not settings.project
    running = not plain_set(settings.in_progress).isdisjoint(plain(label) for label in labels)
    return StatusCategory.IN_PROGRESS if assigned or running else StatusCategory.TO_DO


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


def _initiative(row: Sequence[str], place: str, reading: Reading, **told: Any) -> Initiative:
    """What both kinds of export say in the same way."""
    columns, settings = reading.columns, reading.settings
    dates = Dates(row, place, columns, settings.day_first, reading.unread)
    text, status = columns.value(row, "description"), told["status"]
    closed = dates.moment("closed")
    return Initiative(
        exempt=settings.exemption_of(told["kind"], told["level"], told["labels"]),
        title=columns.value(row, "title"),
        start=dates.day("start"),
        due=dates.day("due"),
        depends_on_text=_needs(text, told["containers"][0]),
        mentions=tuple(key for key in _whole(mentioned(text), told["containers"][0]) if key != told["ref"].key),
        key_result_mentions=tuple(_named(row, told["labels"], text, reading)),
        inherits=settings.key_results.inherit,
        created=dates.moment("created"),
        updated=dates.moment("updated"),
        closed=closed if status.ended else None,
        missing_fields=frozenset(dates.unread),
        not_understood=not_understood(row, columns, settings, told, dates.unread),
        **told,
    )


def _needs(text: str, container: str) -> tuple[str, ...]:
    return _whole(depends_on(text), container)


def _whole(keys: Iterable[str], container: str) -> tuple[str, ...]:
    return tuple(f"{container}{key}" if key.startswith("#") else key for key in keys)


def _values(part: str) -> list[str]:
    """A field of labels holds ids with blanks between them; a title has blanks of its own."""
    return part.split() if _IDS.fullmatch(part) else [part]


def _named(row: Sequence[str], labels: frozenset[str], text: str, reading: Reading) -> Iterator[KeyResultMention]:
    places = reading.settings.key_results
    for written in named_by_labels(labels, places.label or ""):
        yield KeyResultMention(MentionSource.LABEL, written)
    cells = reading.columns.values(row, KEY_RESULT)
    words = (word for cell in cells for part in named_in_field(cell) for word in _values(part))
    for written in dict.fromkeys(words):
        yield KeyResultMention(MentionSource.FIELD, written)
    for written in named_in_text(text, places.text or "", places.field or ""):
        yield KeyResultMention(MentionSource.TEXT, written)
