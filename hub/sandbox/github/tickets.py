"""Issues and what is done to them, by people and through the API; each change moves `updated` as the vendor does."""

from typing import Any

from hub.sandbox.github.node_registry import PERSON, SiteSetup, change
from hub.sandbox.github.state import Account, Comment, Issue, Label, Repository

REASONS = {"OPEN": None, "CLOSED": "COMPLETED"}


class Tickets(SiteSetup):
    """Issues, their labels, comments, parents and dependencies. An issue may be named `acme/app#12`."""

    def resolve(self, issue: Issue | str) -> Issue:
        """The issue itself, by its key where a key is given."""
        return self.issue(issue) if isinstance(issue, str) else issue

    def touch(self, issue: Issue) -> None:
        """Something on the issue changed now."""
        issue.updated = self.timestamp()

    @change
    def add_issue(self, repo: Repository | str, title: str, **details: Any) -> Issue:
        """Open an issue, or a pull request by `pull_request=True`; the details are called as in the seed's form."""
        target = self.repository(repo) if isinstance(repo, str) else repo
        number = details.get("number") or target.last_number + 1
        if number in target.issues:
            raise ValueError(f"{target.full_name}#{number} is taken")
        target.last_number = max(target.last_number, number)
        issue = self._build_issue(target, number, title, details)
        for name in details.get("labels") or ():
            label = self.add_label(target, name)
            issue.labels[name.lower()] = label
        if details.get("milestone"):
            issue.milestone = self.milestone(target, **details["milestone"])
        issue.assignees = [self.account(login) for login in details.get("assignees") or ()]
        target.issues[number] = self.nodes[issue.node_id] = issue
        return issue

    def _build_issue(self, repo: Repository, number: int, title: str, details: dict[str, Any]) -> Issue:
        pull = bool(details.get("pull_request"))
        identity, node = self.new_id("PR" if pull else "I")
        author = details.get("author", PERSON)
        created = details.get("created") or self.timestamp()
        updated = details.get("updated") or created
        state = str(details.get("state") or "OPEN").upper()
        kind = details.get("type")
        return Issue(
            identity,
            node,
            number,
            repo,
            title,
            details.get("body") or "",
            self.account(author) if author else None,
            created,
            updated,
            typename="PullRequest" if pull else "Issue",
            state=state,
            state_reason=details.get("state_reason") or REASONS.get(state),
            closed=(details.get("closed") or updated) if state == "CLOSED" else None,
            type=self.issue_type(kind) if kind else None,
        )

    @change
    def add_comment(self, issue: Issue | str, body: str, author: str | None = PERSON) -> Comment:
        """A comment; `author` None is an account that was deleted."""
        target = self.resolve(issue)
        number, node = self.new_id("IC")
        now = self.timestamp()
        writer = self.account(author) if author else None
        comment = Comment(number, node, target, writer, body, now, now)
        target.comments.append(comment)
        self.comments[number] = self.nodes[node] = comment
        self.touch(target)
        return comment

    @change
    def edit_comment(self, comment: Comment, body: str) -> None:
        """Put another text into a comment."""
        comment.body = body
        comment.updated = comment.edited = self.timestamp()
        self.touch(comment.issue)

    @change
    def delete_comment(self, comment: Comment) -> None:
        """Remove a comment."""
        comment.issue.comments.remove(comment)
        del self.comments[comment.id], self.nodes[comment.node_id]
        self.touch(comment.issue)

    @change
    def minimize(self, comment: Comment, reason: str | None) -> None:
        """Hide a comment for a reason in lower case, or show it again."""
        comment.minimized = reason

    @change
    def put_label(self, issue: Issue, name: str, by: Account) -> Label:
        """Add a label, making it in the repository when it is new; one that is there already changes nothing."""
        label = self.add_label(issue.repo, name, by=by.login)
        if name.lower() not in issue.labels:
            issue.labels[name.lower()] = label
            self.labels_added_by[issue.id, name.lower()] = by.login
            self.touch(issue)
        return label

    @change
    def take_label(self, issue: Issue, name: str) -> bool:
        """Remove a label; False where the issue does not carry it."""
        if issue.labels.pop(name.lower(), None) is None:
            return False
        self.labels_added_by.pop((issue.id, name.lower()), None)
        self.touch(issue)
        return True

    @change
    def drop_label(self, label: Label) -> None:
        """Take a label off the repository's list, and off every issue that carries it."""
        for issue in label.repo.issues.values():
            self.take_label(issue, label.name)
        del label.repo.labels[label.name.lower()], self.nodes[label.node_id]

    def add_label_by_person(self, issue: Issue | str, name: str, person: str = PERSON) -> None:
        """Somebody puts a label on the issue."""
        self.put_label(self.resolve(issue), name, self.account(person))

    def remove_label(self, issue: Issue | str, name: str) -> bool:
        """Somebody takes a label off; False where the issue does not carry it."""
        return bool(self.take_label(self.resolve(issue), name))

    @change
    def edit_issue(self, issue: Issue | str, **changes: Any) -> Issue:
        """Change title, body, state or type; closing and opening set the reason and the time."""
        target = self.resolve(issue)
        target.title = changes.get("title") or target.title
        target.body = changes["body"] or "" if "body" in changes else target.body
        if "type" in changes:
            target.type = self.issue_type(changes["type"]) if changes["type"] else None
        state = str(changes.get("state") or target.state).upper()
        if state != target.state:
            target.state, target.closed = state, self.timestamp() if state == "CLOSED" else None
            reason = str(changes.get("state_reason") or "").upper() or REASONS[state]
            target.state_reason = reason if state == "CLOSED" else "REOPENED"
        self.touch(target)
        return target

    @change
    def assign(self, issue: Issue | str, *logins: str) -> None:
        """Give the issue to these people and to nobody else."""
        target = self.resolve(issue)
        target.assignees = [self.account(login) for login in logins]
        self.touch(target)

    @change
    def link_pull_request(self, pull: Issue | str, issue: Issue | str) -> None:
        """The pull request will close the issue."""
        target = self.resolve(issue)
        if (linked := self.resolve(pull)) not in target.closed_by:
            target.closed_by.append(linked)

    @change
    def set_parent(self, issue: Issue | str, parent: Issue | str | None) -> None:
        """Make the issue a sub-issue of another, or of none."""
        child = self.resolve(issue)
        if child.parent is not None:
            child.parent.sub_issues.remove(child)
        child.parent = self.resolve(parent) if parent is not None else None
        if child.parent is not None:
            child.parent.sub_issues.append(child)

    @change
    def block(self, waiting: Issue | str, on: Issue | str) -> None:
        """The first issue waits for the second."""
        waits, blocks = self.resolve(waiting), self.resolve(on)
        if blocks not in waits.blocked_by:
            waits.blocked_by.append(blocks)
            blocks.blocking.append(waits)

    @change
    def unblock(self, waiting: Issue | str, on: Issue | str) -> None:
        """The first issue waits for the second no more."""
        waits, blocks = self.resolve(waiting), self.resolve(on)
        waits.blocked_by.remove(blocks)
        blocks.blocking.remove(waits)

    @change
    def delete_issue(self, issue: Issue | str) -> None:
        """Remove an issue with its comments, its place in projects and its relations."""
        target = self.resolve(issue)
        for comment in list(target.comments):
            self.delete_comment(comment)
        for other in list(target.blocked_by):
            self.unblock(target, other)
        for other in list(target.blocking):
            self.unblock(other, target)
        for child in list(target.sub_issues):
            self.set_parent(child, None)
        self.set_parent(target, None)
        for item in target.items:
            item.project.items.remove(item)
            del self.nodes[item.node_id]
        del target.repo.issues[target.number], self.nodes[target.node_id]
        target.repo.former_issues[target.number] = None

    @change
    def transfer(self, issue: Issue | str, to: Repository | str) -> Issue:
        """Move an issue to another repository: its old address leads to the new one, labels go along by name."""
        moved = self.resolve(issue)
        target = self.repository(to) if isinstance(to, str) else to
        del moved.repo.issues[moved.number]
        moved.repo.former_issues[moved.number] = moved
        target.last_number += 1
        moved.repo, moved.number = target, target.last_number
        moved.labels = {name: self.add_label(target, label.name) for name, label in moved.labels.items()}
        target.issues[moved.number] = moved
        self.touch(moved)
        return moved
