"""What stands in the fields of a Jira ticket where the hub looks, and makes no sense to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors import not_understood as say
from connectors.jira.field_values import as_words, holds_person, named_by
from connectors.jira.moments import day
from connectors.jira.sprints import unclear_sprints
from connectors.jira.terms import CATEGORIES, Json, Reading
from connectors.links import Waiting, says_nothing_of_waiting, waiting_of
from connectors.ticket_text import is_unsaid
from hub.model.not_understood import NotUnderstood


def not_understood(fields: Json, text: str, reading: Reading) -> tuple[NotUnderstood, ...]:
    """Each once, in the order in which people look at a ticket."""
    return say.each_once(
        (
            *_status(fields),
            *_priority(fields, reading),
            *_dates(fields, reading),
            *(say.seen("sprint", one, "it tells no state and no days") for one in _sprints(fields, reading)),
            *_key_results(fields, reading),
            *_links(fields, reading),
            *say.in_text(text),
        )
    )


def _status(fields: Json) -> Iterator[NotUnderstood]:
    status = fields["status"]
    if status["statusCategory"]["key"] not in CATEGORIES:
        yield say.status(str(status["name"]), "")


def _priority(fields: Json, reading: Reading) -> Iterator[NotUnderstood]:
    name = str((fields.get("priority") or {}).get("name") or "")
    if name and not reading.is_default_priority(name) and reading.settings.band_of(name) is None:
        yield say.priority(name)


def _dates(fields: Json, reading: Reading) -> Iterator[NotUnderstood]:
    layout = reading.layout
    for where, ids, setting in (("start date", layout.start, "start_field"), ("due date", layout.due, "due_field")):
        for one in ids:
            if (value := fields.get(one)) and day(value) is None:
                yield say.date(where, "" if holds_person(value) else as_words(value), setting)


def _sprints(fields: Json, reading: Reading) -> Iterator[str]:
    for one in reading.layout.sprint:
        yield from unclear_sprints(fields.get(one))


def _key_results(fields: Json, reading: Reading) -> Iterator[NotUnderstood]:
    for one in reading.layout.key_result:
        value = fields.get(one)
        for part in value if isinstance(value, list) else (value,):
            if holds_person(part):
                yield say.key_result("", "it holds a person, and people name no key result")
            elif _says_something(part) and not any(named_by(part)):
                yield say.key_result(as_words(part), "its value is of a kind that names no key result")


def _says_something(value: Any) -> bool:
    """Whether somebody filled it: words for nothing do not, a value of an unknown kind does."""
    if isinstance(value, Mapping | str):
        words = as_words(value)
        return not is_unsaid(words) if words or isinstance(value, str) or value.get("type") == "doc" else bool(value)
    return value is not None


def _links(fields: Json, reading: Reading) -> Iterator[NotUnderstood]:
    for link in fields.get("issuelinks") or ():
        kind = link["type"]
        name, inward, outward = (str(kind.get(part) or "") for part in ("name", "inward", "outward"))
        own = reading.settings.links
        waits = waiting_of(name, inward, outward, own) is not Waiting.NONE
        if not (waits or says_nothing_of_waiting(name, inward, outward, own)):
            yield say.link_type(name)
