"""What fields say about an issue, its own or a project's: status, dates, priority and key results."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connectors.github.settings import GitHubSettings, is_known_status
from connectors.shared import vocabulary as not_understood_values
from connectors.shared.ticket_text import named_in_field
from hub.model.initiative import PriorityBand
from hub.model.text import match_key
from hub.model.ticket_input import NotUnderstood
from hub.model.written_names import is_empty_value

Json = dict[str, Any]
ISSUE_FIELD_COLUMN = "ProjectV2ItemIssueFieldValue"
"""A column of a project that shows a field of the organization."""
_READ_TYPES = frozenset(
    (
        *(f"IssueField{kind}Value" for kind in ("SingleSelect", "MultiSelect", "Date", "Text", "Number")),
        *(f"ProjectV2ItemField{kind}Value" for kind in ("SingleSelect", "MultiSelect", "Date", "Text", "Number")),
        *("ProjectV2ItemFieldIterationValue", ISSUE_FIELD_COLUMN),
    )
)
_CONTENT_KEYS = frozenset(("name", "options", "date", "text", "number", "title", "issueFieldValue"))
# What a project shows of the issue itself, which is read from there.
_BUILT_IN_TYPES = frozenset(
    f"ProjectV2ItemField{kind}Value" for kind in ("Label", "Milestone", "PullRequest", "Repository", "Reviewer", "User")
)


@dataclass(frozen=True, slots=True)
class FieldValues:
    """What one set of fields says; `complete` is whether all that is looked for in them could be read."""

    status: str | None = None
    start: date | None = None
    due: date | None = None
    iteration: tuple[date | None, date | None] | None = None
    priority: PriorityBand | None = None
    priority_name: str = ""
    named: tuple[str, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    complete: bool = True


NO_VALUES = FieldValues()


def issue_field_values(issue: Json, settings: GitHubSettings) -> FieldValues:
    """The organization's fields on the issue itself.

    Where there is no such connection, the server or the owner of the repository has no such fields.
    """
    connection = issue.get("issueFieldValues")
    if connection is None or (not connection.get("nodes") and is_complete(connection)):
        return NO_VALUES
    return read_values(connection["nodes"], settings, complete=is_complete(connection))


def has_issue_fields(issue: Json) -> bool:
    """Whether the issue says anything in the organization's fields."""
    return bool((issue.get("issueFieldValues") or {}).get("nodes"))


def read_values(nodes: Sequence[Json | None], settings: GitHubSettings, *, complete: bool = True) -> FieldValues:
    """Fields are found by name, in any case; of a name's several values the last counts."""
    values = dict(_named_values(nodes))
    names = settings.fields
    priority = _word(_first(values, names.priority)) or ""
    return FieldValues(
        status=_word(_first(values, names.status)),
        start=_day(_first(values, names.start)),
        due=_day(_first(values, names.target)),
        iteration=_iteration(_first(values, names.iteration)),
        priority=settings.band_of(priority) if priority else None,
        priority_name=priority,
        named=tuple(_key_results(values, settings.key_results.field)),
        not_understood=tuple(_not_understood(values, settings)),
        complete=complete and not hides_a_value(nodes, _names(settings)),
    )


def is_complete(connection: Any) -> bool:
    """Whether a nested connection was read to its end, with nothing missing in between."""
    if not isinstance(connection, dict) or (connection.get("pageInfo") or {}).get("hasNextPage", True):
        return False
    return None not in (connection.get("nodes") or ())


def day(text: Any) -> date | None:
    """The day of a date or a moment; None for anything else."""
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def option_names(value: Json) -> tuple[str, ...]:
    """The options of a choice of several; empty for any other value."""
    options = value.get("options")
    names = (option.get("name") for option in options if isinstance(option, dict)) if isinstance(options, list) else ()
    return tuple(name.strip() for name in names if isinstance(name, str) and name.strip())


def is_issue_field(column: Json) -> bool:
    """Whether a project's column shows a field of the organization."""
    return column.get("__typename") == ISSUE_FIELD_COLUMN


