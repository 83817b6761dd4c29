"""The fields of an issue as JSON bytes, remembered until the issue or one that it shows changes."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from hub.sandbox.jira.records import Issue
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.shapes import EXPAND, Json, Shapes, View
from hub.sandbox.jira.site_defaults import SYSTEM_FIELDS

LIGHT = frozenset({"id", "key"})
NAVIGABLE_NOT = frozenset({"comment"})
ENCODE = json.JSONEncoder(separators=(",", ":")).encode
Reader = Callable[[Shapes, Issue], Any]


def _subtasks(shapes: Shapes, issue: Issue) -> list[Json]:
    site = shapes.site
    children = (site.issues[id_] for id_ in site.children.get(issue.id, ()))
    return [shapes.linked_issue(child.id) for child in children if site.types[child.type].level < 0]


READERS: dict[str, Reader] = {
    "summary": lambda _, issue: issue.summary,
    "description": lambda shapes, issue: shapes.text(issue.description),
    "status": lambda shapes, issue: shapes.status(issue.status),
    "issuetype": lambda shapes, issue: shapes.issuetype(issue.type),
    "project": lambda shapes, issue: shapes.project(issue.project),
    "labels": lambda _, issue: list(issue.labels),
    "parent": lambda shapes, issue: shapes.parent(issue),
    "issuelinks": lambda shapes, issue: shapes.links(issue),
    "subtasks": _subtasks,
    "priority": lambda shapes, issue: shapes.priority(issue.priority),
    "duedate": lambda _, issue: issue.due,
    "created": lambda shapes, issue: shapes.time(issue.created),
    "updated": lambda shapes, issue: shapes.time(issue.updated),
    "resolutiondate": lambda shapes, issue: shapes.time(issue.resolved),
    "resolution": lambda shapes, issue: shapes.resolution(issue),
    "reporter": lambda shapes, issue: shapes.user(issue.reporter),
    "creator": lambda shapes, issue: shapes.user(issue.reporter),
    "assignee": lambda shapes, issue: shapes.user(issue.assignee),
    "comment": lambda shapes, issue: shapes.comment_field(issue),
}

SHARED: dict[str, Callable[[Issue], Any]] = {
    "status": lambda issue: issue.status,
    "issuetype": lambda issue: issue.type,
    "priority": lambda issue: issue.priority,
    "project": lambda issue: issue.project,
    "reporter": lambda issue: issue.reporter,
    "creator": lambda issue: issue.reporter,
}
"""Fields whose value many issues share, so that it is written once."""


class IssueJson:
    """Writes issues for one site; each keeps the bytes of the last set of fields that was asked for."""

    def __init__(self, site: Rows) -> None:
        self.site = site
        self._cache: dict[int, tuple[Any, Issue, bytes]] = {}
        self._shapes: dict[View, Shapes] = {}
        self._shared: dict[tuple[str, Any, View], str] = {}
        site.changed.append(self._drop_cached)

    def _drop_cached(self, id_: int) -> None:
        self._cache.pop(id_, None)

    def shapes(self, view: View) -> Shapes:
        """The shapes for a view."""
        if view not in self._shapes:
            self._shapes[view] = Shapes(self.site, view)
        return self._shapes[view]

    def select_fields(self, requested: Iterable[str], *, default: str = "*navigable") -> tuple[str, ...]:
        """The ids of the fields that were asked for, in a stable order; unknown names count for nothing."""
        names = [name.strip() for part in requested for name in part.split(",") if name.strip()] or [default]
        all_fields = [name for name, *_ in SYSTEM_FIELDS] + list(self.site.fields)
        selected: dict[str, None] = {}
        for name in names:
            if name == "*all" or name.startswith("-"):
                selected |= dict.fromkeys(all_fields if name == "*all" or not selected else ())
            elif name == "*navigable":
                selected |= dict.fromkeys(field for field in all_fields if field not in NAVIGABLE_NOT)
            elif name in LIGHT or name in READERS or name in self.site.fields:
                selected[name] = None
        for name in names:
            selected.pop(name.removeprefix("-"), None) if name.startswith("-") else None
        return tuple(selected)

    def light(self, issue: Issue, fields: tuple[str, ...]) -> bytes:
        """An issue of which only the id, or the key too, was asked for."""
        if "key" not in fields:
            return b'{"id":"%d"}' % issue.id
        return b'{"id":"%d","key":"%s"}' % (issue.id, issue.key.encode())

    def full(self, issue: Issue, fields: tuple[str, ...], view: View) -> bytes:
        """An issue with these fields."""
        if set(fields) <= LIGHT:
            return self.light(issue, fields)
        cached = self._cache.get(issue.id)
        if cached is not None and cached[0] == (fields, view) and cached[1] is issue:
            return cached[2]
        encoded = self._encode(issue, fields, self.shapes(view)).encode()
        self._cache[issue.id] = ((fields, view), issue, encoded)
        return encoded

    def _encode(self, issue: Issue, fields: tuple[str, ...], shapes: Shapes) -> str:
        named = (name for name in fields if name not in LIGHT and self._has_field(issue, name))
        values = ((name, self._value(name, issue, shapes)) for name in named)
        # An issue without a parent has no such field at all; other fields without a value are null.
        members = ",".join(f'"{name}":{value}' for name, value in values if (name, value) != ("parent", "null"))
        return (
            f'{{"expand":"{EXPAND}","id":"{issue.id}","self":"{shapes.url(f"issue/{issue.id}")}",'
            f'"key":"{issue.key}","fields":{{{members}}}}}'
        )

    def _has_field(self, issue: Issue, name: str) -> bool:
        """A field of one project is not even null on the issues of another."""
        field = self.site.fields.get(name)
        return field is None or field.project in {"", issue.project}

    def _value(self, name: str, issue: Issue, shapes: Shapes) -> str:
        if name not in READERS:
            return ENCODE(shapes.custom(issue, name))
        if name not in SHARED:
            return ENCODE(READERS[name](shapes, issue))
        key = (name, SHARED[name](issue), shapes.view)
        if key not in self._shared:
            self._shared[key] = ENCODE(READERS[name](shapes, issue))
        return self._shared[key]
