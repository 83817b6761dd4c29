"""A sandbox Jira site as tests and the demo hold it in their hands: seeding it, and editing it as people do."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from hub.sandbox.jira import site_defaults as defaults
from hub.sandbox.jira.adf import from_text, to_text
from hub.sandbox.jira.records import Adf, Comment, Issue, LinkType
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.shapes import INTERNAL

HUB_LABELS = frozenset({"okr-unaligned", "okr-dependency", "okr-stale"})
DEFAULT_PERSON = "Robin Vale"


class JiraSite(Rows):
    """The state of one site. Keys are `PROJECT-NUMBER`; a project exists as soon as an issue is in it."""

    def add_issue(
        self,
        key: str,
        summary: str = "",
        *,
        type: str = "Epic",  # noqa: A002
        status: str = "To Do",
        resolution: str = "Done",
        description: str | Adf = "",
        labels: Iterable[str] = (),
        parent: str | None = None,
        priority: str | None = "Medium",
        start: str | date | None = None,
        due: str | date | None = None,
        rank: str | None = None,
        fields: Mapping[str, Any] | None = None,
        reporter: str = DEFAULT_PERSON,
        created: str | datetime | None = None,
        updated: str | datetime | None = None,
    ) -> Issue:
        """Add an issue; unknown types, statuses and fields are KeyErrors. Times default to the clock's."""
        with self.lock:
            self._require(type=type, status=status)
            created_at = self._at(created)
            changed = max(created_at, self._at(updated) if updated else created_at)
            issue = Issue(
                id=self.new_id(),
                key=key,
                project=self.add_project(key.rpartition("-")[0]).key,
                type=type,
                summary=summary or f"Work {key}",
                created=created_at,
                updated=changed,
                reporter=self.person(reporter).id,
                status=status,
                resolution=resolution,
                description=from_text(description) if isinstance(description, str) and description else None,
                labels=tuple(labels),
                parent=None if parent is None else self.ids[parent],
                priority=priority,
                due=_day(due),
                resolved=changed if self.statuses[status].category == "done" else None,
                custom=self._custom(start, rank, fields or {}),
            )
            return self.put(issue if isinstance(description, str) else replace(issue, description=description))

    def _require(self, **named: str) -> None:
        for kind, known in (("type", self.types), ("status", self.statuses)):
            if named[kind] not in known:
                raise KeyError(f"no {kind} {named[kind]!r}; there are {', '.join(known)}")

    def _at(self, value: str | datetime | None) -> int:
        if value is None:
            return self.now()
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
        if time.tzinfo is None:
            time = time.replace(tzinfo=self.clock().tzinfo)
        return int(time.timestamp() * 1000)

    def _custom(self, start: str | date | None, rank: str | None, fields: Mapping[str, Any]) -> dict[str, Any]:
        custom: dict[str, Any] = {defaults.RANK: rank or f"0|i{self._next:06d}:"}
        if start is not None:
            custom[defaults.START] = _day(start)
        return custom | self.customs(fields)

    def add_link_type(self, name: str, destination_text: str, source_text: str) -> LinkType:
        """A further type of links with its two readings."""
        self.link_types[name] = LinkType(str(10_210 + len(self.link_types)), name, destination_text, source_text)
        return self.link_types[name]

    # What people do

    def edit(self, key: str, **changes: Any) -> Issue:
        """Change an issue's values by the names of `Issue`, except that `fields` goes by field name."""
        with self.lock:
            issue = self.issue(key)
            if "fields" in changes:
                changes["custom"] = {**issue.custom, **self.customs(changes.pop("fields"))}
            if isinstance(changes.get("parent"), str):
                changes["parent"] = self.ids[changes["parent"]]
            if "status" in changes:
                done = self.statuses[changes["status"]].category == "done"
                changes["resolved"] = (issue.resolved or self.now()) if done else None
            return self.touch(issue, **changes)

    def add_label(self, key: str, label: str) -> None:
        """Add a label; one that is there stays as it is."""
        issue = self.issue(key)
        if label not in issue.labels:
            self.edit(key, labels=(*issue.labels, label))

    def remove_label(self, key: str, label: str) -> None:
        """Take a label off; one that is not there is fine."""
        issue = self.issue(key)
        if label in issue.labels:
            self.edit(key, labels=tuple(text for text in issue.labels if text != label))

    def comment(
        self, key: str, text: str | Adf, author: str = DEFAULT_PERSON, *, internal: bool = False, role: str = ""
    ) -> Comment:
        """A person's comment, in words or as a document; `internal`, or only for people in a `role`."""
        properties = {INTERNAL: {"internal": True}} if internal else {}
        visibility = {"type": "role", "value": role, "identifier": role} if role else None
        comment = self.add_comment(self.issue(key), self.person(author).id, text, properties)
        self.show_to(comment, visibility)
        return self.comments[comment.id]

    def edit_comment(self, comment_id: str | int, text: str | Adf, editor: str = DEFAULT_PERSON) -> Comment:
        """A person changes a comment, be it their own or not."""
        document = from_text(text) if isinstance(text, str) else text
        comment = self.comments[int(comment_id)]
        return self.put_comment(replace(comment, body=document, updated=self.now(), editor=self.person(editor).id))

    def delete_comment(self, comment_id: str | int) -> None:
        """A person deletes a comment, be it their own or not."""
        self.drop_comment(int(comment_id))

    def delete_issue(self, key: str) -> None:
        """Delete an issue with all that hangs on it."""
        self.drop_issue(self.issue(key))

    def move(self, key: str, to: str) -> Issue:
        """Move an issue to another key; the old key goes on finding it."""
        with self.lock:
            return self.touch(self.issue(key), key=to, project=self.add_project(to.rpartition("-")[0]).key)

    def rename_project(self, key: str, to: str) -> None:
        """Change a project's key; queries and addresses go on finding it by the old one."""
        with self.lock:
            self.projects[to] = replace(self.projects.pop(key), key=to)
            self.former_keys[key] = to
            for issue in [self.issues[id_] for id_ in self.in_project[key]]:
                self.put(replace(issue, key=f"{to}-{issue.key.rpartition('-')[2]}", project=to))

    def link(self, blocker: str, blocked: str, type: str = "Blocks") -> None:  # noqa: A002
        """The first issue blocks the second."""
        self.add_link(self.issue(blocker), self.issue(blocked), type)

    # What tests look at

    def labels(self, key: str) -> tuple[str, ...]:
        """The labels of an issue, in the order in which they were set."""
        return self.issue(key).labels

    def comments_of(self, key: str, author: str | None = None) -> list[Comment]:
        """The comments of an issue, oldest first; of one account id alone when it is given."""
        comments = [self.comments[id_] for id_ in self.issue(key).comments]
        return [comment for comment in comments if author in {None, comment.author}]

    def texts(self, key: str, author: str | None = None) -> list[str]:
        """The words of an issue's comments."""
        return [to_text(comment.body) for comment in self.comments_of(key, author)]

    def snapshot(self, bot: str | None = None, own_labels: frozenset[str] = HUB_LABELS) -> dict[str, Any]:
        """A picture of all that is not the bot's: two of them are equal when nothing of anybody else's changed."""
        bot_id = bot or self.bot.id
        with self.lock:
            return {issue.key: self._human_content(issue, bot_id, own_labels) for issue in self.issues.values()}

    def _human_content(self, issue: Issue, bot_id: str, own_labels: frozenset[str]) -> Issue | tuple[Any, ...]:
        comments = [self.comments[id_] for id_ in issue.comments]
        labels = tuple(label for label in issue.labels if label not in own_labels)
        return (
            replace(issue, labels=labels, comments=(), updated=0),
            tuple(comment for comment in comments if comment.author != bot_id),
        )


def _day(day: str | date | None) -> str | None:
    return day.isoformat() if isinstance(day, date) else day
