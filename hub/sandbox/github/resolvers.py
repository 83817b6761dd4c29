"""How issues, comments and repositories answer each field: an attribute's name, or a function of value and view."""

from collections.abc import Callable, Mapping
from typing import Any

from hub.sandbox.github.paging import Connection, PageArguments, page, page_down
from hub.sandbox.github.result_cache import ORDERS, IssueFilter, issues_of, since_text
from hub.sandbox.github.state import Comment, Issue, Label, Milestone, Repository
from hub.sandbox.github.viewer import View, issue_numbered

Resolver = str | Callable[..., Any]


def comment_key(comment: Comment) -> int:
    """What comments rise by."""
    return comment.id


def _issues(repo: Repository, view: View, *, filter_by: Mapping[str, Any] | None = None, **args: Any) -> Connection:
    filters = filter_by or {}
    order = args.pop("order_by", None) or {"field": "CREATED_AT", "direction": "ASC"}
    labels = filters.get("labels") or args.pop("labels", None) or ()
    issue_filter = IssueFilter(
        states=frozenset(filters.get("states") or args.pop("states", None) or ()),
        labels=frozenset(name.lower() for name in labels),
        since=since_text(filters["since"]) if filters.get("since") else "",
        order=order["field"],
    )
    page_args = PageArguments(*(args.get(name) for name in ("first", "after", "last", "before")))
    paginate = page if order["direction"] == "ASC" else page_down
    rows = issues_of(view.site, repo, issue_filter) if repo.has_issues else []
    connection = paginate(rows, page_args, ORDERS[issue_filter.order])
    connection.rows = connection.rows if view.sees_all else [view.restrict_issue(issue) for issue in connection.rows]
    return connection


def _comments(issue: Issue, _view: View, *, order_by: Mapping[str, str] | None = None, **page_args: Any) -> Connection:
    if order_by is None:
        return page(issue.comments, PageArguments(**page_args), comment_key)
    rows = sorted(issue.comments, key=lambda comment: (comment.updated, comment.id))
    paginate = page if order_by["direction"] == "ASC" else page_down
    return paginate(rows, PageArguments(**page_args), lambda item: (item.updated, item.id))


def _milestones(
    repo: Repository, _view: View, *, order_by: Mapping[str, str] | None = None, states: Any = None, **page_args: Any
) -> Connection:
    rows = [milestone for milestone in repo.milestones.values() if not states or milestone.state in states]
    order = order_by or {"field": "NUMBER", "direction": "ASC"}
    key = (lambda row: (row.updated, row.number)) if order["field"] == "UPDATED_AT" else (lambda row: (row.number,))
    rows.sort(key=key)
    paginate = page if order["direction"] == "ASC" else page_down
    return paginate(rows, PageArguments(**page_args), key)


def _milestone_issues(milestone: Milestone, view: View, **page_args: Any) -> Connection:
    rows = [issue for issue in milestone.repo.issues.values() if issue.milestone is milestone]
    return view.related([issue for issue in rows if issue.typename == "Issue"], PageArguments(**page_args))


def _labels(issue: Issue, _view: View, **page_args: Any) -> Connection:
    return page(list(issue.labels.values()), PageArguments(**page_args))


def _items(issue: Issue, _view: View, *, include_archived: bool | None = None, **page_args: Any) -> Connection:
    return page([item for item in issue.items if include_archived or not item.archived], PageArguments(**page_args))


