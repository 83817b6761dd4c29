"""What the sandbox remembers: accounts, repositories, and issues with their labels and comments."""

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from hub.sandbox.github.issue_field_state import IssueFieldValue
    from hub.sandbox.github.project_state import Item


def node_id(prefix: str, number: int) -> str:
    """An opaque global id in the vendor's manner: a type prefix and something that says nothing."""
    return f"{prefix}_kwDO{base64.urlsafe_b64encode(number.to_bytes(6, 'big')).decode()}"


class Site(Protocol):
    """What the values need to know of the site that holds them: its addresses."""

    url: str
    api: str


@dataclass(slots=True, eq=False)
class Account:
    """A person, a bot or an organization; `typename` says which, `association` what it is to every repository."""

    id: int
    login: str
    typename: str
    node_id: str
    site: Site
    association: str = "MEMBER"

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
    repo: "Repository"
    number: int
    title: str
    due: str | None
    created: str
    updated: str
    state: str = "OPEN"


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
    reactions: set[tuple[str, str]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The comment's place on the page of its issue."""
        return f"{self.issue.url}#issuecomment-{self.id}"


@dataclass(slots=True, eq=False)
class Issue:
    """An issue; a pull request is one too, with another `typename`. `labels` goes by the name in lower case.

    `closed_by` are the pull requests that will close it, `field_values` the organization's fields by their names.
    """

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
    assignees: list[Account] = field(default_factory=list)
    closed_by: list["Issue"] = field(default_factory=list)
    sub_issues: list["Issue"] = field(default_factory=list)
    blocked_by: list["Issue"] = field(default_factory=list)
    blocking: list["Issue"] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    items: list["Item"] = field(default_factory=list)
    field_values: dict[str, "IssueFieldValue"] = field(default_factory=dict)

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
    former_issues: dict[int, Issue | None] = field(default_factory=dict)
    last_number: int = 0
    archived: bool = False
    has_issues: bool = True

    @property
    def full_name(self) -> str:
        """Owner and name."""
        return f"{self.owner.login}/{self.name}"

    @property
    def url(self) -> str:
        """The page of the repository."""
        return f"{self.owner.site.url}/{self.full_name}"
