"""A row of an export as the hub's initiative, and the cells that are not understood."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from connectors.csv.dates import Dates, UnreadableCells
from connectors.csv.settings import KEY_RESULT, Columns, CsvSettings
from connectors.shared import vocabulary as not_understood_values
from connectors.shared.ticket_text import depends_on, mentioned, mentions_in_text, named_by_labels, named_in_field
from connectors.shared.vocabulary import is_cancelled, level_of_type, plain_name, plain_names
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.ticket_input import NotUnderstood


def not_understood(
    row: Sequence[str],
    columns: Columns,
    settings: CsvSettings,
    values: Mapping[str, Any],
    unreadable_columns: Collection[str],
) -> tuple[NotUnderstood, ...]:
    """Each once.

    `values` is what the row was read as, `unreadable_columns` are the columns of dates that could not be read.
    """
    dates = (
        not_understood_values.date(f"{name} date", columns.value(row, name), "columns")
        for name in sorted(unreadable_columns)
    )
    links = (
        not_understood_values.link_type(name) for name, at in columns.unclear_links if at < len(row) and row[at].strip()
    )
    text = not_understood_values.in_text(columns.value(row, "description"))
    return not_understood_values.deduplicate(
        (*_status(row, columns, settings), *_priority(columns, settings, values), *dates, *links, *text)
    )


def _status(row: Sequence[str], columns: Columns, settings: CsvSettings) -> Iterator[NotUnderstood]:
    """A status that nothing stands for, where no other column says how far the ticket is."""
    words = [columns.value(row, name) for name in ("category", "status")]
    ended = any(columns.value(row, name) for name in ("closed", "resolution", "reason"))
    if words[1] and not ended and not any(settings.category_of(word) for word in words if word):
        yield not_understood_values.status(words[1])


def _priority(columns: Columns, settings: CsvSettings, values: Mapping[str, Any]) -> Iterator[NotUnderstood]:
    name, default = values["priority_name"], settings.default_priority if columns.kind == "jira" else ""
    if name and values["priority"] is None and plain_name(name) != plain_name(default):
        yield not_understood_values.priority(name)


_JIRA_KEY = re.compile(r"[A-Z][A-Z0-9_]*-\d+", re.ASCII | re.IGNORECASE)
_ISSUE = re.compile(
    r"(?:^|/)(?P<repo>[\w.-]+/[\w.-]+)(?:/(?P<kind>issues|pull)/|#)(?P<number>\d+)(?:$|[/?#])", re.ASCII
)
_REPOSITORY = re.compile(r"(?:^|/)(?P<repo>[\w.-]+/[\w.-]+?)(?:\.git)?/?$", re.ASCII)
_IDS = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+(?:\s+[a-z0-9]+(?:[._-][a-z0-9]+)*)+", re.ASCII)
_PULLS = ("pullrequest", "pull request", "pull_request", "pr")
_CLOSED = ("closed", "merged")
_UNASSIGNED = ("", "[]")


@dataclass(frozen=True, slots=True)
class NormaliseContext:
    """What a row is read with.

    `columns` tell which holds what, `unreadable_cells` gathers cells that could not be read.
    """

    connector: str
    settings: CsvSettings
    columns: Columns
    unreadable_cells: UnreadableCells = field(default_factory=UnreadableCells)


class _RowInvalid(ValueError):
    """The row makes no sense; its text says why."""


def normalise(cells: Sequence[str], location: str, context: NormaliseContext) -> Initiative | Gap | None:
    """One row; None for rows that are no work of ours, a gap with its place for one that makes no sense."""
    columns = context.columns
    width = max((at for positions in columns.positions.values() for at in positions), default=0) + 1
    if not any(cell.strip() for cell in cells):
        return None
    read = _jira if columns.kind == "jira" else _github
    key = columns.value(cells, "key") or columns.value(cells, "url") or location
    name = "" if key == location else f"unclear:{key}"
    # Whoever shows a gap shows its key first, which without the ticket's own is the place.
    place = "" if key == location else f"{location}: "
    if len(cells) < width // 2:
        return Gap(context.connector, f"{place}the row ends after {len(cells)} cells", key, name)
    try:
        ticket = read(cells, location, context)
    except ValueError as error:
        return Gap(context.connector, f"{place}{error}"[:200], key, name)
    if ticket is None or (context.settings.types and not _has_configured_type(ticket, context.settings)):
        return None
    return ticket


def _has_configured_type(ticket: Initiative, settings: CsvSettings) -> bool:
    return ticket.kind.casefold() in {kind.casefold() for kind in settings.types}


def _jira(row: Sequence[str], location: str, context: NormaliseContext) -> Initiative:
    value = partial(context.columns.value, row)
    key, settings = value("key"), context.settings
    if not _JIRA_KEY.fullmatch(key):
        raise _RowInvalid(f"no issue key: {key[:40]!r}")
    labels = frozenset(word for text in context.columns.values(row, "labels") for word in re.split(r"[\s,;]+", text))
    return _initiative(
        row,
        location,
        context,
        ref=Ref(context.connector, key),
        id=value("id") or key,
        url=f"{settings.url}/browse/{key}" if settings.url else "",
        containers=(key.rpartition("-")[0],),
        kind=value("type"),
        status=_jira_status(row, context),
        level=settings.level_of(value("type"), level_of_type(value("type"))),
        status_name=value("status") or value("category"),
        labels=labels,
        parent=_jira_parent(row, context),
        blocked_by=_jira_refs(row, "blocked_by", context),
        blocks=_jira_refs(row, "blocks", context),
        rank=(value("rank") or None) if settings.order_is_priority else None,
        priority=_jira_priority(value("priority"), settings),
        priority_name=value("priority"),
    )


def _jira_priority(raw: str, settings: CsvSettings) -> PriorityBand | None:
    """The site's default is nobody's statement."""
    return None if plain_name(raw) == plain_name(settings.default_priority) else settings.band_of(raw)


def _jira_status(row: Sequence[str], context: NormaliseContext) -> StatusCategory:
    """A status that people mapped, then Jira's own category, then usual names; what is done may be cancelled."""
    value, settings = partial(context.columns.value, row), context.settings
    status = value("status")
    own = {name.casefold(): category for name, category in settings.statuses.items()}.get(status.casefold())
    status_category = own or settings.category_of(value("category")) or settings.category_of(status)
    if status_category is None:
        status_category = StatusCategory.DONE if value("closed") else StatusCategory.TO_DO
    cancelled = is_cancelled(value("resolution")) or (own is None and is_cancelled(status))
    return StatusCategory.CANCELLED if status_category is StatusCategory.DONE and cancelled else status_category