def _sub_issues_summary(issue: Issue, _view: View) -> dict[str, int]:
    total = len(issue.sub_issues)
    done = sum(sub_issue.state == "CLOSED" for sub_issue in issue.sub_issues)
    return {"total": total, "completed": done, "percentCompleted": 100 * done // total if total else 0}


def _dependencies_summary(issue: Issue, _view: View) -> dict[str, int]:
    return {
        "blockedBy": sum(each_issue.state == "OPEN" for each_issue in issue.blocked_by),
        "blocking": sum(each_issue.state == "OPEN" for each_issue in issue.blocking),
        "totalBlockedBy": len(issue.blocked_by),
        "totalBlocking": len(issue.blocking),
    }


def label_url(label: Label) -> str:
    """The page of a label."""
    return f"{label.repo.url}/labels/{label.name}"


def _closed_by(issue: Issue, view: View, *, include_closed_prs: bool | None = None, **args: Any) -> Connection:
    """By default only pull requests that are open, and never ones of a repository that the caller does not see."""
    pulls = [pull for pull in issue.closed_by if include_closed_prs or pull.state == "OPEN"]
    page_args = PageArguments(*(args.get(name) for name in ("first", "after", "last", "before")))
    return view.related(pulls, page_args)


IDENTITY: dict[str, Resolver] = {
    "id": "node_id",
    "databaseId": "id",
    "fullDatabaseId": lambda item, _view: str(item.id),
    "url": "url",
    "createdAt": "created",
    "updatedAt": "updated",
}

ISSUE: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("number", "title", "body", "state", "author", "milestone")},
    "stateReason": lambda issue, _view, **_args: issue.state_reason,
    "closed": lambda issue, _view: issue.state == "CLOSED",
    "locked": lambda _issue, _view: False,
    "closedAt": "closed",
    "repository": "repo",
    "viewerDidAuthor": lambda issue, view: view.is_author(issue.author),
    "issueType": "type",
    "parent": lambda issue, view: view.restrict_issue(issue.parent),
    "subIssues": lambda issue, view, **page_args: view.related(issue.sub_issues, PageArguments(**page_args)),
    "subIssuesSummary": _sub_issues_summary,
    "issueDependenciesSummary": _dependencies_summary,
    "blockedBy": lambda issue, view, **page_args: view.related(issue.blocked_by, PageArguments(**page_args)),
    "blocking": lambda issue, view, **page_args: view.related(issue.blocking, PageArguments(**page_args)),
    "labels": _labels,
    "assignees": lambda issue, _view, **page_args: page(issue.assignees, PageArguments(**page_args)),
    "closedByPullRequestsReferences": _closed_by,
    "comments": _comments,
    "projectItems": _items,
    "issueFieldValues": lambda issue, _view, **page_args: page(
        list(issue.field_values.values()), PageArguments(**page_args)
    ),
}

COMMENT: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("body", "author", "issue")},
    "lastEditedAt": "edited",
    "includesCreatedEdit": lambda comment, _view: comment.edited is not None,
    "viewerDidAuthor": lambda comment, view: view.is_author(comment.author),
    "viewerCanUpdate": lambda comment, view: view.is_author(comment.author),
    "viewerCanDelete": lambda comment, view: view.is_author(comment.author),
    "viewerCanMinimize": lambda _comment, view: view.access.writes,
    "isMinimized": lambda comment, _view: comment.minimized is not None,
    "minimizedReason": "minimized",
    "repository": lambda comment, _view: comment.issue.repo,
}

REPOSITORY: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("name", "owner")},
    "nameWithOwner": "full_name",
    "isPrivate": "private",
    "isArchived": "archived",
    "isFork": lambda _repo, _view: False,
    "hasIssuesEnabled": "has_issues",
    "milestones": _milestones,
    "viewerPermission": lambda _repo, view: "WRITE" if view.access.writes else "READ",
    "issue": lambda repo, view, number: view.restrict_issue(issue_numbered(repo, number)),
    "issues": _issues,
    "label": lambda repo, _view, name: repo.labels.get(name.lower()),
    "labels": lambda repo, _view, **page_args: page(list(repo.labels.values()), PageArguments(**page_args)),
}

LABEL: dict[str, Resolver] = {
    **IDENTITY,
    **{name: name for name in ("name", "color", "description")},
    "isDefault": lambda _label, _view: False,
    "url": lambda label, _view: label_url(label),
}

ISSUE_TYPE: dict[str, Resolver] = {"id": "node_id", "name": "name", "isEnabled": lambda _type, _view: True}

MILESTONE: dict[str, Resolver] = {
    **{name: name for name in ("number", "title", "state")},
    "id": "node_id",
    "dueOn": "due",
    "updatedAt": "updated",
    "issues": _milestone_issues,
}

CONNECTION: dict[str, Resolver] = {
    "totalCount": "total",
    "nodes": "rows",
    "edges": "edges",
    "pageInfo": lambda connection, _view: connection,
}

PAGE_INFO: dict[str, Resolver] = {
    "startCursor": "start",
    "endCursor": "end",
    "hasNextPage": "has_next",
    "hasPreviousPage": "has_previous",
}

EDGE: dict[str, Resolver] = {"cursor": "cursor", "node": "node"}
