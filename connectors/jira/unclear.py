"""What stands in the fields of a Jira ticket where the hub looks, and makes no sense to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors import not_understood as not_understood_values
from connectors.jira.field_values import as_words, is_person_value, names_in
from connectors.jira.moments import parse_day
from connectors.jira.sprints import unclear_sprints
from connectors.jira.terms import CATEGORIES, Json, NormaliseContext
from connectors.links import Waiting, is_unrelated, waiting_of
from connectors.ticket_text import is_empty_value
from hub.model.not_understood import NotUnderstood


def not_understood(fields: Json, text: str, context: NormaliseContext) -> tuple[NotUnderstood, ...]:
    """Each once, in the order in which people look at a ticket."""
    return not_understood_values.deduplicate(
        (
            *_status(fields),
            *_priority(fields, context),
            *_dates(fields, context),
            *(
                not_understood_values.build("sprint", sprint, "it tells no state and no days")
                for sprint in _sprints(fields, context)
            ),
            *_key_results(fields, context),
            *_links(fields, context),
            *not_understood_values.in_text(text),
        )
    )


def _status(fields: Json) -> Iterator[NotUnderstood]:
    status = fields["status"]
    if status["statusCategory"]["key"] not in CATEGORIES:
        yield not_understood_values.status(str(status["name"]), "")


def _priority(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    name = str((fields.get("priority") or {}).get("name") or "")
    if name and not context.is_default_priority(name) and context.settings.band_of(name) is None:
        yield not_understood_values.priority(name)


def _dates(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    field_map = context.field_map
    for label, ids, setting in (
        ("start date", field_map.start, "start_field"),
        ("due date", field_map.due, "due_field"),
    ):
        for id_ in ids:
            if (value := fields.get(id_)) and parse_day(value) is None:
                yield not_understood_values.date(label, "" if is_person_value(value) else as_words(value), setting)


def _sprints(fields: Json, context: NormaliseContext) -> Iterator[str]:
    for text in context.field_map.sprint:
        yield from unclear_sprints(fields.get(text))


def _key_results(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    for text in context.field_map.key_result:
        value = fields.get(text)
        for part in value if isinstance(value, list) else (value,):
            if is_person_value(part):
                yield not_understood_values.key_result("", "it holds a person, and people name no key result")
            elif _has_value(part) and not any(names_in(part)):
                yield not_understood_values.key_result(
                    as_words(part), "its value is of a kind that names no key result"
                )


def _has_value(value: Any) -> bool:
    """Whether somebody filled it: words for nothing do not, a value of an unknown kind does."""
    if isinstance(value, Mapping | str):
        words = as_words(value)
        return (
            not is_empty_value(words) if words or isinstance(value, str) or value.get("type") == "doc" else bool(value)
        )
    return value is not None


def _links(fields: Json, context: NormaliseContext) -> Iterator[NotUnderstood]:
    for link in fields.get("issuelinks") or ():
        kind = link["type"]
        name, destination_text, source_text = (str(kind.get(part) or "") for part in ("name", "inward", "outward"))
        own = context.settings.links
        waits = waiting_of(name, destination_text, source_text, own) is not Waiting.NONE
        if not (waits or is_unrelated(name, destination_text, source_text, own)):
            yield not_understood_values.link_type(name)
