"""The whole site as tests and the demo handle it: seeding, people's edits, and a picture to compare."""

from collections.abc import Mapping
from typing import Any

from hub.sandbox.github.node_registry import BOT, PERSON, TOKEN
from hub.sandbox.github.project_state import Draft, Item
from hub.sandbox.github.projects import Projects
from hub.sandbox.github.state import Issue

__all__ = ["BOT", "PERSON", "TOKEN", "GitHubSite"]


class GitHubSite(Projects):
    """A GitHub in memory; nobody is let in before `add_token`."""

    def snapshot(self, bot: str = BOT) -> Mapping[str, Any]:
        """Everything that is not the bot's, to be compared before and after; times are left out."""
        with self.lock:
            return {
                "issues": {
                    issue.key: self._issue_without(issue, bot)
                    for repo in self.repositories.values()
                    for issue in repo.issues.values()
                },
                "labels": {
                    repo.full_name: sorted(
                        (label.name, label.color, label.description or "")
                        for label in repo.labels.values()
                        if self.labels_created_by.get(label.node_id) != bot
                    )
                    for repo in self.repositories.values()
                },
                "projects": {
                    f"{project.owner.login}/{project.number}": [_item(item) for item in project.items]
                    for project in self.projects.values()
                },
            }

    def _issue_without(self, issue: Issue, bot: str) -> dict[str, Any]:
        return {
            "title": issue.title,
            "body": issue.body,
            "state": issue.state,
            "type": issue.type.name if issue.type else None,
            "parent": issue.parent.key if issue.parent else None,
            "blocked_by": [other.key for other in issue.blocked_by],
            "labels": sorted(
                label.name for name, label in issue.labels.items() if self.labels_added_by.get((issue.id, name)) != bot
            ),
            "comments": [
                (comment.author.login if comment.author else None, comment.body, comment.minimized)
                for comment in issue.comments
                if comment.author is None or comment.author.login != bot
            ],
        }


def _item(item: Item) -> dict[str, Any]:
    content = item.content.title if isinstance(item.content, Draft) else item.content.key
    values = {name: getattr(value.value, "id", value.value) for name, value in item.values.items()}
    return {"content": content, "archived": item.archived, "values": values}
