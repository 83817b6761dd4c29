"""What the sandbox remembers of Projects v2: fields, items, drafts, and what items say in fields."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

from hub.sandbox.github.issue_field_state import IssueFieldValue
from hub.sandbox.github.state import Account, Issue


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
    shows_issue_field: bool = False

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

    @property
    def display_text(self) -> str:
        """The value as a person reads it."""
        if isinstance(self.value, Option):
            return self.value.name
        return self.value.title if isinstance(self.value, Iteration) else str(self.value)


@dataclass(frozen=True, slots=True)
class IssueFieldColumn:
    """A column that shows what an issue says in a field of the organization."""

    typename: ClassVar[str] = "ProjectV2ItemIssueFieldValue"
    field: Field
    value: IssueFieldValue


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
