"""Creating and editing issues: plain values in `fields`, verbs in `update`, and the vendor's refusals."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hub.sandbox.jira.adf import from_text, is_document, is_valid, verbatim
from hub.sandbox.jira.records import Issue
from hub.sandbox.jira.request import ApiError, Call
from hub.sandbox.jira.site_defaults import PRIORITIES

LABEL_LIMIT = 255
EDITABLE = ("summary", "description", "labels", "parent", "priority", "duedate", "assignee")
NOT_ADF = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"


def apply(call: Call, issue: Issue, body: dict[str, Any]) -> Issue:
    """The issue after an edit; raises Refused and changes nothing when a part of it is wrong."""
    fields, update = body.get("fields") or {}, body.get("update") or {}
    for name in (*fields, *update):
        if name in call.site.off_screen or (name not in EDITABLE and name not in call.site.fields):
            wrong = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            raise ApiError(400, **{name: wrong})
    for name in fields.keys() & update.keys():
        raise ApiError(400, **{name: f"Field '{name}' cannot appear in both 'fields' and 'update'"})
    for name, value in fields.items():
        issue = _set(call, issue, name, value)
    for name, operations in update.items():
        for operation in operations:
            for verb, value in operation.items():
                issue = _verb(call, issue, name, verb, value)
    return issue


def _verb(call: Call, issue: Issue, name: str, verb: str, value: Any) -> Issue:
    if verb == "set":
        unset = name == "parent" and isinstance(value, dict) and value.get("none")
        return _set(call, issue, name, None if unset else value)
    if name == "labels" and verb in {"add", "remove"}:
        label = _label(value)
        labels = tuple(text for text in issue.labels if verb == "add" or text != label)
        return replace(issue, labels=(*labels, label) if verb == "add" and label not in labels else labels)
    raise ApiError(400, **{name: f"The operation '{verb}' is not supported for the field '{name}'."})


def _set(call: Call, issue: Issue, name: str, value: Any) -> Issue:
    if name in SETTERS:
        return SETTERS[name](call, issue, value)
    custom = dict(issue.custom)
    custom.pop(name, None)
    return replace(issue, custom=custom if value is None else {**custom, name: value})


def _label(value: Any) -> str:
    if not isinstance(value, str):
        raise ApiError(400, labels="data was not a string")
    if re.search(r"\s", value):
        raise ApiError(400, labels=f"The label '{value}' can't contain spaces.")
    if len(value) > LABEL_LIMIT:
        raise ApiError(
            400,
            labels=f"The label '{value}' exceeds the maximum length for a single label of {LABEL_LIMIT} characters.",
        )
    return value


def _set_labels(_: Call, issue: Issue, value: Any) -> Issue:
    return replace(issue, labels=tuple(dict.fromkeys(_label(item) for item in value or ())))


def _set_summary(_: Call, issue: Issue, value: Any) -> Issue:
    if not isinstance(value, str) or not value.strip():
        raise ApiError(400, summary="You must specify a summary of the issue.")
    return replace(issue, summary=value)


def _set_description(call: Call, issue: Issue, value: Any) -> Issue:
    if isinstance(value, str) and call.view.api == "2":
        value = from_text(value) if call.site.deployment.cloud else verbatim(value)
    if value is not None and not (is_document(value) and is_valid(value)):
        raise ApiError(400, description=NOT_ADF)
    return replace(issue, description=value)


def _set_parent(call: Call, issue: Issue, value: Any) -> Issue:
    if value is None:
        return replace(issue, parent=None)
    parent = call.site.find(str(value.get("id") or value.get("key")))
    if parent is None:
        raise ApiError(400, parent="Could not find issue by id or key.")
    return replace(issue, parent=parent.id)


def _set_priority(_: Call, issue: Issue, value: Any) -> Issue:
    if value is None:
        return replace(issue, priority=None)
    name = value.get("name")
    if name is None and str(value.get("id", "")) in {"1", "2", "3", "4", "5"}:
        name = PRIORITIES[int(value["id"]) - 1]
    if name not in PRIORITIES:
        raise ApiError(400, priority="The priority selected is invalid.")
    return replace(issue, priority=name)


def _set_due(_: Call, issue: Issue, value: Any) -> Issue:
    if value is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        raise ApiError(400, duedate="Error parsing date string: " + str(value))
    return replace(issue, due=value)


def _set_assignee(call: Call, issue: Issue, value: Any) -> Issue:
    account = None if value is None else (value.get("accountId") or value.get("id"))
    if account is not None and account not in call.site.accounts:
        raise ApiError(400, assignee=f"User '{account}' does not exist.")
    return replace(issue, assignee=account)


SETTERS: dict[str, Callable[[Call, Issue, Any], Issue]] = {
    "labels": _set_labels,
    "summary": _set_summary,
    "description": _set_description,
    "parent": _set_parent,
    "priority": _set_priority,
    "duedate": _set_due,
    "assignee": _set_assignee,
}
