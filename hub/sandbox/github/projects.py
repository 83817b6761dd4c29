"""Projects v2: fields, items and what the items say in the fields."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hub.sandbox.github.node_registry import PERSON, change
from hub.sandbox.github.project_state import Draft, Field, Item, Iteration, Option, Project, Value
from hub.sandbox.github.state import Account, Issue
from hub.sandbox.github.tickets import Tickets

VALUE_TYPES = {
    "TITLE": "ProjectV2ItemFieldTextValue",
    "TEXT": "ProjectV2ItemFieldTextValue",
    "NUMBER": "ProjectV2ItemFieldNumberValue",
    "DATE": "ProjectV2ItemFieldDateValue",
    "SINGLE_SELECT": "ProjectV2ItemFieldSingleSelectValue",
    "ITERATION": "ProjectV2ItemFieldIterationValue",
    "LABELS": "ProjectV2ItemFieldLabelValue",
    "REPOSITORY": "ProjectV2ItemFieldRepositoryValue",
}
BUILT_IN = (("Title", "TITLE"), ("Labels", "LABELS"), ("Repository", "REPOSITORY"))
COLORS = ("GRAY", "BLUE", "GREEN", "YELLOW", "ORANGE", "RED", "PINK", "PURPLE")


class Boards(Tickets):
    """Projects and their items. A project may be named `acme/5`, an issue `acme/app#12`."""

    @change
    def add_project(self, owner: str, number: int, title: str, fields: Sequence[Mapping[str, Any]] = ()) -> Project:
        """Make a project with the fields that every project has, and these."""
        account: Account = self.accounts.get(owner.lower()) or self.account(owner, "Organization")
        identity, node = self.fresh("PVT")
        now = self.stamp()
        project = Project(identity, node, account, number, title, now, now)
        self.projects[owner.lower(), number] = self.nodes[node] = project
        for name, kind in BUILT_IN:
            self.add_field(project, {"name": name, "type": kind})
        for form in fields:
            self.add_field(project, form)
        return project

    @change
    def add_field(self, project: Project | str, form: Mapping[str, Any]) -> Field:
        """Add a field: `name`, `type`, and `options` or `iterations` where its type has them."""
        board = self.project(project) if isinstance(project, str) else project
        number, node = self.fresh("PVTF")
        field = Field(number, node, board, form["name"], form["type"], self.stamp())
        for place, name in enumerate(form.get("options", ())):
            field.options.append(Option(f"{number:04x}{place:04x}", name, COLORS[place % len(COLORS)]))
        for place, form_of in enumerate(form.get("iterations", ())):
            identity = f"{number:04x}{place:04x}"
            field.iterations.append(Iteration(identity, form_of["title"], str(form_of["start"]), form_of["days"]))
        board.fields[field.name] = self.nodes[node] = field
        return field

    @change
    def add_item(self, project: Project | str, issue: Issue | str, fields: Mapping[str, Any] | None = None) -> Item:
        """Put an issue into a project, once, and set fields by name."""
        board = self.project(project) if isinstance(project, str) else project
        content = self.the(issue)
        known = next((item for item in content.items if item.project is board), None)
        item = known or self._placed(board, content, content.author)
        for name, value in (fields or {}).items():
            self.set_field(item, name, value)
        return item

    @change
    def add_draft(
        self, project: Project | str, title: str, body: str = "", fields: Mapping[str, Any] | None = None
    ) -> Item:
        """Put a note into a project that is no issue yet."""
        board = self.project(project) if isinstance(project, str) else project
        number, node = self.fresh("DI")
        now = self.stamp()
        draft = Draft(number, node, title, body, self.account(PERSON), now, now)
        self.nodes[node] = draft
        item = self._placed(board, draft, draft.creator)
        for name, value in (fields or {}).items():
            self.set_field(item, name, value)
        return item

    def _placed(self, board: Project, content: Issue | Draft, creator: Account | None) -> Item:
        number, node = self.fresh("PVTI")
        now = self.stamp()
        place = board.items[-1].position + 1 if board.items else 1
        item = Item(number, node, board, content, creator, now, now, place)
        board.items.append(item)
        if isinstance(content, Issue):
            content.items.append(item)
        self.nodes[node] = item
        board.updated = now
        return item

    @change
    def set_field(self, item: Item, name: str, value: Any) -> None:
        """Say something in a field, None clears it; only the item's time moves, the issue's stays."""
        field = item.project.fields[name]
        item.updated = item.project.updated = self.stamp()
        if value is None:
            item.values.pop(name, None)
            return
        number, node = self.fresh("PVTFV")
        kept = _fitting(field, value)
        item.values[name] = Value(VALUE_TYPES[field.type], number, node, item, field, kept, item.updated, item.updated)

    @change
    def archive(self, item: Item, *, archived: bool = True) -> None:
        """Put an item away, or bring it back."""
        item.archived = archived
        item.updated = self.stamp()

    @change
    def move_item(self, item: Item, *, to: int) -> None:
        """Drag an item to another place, counted from 0."""
        items = item.project.items
        items.remove(item)
        items.insert(to, item)
        for place, each_item in enumerate(items, 1):
            each_item.position = place

    @change
    def remove_item(self, item: Item) -> None:
        """Take an item out of its project; the issue stays."""
        item.project.items.remove(item)
        if isinstance(item.content, Issue):
            item.content.items.remove(item)
        del self.nodes[item.node_id]


def _fitting(field: Field, value: Any) -> Any:
    """The value as the field keeps it; raises ValueError where the field has no such choice."""
    if field.type == "SINGLE_SELECT":
        chosen: Any = next((option for option in field.options if option.name == value), None)
    elif field.type == "ITERATION":
        chosen = next((iteration for iteration in field.iterations if iteration.title == value), None)
    else:
        return float(value) if field.type == "NUMBER" else str(value)
    if chosen is None:
        raise ValueError(f"{field.name} has no choice {value!r}")
    return chosen


def iterations_at(field: Field, today: date) -> tuple[list[Iteration], list[Iteration]]:
    """The iterations that run or are to come, and those that are over."""
    over = [iteration for iteration in field.iterations if iteration.end <= today]
    return [iteration for iteration in field.iterations if iteration.end > today], over


def days_before(today: date, days: int) -> str:
    """The day so many days ago, as text that compares with times."""
    return (today - timedelta(days=days)).isoformat()