def _jira_parent(row: Sequence[str], context: NormaliseContext) -> Ref | None:
    """By key, or by the tracker's id, which is looked up when all rows are known."""
    raw = context.columns.values(row, "parent")
    keys = [text for text in raw if _JIRA_KEY.fullmatch(text)] or [text for text in raw if text.isdecimal()]
    return Ref(context.connector, keys[0]) if keys else None


def _jira_refs(row: Sequence[str], name: str, context: NormaliseContext) -> tuple[Ref, ...]:
    keys = [item for text in context.columns.values(row, name) for item in re.split(r"[\s,;]+", text)]
    return tuple(Ref(context.connector, key) for key in dict.fromkeys(keys) if _JIRA_KEY.fullmatch(key))


def _github(row: Sequence[str], location: str, context: NormaliseContext) -> Initiative | None:
    value = partial(context.columns.value, row)
    settings = context.settings
    if not _is_issue(value("type"), value("url"), value("number")):
        return None
    repository, number = _repository_and_number(
        value("url"), value("number"), value("repository") or settings.repository or ""
    )
    key, parent = f"{repository}#{number}", _github_parent(value("parent"), context.connector)
    kind = value("type") or "Issue"
    labels = frozenset(_github_labels(context.columns.values(row, "labels")))
    return _initiative(
        row,
        location,
        context,
        ref=Ref(context.connector, key),
        id=key,
        url=value("url"),
        containers=(repository, *([settings.project] if settings.project else ())),
        kind=kind,
        status=_github_status(row, labels, context),
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


def _github_status(row: Sequence[str], labels: frozenset[str], context: NormaliseContext) -> StatusCategory:
    """The state, then the project's status; without one, labels and outside a project assignees say what goes on."""
    value, settings = partial(context.columns.value, row), context.settings
    status = value("status")
    if value("state").casefold() in _CLOSED:
        cancelled = is_cancelled(value("reason")) or settings.category_of(status) is StatusCategory.CANCELLED
        return StatusCategory.CANCELLED if cancelled else StatusCategory.DONE
    if status:
        return settings.category_of(status) or StatusCategory.TO_DO
    assigned = value("assignees") not in _UNASSIGNED and not settings.project
    running = not plain_names(settings.in_progress).isdisjoint(plain_name(label) for label in labels)
    return StatusCategory.IN_PROGRESS if assigned or running else StatusCategory.TO_DO


def _repository_and_number(url: str, number: str, repository: str) -> tuple[str, int]:
    if match := _ISSUE.search(url):
        return match["repo"], int(match["number"])
    digits, repository_match = number.lstrip("#").strip(), _REPOSITORY.search(repository)
    if not (digits.isascii() and digits.isdigit()):
        raise _RowInvalid(f"no issue: {(url or number)[:60]!r}")
    if repository_match is None:
        raise _RowInvalid(f"issue {digits} of an unknown repository: name it under `repository`")
    return repository_match["repo"], int(digits)


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
            yield from (str(name.get("name") if isinstance(name, dict) else name) for name in names)
        else:
            yield from (name.strip() for name in re.split(r"[,;\n]", text) if name.strip())


def _github_parent(raw: str, connector: str) -> Ref | None:
    match = _ISSUE.search(raw)
    return Ref(connector, f"{match['repo']}#{match['number']}") if match else None


def _initiative(row: Sequence[str], location: str, context: NormaliseContext, **values: Any) -> Initiative:
    """What both kinds of export say in the same way."""
    columns, settings = context.columns, context.settings
    dates = Dates(row, location, columns, settings.day_first, context.unreadable_cells)
    text, status = columns.value(row, "description"), values["status"]
    closed = dates.timestamp("closed")
    return Initiative(
        exempt=settings.exemption_of(values["kind"], values["level"], values["labels"]),
        title=columns.value(row, "title"),
        start=dates.day("start"),
        due=dates.day("due"),
        depends_on_text=_dependencies(text, values["containers"][0]),
        mentions=tuple(
            key for key in _qualified_keys(mentioned(text), values["containers"][0]) if key != values["ref"].key
        ),
        key_result_mentions=tuple(_named(row, values["labels"], text, context)),
        inherits=settings.key_results.inherit,
        created=dates.timestamp("created"),
        updated=dates.timestamp("updated"),
        closed=closed if status.ended else None,
        missing_fields=frozenset(dates.unreadable_columns),
        not_understood=not_understood(row, columns, settings, values, dates.unreadable_columns),
        **values,
    )


def _dependencies(text: str, container: str) -> tuple[str, ...]:
    return _qualified_keys(depends_on(text), container)


def _qualified_keys(keys: Iterable[str], container: str) -> tuple[str, ...]:
    return tuple(f"{container}{key}" if key.startswith("#") else key for key in keys)


def _values(part: str) -> list[str]:
    """A field of labels holds ids with blanks between them; a title has blanks of its own."""
    return part.split() if _IDS.fullmatch(part) else [part]


def _named(
    row: Sequence[str], labels: frozenset[str], text: str, context: NormaliseContext
) -> Iterator[KeyResultMention]:
    mentions = context.settings.key_results
    for name in named_by_labels(labels, mentions.label or ""):
        yield KeyResultMention(MentionSource.LABEL, name)
    cells = context.columns.values(row, KEY_RESULT)
    words = (word for cell in cells for part in named_in_field(cell) for word in _values(part))
    for name in dict.fromkeys(words):
        yield KeyResultMention(MentionSource.FIELD, name)
    yield from mentions_in_text(text, mentions.text or "", mentions.field or "")
