"""What the sandbox remembers: accounts, repositories, issues with their labels and comments, Projects v2."""

import base64
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar, Protocol


def node_id(prefix: str, number: int) -> str:
    """An opaque global id in the vendor's manner: a type prefix and something that says nothing."""
    return f"{prefix}_kwDO{base64.urlsafe_b64encode(number.to_bytes(6, 'big')).decode()}"


class Site(Protocol):
    """What the values need to know of the site that holds them: its addresses."""

    url: str
    api: str


@dataclass(slots=True, eq=False)
class Account:
    """A person, a bot or an organization; `typename` says which."""

    id: int
    login: str
    typename: str
    node_id: str
    site: Site

    @property
    def url(self) -> str:
        """The page of the account."""
        return f"{self.site.url}/{self.login}"


@dataclass(slots=True, eq=False)
class Label:
    """A label of one repository."""

    typename: ClassVar[str] = "Label"
    id: int
    node_id: str
    repo: "Repository"
    name: str
    color: str = "ededed"
    description: str | None = None
    created: str = ""


@dataclass(slots=True, eq=False)
class IssueType:
    """One of the organization's kinds of issue."""

    typename: ClassVar[str] = "IssueType"
    id: int
    node_id: str
    name: str


@dataclass(slots=True, eq=False)
class Milestone:
    """A milestone of a repository; `due` is a moment or None."""

    typename: ClassVar[str] = "Milestone"
    id: int
    node_id: str
    number: int
    title: str
    due: str | None
    created: str


@dataclass(slots=True, eq=False)
class Comment:
    """A comment on an issue; `edited` stays None until somebody changes it."""

    typename: ClassVar[str] = "IssueComment"
    id: int
    node_id: str
    issue: "Issue"
    author: Account | None
    body: str
    created: str
    updated: str
    edited: str | None = None
    minimized: str | None = None

    @property
    def url(self) -> str:
        """The comment's place on the page of its issue."""
        return f"{self.issue.url}#issuecomment-{self.id}"


@dataclass(slots=True, eq=False)
class Issue:
    """An issue; a pull request is one too, with another `typename`. `labels` goes by the name in lower case."""

    id: int
    node_id: str
    number: int
    repo: "Repository"
    title: str
    body: str
    author: Account | None
    created: str
    updated: str
    typename: str = "Issue"
    state: str = "OPEN"
    state_reason: str | None = None
    closed: str | None = None
    type: IssueType | None = None
    milestone: Milestone | None = None
    parent: "Issue | None" = None
    labels: dict[str, Label] = field(default_factory=dict)
    sub_issues: list["Issue"] = field(default_factory=list)
    blocked_by: list["Issue"] = field(default_factory=list)
    blocking: list["Issue"] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    items: list["Item"] = field(default_factory=list)

    @property
    def key(self) -> str:
        """How people write it: `acme/app#12`."""
        return f"{self.repo.full_name}#{self.number}"

    @property
    def url(self) -> str:
        """The page of the issue."""
        kind = "issues" if self.typename == "Issue" else "pull"
        return f"{self.repo.url}/{kind}/{self.number}"


@dataclass(slots=True, eq=False)
class Repository:
    """A repository: its issues by number, its labels by lower-case name, and where moved issues went."""

    typename: ClassVar[str] = "Repository"
    id: int
    node_id: str
    owner: Account
    name: str
    private: bool
    created: str
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    gone: dict[int, Issue | None] = field(default_factory=dict)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        """Owner and name."""
        return f"{self.owner.login}/{self.name}"

    @property
    def url(self) -> str:
        """The page of the repository."""
        return f"{self.owner.site.url}/{self.full_name}"


@dataclass(slots=True, eq=False)
class Option:
    """A choice of a single-select field."""

    id: str
    name: str
    color: str = "GRAY"
    description: str = ""


@dataclass(slots=True, eq=False)
class Iteration:
    """A stretch of time of an iteration field."""

    id: str
    title: str
    start: str
    days: int

    @property
    def end(self) -> date:
        """The first day after it."""
        return date.fromisoformat(self.start) + timedelta(days=self.days)


@dataclass(slots=True, eq=False)
class Field:
    """A field of a project; its `typename` follows from its data type."""

    id: int
    node_id: str
    project: "Project"
    name: str
    type: str
    created: str
    options: list[Option] = field(default_factory=list)
    iterations: list[Iteration] = field(default_factory=list)

    @property
    def typename(self) -> str:
        """The member of the vendor's union of fields."""
        special = {"SINGLE_SELECT": "ProjectV2SingleSelectField", "ITERATION": "ProjectV2IterationField"}
        return special.get(self.type, "ProjectV2Field")


@dataclass(slots=True, eq=False)
class Value:
    """What an item says in a field: text, a number, a day, an option or an iteration; `typename` says which."""

    typename: str
    id: int
    node_id: str
    item: "Item"
    field: Field
    value: Any
    created: str
    updated: str


@dataclass(slots=True, eq=False)
class Draft:
    """A note in a project that is no issue yet."""

    typename: ClassVar[str] = "DraftIssue"
    id: int
    node_id: str
    title: str
    body: str
    creator: Account | None
    created: str
    updated: str


@dataclass(slots=True, eq=False)
class Item:
    """An issue or a draft in a project, with its values by the field's name, in the order of `position`."""

    typename: ClassVar[str] = "ProjectV2Item"
    id: int
    node_id: str
    project: "Project"
    content: Issue | Draft
    creator: Account | None
    created: str
    updated: str
    position: int
    archived: bool = False
    values: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Project:
    """A Projects v2 project of an organization or a person."""

    typename: ClassVar[str] = "ProjectV2"
    id: int
    node_id: str
    owner: Account
    number: int
    title: str
    created: str
    updated: str
    closed: bool = False
    fields: dict[str, Field] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The page of the project."""
        kind = "orgs" if self.owner.typename == "Organization" else "users"
        return f"{self.owner.site.url}/{kind}/{self.owner.login}/projects/{self.number}"
