"""What a Jira field of any kind says, and which kinds can name a key result."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.jira.adf_text import text_of
from connectors.ticket_text import is_empty_value, named_in_field

NAME_KEYS = ("value", "name", "title", "key")
# Data Center writes a sprint as the text of a Java object.
_SPRINT = re.compile(r"com\.atlassian\.greenhopper\.[^\s\[]+\[(?P<parts>.*)\]", re.DOTALL)
_SPRINT_NAME = re.compile(r"\bname=(?P<name>.{0,300}?),\w+=", re.DOTALL)
READABLE: Mapping[str, str] = {
    "string": "text",
    "number": "a number",
    "option": "a list",
    "option-with-child": "a cascading list, the second list first",
    "json": "sprints",
    "team": "a team",
    "version": "versions",
    "component": "components",
    "group": "groups",
    "project": "a project",
}
"""Kinds of values that are read as names of key results, and how people call them."""
UNREADABLE: Mapping[str, str] = {
    "user": "people",
    "date": "a date",
    "datetime": "a time",
    "attachment": "files",
    "comments-page": "comments",
    "votes": "votes",
    "watches": "watchers",
    "timetracking": "times",
    "progress": "progress",
}
"""Kinds whose values are no names: nobody is to find a person's name in a comment."""

OKR_READABLE: Mapping[str, str] = {**READABLE, "date": "a date", "datetime": "a time", "user": "people"}
"""Kinds that are read on tickets that are OKRs, where a date or an owner may stand."""


def kind_of(field: Mapping[str, Any]) -> str:
    """The kind of a field's values, of each of several where it holds several; empty where the site does not tell."""
    schema = field.get("schema")
    schema = schema if isinstance(schema, Mapping) else {}
    kind = str(schema.get("type") or "")
    return str(schema.get("items") or "") if kind == "array" else kind


def names_in(value: Any) -> Iterator[tuple[str, str]]:
    """What a field names, each with the option of the first list above it; only free words are taken apart."""
    if isinstance(value, str):
        sprint = _sprint_name(value)
        yield from ((word, "") for word in (named_in_field(value) if sprint is None else (sprint,)))
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)
    elif isinstance(value, Mapping) and value.get("type") == "doc":
        yield from names_in(text_of(value))
    elif isinstance(value, Mapping):
        yield from _option(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}", ""


def _option(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    own = _word(value)
    child = value.get("child")
    child_word = _word(child) if isinstance(child, Mapping) else ""
    if not is_empty_value(child_word):
        yield child_word, own
    elif not (is_empty_value(own) or _is_person(value)):
        yield own, ""


def as_words(value: Any) -> str:
    """A field's value in one line, whatever kind of field it is."""
    if isinstance(value, Mapping) and value.get("type") == "doc":
        return text_of(value)
    if isinstance(value, Mapping):
        child = value.get("child")
        return (
            (_word(child) if isinstance(child, Mapping) else "") or _word(value) or str(value.get("displayName") or "")
        )
    if isinstance(value, list):
        return ", ".join(word for item in value if (word := as_words(item)))
    if isinstance(value, str) and (sprint := _sprint_name(value)) is not None:
        return sprint
    return "" if value is None else str(value).strip()


def is_person_value(value: Any) -> bool:
    """Whether it is a person, whose name is not to be found in a comment or on a page."""
    return isinstance(value, Mapping) and _is_person(value)


def _sprint_name(text: str) -> str | None:
    sprint = _SPRINT.fullmatch(text)
    match = _SPRINT_NAME.search(sprint["parts"]) if sprint else None
    return match["name"] if match else None


def _word(value: Mapping[str, Any]) -> str:
    return str(next((value[name] for name in NAME_KEYS if value.get(name)), "")).strip()


def _is_person(value: Mapping[str, Any]) -> bool:
    return "accountId" in value or "emailAddress" in value or "displayName" in value
