"""Redmine's requests and answers; nothing here touches the network.

www.redmine.org/projects/redmine/wiki/Rest_api
"""

from collections.abc import Collection
from datetime import date, datetime

from pydantic import BaseModel, Field

from connectors.http.messages import CallKind, Request

KEY_HEADER = "X-Redmine-API-Key"


class Named(BaseModel):
    """Anything with an id and a name; Redmine leaves the name out where it may not be seen."""

    id: int
    name: str = ""


class Status(Named):
    """A status of an issue."""

    is_closed: bool = False


class Priority(Named):
    """A priority; the default one says that nobody chose."""

    is_default: bool = False


class CustomField(Named):
    """A custom field of an issue, with one value or several."""

    value: str | list[str] | None = None

    @property
    def values(self) -> list[str]:
        """All values."""
        return self.value if isinstance(self.value, list) else [self.value or ""]


class Relation(BaseModel):
    """A relation between two issues, always told from the issue that it begins at."""

    issue_id: int
    issue_to_id: int
    relation_type: str


class Issue(BaseModel):
    """An issue as lists show it."""

    id: int
    project: Named
    tracker: Named
    status: Status
    priority: Named
    parent: Named | None = None
    subject: str
    description: str | None = None
    start_date: date | None = None
    due_date: date | None = None
    is_private: bool = False
    custom_fields: list[CustomField] = Field(default_factory=list)
    created_on: datetime
    updated_on: datetime
    closed_on: datetime | None = None
    relations: list[Relation] = Field(default_factory=list)


class IssuePage(BaseModel):
    """Issues, the lowest number first."""

    issues: list[Issue]


class Journal(BaseModel):
    """One entry of an issue's history; a note is one with words."""

    id: int
    user: Named = Named(id=0)
    notes: str | None = None
    created_on: datetime
    private_notes: bool = False


class History(BaseModel):
    """An issue with its journals."""

    journals: list[Journal] = Field(default_factory=list)


class IssueWithHistory(BaseModel):
    """The answer to a question for one issue."""

    issue: History


class Membership(BaseModel):
    """Which roles an account has in a project."""

    project: Named
    roles: list[Named]


class User(BaseModel):
    """An account."""

    id: int
    login: str = ""
    firstname: str = ""
    lastname: str = ""
    memberships: list[Membership] = Field(default_factory=list)


class CurrentUser(BaseModel):
    """The answer to who we are."""

    user: User


class Project(BaseModel):
    """A project."""

    id: int
    name: str
    identifier: str
    is_public: bool = True


class ProjectAnswer(BaseModel):
    """The answer to a question for one project."""

    project: Project


class Priorities(BaseModel):
    """All priorities."""

    issue_priorities: list[Priority]


class Tracker(Named):
    """A tracker, which is what Redmine calls a type of issues; new issues have its default status."""

    default_status: Named | None = None


class Trackers(BaseModel):
    """All trackers."""

    trackers: list[Tracker]


class Role(Named):
    """A role with what it allows."""

    permissions: list[str] = Field(default_factory=list)


class RoleAnswer(BaseModel):
    """The answer to a question for one role."""

    role: Role


def me() -> Request:
    """Who we are, and in which projects."""
    return Request("GET", "/users/current.json", {"include": "memberships"})


def project(identifier: str) -> Request:
    """One project."""
    return Request("GET", f"/projects/{identifier}.json")


def role(id_: int) -> Request:
    """One role."""
    return Request("GET", f"/roles/{id_}.json")


def priorities() -> Request:
    """All priorities."""
    return Request("GET", "/enumerations/issue_priorities.json")


def trackers() -> Request:
    """All trackers."""
    return Request("GET", "/trackers.json")


def issues(identifier: str, after: int, limit: int, since: datetime | None) -> Request:
    """Issues of a project with a higher number than this, and changed since then: offsets would skip some."""
    params: dict[str, str | int] = {
        "project_id": identifier,
        "subproject_id": "!*",
        "status_id": "*",
        "sort": "id",
        "limit": limit,
        "include": "relations",
        "issue_id": f">={after + 1}",
    }
    if since is not None:
        params["updated_on"] = f">={since:%Y-%m-%dT%H:%M:%SZ}"
    return Request("GET", "/issues.json", params)


def issues_by_id(ids: Collection[int]) -> Request:
    """Single issues, wherever they are; those that may not be seen are left out."""
    chosen = ",".join(map(str, sorted(ids)))
    return Request(
        "GET", "/issues.json", {"issue_id": chosen, "status_id": "*", "limit": len(ids), "include": "relations"}
    )


def history(issue_id: str) -> Request:
    """One issue with its notes."""
    return Request("GET", f"/issues/{issue_id}.json", {"include": "journals"}, ticket=issue_id)


def add_note(issue_id: str, text: str) -> Request:
    """A note is added by a change of the issue: a PUT, and all the same it must not be sent twice."""
    body = {"issue": {"notes": text}}
    return Request("PUT", f"/issues/{issue_id}.json", body=body, kind=CallKind.WRITE, idempotent=False, ticket=issue_id)


def edit_note(issue_id: str, journal_id: str, text: str) -> Request:
    """Another text for a note, which mails nobody; without any the note is deleted."""
    body = {"journal": {"notes": text}}
    return Request("PUT", f"/journals/{journal_id}.json", body=body, kind=CallKind.WRITE, ticket=issue_id)
