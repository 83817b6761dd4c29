"""The fields of an issue as JSON bytes, remembered until the issue or one that it shows changes."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from hub.sandbox.jira.catalogue import SYSTEM_FIELDS
from hub.sandbox.jira.records import Issue
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.shapes import EXPAND, Json, Shapes, View

LIGHT = frozenset({"id", "key"})
NAVIGABLE_NOT = frozenset({"comment"})
Reader = Callable[[Shapes, Issue], Any]


def _subtasks(shapes: Shapes, issue: Issue) -> list[Json]:
    site = shapes.site
    below = (site.issues[id_] for id_ in site.children.get(issue.id, ()))
    return [shapes.near(child.id) for child in below if site.types[child.type].level < 0]


READERS: dict[str, Reader] = {
    "summary": lambda _, issue: issue.summary,
    "description": lambda shapes, issue: shapes.text(issue.description),
    "status": lambda shapes, issue: shapes.status(issue.status),
    "issuetype": lambda shapes, issue: shapes.issuetype(issue.type),
    "project": lambda shapes, issue: shapes.project(issue.project),
    "labels": lambda _, issue: list(issue.labels),
    "parent": lambda shapes, issue: None if issue.parent not in shapes.site.issues else shapes.near(issue.parent),
    "issuelinks": lambda shapes, issue: shapes.links(issue),
    "subtasks": _subtasks,
    "priority": lambda shapes, issue: shapes.priority(issue.priority),
    "duedate": lambda _, issue: issue.due,
    "created": lambda shapes, issue: shapes.time(issue.created),
    "updated": lambda shapes, issue: shapes.time(issue.updated),
    "resolutiondate": lambda shapes, issue: shapes.time(issue.resolved),
    "resolution": lambda _, issue: None if issue.resolved is None else {"id": "10000", "name": "Done"},
    "reporter": lambda shapes, issue: shapes.user(issue.reporter),
    "creator": lambda shapes, issue: shapes.user(issue.reporter),
    "assignee": lambda shapes, issue: shapes.user(issue.assignee),
    "comment": lambda shapes, issue: shapes.comment_field(issue),
}


class IssueJson:
    """Writes issues for one site; each keeps the bytes of the last set of fields that was asked for."""

    def __init__(self, site: Rows) -> None:
        self.site = site
        self._kept: dict[int, tuple[Any, Issue, bytes]] = {}
        self._shapes: dict[View, Shapes] = {}
        site.changed.append(lambda id_: self._kept.pop(id_, None) and None)

    def shapes(self, view: View) -> Shapes:
        """The shapes for a view."""
        if view not in self._shapes:
            self._shapes[view] = Shapes(self.site, view)
        return self._shapes[view]

    def chosen(self, asked: Iterable[str], *, default: str = "*navigable") -> tuple[str, ...]:
        """The ids of the fields that were asked for, in a stable order; unknown names count for nothing."""
        names = [name.strip() for part in asked for name in part.split(",") if name.strip()] or [default]
        everything = [name for name, *_ in SYSTEM_FIELDS] + list(self.site.fields)
        wanted: dict[str, None] = {}
        for name in names:
            if name == "*all" or name.startswith("-"):
                wanted |= dict.fromkeys(everything if name == "*all" or not wanted else ())
            elif name == "*navigable":
                wanted |= dict.fromkeys(field for field in everything if field not in NAVIGABLE_NOT)
            elif name in LIGHT or name in READERS or name in self.site.fields:
                wanted[name] = None
        for name in names:
            wanted.pop(name.removeprefix("-"), None) if name.startswith("-") else None
        return tuple(wanted)

    def light(self, issue: Issue, fields: tuple[str, ...]) -> bytes:
        """An issue of which only the id, or the key too, was asked for."""
        if "key" not in fields:
            return b'{"id":"%d"}' % issue.id
        return b'{"id":"%d","key":"%s"}' % (issue.id, issue.key.encode())

    def full(self, issue: Issue, fields: tuple[str, ...], view: View) -> bytes:
        """An issue with these fields."""
        if set(fields) <= LIGHT:
            return self.light(issue, fields)
        kept = self._kept.get(issue.id)
        if kept is not None and kept[0] == (fields, view) and kept[1] is issue:
            return kept[2]
        written = json.dumps(self.document(issue, fields, view), separators=(",", ":")).encode()
        self._kept[issue.id] = ((fields, view), issue, written)
        return written

    def document(self, issue: Issue, fields: tuple[str, ...], view: View) -> Json:
        """The same as values."""
        shapes = self.shapes(view)
        held: Json = {}
        for name in fields:
            if name in READERS:
                held[name] = READERS[name](shapes, issue)
            elif name not in LIGHT:
                held[name] = shapes.custom(name, issue.custom.get(name))
        if held.get("parent", ...) is None:
            del held["parent"]
        return {
            "expand": EXPAND,
            "id": str(issue.id),
            "self": shapes.url(f"issue/{issue.id}"),
            "key": issue.key,
            "fields": held,
        }
