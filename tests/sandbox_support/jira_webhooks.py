"""The sandbox Jira with a webhook: every change of a ticket is told, with who made it."""

from collections.abc import Mapping
from typing import Any

from hub.sandbox.jira.records import Comment, Issue
from hub.sandbox.jira.shapes import Shapes, View
from hub.sandbox.jira.site import DEFAULT_PERSON, JiraSite
from tests.sandbox_support.webhooks import Headers, Hooks, signature

Json = Mapping[str, Any]
FIELDS = ("summary", "status", "labels", "parent", "priority", "due", "description", "links", "custom", "key")


def jira_hooks(secret: str, *, is_signed: bool = True) -> Hooks:
    """A webhook in the vendor's way; one that cannot sign is told its secret in the address."""

    def build_headers(number: int, _event: str, body: bytes) -> Headers:
        if not is_signed:
            return {}
        return {"X-Hub-Signature": signature(secret, body), "X-Atlassian-Webhook-Identifier": f"hook-{number}"}

    return Hooks(build_headers)


class NotifyingJira(JiraSite):
    """A site that tells its hooks; what is done through the API is told as the caller's doing."""

    def __init__(self, hooks: Hooks, **options: Any) -> None:
        super().__init__(**options)
        self.hooks = hooks

    def put(self, issue: Issue) -> Issue:
        """See `Rows.put`."""
        before = self.issues.get(issue.id)
        saved = super().put(issue)
        if before is None:
            self._notify("jira:issue_created", saved, {"issue_event_type_name": "issue_created"})
        elif items := _changes(before, saved):
            details = {"issue_event_type_name": "issue_generic", "changelog": {"id": str(self._next), "items": items}}
            self._notify("jira:issue_updated", saved, details)
        return saved

    def add_comment(self, issue: Issue, author: str, body: Any, properties: Json) -> Comment:
        """See `Rows.add_comment`."""
        comment = super().add_comment(issue, author, body, properties)
        self._notify_comment("comment_created", comment, author)
        return comment

    def put_comment(self, comment: Comment) -> Comment:
        """See `Rows.put_comment`."""
        saved = super().put_comment(comment)
        self._notify_comment("comment_updated", saved, saved.editor)
        return saved

    def drop_comment(self, comment_id: int) -> None:
        """See `Rows.drop_comment`."""
        comment = self.comments[comment_id]
        super().drop_comment(comment_id)
        self._notify_comment("comment_deleted", comment, comment.author)

    def drop_issue(self, issue: Issue) -> None:
        """See `Rows.drop_issue`."""
        body = self._issue(issue)
        super().drop_issue(issue)
        self._notify("jira:issue_deleted", issue, {"issue": body})

    def _notify_comment(self, event: str, comment: Comment, by: str) -> None:
        """Cloud tells of comments by themselves; Data Center tells of the ticket that somebody commented on."""
        issue, payload = self.issues[comment.issue], {"comment": self._shapes.comment(comment)}
        if self.deployment.cloud:
            brief = {"id": str(issue.id), "key": issue.key}
            self._notify(event, issue, {"issue": brief, "user": None, **payload})
            return
        named = {"comment_created": "issue_commented", "comment_updated": "issue_comment_edited"}
        kind = {"issue_event_type_name": named.get(event, "issue_comment_deleted")}
        self._notify("jira:issue_updated", issue, {**kind, **payload}, by)

    def _notify(self, event: str, issue: Issue, parts: Json, by: str = "") -> None:
        if not self.hooks.url:
            return
        user = self._shapes.user(by or self.acting or self.person(DEFAULT_PERSON).id)
        payload = {"timestamp": self._latest, "webhookEvent": event, "user": user, "issue": self._issue(issue), **parts}
        self.hooks.emit(event, {name: value for name, value in payload.items() if value is not None})

    @property
    def _shapes(self) -> Shapes:
        return Shapes(self, View(self.base or "http://127.0.0.1", "2", "UTC"))

    def _issue(self, issue: Issue) -> Json:
        """Far from whole, as the vendor's is: whoever wants to know reads it again."""
        brief = {"summary": issue.summary, "labels": list(issue.labels), "status": {"name": issue.status}}
        return {"id": str(issue.id), "key": issue.key, "fields": brief}


def _changes(before: Issue, after: Issue) -> list[Json]:
    return [
        {
            "field": "duedate" if name == "due" else name,
            "fieldtype": "jira",
            "fromString": _words(getattr(before, name)),
            "toString": _words(getattr(after, name)),
        }
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    ]


def _words(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
