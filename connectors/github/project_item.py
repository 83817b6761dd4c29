"""What a project says about an issue in its fields: status, dates, priority and key results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connectors.github.settings import GitHubSettings, is_known_status
from connectors.shared import vocabulary as not_understood_values
from connectors.shared.ticket_text import is_empty_value, named_in_field
from hub.model.initiative import PriorityBand
from hub.model.text import match_key
from hub.model.ticket_input import NotUnderstood

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProjectItemFields:
    """An issue's place in one project; `order` is the project's place in the configuration."""

    project: str
    order: int
    status: str | None = None
    start: date | None = None
    due: date | None = None
    iteration: tuple[date | None, date | None] | None = None
    priority: PriorityBand | None = None
    priority_name: str = ""
    named: tuple[str, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    complete: bool = True
    position: int = 0

    @property
    def rank(self) -> str:
        """The position as text that sorts like the number."""
        return f"{self.position:06d}"


def read_item_fields(item: Json, project: str, order: int, settings: GitHubSettings) -> ProjectItemFields:
    """Read a project item's field values; fields are found by name, in any case."""
    values = dict(_values(item.get("fieldValues")))
    names = settings.fields
    priority = _word(_first(values, names.priority)) or ""
    return ProjectItemFields(
        project=project,
        order=order,
        status=_word(_first(values, names.status)),
        start=_day(_first(values, names.start)),
        due=_day(_first(values, names.target)),
        iteration=_iteration(_first(values, names.iteration)),
        priority=settings.band_of(priority) if priority else None,
        priority_name=priority,
        named=tuple(_named(values, settings.key_results.field)),
        not_understood=tuple(_not_understood(values, settings)),
        complete=is_complete(item.get("fieldValues")),
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


def _values(connection: Any) -> Iterator[tuple[str, Json]]:
    nodes = (connection or {}).get("nodes") or ()
    for node in nodes:
        name = ((node or {}).get("field") or {}).get("name")
        if isinstance(name, str):
            yield match_key(name), node


def _first(values: dict[str, Json], names: Sequence[str]) -> Json:
    return next((values[match_key(name)] for name in names if match_key(name) in values), {})


def _word(value: Json) -> str | None:
    """What a choice, a text, an iteration or a number says."""
    word, number = value.get("name") or value.get("text") or value.get("title"), value.get("number")
    if word is None and isinstance(number, int | float) and not isinstance(number, bool):
        return f"{number:g}"
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
    if value and not any(_named(values, field)) and not is_empty_value(_word(value) or "?? "):
        yield not_understood_values.key_result(_word(value) or "", "its field is of a kind that names no key result")


def _named(values: dict[str, Json], field: str | None) -> Iterator[str]:
    text = _word(_first(values, (field,))) if field else None
    yield from named_in_field(text or "")