def hides_a_value(values: Iterable[Json | None], names: Iterable[str]) -> bool:
    """Whether a value of a kind that is not known here may stand in a field of these names: not read, never empty.

    One of a field that nobody looks at hides nothing.
    """
    expected = {match_key(name) for name in names if name}
    for value in values:
        if value and _is_hidden(value):
            name = _field_name(value)
            if name is None or name in expected:
                return True
    return False


def _is_hidden(value: Json) -> bool:
    """Whether what the value says did not come: its kind is not known, here or by this server, or its field is."""
    kind = value.get("__typename")
    if not isinstance(kind, str) or kind in _BUILT_IN_TYPES:
        return False
    return kind not in _READ_TYPES or _field_name(value) is None or not _CONTENT_KEYS & value.keys()


def _names(settings: GitHubSettings) -> tuple[str, ...]:
    """All names that are looked for."""
    fields = settings.fields
    names = (*fields.status, *fields.start, *fields.target, *fields.iteration, *fields.priority)
    return (*names, settings.key_results.field or "")


def _field_name(node: Json) -> str | None:
    name = (node.get("field") or {}).get("name")
    return match_key(name) if isinstance(name, str) else None


def _named_values(nodes: Sequence[Json | None]) -> Iterator[tuple[str, Json]]:
    for node in nodes:
        name = _field_name(node) if node and not _is_hidden(node) else None
        if node and name is not None:
            yield name, node


def _first(values: dict[str, Json], names: Sequence[str]) -> Json:
    return next((values[match_key(name)] for name in names if match_key(name) in values), {})


def _word(value: Json) -> str | None:
    """What a choice, a text, an iteration or a number says."""
    word, number = value.get("name") or value.get("text") or value.get("title"), value.get("number")
    if word is None and isinstance(number, int | float) and not isinstance(number, bool):
        return f"{number:g}"
    if word is None:
        word = ", ".join(option_names(value))
    return word.strip() or None if isinstance(word, str) else None


def _day(value: Json) -> date | None:
    """A date, also one that stands in a field of text."""
    return day(value.get("date") or value.get("text"))


def _iteration(value: Json) -> tuple[date | None, date | None] | None:
    """The first and the last day of an iteration; None without one."""
    start, days = day(value.get("startDate")), value.get("duration")
    if start is None:
        return None
    if not isinstance(days, int) or not 0 < days < 3650:
        return start, None
    return start, start + timedelta(days=days - 1)


def _not_understood(values: dict[str, Json], settings: GitHubSettings) -> Iterator[NotUnderstood]:
    """What stands in the fields that are looked at, and says nothing there."""
    names = settings.fields
    status, priority = _word(_first(values, names.status)), _first(values, names.priority)
    if status is not None and not is_known_status(settings, status):
        yield not_understood_values.status(status)
    if priority and settings.band_of(_word(priority) or "") is None:
        yield not_understood_values.priority(_word(priority) or "")
    for label, setting, field_names in (("start date", "start", names.start), ("due date", "target", names.target)):
        if (value := _first(values, field_names)) and _day(value) is None:
            yield not_understood_values.date(label, _word(value) or "", f"fields.{setting}")
    if (value := _first(values, names.iteration)) and _iteration(value) is None:
        yield not_understood_values.build(
            "iteration", _word(value) or "", "its field holds no iteration", "fields.iteration"
        )
    field = settings.key_results.field
    value = _first(values, (field,)) if field else {}
    if value and not any(_key_results(values, field)) and not is_empty_value(_word(value) or "?? "):
        yield not_understood_values.key_result(_word(value) or "", "its field is of a kind that names no key result")


def _key_results(values: dict[str, Json], field: str | None) -> Iterator[str]:
    """Each option of a choice of several is one name, with whatever commas stand in it."""
    value = _first(values, (field,)) if field else {}
    if options := option_names(value):
        yield from (option for option in options if not is_empty_value(option))
    else:
        yield from named_in_field(_word(value) or "")
