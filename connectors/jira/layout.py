"""Which of a site's fields hold what: found by their schema or name, for their ids differ from site to site."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

RANK = "com.pyxis.greenhopper.jira:gh-lexo-rank"
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
PLANNED_START = "com.atlassian.jpo:jpo-custom-field-baseline-start"
START_NAMES = ("start date",)
ALWAYS = (
    "summary",
    "status",
    "issuetype",
    "parent",
    "labels",
    "issuelinks",
    "priority",
    "created",
    "updated",
    "resolutiondate",
    "statuscategorychangedate",
    "description",
)
DUE = "duedate"


@dataclass(frozen=True, slots=True)
class Layout:
    """Ids of the fields that tickets are read from; the first that has a value counts."""

    start: tuple[str, ...] = ()
    due: tuple[str, ...] = (DUE,)
    rank: tuple[str, ...] = ()
    sprint: tuple[str, ...] = ()
    key_result: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """All that has to be asked for."""
        return tuple(dict.fromkeys((*ALWAYS, *self.start, *self.due, *self.rank, *self.sprint, *self.key_result)))


def find_layout(
    fields: Iterable[Mapping[str, Any]], *, start: str | None, due: str | None, key_result: str | None
) -> Layout:
    """Look the fields up; a start or due field that is named and not there is a LookupError."""
    known = list(fields)
    return Layout(
        start=_required(known, start) if start else _usual_start(known),
        due=_required(known, due) if due else (DUE,),
        rank=_of_kind(known, RANK),
        sprint=_of_kind(known, SPRINT),
        key_result=_called(known, key_result) if key_result else (),
    )


def _required(fields: list[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    found = _called(fields, name)
    if not found:
        raise LookupError(f"Jira has no field called {name!r}")
    return found


def _usual_start(fields: list[Mapping[str, Any]]) -> tuple[str, ...]:
    dates = [field for field in fields if _schema(field).get("type") in ("date", "datetime")]
    named = [name for start in START_NAMES for name in _called(dates, start)]
    return tuple(dict.fromkeys((*named, *_of_kind(fields, PLANNED_START))))


def _called(fields: list[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    """Team-managed projects each have their own field of the same name: all of them count."""
    wanted = name.casefold()
    return tuple(
        str(field["id"])
        for field in fields
        if wanted in (str(field.get("name")).casefold(), str(field.get("id")).casefold())
    )


def _of_kind(fields: list[Mapping[str, Any]], kind: str) -> tuple[str, ...]:
    return tuple(str(field["id"]) for field in fields if _schema(field).get("custom") == kind)


def _schema(field: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = field.get("schema")
    return schema if isinstance(schema, Mapping) else {}
