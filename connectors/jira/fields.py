"""Which of a site's fields hold what, and what the value of a field of any kind says."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.jira.adf import text_of
from connectors.jira.settings import JiraSettings
from connectors.shared.ticket_text import named_in_field
from hub.model.text import match_key
from hub.model.written_names import is_empty_value

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
    schema = schema if isinstance(schema, dict) else {}
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
    elif isinstance(value, dict) and value.get("type") == "doc":
        yield from names_in(text_of(value))
    elif isinstance(value, dict):
        yield from _option(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}", ""


def _option(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    own = _word(value)
    child = value.get("child")
    child_word = _word(child) if isinstance(child, dict) else ""
    if not is_empty_value(child_word):
        yield child_word, own
    elif not (is_empty_value(own) or _is_person(value)):
        yield own, ""


def as_words(value: Any) -> str:
    """A field's value in one line, whatever kind of field it is."""
    if isinstance(value, dict) and value.get("type") == "doc":
        return text_of(value)
    if isinstance(value, dict):
        child = value.get("child")
        return (_word(child) if isinstance(child, dict) else "") or _word(value) or str(value.get("displayName") or "")
    if isinstance(value, list):
        return ", ".join(word for item in value if (word := as_words(item)))
    if isinstance(value, str) and (sprint := _sprint_name(value)) is not None:
        return sprint
    return "" if value is None else str(value).strip()


def is_person_value(value: Any) -> bool:
    """Whether it is a person, whose name is not to be found in a comment or on a page."""
    return isinstance(value, dict) and _is_person(value)


def _sprint_name(text: str) -> str | None:
    sprint = _SPRINT.fullmatch(text)
    match = _SPRINT_NAME.search(sprint["parts"]) if sprint else None
    return match["name"] if match else None


def _word(value: Mapping[str, Any]) -> str:
    return str(next((value[name] for name in NAME_KEYS if value.get(name)), "")).strip()


def _is_person(value: Mapping[str, Any]) -> bool:
    return "accountId" in value or "emailAddress" in value or "displayName" in value


RANK = "com.pyxis.greenhopper.jira:gh-lexo-rank"
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
# Data Center keeps what stands above a ticket in fields of their own: an epic's key, and one for the levels above.
PARENT_FIELDS = ("com.pyxis.greenhopper.jira:gh-epic-link", "com.atlassian.jpo:jpo-custom-field-parent")
TEAMS = (
    "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team",
    "com.atlassian.teams:rm-teams-custom-field-team",
)
PLANNED_START = "com.atlassian.jpo:jpo-custom-field-baseline-start"
PLANNED_END = "com.atlassian.jpo:jpo-custom-field-baseline-end"
START_NAMES = ("start date",)
BASE_FIELDS = (
    "summary",
    "status",
    "issuetype",
    "parent",
    "labels",
    "issuelinks",
    "priority",
    "created",
    "updated",
    "resolution",
    "resolutiondate",
    "statuscategorychangedate",
    "description",
    "security",
)
DUE = "duedate"
OKRS = "okrs"


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Ids of the fields that tickets are read from; the first that has a value counts.

    `missing_fields` says what nobody can know because a field that the configuration names is not there. `okrs` gives,
    for a word of the OKR files, the fields that hold it on tickets that are OKRs. `unreadable` are fields with the name
    of the one for key results and without names of any. `same_name` are fields for one date with one name: what date
    it is, the setting that names the field, and the ids.
    """

    start: tuple[str, ...] = ()
    due: tuple[str, ...] = (DUE,)
    rank: tuple[str, ...] = ()
    sprint: tuple[str, ...] = ()
    key_result: tuple[str, ...] = ()
    parent_links: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    missing_fields: frozenset[str] = frozenset()
    okrs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unreadable: tuple[str, ...] = ()
    same_name: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """All that has to be asked for."""
        own = (self.start, self.due, self.rank, self.sprint, self.key_result, self.parent_links, self.team)
        return tuple(dict.fromkeys((*BASE_FIELDS, *(field for fields in own for field in fields))))


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field that the configuration names and the site does not have, and what cannot be known without it."""

    setting: str
    name: str
    missing_field: str


