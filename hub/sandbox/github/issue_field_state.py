"""What the sandbox remembers of issue fields: an organization's own fields, and what its issues say in them."""

from dataclasses import dataclass, field
from typing import Any

from hub.sandbox.github.state import Account

KINDS = {
    "SINGLE_SELECT": "SingleSelect",
    "MULTI_SELECT": "MultiSelect",
    "DATE": "Date",
    "NUMBER": "Number",
    "TEXT": "Text",
}
COLORS = ("GRAY", "BLUE", "GREEN", "YELLOW", "ORANGE", "RED", "PINK", "PURPLE")


@dataclass(slots=True, eq=False)
class IssueFieldOption:
    """A choice of a field; `typename` follows from the field's kind."""

    typename: str
    id: int
    node_id: str
    name: str
    color: str
    description: str | None = None


@dataclass(slots=True, eq=False)
class IssueField:
    """A field of an organization. `type` is the vendor's word; one of another kind is made up by a test."""

    id: int
    node_id: str
    owner: Account
    name: str
    type: str
    created: str
    options: list[IssueFieldOption] = field(default_factory=list)
    visibility: str = "ALL"

    @property
    def typename(self) -> str:
        """The member of the vendor's union of fields."""
        return f"IssueField{KINDS[self.type]}"


@dataclass(slots=True, eq=False)
class IssueFieldValue:
    """What an issue says in a field: text, a number, a day, an option, or several of them."""

    id: int
    node_id: str
    field: IssueField
    value: Any

    @property
    def typename(self) -> str:
        """The member of the vendor's union of values."""
        return f"{self.field.typename}Value"

    @property
    def text(self) -> Any:
        """The value as the vendor writes it in one word."""
        if isinstance(self.value, list):
            return ", ".join(option.name for option in self.value)
        return self.value.name if isinstance(self.value, IssueFieldOption) else self.value
