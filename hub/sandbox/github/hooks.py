"""The sandbox GitHub with a webhook: every change of an issue is told, with who made it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from hub.sandbox.github import payloads, profiles
from hub.sandbox.github.node_registry import PERSON
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.github.state import Account, Comment, Issue, Label
from hub.sandbox.hooks import Headers, Hooks, signature


def github_hooks(secret: str) -> Hooks:
    """A webhook that signs and numbers its deliveries in the vendor's way."""

    def stamp(number: int, event: str, body: bytes) -> Headers:
        return {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": f"00000000-0000-4000-8000-{number:012d}",
            "X-Hub-Signature-256": signature(secret, body),
        }

    return Hooks(stamp)


class TellingGitHub(GitHubSite):
    """A site that tells its hooks; what is done through the API is told as the caller's doing."""

    def __init__(self, hooks: Hooks, now: Callable[[], datetime] | None = None) -> None:
        super().__init__(now)
        self.hooks = hooks

    def add_issue(self, repo: Any, title: str, **details: Any) -> Issue:
        """See `Tickets.add_issue`."""
        made = super().add_issue(repo, title, **details)
        self._of_issue(made, "opened")
        return made

    def edit_issue(self, issue: Issue | str, **changes: Any) -> Issue:
        """See `Tickets.edit_issue`."""
        before = self.the(issue).state
        made = super().edit_issue(issue, **changes)
        moved = {"CLOSED": "closed", "OPEN": "reopened"}[made.state] if made.state != before else "edited"
        self._of_issue(made, moved)
        return made

    def delete_issue(self, issue: Issue | str) -> None:
        """See `Tickets.delete_issue`."""
        target = self.the(issue)
        super().delete_issue(target)
        self._of_issue(target, "deleted")

    def put_label(self, issue: Issue, name: str, by: Account) -> Label:
        """See `Tickets.put_label`."""
        there = name.lower() in issue.labels
        label = super().put_label(issue, name, by)
        if not there:
            self._of_issue(issue, "labeled", by, label=payloads.label(label))
        return label

    def take_label(self, issue: Issue, name: str) -> bool:
        """See `Tickets.take_label`."""
        label = issue.labels.get(name.lower())
        taken = super().take_label(issue, name)
        if label is not None:
            self._of_issue(issue, "unlabeled", label=payloads.label(label))
        return taken

    def add_comment(self, issue: Issue | str, body: str, author: str | None = PERSON) -> Comment:
        """See `Tickets.add_comment`."""
        made = super().add_comment(issue, body, author)
        self._of_comment(made, "created", made.author)
        return made

    def edit_comment(self, comment: Comment, body: str) -> None:
        """See `Tickets.edit_comment`."""
        super().edit_comment(comment, body)
        self._of_comment(comment, "edited")

    def delete_comment(self, comment: Comment) -> None:
        """See `Tickets.delete_comment`."""
        super().delete_comment(comment)
        self._of_comment(comment, "deleted")

    def set_parent(self, issue: Issue | str, parent: Issue | str | None) -> None:
        """See `Tickets.set_parent`."""
        child = self.the(issue)
        above = self.the(parent) if parent is not None else child.parent
        super().set_parent(child, parent)
        if above is not None:
            sides = {"parent_issue": payloads.issue(above), "sub_issue": payloads.issue(child)}
            self._tell("sub_issues", "sub_issue_added" if parent is not None else "sub_issue_removed", sides)

    def block(self, waiting: Issue | str, on: Issue | str) -> None:
        """See `Tickets.block`."""
        super().block(waiting, on)
        self._of_dependency("blocked_by_added", waiting, on)

    def unblock(self, waiting: Issue | str, on: Issue | str) -> None:
        """See `Tickets.unblock`."""
        super().unblock(waiting, on)
        self._of_dependency("blocked_by_removed", waiting, on)

    def _of_dependency(self, action: str, waiting: Issue | str, on: Issue | str) -> None:
        sides = {"blocked_issue": payloads.issue(self.the(waiting)), "blocking_issue": payloads.issue(self.the(on))}
        self._tell("issue_dependencies", action, sides)

    def _of_issue(self, issue: Issue, action: str, by: Account | None = None, **more: Any) -> None:
        self._tell("issues", action, {"issue": payloads.issue(issue), **more}, by)

    def _of_comment(self, comment: Comment, action: str, by: Account | None = None) -> None:
        both = {"issue": payloads.issue(comment.issue), "comment": payloads.comment(comment)}
        self._tell("issue_comment", action, both, by)

    def _tell(self, event: str, action: str, parts: Mapping[str, Any], by: Account | None = None) -> None:
        sender = by or self.account(self.acting or PERSON)
        self.hooks.emit(event, {"action": action, **parts, "sender": profiles.user(sender)})