def build_field_map(
    fields: Iterable[Mapping[str, Any]], settings: JiraSettings, *, legacy_parents: bool = False
) -> FieldMap:
    """Look the fields up; one that is named and not there is something unread, and no reason to stop.

    `legacy_parents` says that other fields than `parent` lead to epics and above.
    """
    known = list(fields)
    due, key_result = settings.due_field, settings.key_results.field
    return FieldMap(
        start=_starts(known, settings),
        due=(_ids_by_name(known, due) if due else ()) or (DUE, *_of_kind(known, PLANNED_END)),
        rank=_of_kind(known, RANK) if settings.order_is_priority else (),
        sprint=_of_kind(known, SPRINT),
        key_result=_ids_by_name(known, key_result) if key_result else (),
        parent_links=_of_kind(known, *PARENT_FIELDS) if legacy_parents else (),
        team=_of_kind(known, *TEAMS),
        missing_fields=frozenset(problem.missing_field for problem in field_problems(known, settings)) - {OKRS},
        okrs=tuple((word, _ids_by_name(known, name)) for word, name in _okr_fields(settings)),
        unreadable=unreadable_fields(known, key_result) if key_result else (),
        same_name=tuple(_same_name(known, settings)),
    )


def unreadable_fields(fields: Iterable[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    """The fields of that name whose kind holds no names of key results."""
    known = list(fields)
    ids = _ids_by_name(known, name)
    return tuple(str(field["id"]) for field in known if str(field["id"]) in ids and kind_of(field) in UNREADABLE)


def _same_name(fields: list[Mapping[str, Any]], settings: JiraSettings) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    starts, due = _named_starts(fields, settings), settings.due_field
    ends = _ids_by_name(fields, due) if due else ()
    for label, setting, ids in (("start date", "start_field", starts), ("due date", "due_field", ends)):
        if len(ids) > 1:
            yield label, setting, ids


def field_problems(fields: Iterable[Mapping[str, Any]], settings: JiraSettings) -> tuple[FieldProblem, ...]:
    """The fields that people named and that the site does not have, renamed perhaps.

    The key results' field is looked for unasked: without it nothing is unread, unless somebody named it.
    """
    known = list(fields)
    named = [("start_field", settings.start_field, "dates"), ("due_field", settings.due_field, "dates")]
    if "field" in settings.key_results.model_fields_set:
        named.append(("key_results.field", settings.key_results.field, "fields"))
    named += [(f"okrs.fields.{word}", name, OKRS) for word, name in _okr_fields(settings)]
    return tuple(
        FieldProblem(setting, name, missing_field)
        for setting, name, missing_field in named
        if name and not _ids_by_name(known, name)
    )


def _okr_fields(settings: JiraSettings) -> Iterable[tuple[str, str]]:
    return settings.okrs.fields.items() if settings.okrs else ()


def _starts(fields: list[Mapping[str, Any]], settings: JiraSettings) -> tuple[str, ...]:
    """The named ones first; the start in a plan counts unless the configuration names a field that is there."""
    named, configured = _named_starts(fields, settings), settings.start_field
    is_configured = configured is not None and bool(_ids_by_name(fields, configured))
    return named if is_configured else tuple(dict.fromkeys((*named, *_of_kind(fields, PLANNED_START))))


def _named_starts(fields: list[Mapping[str, Any]], settings: JiraSettings) -> tuple[str, ...]:
    """The fields that the configuration names for the start; else those that are usually called so."""
    if settings.start_field and (named := _ids_by_name(fields, settings.start_field)):
        return named
    dates = [field for field in fields if _schema(field).get("type") in ("date", "datetime")]
    return tuple(dict.fromkeys(name for start in START_NAMES for name in _ids_by_name(dates, start)))


def _ids_by_name(fields: list[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    """Team-managed projects each have their own field of the same name: all of them count."""
    plain_text = match_key(name)
    return tuple(
        str(field["id"])
        for field in fields
        if plain_text in (match_key(str(field.get("name"))), match_key(str(field.get("id"))))
    )


def _of_kind(fields: list[Mapping[str, Any]], *kinds: str) -> tuple[str, ...]:
    """In the order of the kinds."""
    return tuple(str(field["id"]) for kind in kinds for field in fields if _schema(field).get("custom") == kind)


def _schema(field: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = field.get("schema")
    return schema if isinstance(schema, dict) else {}
