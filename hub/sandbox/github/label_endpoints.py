"""The REST endpoints for labels, on issues and in repositories."""

from typing import Any

from hub.sandbox.github import payloads
from hub.sandbox.github.listing import page
from hub.sandbox.github.request import Call, Failure, Reply, invalid, missing

LONGEST = 50


def label_name(given: Any) -> str:
    """A label's name out of what was sent; 422 where it is none or too long."""
    name = given.get("name") if isinstance(given, dict) else given
    if not isinstance(name, str) or not name:
        raise invalid("Label", "name", "missing_field")
    if len(name) > LONGEST:
        raise invalid("Label", "name", "custom", f"name is too long (maximum is {LONGEST} characters)")
    return name


def list_issue_labels(call: Call) -> Reply:
    """The labels that an issue carries."""
    shown, headers = page(call, list(call.issue.labels.values()))
    return Reply([payloads.label(item) for item in shown], headers=headers)


def add_issue_labels(call: Call) -> Reply:
    """Add labels to an issue, those there already stay; the answer is all that it carries."""
    call.may_write()
    found, given = call.issue, call.body().get("labels")
    if not isinstance(given, list):
        raise Failure(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.')
    for name in [label_name(item) for item in given]:
        call.site.put_label(found, name, call.access.account)
    return Reply([payloads.label(label) for label in found.labels.values()])


def remove_issue_label(call: Call) -> Reply:
    """Take a label off an issue; 404 where it does not carry it."""
    call.may_write()
    found = call.issue
    if not call.site.take_label(found, call.path["name"]):
        raise Failure(404, "Label does not exist")
    return Reply([payloads.label(label) for label in found.labels.values()])


def list_labels(call: Call) -> Reply:
    """The labels that a repository has."""
    shown, headers = page(call, list(call.repo.labels.values()))
    return Reply([payloads.label(item) for item in shown], headers=headers)


def create_label(call: Call) -> Reply:
    """Make a label; 422 where there is one of the name."""
    call.may_write()
    repo, given = call.repo, call.body()
    name = label_name(given.get("name"))
    if name.lower() in repo.labels:
        raise invalid("Label", "name", "already_exists")
    by = call.access.account.login
    made = call.site.add_label(repo, name, given.get("color") or "ededed", given.get("description"), by)
    return Reply(payloads.label(made), 201)


def delete_label(call: Call) -> Reply:
    """Take a label off the repository's list, and off every issue that carries it."""
    call.may_write()
    found = call.repo.labels.get(call.path["name"].lower())
    if found is None:
        raise missing()
    call.site.drop_label(found)
    return Reply(None, 204)


def label(call: Call) -> Reply:
    """One label of a repository."""
    found = call.repo.labels.get(call.path["name"].lower())
    if found is None:
        raise missing()
    return Reply(payloads.label(found))
