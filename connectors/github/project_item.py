"""An issue's place in a project, and what its columns say there: the project's own, and issue fields."""

from dataclasses import dataclass
from typing import Any

from connectors.github.field_values import NO_VALUES, FieldValues, is_complete, is_issue_field, read_values
from connectors.github.settings import GitHubSettings

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProjectItemFields:
    """An issue's place in one project; `order` is the project's place in the configuration.

    `columns` are the project's own fields, `issue_fields` those of the organization that it shows.
    """

    project: str
    order: int
    columns: FieldValues = NO_VALUES
    issue_fields: FieldValues = NO_VALUES
    position: int = 0

    @property
    def rank(self) -> str:
        """The position as text that sorts like the number."""
        return f"{self.position:06d}"


def read_item_fields(item: Json, project: str, order: int, settings: GitHubSettings) -> ProjectItemFields:
    """Read a project item's field values."""
    connection = item.get("fieldValues")
    nodes = (connection or {}).get("nodes") or ()
    issue_fields = [value for node in nodes if node and is_issue_field(node) and (value := issue_field_in(node))]
    return ProjectItemFields(
        project,
        order,
        read_values(
            [node for node in nodes if node and not is_issue_field(node)], settings, complete=is_complete(connection)
        ),
        read_values(issue_fields, settings) if issue_fields else NO_VALUES,
    )


def issue_field_in(column: Json) -> Json | None:
    """The value that a column shows of an issue field, under the column's name; None where the issue has none."""
    value = column.get("issueFieldValue")
    return {**value, "field": column.get("field")} if value else None
