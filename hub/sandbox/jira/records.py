"""The rows that the sandbox Jira keeps: frozen, so that an edit replaces a row and an old one can be kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Adf = dict[str, Any]

ALL_PERMISSIONS = frozenset(
    {
        "BROWSE_PROJECTS",
        "ADD_COMMENTS",
        "EDIT_OWN_COMMENTS",
        "DELETE_OWN_COMMENTS",
        "EDIT_ISSUES",
        "CREATE_ISSUES",
        "LINK_ISSUES",
        "ADMINISTER_PROJECTS",
    }
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a bot; with a token it may call the API. `projects` None means that it sees them all.

    `token` goes with the e-mail, or on Data Center with the `login`; `scoped` is its like for the gateway alone.
    `bearer` is an access token for the gateway, or a personal access token of Data Center.
    """

    id: str
    name: str
    email: str = ""
    token: str = field(default="", repr=False)
    scoped: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    zone: str = "UTC"
    projects: frozenset[str] | None = None
    permissions: frozenset[str] = ALL_PERMISSIONS
    kind: str = "atlassian"

    @property
    def login(self) -> str:
        """The name that Data Center knows the account by."""
        return self.name.lower().replace(" ", ".")


@dataclass(frozen=True, slots=True)
class Status:
    """A workflow status; `category` is `new`, `indeterminate` or `done`."""

    id: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class IssueType:
    """A kind of issue; `level` 1 is an epic, 2 and more stand above it, -1 is a sub-task."""

    id: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project; its key is what issue keys begin with. `kind` is `software`, `business` or `service_desk`.

    A `team_managed` one has fields of its own, which may be called as those of the site are.
    """

    id: str
    key: str
    name: str
    kind: str = "software"
    team_managed: bool = False


@dataclass(frozen=True, slots=True)
class LinkType:
    """A type of issue link with its two readings."""

    id: str
    name: str
    destination_text: str
    source_text: str


@dataclass(frozen=True, slots=True)
class Link:
    """One end of a link: `outward` means that this issue carries the outward reading, as in "blocks"."""

    id: int
    type: str
    is_source: bool
    other: int


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field with the schema that tells what it is; `name` may change, the schema does not.

    One of a `project` stands on no issue of another one; without a project it stands everywhere.
    """

    id: str
    name: str
    type: str
    custom: str
    items: str | None = None
    project: str = ""

    @property
    def number(self) -> int:
        """The number in `customfield_10015`."""
        return int(self.id.rpartition("_")[2])


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its entity properties; times are epoch milliseconds. `visibility` is a role or group, or None."""

    id: int
    issue: int
    author: str
    body: Adf
    created: int
    updated: int
    editor: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    visibility: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; other rows are named by id or name, times are epoch milliseconds."""

    id: int
    key: str
    project: str
    type: str
    summary: str
    created: int
    updated: int
    reporter: str
    status: str = "To Do"
    description: Adf | None = None
    labels: tuple[str, ...] = ()
    parent: int | None = None
    priority: str | None = "Medium"
    due: str | None = None
    resolved: int | None = None
    resolution: str = "Done"
    assignee: str | None = None
    links: tuple[Link, ...] = ()
    comments: tuple[int, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The number in `ACME-12`."""
        return int(self.key.rpartition("-")[2])


@dataclass(slots=True)
class RemoteLinkRows:
    """All remote links of a site by issue id, each as it was sent with its own id."""

    by_issue: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    last_id: int = 10_000

    def of(self, issue_id: int) -> list[dict[str, Any]]:
        """Those of one issue, oldest first."""
        return self.by_issue.setdefault(issue_id, [])

    def add(self, issue_id: int, content: dict[str, Any]) -> dict[str, Any]:
        """Put a further one there."""
        self.last_id += 1
        row = {"id": self.last_id, **content}
        self.of(issue_id).append(row)
        return row
