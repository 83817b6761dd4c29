"""Issue fields: an organization makes them, and its issues say something in them."""

from collections.abc import Mapping
from typing import Any

from hub.sandbox.github.issue_field_state import COLORS, IssueField, IssueFieldOption, IssueFieldValue
from hub.sandbox.github.node_registry import change
from hub.sandbox.github.state import Issue
from hub.sandbox.github.tickets import Tickets


class IssueFields(Tickets):
    """An organization's fields, by its login and their names in lower case."""

    issue_field_moves_time = False
    """Whether a change of a value moves the issue's `updated`; the vendor does not say, so no reader may lean on it."""

    @change
    def add_issue_field(self, owner: str, definition: Mapping[str, Any]) -> IssueField:
        """Add a field: `name`, `type`, and `options` where its type has them."""
        account = self.accounts.get(owner.lower()) or self.account(owner, "Organization")
        kind = definition["type"]
        number, node = self.new_id("IF")
        made = IssueField(number, node, account, definition["name"], kind, self.timestamp())
        for index, name in enumerate(definition.get("options", ())):
            option_id, option_node = self.new_id("IFO")
            typename = f"{made.typename}Option"
            option = IssueFieldOption(typename, option_id, option_node, name, COLORS[index % len(COLORS)])
            made.options.append(option)
            self.nodes[option_node] = option
        self.issue_fields.setdefault(owner.lower(), {})[made.name.lower()] = self.nodes[node] = made
        return made

    @change
    def set_issue_field(self, issue: Issue | str, name: str, value: Any) -> None:
        """Say something in a field of the organization, None clears it; raises KeyError where it has no such field."""
        target = self.resolve(issue)
        made = self.issue_fields[target.repo.owner.login.lower()][name.lower()]
        if value is None:
            target.field_values.pop(made.name, None)
        else:
            target.field_values[made.name] = IssueFieldValue(*self.new_id("IFV"), made, _coerce(made, value))
        if self.issue_field_moves_time:
            self.touch(target)


def _coerce(made: IssueField, value: Any) -> Any:
    """The value as the field keeps it; raises ValueError where the field has no such choice."""
    if made.type == "MULTI_SELECT":
        return [_option(made, name) for name in ([value] if isinstance(value, str) else value)]
    if made.type == "SINGLE_SELECT":
        return _option(made, value)
    return float(value) if made.type == "NUMBER" else str(value)


def _option(made: IssueField, name: str) -> IssueFieldOption:
    option = next((option for option in made.options if option.name == name), None)
    if option is None:
        raise ValueError(f"{made.name} has no choice {name!r}")
    return option
