"""The endpoints of single issues: read, edit, create, and what may be edited."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from hub.sandbox.jira.edits import EDITABLE, apply
from hub.sandbox.jira.records import Issue
from hub.sandbox.jira.request import ApiError, Call, answer, no_content, raw
from hub.sandbox.jira.site_defaults import SYSTEM_FIELDS

NO_EDIT = "You do not have permission to edit issues in this project."


def read_issue(call: Call) -> Response:
    """One issue as it is now, whatever the search index says."""
    issue = call.issue()
    fields = call.writer.select_fields(call.lists.get("fields", ()), default="*all")
    return raw(call.writer.full(issue, fields, call.view))


def edit_issue(call: Call) -> Response:
    """Edit by values and verbs; an edit that changes nothing leaves `updated` alone."""
    issue = call.issue()
    call.require("EDIT_ISSUES", 400, NO_EDIT)
    changed = apply(call, issue, call.object())
    if changed != issue:
        issue = call.site.put(replace(changed, updated=call.site.now()))
    if call.query.get("returnIssue") == "true":
        return raw(call.writer.full(issue, call.writer.select_fields((), default="*all"), call.view))
    return no_content()


def create_issue(call: Call) -> Response:
    """A new issue in an existing project."""
    fields = dict(call.object().get("fields") or {})
    project = _named(call.site.projects, fields.pop("project", None))
    kind = _named(call.site.types, fields.pop("issuetype", None))
    if project is None:
        raise ApiError(400, project="Specify a valid project ID or key")
    if kind is None:
        raise ApiError(400, issuetype="Specify an issue type")
    if not fields.get("summary"):
        raise ApiError(400, summary="You must specify a summary of the issue.")
    site, now = call.site, call.site.now()
    numbers = (site.issues[id_].number for id_ in site.in_project[project.key])
    key = f"{project.key}-{max(numbers, default=0) + 1}"
    issue = Issue(site.new_id(), key, project.key, kind.name, fields["summary"], now, now, call.account.id)
    site.put(apply(call, issue, {"fields": fields, "update": call.object().get("update")}))
    return answer({"id": str(issue.id), "key": key, "self": call.shapes.url(f"issue/{issue.id}")}, 201)


def _named(rows: dict[str, Any], reference: Any) -> Any:
    """The row that a reference by id, key or name means."""
    reference = reference or {}
    for row in rows.values():
        if str(reference.get("id")) == row.id or reference.get("key") == getattr(row, "key", ""):
            return row
        if reference.get("name") == row.name:
            return row
    return None


def edit_meta(call: Call) -> Response:
    """The fields on the edit screen with the verbs that each takes."""
    call.issue()
    if "EDIT_ISSUES" not in call.account.permissions:
        return answer({"fields": {}})
    fields: dict[str, Any] = {}
    for name, label, kind, items in SYSTEM_FIELDS:
        if name in EDITABLE and name not in call.site.off_screen:
            system = {"type": kind, "system": name} | ({"items": items} if items else {})
            verbs = ["add", "set", "remove"] if kind == "array" else ["set"]
            fields[name] = _editable(name, label, system, verbs)
    for field in (field for field in call.site.fields.values() if field.id not in call.site.off_screen):
        schema: dict[str, Any] = {"type": field.type, "custom": field.custom, "customId": field.number}
        fields[field.id] = _editable(field.id, field.name, schema, ["set"])
    return answer({"fields": fields})


def _editable(key: str, name: str, schema: dict[str, Any], verbs: list[str]) -> dict[str, Any]:
    return {"required": key == "summary", "schema": schema, "name": name, "key": key, "operations": verbs}
