"""How projects, their fields, items and values answer each field of the schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.sandbox.github.paging import Connection, PageArguments, page, page_down
from hub.sandbox.github.project_state import Field, IssueFieldColumn, Item, Project, Value
from hub.sandbox.github.projects import VALUE_TYPES, iterations_at
from hub.sandbox.github.resolvers import IDENTITY, Resolver
from hub.sandbox.github.result_cache import items_of
from hub.sandbox.github.state import Issue
from hub.sandbox.github.viewer import View

CONTENT_TYPES = {"Issue": "ISSUE", "PullRequest": "PULL_REQUEST", "DraftIssue": "DRAFT_ISSUE"}


def _position(item: Item) -> int:
    return item.position


def _items(
    project: Project, view: View, *, query: str | None = "", order_by: Mapping[str, str] | None = None, **page_args: Any
) -> Connection:
    paginate = page_down if order_by and order_by["direction"] == "DESC" else page
    return paginate(items_of(view.site, project, query or ""), PageArguments(**page_args), _position)


def _values(item: Item) -> list[Value | IssueFieldColumn]:
    """The title, the labels, the repository and the organization's fields stand in the project as fields too."""
    fields = item.project.fields
    values: list[Value | IssueFieldColumn] = [
        _built_in(item, fields["Title"], item.content.title),
        *item.values.values(),
    ]
    if isinstance(item.content, Issue) and item.content.field_values:
        values += [
            IssueFieldColumn(column, item.content.field_values[column.name])
            for column in fields.values()
            if column.shows_issue_field and column.name in item.content.field_values
        ]
    if getattr(item.content, "labels", None):
        values.append(_built_in(item, fields["Labels"], item.content))
    if hasattr(item.content, "repo"):
        values.append(_built_in(item, fields["Repository"], item.content.repo))
    return values


def _built_in(item: Item, field: Field, value: Any) -> Value:
    number = item.id * 1000 + field.id % 1000
    node = f"PVTFV_{item.node_id}{field.id}"
    return Value(VALUE_TYPES[field.type], number, node, item, field, value, item.created, item.content.updated)


def _field_values(item: Item, view: View, **page_args: Any) -> Connection:
    return page(_values(item) if view.can_see_item(item) else [], PageArguments(**page_args))


def _value_by_name(item: Item, view: View, name: str) -> Value | IssueFieldColumn | None:
    if not view.can_see_item(item):
        return None
    return next((value for value in _values(item) if value.field.name.lower() == name.lower()), None)


def _options(field: Field, _view: View, names: Sequence[str] | None = None) -> list[Any]:
    return [option for option in field.options if names is None or option.name in names]


def _configuration(field: Field, view: View) -> dict[str, Any]:
    running, completed = iterations_at(field, view.site.now().date())
    days = field.iterations[-1].days if field.iterations else 14
    return {"duration": days, "startDay": 1, "iterations": running, "completedIterations": completed}


PROJECT: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("number", "title", "closed", "owner")},
    "shortDescription": lambda _project, _view: None,
    "public": lambda _project, _view: False,
    "viewerCanUpdate": lambda _project, view: view.access.writes,
    "field": lambda project, _view, name: project.fields.get(name),
    "fields": lambda project, _view, **page_args: page(list(project.fields.values()), PageArguments(**page_args)),
    "items": _items,
}

FIELD: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("name", "project")},
    "dataType": "type",
    "options": _options,
    "configuration": _configuration,
}

OPTION: dict[str, Resolver] = {name: name for name in ("id", "name", "color", "description")}
ITERATION: dict[str, Resolver] = {"id": "id", "title": "title", "startDate": "start", "duration": "days"}

ITEM: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("creator", "project")},
    "isArchived": "archived",
    "type": lambda item, view: CONTENT_TYPES[item.content.typename] if view.can_see_item(item) else "REDACTED",
    "content": lambda item, view: view.restrict_issue(item.content) if hasattr(item.content, "repo") else item.content,
    "fieldValues": _field_values,
    "fieldValueByName": _value_by_name,
}

DRAFT: dict[str, Resolver] = {**IDENTITY, **{name: name for name in ("title", "body", "creator")}}

VALUE: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("field", "item")},
    "creator": lambda value, _view: value.item.creator,
    "options": "value",
    "value": lambda value, _view: ", ".join(option.name for option in value.value),
    "text": "value",
    "number": "value",
    "date": "value",
    "name": lambda value, _view: value.value.name,
    "optionId": lambda value, _view: value.value.id,
    "color": lambda value, _view: value.value.color,
    "title": lambda value, _view: value.value.title,
    "startDate": lambda value, _view: value.value.start,
    "duration": lambda value, _view: value.value.days,
    "iterationId": lambda value, _view: value.value.id,
    "labels": lambda value, _view, **page_args: page(list(value.value.labels.values()), PageArguments(**page_args)),
    "repository": "value",
}

ISSUE_FIELD_COLUMN: dict[str, Resolver] = {"field": "field", "issueFieldValue": "value"}

ISSUE_FIELD: dict[str, Resolver] = {
    **{name: name for name in ("name", "visibility", "options")},
    "id": "node_id",
    "dataType": "type",
    "createdAt": "created",
    "description": lambda _field, _view: None,
}

ISSUE_FIELD_OPTION: dict[str, Resolver] = {
    **{name: name for name in ("name", "color", "description")},
    "id": "node_id",
}

ISSUE_FIELD_VALUE: dict[str, Resolver] = {
    "id": "node_id",
    "field": "field",
    "value": "text",
    "name": "text",
    "options": "value",
    "optionId": lambda value, _view: str(value.value.id),
    "color": lambda value, _view: value.value.color,
    "description": lambda value, _view: value.value.description,
}
