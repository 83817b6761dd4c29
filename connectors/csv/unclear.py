"""What stands in the cells of a row where the hub looks, and makes no sense to it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from connectors import not_understood as not_understood_values
from connectors.csv.columns import Columns
from connectors.csv.settings import CsvSettings
from connectors.names import plain_name
from hub.model.not_understood import NotUnderstood


def not_understood(
    row: Sequence[str],
    columns: Columns,
    settings: CsvSettings,
    values: Mapping[str, Any],
    unreadable_columns: Collection[str],
) -> tuple[NotUnderstood, ...]:
    """Each once; `told` is what the row was read as, `unread` are the columns of dates that could not be read."""
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
