"""Projects v2: fields, items and what the items say in the fields."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.sandbox.github.issue_field_state import COLORS
from hub.sandbox.github.issue_fields import IssueFields
from hub.sandbox.github.node_registry import PERSON, change
from hub.sandbox.github.project_state import Draft, Field, Item, Iteration, Option, Project, Value
from hub.sandbox.github.state import Account, Issue

VALUE_TYPES = {
    "TITLE": "ProjectV2ItemFieldTextValue",
    "TEXT": "ProjectV2ItemFieldTextValue",
    "NUMBER": "ProjectV2ItemFieldNumberValue",
    "DATE": "ProjectV2ItemFieldDateValue",
    "SINGLE_SELECT": "ProjectV2ItemFieldSingleSelectValue",
    "MULTI_SELECT": "ProjectV2ItemFieldMultiSelectValue",
    "ITERATION": "ProjectV2ItemFieldIterationValue",
    "LABELS": "ProjectV2ItemFieldLabelValue",
    "REPOSITORY": "ProjectV2ItemFieldRepositoryValue",
}
BUILT_IN = (("Title", "TITLE"), ("Labels", "LABELS"), ("Repository", "REPOSITORY"))


class Projects(IssueFields):
    """Projects and their items. A project may be named `acme/5`, an issue `acme/app#12`."""

    @change
    def add_project(self, owner: str, number: int, title: str, fields: Sequence[Mapping[str, Any]] = ()) -> Project:
        """Make a project with the fields that every project has, and these."""
        account: Account = self.accounts.get(owner.lower()) or self.account(owner, "Organization")
        identity, node = self.new_id("PVT")
        now = self.timestamp()
        project = Project(identity, node, account, number, title, now, now)
        self.projects[owner.lower(), number] = self.nodes[node] = project
        for name, kind in BUILT_IN:
            self.add_field(project, {"name": name, "type": kind})
        for definition in fields:
            self.add_field(project, definition)
        return project

    @change
    def add_field(self, project: Project | str, definition: Mapping[str, Any]) -> Field:
        """Add a field: `name`, `type`, and `options` or `iterations` where its type has them.

        One with `issue_field: True` shows the organization's field of that name.
        """
        target = self.project(project) if isinstance(project, str) else project
        number, node = self.new_id("PVTF")
        field = Field(number, node, target, definition["name"], definition["type"], self.timestamp())
        field.shows_issue_field = bool(definition.get("issue_field"))
        for index, name in enumerate(definition.get("options", ())):
            field.options.append(Option(f"{number:04x}{index:04x}", name, COLORS[index % len(COLORS)]))
        for index, iteration in enumerate(definition.get("iterations", ())):
            identity = f"{number:04x}{index:04x}"
            field.iterations.append(Iteration(identity, iteration["title"], str(iteration["start"]), iteration["days"]))
        target.fields[field.name] = self.nodes[node] = field
        return field

    @change
    def add_item(self, project: Project | str, issue: Issue | str, fields: Mapping[str, Any] | None = None) -> Item:
        """Put an issue into a project, once, and set fields by name."""
        target = self.project(project) if isinstance(project, str) else project
        content = self.resolve(issue)
        known = next((item for item in content.items if item.project is target), None)
        item = known or self._add_to_project(target, content, content.author)
        for name, value in (fields or {}).items():
            self.set_field(item, name, value)
        return item

    @change
    def add_draft(
        self, project: Project | str, title: str, body: str = "", fields: Mapping[str, Any] | None = None
    ) -> Item:
        """Put a note into a project that is no issue yet."""
        target = self.project(project) if isinstance(project, str) else project
        number, node = self.new_id("DI")
        now = self.timestamp()
        draft = Draft(number, node, title, body, self.account(PERSON), now, now)
        self.nodes[node] = draft
        item = self._add_to_project(target, draft, draft.creator)
        for name, value in (fields or {}).items():
            self.set_field(item, name, value)
        return item

    def _add_to_project(self, target: Project, content: Issue | Draft, creator: Account | None) -> Item:
        number, node = self.new_id("PVTI")
        now = self.timestamp()
        position = target.items[-1].position + 1 if target.items else 1
        item = Item(number, node, target, content, creator, now, now, position)
        target.items.append(item)
        if isinstance(content, Issue):
            content.items.append(item)
        self.nodes[node] = item
        target.updated = now
        return item

    @change
    def set_field(self, item: Item, name: str, value: Any) -> None:
        """Say something in a field, None clears it; only the item's time moves, the issue's stays."""
        field = item.project.fields[name]
        item.updated = item.project.updated = self.timestamp()
        if value is None:
            item.values.pop(name, None)
            return
        number, node = self.new_id("PVTFV")
        stored_value = _coerce_value(field, value)
        item.values[name] = Value(
            VALUE_TYPES[field.type], number, node, item, field, stored_value, item.updated, item.updated
        )

    @change
    def archive(self, item: Item, *, archived: bool = True) -> None:
        """Put an item away, or bring it back."""
        item.archived = archived
        item.updated = self.timestamp()

    @change
    def move_item(self, item: Item, *, to: int) -> None:
        """Drag an item to another place, counted from 0."""
        items = item.project.items
        items.remove(item)
        items.insert(to, item)
        for position, each_item in enumerate(items, 1):
            each_item.position = position

    @change
    def remove_item(self, item: Item) -> None:
        """Take an item out of its project; the issue stays."""
        item.project.items.remove(item)
        if isinstance(item.content, Issue):
            item.content.items.remove(item)
        del self.nodes[item.node_id]


def _coerce_value(field: Field, value: Any) -> Any:
    """The value as the field keeps it; raises ValueError where the field has no such choice."""
    if field.type == "SINGLE_SELECT":
        choice: Any = next((option for option in field.options if option.name == value), None)
    elif field.type == "ITERATION":
        choice = next((iteration for iteration in field.iterations if iteration.title == value), None)
    elif field.type == "MULTI_SELECT":
        return [option for option in field.options if option.name in value]
    else:
        return float(value) if field.type == "NUMBER" else str(value)
    if choice is None:
        raise ValueError(f"{field.name} has no choice {value!r}")
    return choice


def iterations_at(field: Field, today: date) -> tuple[list[Iteration], list[Iteration]]:
    """The iterations that run or are to come, and those that are over."""
    completed = [iteration for iteration in field.iterations if iteration.end <= today]
    return [iteration for iteration in field.iterations if iteration.end > today], completed
