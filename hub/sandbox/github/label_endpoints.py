"""The REST endpoints for labels, on issues and in repositories."""

from typing import Any

from hub.sandbox.github import payloads
from hub.sandbox.github.listing import page
from hub.sandbox.github.request import Call, Failure, Reply, invalid, missing

MAX_NAME_LENGTH = 50


def label_name(value: Any) -> str:
    """A label's name out of what was sent; 422 where it is none or too long."""
    name = value.get("name") if isinstance(value, dict) else value
    if not isinstance(name, str) or not name:
        raise invalid("Label", "name", "missing_field")
    if len(name) > MAX_NAME_LENGTH:
        raise invalid("Label", "name", "custom", f"name is too long (maximum is {MAX_NAME_LENGTH} characters)")
    return name


def list_issue_labels(call: Call) -> Reply:
    """The labels that an issue carries."""
    visible, headers = page(call, list(call.issue.labels.values()))
    return Reply([payloads.label(item) for item in visible], headers=headers)


def add_issue_labels(call: Call) -> Reply:
    """Add labels to an issue, those there already stay; the answer is all that it carries."""
    call.require_write_access()
    issue, labels = call.issue, call.body().get("labels")
    if not isinstance(labels, list):
        raise Failure(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.')
    for name in [label_name(item) for item in labels]:
        call.site.put_label(issue, name, call.access.account)
    return Reply([payloads.label(label) for label in issue.labels.values()])


def remove_issue_label(call: Call) -> Reply:
    """Take a label off an issue; 404 where it does not carry it."""
    call.require_write_access()
    issue = call.issue
    if not call.site.take_label(issue, call.path["name"]):
        raise Failure(404, "Label does not exist")
    return Reply([payloads.label(label) for label in issue.labels.values()])


def list_labels(call: Call) -> Reply:
    """The labels that a repository has."""
    visible, headers = page(call, list(call.repo.labels.values()))
    return Reply([payloads.label(item) for item in visible], headers=headers)


def create_label(call: Call) -> Reply:
    """Make a label; 422 where there is one of the name."""
    call.require_write_access()
    repo, values = call.repo, call.body()
    name = label_name(values.get("name"))
    if name.lower() in repo.labels:
        raise invalid("Label", "name", "already_exists")
    by = call.access.account.login
    created = call.site.add_label(repo, name, values.get("color") or "ededed", values.get("description"), by)
    return Reply(payloads.label(created), 201)


def delete_label(call: Call) -> Reply:
    """Take a label off the repository's list, and off every issue that carries it."""
    call.require_write_access()
    existing = call.repo.labels.get(call.path["name"].lower())
    if existing is None:
        raise missing()
    call.site.drop_label(existing)
    return Reply(None, 204)


def label(call: Call) -> Reply:
    """One label of a repository."""
    existing = call.repo.labels.get(call.path["name"].lower())
    if existing is None:
        raise missing()
    return Reply(payloads.label(existing))
