"""The sandbox GitHub with a webhook: every change of an issue is told, with who made it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from hub.sandbox.github import payloads, profiles
from hub.sandbox.github.node_registry import PERSON
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.github.state import Account, Comment, Issue, Label
from tests.sandbox_support.webhooks import Headers, Hooks, signature


def github_hooks(secret: str) -> Hooks:
    """A webhook that signs and numbers its deliveries in the vendor's way."""

    def build_headers(number: int, event: str, body: bytes) -> Headers:
        return {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": f"00000000-0000-4000-8000-{number:012d}",
            "X-Hub-Signature-256": signature(secret, body),
        }

    return Hooks(build_headers)


class NotifyingGitHub(GitHubSite):
    """A site that tells its hooks; what is done through the API is told as the caller's doing."""

    def __init__(self, hooks: Hooks, now: Callable[[], datetime] | None = None) -> None:
        super().__init__(now)
        self.hooks = hooks

    def add_issue(self, repo: Any, title: str, **details: Any) -> Issue:
        """See `Tickets.add_issue`."""
        issue = super().add_issue(repo, title, **details)
        self._notify_issue(issue, "opened")
        return issue

    def edit_issue(self, issue: Issue | str, **changes: Any) -> Issue:
        """See `Tickets.edit_issue`."""
        before = self.resolve(issue).state
        edited = super().edit_issue(issue, **changes)
        action = {"CLOSED": "closed", "OPEN": "reopened"}[edited.state] if edited.state != before else "edited"
        self._notify_issue(edited, action)
        return edited

    def set_issue_field(self, issue: Issue | str, name: str, value: Any) -> None:
        """See `IssueFields.set_issue_field`."""
        super().set_issue_field(issue, name, value)
        target = self.resolve(issue)
        made = self.issue_fields[target.repo.owner.login.lower()][name.lower()]
        field = {"id": made.id, "name": made.name, "field_type": made.type.lower()}
        if value is None:
            self._notify_issue(target, "field_removed", issue_field=field)
        else:
            stored = target.field_values[made.name]
            said = {"id": stored.id, "value": stored.text}
            self._notify_issue(target, "field_added", issue_field=field, issue_field_value=said)

    def delete_issue(self, issue: Issue | str) -> None:
        """See `Tickets.delete_issue`."""
        target = self.resolve(issue)
        super().delete_issue(target)
        self._notify_issue(target, "deleted")

    def put_label(self, issue: Issue, name: str, by: Account) -> Label:
        """See `Tickets.put_label`."""
        was_labeled = name.lower() in issue.labels
        label = super().put_label(issue, name, by)
        if not was_labeled:
            self._notify_issue(issue, "labeled", by, label=payloads.label(label))
        return label

    def take_label(self, issue: Issue, name: str) -> bool:
        """See `Tickets.take_label`."""
        label = issue.labels.get(name.lower())
        is_removed = super().take_label(issue, name)
        if label is not None:
            self._notify_issue(issue, "unlabeled", label=payloads.label(label))
        return is_removed

    def add_comment(self, issue: Issue | str, body: str, author: str | None = PERSON) -> Comment:
        """See `Tickets.add_comment`."""
        comment = super().add_comment(issue, body, author)
        self._notify_comment(comment, "created", comment.author)
        return comment

    def edit_comment(self, comment: Comment, body: str) -> None:
        """See `Tickets.edit_comment`."""
        super().edit_comment(comment, body)
        self._notify_comment(comment, "edited")

    def delete_comment(self, comment: Comment) -> None:
        """See `Tickets.delete_comment`."""
        super().delete_comment(comment)
        self._notify_comment(comment, "deleted")

    def set_parent(self, issue: Issue | str, parent: Issue | str | None) -> None:
        """See `Tickets.set_parent`."""
        child = self.resolve(issue)
        parent_issue = self.resolve(parent) if parent is not None else child.parent
        super().set_parent(child, parent)
        if parent_issue is not None:
            issues = {"parent_issue": payloads.issue(parent_issue), "sub_issue": payloads.issue(child)}
            self._notify("sub_issues", "sub_issue_added" if parent is not None else "sub_issue_removed", issues)

    def block(self, waiting: Issue | str, on: Issue | str) -> None:
        """See `Tickets.block`."""
        super().block(waiting, on)
        self._notify_dependency("blocked_by_added", waiting, on)

    def unblock(self, waiting: Issue | str, on: Issue | str) -> None:
        """See `Tickets.unblock`."""
        super().unblock(waiting, on)
        self._notify_dependency("blocked_by_removed", waiting, on)

    def _notify_dependency(self, action: str, waiting: Issue | str, on: Issue | str) -> None:
        issues = {
            "blocked_issue": payloads.issue(self.resolve(waiting)),
            "blocking_issue": payloads.issue(self.resolve(on)),
        }
        self._notify("issue_dependencies", action, issues)

    def _notify_issue(self, issue: Issue, action: str, by: Account | None = None, **extra: Any) -> None:
        self._notify("issues", action, {"issue": payloads.issue(issue), **extra}, by)

    def _notify_comment(self, comment: Comment, action: str, by: Account | None = None) -> None:
        both = {"issue": payloads.issue(comment.issue), "comment": payloads.comment(comment)}
        self._notify("issue_comment", action, both, by)

    def _notify(self, event: str, action: str, parts: Mapping[str, Any], by: Account | None = None) -> None:
        sender = by or self.account(self.acting or PERSON)
        self.hooks.emit(event, {"action": action, **parts, "sender": profiles.user(sender)})
