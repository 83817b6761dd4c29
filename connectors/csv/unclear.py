"""What stands in the cells of a row where the hub looks, and makes no sense to it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from connectors import not_understood as say
from connectors.csv.columns import Columns
from connectors.csv.settings import CsvSettings
from connectors.names import plain
from hub.model.not_understood import NotUnderstood


def not_understood(
    row: Sequence[str], columns: Columns, settings: CsvSettings, told: Mapping[str, Any], unread: Collection[str]
) -> tuple[NotUnderstood, ...]:
    """Each once; `told` is what the row was read as, `unread` are the columns of dates that could not be read."""
    dates = (say.date(f"{name} date", columns.value(row, name), "columns") for name in sorted(unread))
    links = (say.link_type(name) for name, at in columns.strange_links if at < len(row) and row[at].strip())
    text = say.in_text(columns.value(row, "description"))
    return say.each_once((*_status(row, columns, settings), *_priority(columns, settings, told), *dates, *links, *text))


def _status(row: Sequence[str], columns: Columns, settings: CsvSettings) -> Iterator[NotUnderstood]:
    """A status that nothing stands for, where no other column says how far the ticket is."""
    words = [columns.value(row, name) for name in ("category", "status")]
    ended = any(columns.value(row, name) for name in ("closed", "resolution", "reason"))
    if words[1] and not ended and not any(settings.category_of(word) for word in words if word):
        yield say.status(words[1])


def _priority(columns: Columns, settings: CsvSettings, told: Mapping[str, Any]) -> Iterator[NotUnderstood]:
    name, default = told["priority_name"], settings.default_priority if columns.kind == "jira" else ""
    if name and told["priority"] is None and plain(name) != plain(default):
        yield say.priority(name)
