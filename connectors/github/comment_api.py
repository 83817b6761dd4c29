"""GitHub's calls that look for comments as requests, and what their answers tell."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from connectors.form import body_hash
from connectors.github.api import PER_PAGE, Issue, graphql
from connectors.github.documents import MINIMIZE, UNMINIMIZE
from connectors.github.format import checked_items, is_closed, rendered_text
from connectors.wire import CallKind, Request
from hub.model.action import Comment

ISSUE = re.compile(r"/(?:issues|pull)/(\d+)$")


def read_comment(issue: Issue, comment_id: str) -> Request:
    """One comment by its id."""
    return Request("GET", f"/repos/{issue.repository}/issues/comments/{quote(comment_id, safe='')}", ticket=issue.key)


def list_all_comments(repository: str, page: int) -> Request:
    """A page of the comments of a whole repository, oldest first."""
    params: dict[str, str | int] = {"per_page": PER_PAGE, "page": page, "sort": "created", "direction": "asc"}
    return Request("GET", f"/repos/{repository}/issues/comments", params=params)


def minimize_comment(node_id: str, *, minimized: bool) -> Request:
    """Fold a comment away as resolved, or unfold it; done twice it does no harm."""
    return replace(graphql(MINIMIZE if minimized else UNMINIMIZE, {"id": node_id}), kind=CallKind.WRITE)


def react(issue: Issue, comment_id: str, content: str) -> Request:
    """A reaction of our account under a comment; done twice it does no harm.

    docs.github.com/rest/reactions/reactions#create-reaction-for-an-issue-comment
    """
    path = f"/repos/{issue.repository}/issues/comments/{quote(comment_id, safe='')}/reactions"
    return Request("POST", path, body={"content": content}, kind=CallKind.WRITE, ticket=issue.key)


def number_of(comment: Mapping[str, Any]) -> int:
    """The number of the issue that the comment stands on; 0 where the answer does not tell."""
    match = ISSUE.search(str(comment.get("issue_url") or ""))
    return int(match[1]) if match else 0


def author_id(comment: Mapping[str, Any]) -> str:
    """The author's id; empty where the account is gone."""
    return str((comment.get("user") or {}).get("id") or "")


def comment_in(content: Mapping[str, Any]) -> Comment:
    """One comment as a value."""
    text, name = str(content.get("body") or ""), str((content.get("user") or {}).get("login") or "")
    values = (str(content["id"]), author_id(content), content.get("html_url"), body_hash(text), checked_items(text))
    return Comment(*values, name=name, rendered_text=rendered_text(text), closed=is_closed(text))


def changed_comments(repository: str, since: str, page: int) -> Request:
    """A page of the comments of a whole repository that changed since, the latest change first."""
    params: dict[str, str | int] = {
        "since": since,
        "sort": "updated",
        "direction": "desc",
        "per_page": PER_PAGE,
        "page": page,
    }
    return Request("GET", f"/repos/{repository}/issues/comments", params=params)
