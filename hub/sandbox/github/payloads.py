"""Issues, comments and labels as the REST API writes them, whole enough for its description and for libraries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

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


def label(each: Label) -> dict[str, Any]:
    """A label."""
    return {
        "id": each.id,
        "node_id": each.node_id,
        "url": f"{repository_url(each.repo)}/labels/{quote(each.name, safe='')}",
        "name": each.name,
        "color": each.color,
        "default": False,
        "description": each.description,
    }


def issue_url(issue: Issue) -> str:
    """The issue's address in the API."""
    return f"{repository_url(issue.repo)}/issues/{issue.number}"


def issue(each: Issue, users: dict[int, Any] | None = None) -> dict[str, Any]:
    """An issue at length; `users` keeps accounts that were written before."""
    return {
        **_issue_links(each),
        "id": each.id,
        "node_id": each.node_id,
        "number": each.number,
        "title": each.title,
        "body": each.body,
        "user": _known_user(each.author, users),
        "assignee": _known_user(each.assignees[0], users) if each.assignees else None,
        "assignees": [_known_user(one, users) for one in each.assignees],
        "labels": [label(one) for one in each.labels.values()],
        "state": each.state.lower(),
        "state_reason": each.state_reason.lower() if each.state_reason else None,
        "created_at": each.created,
        "updated_at": each.updated,
        "closed_at": each.closed,
        "comments": len(each.comments),
        "milestone": milestone(each.milestone, each.repo),
        "type": issue_type(each.type),
        **_relations(each),
        **EMPTY,
    }


def _issue_links(each: Issue) -> dict[str, Any]:
    here = issue_url(each)
    links: dict[str, Any] = {
        "url": here,
        "html_url": each.url,
        "repository_url": repository_url(each.repo),
        "labels_url": f"{here}/labels{{/name}}",
        "comments_url": f"{here}/comments",
        "events_url": f"{here}/events",
        "timeline_url": f"{here}/timeline",
        "reactions": _reactions(here, ()),
    }
    if each.parent is not None:
        links["parent_issue_url"] = issue_url(each.parent)
    if each.typename != "Issue":
        pull = f"{repository_url(each.repo)}/pulls/{each.number}"
        found = {name: f"{each.url}{tail}" for name, tail in PULL_LINKS.items()}
        links["pull_request"] = {"url": pull, **found, "merged_at": None}
    return links


def _relations(each: Issue) -> dict[str, Any]:
    total, done = len(each.sub_issues), sum(child.state == "CLOSED" for child in each.sub_issues)
    return {
        "sub_issues_summary": {
            "total": total,
            "completed": done,
            "percent_completed": 100 * done // total if total else 0,
        },
        "issue_dependencies_summary": {
            "blocked_by": sum(other.state == "OPEN" for other in each.blocked_by),
            "blocking": sum(other.state == "OPEN" for other in each.blocking),
            "total_blocked_by": len(each.blocked_by),
            "total_blocking": len(each.blocking),
        },
    }


def issues(rows: Iterable[Issue]) -> list[dict[str, Any]]:
    """A page of issues."""
    users: dict[int, Any] = {}
    return [issue(each, users) for each in rows]


def comment(each: Comment) -> dict[str, Any]:
    """A comment at length."""
    here = f"{repository_url(each.issue.repo)}/issues/comments/{each.id}"
    return {
        "url": here,
        "html_url": each.url,
        "issue_url": issue_url(each.issue),
        "id": each.id,
        "node_id": each.node_id,
        "user": user(each.author),
        "created_at": each.created,
        "updated_at": each.updated,
        "body": each.body,
        "author_association": each.author.association if each.author else "NONE",
        "reactions": _reactions(here, each.reactions),
        "performed_via_github_app": None,
        "minimized": {"reason": each.minimized} if each.minimized else None,
    }


def issue_type(kind: IssueType | None) -> dict[str, Any] | None:
    """A kind of issue."""
    if kind is None:
        return None
    return {"id": kind.id, "node_id": kind.node_id, "name": kind.name, "description": None, "color": "gray"}


def milestone(each: Milestone | None, repo: Repository) -> dict[str, Any] | None:
    """A milestone; how many issues it holds is not counted."""
    if each is None:
        return None
    here = f"{repository_url(repo)}/milestones/{each.number}"
    return {
        "url": here,
        "html_url": f"{repo.url}/milestone/{each.number}",
        "labels_url": f"{here}/labels",
        "id": each.id,
        "node_id": each.node_id,
        "number": each.number,
        "title": each.title,
        "description": None,
        "creator": user(repo.owner),
        "open_issues": 0,
        "closed_issues": 0,
        "state": "open",
        "created_at": each.created,
        "updated_at": each.created,
        "due_on": each.due,
        "closed_at": None,
    }


def rate_limit(resources: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """The limits of all resources, the first of them once more under its old name."""
    return {"resources": resources, "rate": resources["core"]}


def _known_user(account: Account | None, users: dict[int, Any] | None) -> dict[str, Any] | None:
    if account is None or users is None:
        return user(account)
    if account.id not in users:
        users[account.id] = user(account)
    found: dict[str, Any] | None = users[account.id]
    return found


def reaction(each: Comment, login: str, content: str) -> dict[str, Any]:
    """One account's reaction to a comment."""
    return {"id": each.id, "node_id": each.node_id, "user": {"login": login}, "content": content}


def _reactions(here: str, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    counts = Counter(content for _, content in given)
    numbers = {name: counts[name] for name in REACTIONS}
    return {"url": f"{here}/reactions", "total_count": sum(numbers.values()), **numbers}
