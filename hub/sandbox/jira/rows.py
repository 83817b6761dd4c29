"""The rows of a sandbox Jira and the indexes that keep every look-up one step."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hub.sandbox.jira import site_defaults as defaults
from hub.sandbox.jira.adf import from_text
from hub.sandbox.jira.deployment import deployment as deployment_of
from hub.sandbox.jira.records import (
    Account,
    Adf,
    Comment,
    CustomField,
    Issue,
    IssueType,
    Link,
    Project,
    RemoteLinkRows,
    Status,
)
from hub.sandbox.jira.updated_index import Recency


def utc_now() -> datetime:
    """The clock that a site runs on unless it is given another."""
    return datetime.now(UTC)


class Rows:
    """Everything that a Jira site knows. Whoever changes more than one row holds `lock`.

    `index_lag` is for how many seconds the search still sees an issue as it was before a change.
    `off_screen` names fields that the edit screen lacks: the API refuses to set them.
    `base` is the address that links in answers begin with; the app sets it from the first request.
    `acting` is the account whose call is being answered.
    """

    acting = ""

    def __init__(
        self, *, clock: Callable[[], datetime] = utc_now, deployment: str = "Cloud", **options: object
    ) -> None:
        """`deployment` is `Cloud`, `DataCenter` or `Server`; the options are those of `Deployment`."""
        self.clock = clock
        self.deployment = deployment_of(deployment, **options)
        self.default_priority = defaults.DEFAULT_PRIORITY
        self.index_lag = 0.0
        self.off_screen: set[str] = set()
        self.base = ""
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self.projects: dict[str, Project] = {}
        self.former_keys: dict[str, str] = {}
        self.statuses: dict[str, Status] = {status.name: status for status in defaults.STATUSES}
        self.types = {kind.name: kind for kind in defaults.ISSUE_TYPES}
        self.link_types = {kind.name: kind for kind in defaults.LINK_TYPES}
        fields = defaults.CUSTOM_FIELDS if self.deployment.cloud else defaults.CUSTOM_FIELDS + defaults.CENTER_FIELDS
        self.fields: dict[str, CustomField] = {field.id: field for field in fields}
        self.issues: dict[int, Issue] = {}
        self.ids: dict[str, int] = {}
        self.comments: dict[int, Comment] = {}
        self.remote_links = RemoteLinkRows()
        self.in_project: dict[str, dict[int, None]] = defaultdict(dict)
        self.children: dict[int, dict[int, None]] = defaultdict(dict)
        self.recency = Recency(lambda id_: (self.issues[id_].updated, id_))
        self.changed: list[Callable[[int], None]] = []
        self._past: dict[int, list[tuple[int, Issue | None]]] = {}
        self._next = 10_000
        self._latest = 0
        self.bot = self.add_account(
            replace(defaults.BOT, id=defaults.BOT.id if self.deployment.cloud else self._account_id(0, ""))
        )

    # Rows

    def now(self) -> int:
        """The time in epoch milliseconds; never the same twice, so that every write moves `updated`."""
        self._latest = max(int(self.clock().timestamp() * 1000), self._latest + 1)
        return self._latest

    def new_id(self) -> int:
        """The next id; issues, comments and links share the counter."""
        self._next += 1
        return self._next

    def find(self, id_or_key: str) -> Issue | None:
        """The issue of that id or key, also of a key that it had before it was moved."""
        if id_or_key.isdigit():
            return self.issues.get(int(id_or_key))
        id_ = self.ids.get(id_or_key.upper())
        return None if id_ is None else self.issues.get(id_)

    def issue(self, key: str) -> Issue:
        """The issue of that key; KeyError if there is none."""
        return self.issues[self.ids[key]]

    def put(self, issue: Issue) -> Issue:
        """Add or replace a row and keep the indexes true; ValueError for a key that is another issue's."""
        with self.lock:
            if self.ids.get(issue.key, issue.id) != issue.id:
                raise ValueError(f"{issue.key} is or was the key of another issue")
            before = self.issues.get(issue.id)
            self._record_past(issue.id, before)
            self.issues[issue.id] = issue
            self.ids[issue.key] = issue.id
            if before is None or before.project != issue.project:
                self._index_project(issue, before)
            if before is None or before.parent != issue.parent:
                self._index_parent(issue, before)
            self.recency.touch(issue.id)
            self._notify_changed(issue)
            return issue

    def touch(self, issue: Issue, **changes: Any) -> Issue:
        """Replace values of an issue and move its `updated`."""
        return self.put(replace(issue, **changes, updated=self.now()))

    def _index_project(self, issue: Issue, before: Issue | None) -> None:
        if before is not None:
            self.in_project[before.project].pop(issue.id, None)
        self.in_project[issue.project][issue.id] = None

    def _index_parent(self, issue: Issue, before: Issue | None) -> None:
        if before is not None and before.parent is not None:
            self.children[before.parent].pop(issue.id, None)
        if issue.parent is not None:
            self.children[issue.parent][issue.id] = None

    def _notify_changed(self, issue: Issue) -> None:
        """Answers hold the summary of parents and linked issues too, so these are stale as well."""
        affected = (issue.id, *self.children.get(issue.id, ()), *(link.other for link in issue.links))
        for listener in self.changed:
            for id_ in affected if issue.parent is None else (*affected, issue.parent):
                listener(id_)

    # The search index, which may lag behind

    def _record_past(self, id_: int, before: Issue | None) -> None:
        if self.index_lag:
            at = int(self.clock().timestamp() * 1000)
            self._past.setdefault(id_, []).append((at, before))

    def indexed(self, id_: int) -> Issue | None:
        """The issue as the search index has it; None when the index does not have it yet."""
        if self._past and id_ in self._past:
            indexed_until = self.clock().timestamp() * 1000 - self.index_lag * 1000
            for replaced_at, before in self._past[id_]:
                if replaced_at > indexed_until:
                    return before
        return self.issues.get(id_)

    def lagging_ids(self) -> Iterator[int]:
        """Ids whose row in the index may differ from the row itself; deleted ones among them."""
        return iter(self._past)

    # Setting up

    def add_account(self, account: Account) -> Account:
        """Add or replace an account."""
        self.accounts[account.id] = account
        return account

    def person(self, name: str) -> Account:
        """The person of that name, who joins when nobody has it yet."""
        for account in self.accounts.values():
            if account.name == name:
                return account
        return self.add_account(Account(self._account_id(len(self.accounts), name), name))

    def _account_id(self, number: int, name: str) -> str:
        if self.deployment.cloud:
            return f"712020:{number:04d}-{name.lower().replace(' ', '-')}"
        return f"JIRAUSER{10_100 + number}"

    def add_project(self, key: str, name: str = "", kind: str = "software", *, team_managed: bool = False) -> Project:
        """The project of that key, made when it is new."""
        if key not in self.projects:
            id_ = str(20_000 + len(self.projects))
            self.projects[key] = Project(id_, key, name or key.title(), kind, team_managed)
        return self.projects[key]

    def add_type(self, name: str, level: int) -> IssueType:
        """A further type of issues, on any level of the hierarchy; 1 is an epic's."""
        self.types[name] = IssueType(str(10_120 + len(self.types)), name, level)
        return self.types[name]

    def add_field(self, name: str, kind: str = "text", project: str = "") -> CustomField:
        """A further custom field of one of the kinds in `site_defaults.FIELD_KINDS`, of one project or of all."""
        type_, custom, items = defaults.FIELD_KINDS[kind]
        field = CustomField(f"customfield_{10_100 + len(self.fields)}", name, type_, custom, items, project)
        self.fields[field.id] = field
        return field

    def field_named(self, name: str) -> CustomField:
        """The custom field of that name or id; KeyError if there is none."""
        for field in self.fields.values():
            if name in {field.name, field.id}:
                return field
        raise KeyError(name)

    def customs(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values by field name turned into values by field id."""
        return {self.field_named(name).id: value for name, value in values.items()}

    # Comments and links, which touch the issues they stand on

    def add_comment(self, issue: Issue, author: str, body: Adf | str, properties: Mapping[str, Any]) -> Comment:
        """A new comment at the end of the issue's list."""
        with self.lock:
            now = self.now()
            document = from_text(body) if isinstance(body, str) else body
            comment = Comment(self.new_id(), issue.id, author, document, now, now, author, dict(properties))
            self.comments[comment.id] = comment
            self.put(replace(issue, comments=(*issue.comments, comment.id), updated=now))
            return comment

    def put_comment(self, comment: Comment) -> Comment:
        """Replace a comment; its issue counts as changed."""
        with self.lock:
            self.comments[comment.id] = comment
            self.touch(self.issues[comment.issue])
            return comment

    def show_to(self, comment: Comment, visibility: Mapping[str, str] | None) -> None:
        """Show a comment to a role or a group alone, or to everybody who sees the issue."""
        self.comments[comment.id] = replace(comment, visibility=visibility)

    def drop_comment(self, comment_id: int) -> None:
        """Take a comment away."""
        with self.lock:
            comment = self.comments.pop(comment_id)
            issue = self.issues[comment.issue]
            self.touch(issue, comments=tuple(c for c in issue.comments if c != comment_id))

    def add_link(self, source: Issue, destination: Issue, type_: str = "Blocks") -> None:
        """Link two issues: the first carries the outward reading, as in "blocks"."""
        with self.lock:
            id_ = self.new_id()
            self.touch(source, links=(*source.links, Link(id_, type_, True, destination.id)))
            destination = self.issues[destination.id]  # again: an issue may be linked to itself
            self.touch(destination, links=(*destination.links, Link(id_, type_, False, source.id)))

    def drop_issue(self, issue: Issue) -> None:
        """Delete an issue with its comments and the links to it."""
        with self.lock:
            for link in issue.links:
                other = self.issues[link.other]
                self.touch(other, links=tuple(each_link for each_link in other.links if each_link.id != link.id))
            for child in list(self.children.get(issue.id, ())):
                self.touch(self.issues[child], parent=None)
            self._record_past(issue.id, self.issues.pop(issue.id))
            self.ids = {key: id_ for key, id_ in self.ids.items() if id_ != issue.id}
            self.in_project[issue.project].pop(issue.id, None)
            if issue.parent is not None:
                self.children[issue.parent].pop(issue.id, None)
            self.recency.drop(issue.id)
            for comment in issue.comments:
                self.comments.pop(comment, None)
            self._notify_changed(issue)
