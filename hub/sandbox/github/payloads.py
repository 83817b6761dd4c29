"""Issues, comments and labels as the REST API writes them, whole enough for its description and for libraries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from hub.sandbox.github.issue_field_state import IssueField, IssueFieldOption, IssueFieldValue
from hub.sandbox.github.profiles import repository_url, user
from hub.sandbox.github.state import Account, Comment, Issue, IssueType, Label, Milestone, Repository

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
PULL_LINKS = {"html_url": "", "diff_url": ".diff", "patch_url": ".patch"}
EMPTY: dict[str, Any] = {
    "locked": False,
    "active_lock_reason": None,
    "author_association": "MEMBER",
    "closed_by": None,
    "performed_via_github_app": None,
}


def label(label: Label) -> dict[str, Any]:
    """A label."""
    return {
        "id": label.id,
        "node_id": label.node_id,
        "url": f"{repository_url(label.repo)}/labels/{quote(label.name, safe='')}",
        "name": label.name,
        "color": label.color,
        "default": False,
        "description": label.description,
    }


def issue_url(issue: Issue) -> str:
    """The issue's address in the API."""
    return f"{repository_url(issue.repo)}/issues/{issue.number}"


def issue(issue: Issue, users: dict[int, Any] | None = None) -> dict[str, Any]:
    """An issue at length; `users` keeps accounts that were written before."""
    return {
        **_issue_links(issue),
        "id": issue.id,
        "node_id": issue.node_id,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "user": _known_user(issue.author, users),
        "assignee": _known_user(issue.assignees[0], users) if issue.assignees else None,
        "assignees": [_known_user(account, users) for account in issue.assignees],
        "labels": [label(each_label) for each_label in issue.labels.values()],
        "state": issue.state.lower(),
        "state_reason": issue.state_reason.lower() if issue.state_reason else None,
        "created_at": issue.created,
        "updated_at": issue.updated,
        "closed_at": issue.closed,
        "comments": len(issue.comments),
        "milestone": milestone(issue.milestone, issue.repo),
        "type": issue_type(issue.type),
        "issue_field_values": [issue_field_value(value) for value in issue.field_values.values()],
        **_relations(issue),
        **EMPTY,
    }


def _issue_links(issue: Issue) -> dict[str, Any]:
    api_url = issue_url(issue)
    links: dict[str, Any] = {
        "url": api_url,
        "html_url": issue.url,
        "repository_url": repository_url(issue.repo),
        "labels_url": f"{api_url}/labels{{/name}}",
        "comments_url": f"{api_url}/comments",
        "events_url": f"{api_url}/events",
        "timeline_url": f"{api_url}/timeline",
        "reactions": _reactions(api_url, ()),
    }
    if issue.parent is not None:
        links["parent_issue_url"] = issue_url(issue.parent)
    if issue.typename != "Issue":
        pull = f"{repository_url(issue.repo)}/pulls/{issue.number}"
        pull_links = {name: f"{issue.url}{tail}" for name, tail in PULL_LINKS.items()}
        links["pull_request"] = {"url": pull, **pull_links, "merged_at": None}
    return links


def _relations(issue: Issue) -> dict[str, Any]:
    total, done = len(issue.sub_issues), sum(child.state == "CLOSED" for child in issue.sub_issues)
    return {
        "sub_issues_summary": {
            "total": total,
            "completed": done,
            "percent_completed": 100 * done // total if total else 0,
        },
        "issue_dependencies_summary": {
            "blocked_by": sum(other.state == "OPEN" for other in issue.blocked_by),
            "blocking": sum(other.state == "OPEN" for other in issue.blocking),
            "total_blocked_by": len(issue.blocked_by),
            "total_blocking": len(issue.blocking),
        },
    }


def issues(rows: Iterable[Issue]) -> list[dict[str, Any]]:
    """A page of issues."""
    users: dict[int, Any] = {}
    return [issue(row, users) for row in rows]


def comment(comment: Comment) -> dict[str, Any]:
    """A comment at length."""
    api_url = f"{repository_url(comment.issue.repo)}/issues/comments/{comment.id}"
    return {
        "url": api_url,
        "html_url": comment.url,
        "issue_url": issue_url(comment.issue),
        "id": comment.id,
        "node_id": comment.node_id,
        "user": user(comment.author),
        "created_at": comment.created,
        "updated_at": comment.updated,
        "body": comment.body,
        "author_association": comment.author.association if comment.author else "NONE",
        "reactions": _reactions(api_url, comment.reactions),
        "performed_via_github_app": None,
        "minimized": {"reason": comment.minimized} if comment.minimized else None,
    }


def issue_type(kind: IssueType | None) -> dict[str, Any] | None:
    """A kind of issue."""
    if kind is None:
        return None
    return {"id": kind.id, "node_id": kind.node_id, "name": kind.name, "description": None, "color": "gray"}


def milestone(milestone: Milestone | None, repo: Repository) -> dict[str, Any] | None:
    """A milestone; how many issues it holds is not counted."""
    if milestone is None:
        return None
    api_url = f"{repository_url(repo)}/milestones/{milestone.number}"
    return {
        "url": api_url,
        "html_url": f"{repo.url}/milestone/{milestone.number}",
        "labels_url": f"{api_url}/labels",
        "id": milestone.id,
        "node_id": milestone.node_id,
        "number": milestone.number,
        "title": milestone.title,
        "description": None,
        "creator": user(repo.owner),
        "open_issues": 0,
        "closed_issues": 0,
        "state": milestone.state.lower(),
        "created_at": milestone.created,
        "updated_at": milestone.updated,
        "due_on": milestone.due,
        "closed_at": None,
    }


def issue_field(field: IssueField) -> dict[str, Any]:
    """A field of an organization."""
    return {
        "id": field.id,
        "node_id": field.node_id,
        "name": field.name,
        "description": None,
        "data_type": field.type.lower(),
        "visibility": "all" if field.visibility == "ALL" else "organization_members_only",
        "options": [_option(option) for option in field.options] or None,
        "created_at": field.created,
        "updated_at": field.created,
    }


def issue_field_value(value: IssueFieldValue) -> dict[str, Any]:
    """What an issue says in a field."""
    field = value.field
    payload = {
        "issue_field_id": field.id,
        "issue_field_name": field.name,
        "node_id": field.node_id,
        "data_type": field.type.lower(),
        "value": value.text,
    }
    if isinstance(value.value, list):
        return payload | {"multi_select_options": [_option(option) for option in value.value]}
    return payload | ({"single_select_option": _option(value.value)} if field.options else {})


def _option(option: IssueFieldOption) -> dict[str, Any]:
    return {"id": option.id, "name": option.name, "color": option.color.lower()}


def rate_limit(resources: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """The limits of all resources, the first of them once more under its old name."""
    return {"resources": resources, "rate": resources["core"]}


def _known_user(account: Account | None, users: dict[int, Any] | None) -> dict[str, Any] | None:
    if account is None or users is None:
        return user(account)
    if account.id not in users:
        users[account.id] = user(account)
    payload: dict[str, Any] | None = users[account.id]
    return payload


def reaction(comment: Comment, login: str, content: str) -> dict[str, Any]:
    """One account's reaction to a comment."""
    return {"id": comment.id, "node_id": comment.node_id, "user": {"login": login}, "content": content}


def _reactions(api_url: str, reactions: Iterable[tuple[str, str]]) -> dict[str, Any]:
    counts = Counter(content for _, content in reactions)
    numbers = {name: counts[name] for name in REACTIONS}
    return {"url": f"{api_url}/reactions", "total_count": sum(numbers.values()), **numbers}
