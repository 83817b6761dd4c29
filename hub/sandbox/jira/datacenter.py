"""How Data Center shows what Cloud shows otherwise: people, sprints, and what stands above an issue."""

from collections.abc import Mapping
from typing import Any

from hub.sandbox.jira.records import Account, Issue
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.site_defaults import EPIC_LINK, PARENT_LINK, SPRINT

Json = dict[str, Any]
HIDDEN_IN_TYPES = ("hierarchyLevel",)
PARTS = ("id", "rapidViewId", "state", "name", "startDate", "endDate", "completeDate", "activatedDate", "sequence")


def user(account: Account, url: str) -> Json:
    """A person by name and key; the key stays when the name changes."""
    row: Json = {
        "self": f"{url}?username={account.login}",
        "name": account.login,
        "key": account.id,
        "displayName": account.name,
        "active": True,
        "timeZone": account.zone,
        "avatarUrls": {},
    }
    return row | ({"emailAddress": account.email} if account.email else {})


def parent(site: Rows, issue: Issue) -> int | None:
    """The parent in the field of that name: sub-tasks alone have one."""
    return issue.parent if site.types[issue.type].level < 0 else None


def custom(site: Rows, issue: Issue, field: str) -> Any:
    """A custom field's value: links upwards come from the issue's place, sprints are lines of text."""
    if field in {EPIC_LINK, PARENT_LINK}:
        return _parent_key(site, issue, field)
    value = issue.custom.get(field)
    return [_sprint_text(item) for item in value] if field == SPRINT and value else value


def _parent_key(site: Rows, issue: Issue, field: str) -> str | None:
    """An epic's key on what is planned under it; the level above on epics and more."""
    ancestor = site.issues.get(issue.parent or 0)
    level = site.types[issue.type].level
    expected_field = EPIC_LINK if level == 0 else PARENT_LINK
    return ancestor.key if ancestor is not None and level >= 0 and field == expected_field else None


def _sprint_text(sprint: Mapping[str, Any]) -> str:
    values = {"rapidViewId": sprint.get("boardId"), "sequence": sprint.get("id"), **sprint}
    values["state"] = str(sprint.get("state", "")).upper()
    attributes = ",".join(f"{part}={'<null>' if values.get(part) is None else values[part]}" for part in PARTS)
    return f"com.atlassian.greenhopper.service.sprint.Sprint@4f2a1c[{attributes},goal={values.get('goal') or '<null>'}]"
