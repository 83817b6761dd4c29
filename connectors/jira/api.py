"""Jira's calls as requests, and its pages as values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from connectors.wire import Kind, Request, Response
from hub.model.action import Target

ROOT = "/rest/api/3"
MARK = "alignment-hub"
COMMENT_PAGE = 100
QUIET: Mapping[str, str | int] = {"notifyUsers": "false"}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IdPage:
    """One page of ids, and the token of the next; without a token the enumeration has ended."""

    ids: tuple[str, ...]
    next_token: str | None


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of a ticket's comments: their ids and authors, and where the next page starts, if there is one."""

    authors: tuple[tuple[str, str], ...]
    next_start: int | None


def search_ids(query: str, page_size: int, token: str | None = None) -> Request:
    """Ask for ids alone: those come by the thousands."""
    body: dict[str, Any] = {"jql": query, "fields": ["id"], "maxResults": page_size}
    if token:
        body["nextPageToken"] = token
    return Request("POST", f"{ROOT}/search/jql", body=body, kind=Kind.SEARCH)


def id_page(answer: Response) -> IdPage:
    """Read a page of ids; ValueError where it is none."""
    content = _object(answer)
    try:
        ids = tuple(str(issue["id"]) for issue in content["issues"])
    except (KeyError, TypeError) as wrong:
        raise ValueError("a page of the search holds no issues") from wrong
    token = content.get("nextPageToken")
    return IdPage(ids, token if token and not content.get("isLast") else None)


def fetch(ids: Sequence[str], fields: Sequence[str]) -> Request:
    """Ask for up to 100 tickets by id, with exactly these fields."""
    body = {"issueIdsOrKeys": list(ids), "fields": list(fields)}
    return Request("POST", f"{ROOT}/issue/bulkfetch", body=body)


def fetched(answer: Response) -> list[Any]:
    """The tickets in an answer, in the tracker's order; those that may not be read are simply not there."""
    issues = _object(answer).get("issues")
    if not isinstance(issues, list):
        raise ValueError("the answer holds no issues")
    return issues


def create_comment(target: Target, body: Json, workspace: str) -> Request:
    """The comment and its mark in one call, so that there is never one without the other."""
    mark = {"key": MARK, "value": {"v": 1, "workspace": workspace, "ticket": target.ref.key}}
    content = {"body": body, "properties": [mark]}
    return _write("POST", f"{_issue(target)}/comment", target, body=content, repeatable=False)


def update_comment(target: Target, comment_id: str, body: Json) -> Request:
    """Edit in place; nobody gets mail for it."""
    quiet = {"notifyUsers": "false"}
    return _write(
        "PUT", f"{_issue(target)}/comment/{quote(comment_id, safe='')}", target, params=quiet, body={"body": body}
    )


def delete_comment(target: Target, comment_id: str) -> Request:
    """Remove a comment."""
    return _write("DELETE", _comment(target, comment_id), target)


def list_comments(target: Target, start: int) -> Request:
    """A page of a ticket's comments, oldest first."""
    params: dict[str, str | int] = {"startAt": start, "maxResults": COMMENT_PAGE, "orderBy": "created"}
    return Request("GET", f"{_issue(target)}/comment", params=params, ticket=target.ref.key)


def comment_page(answer: Response) -> CommentPage:
    """Read a page of comments; a page that is empty before the total is reached is a ValueError."""
    content = _object(answer)
    comments = content.get("comments")
    if not isinstance(comments, list):
        raise ValueError("the answer holds no comments")
    end = int(content.get("startAt") or 0) + len(comments)
    more = end < int(content.get("total") or 0)
    if more and not comments:
        raise ValueError("the comments ended before their total")
    return CommentPage(tuple((str(one["id"]), author_of(one)) for one in comments), end if more else None)


def comment_marks(ids: Sequence[str]) -> Request:
    """Ask for comments with their properties, many at once."""
    body = {"ids": [int(one) for one in ids]}
    return Request("POST", f"{ROOT}/comment/list", params={"expand": "properties"}, body=body)


def marked(answer: Response, workspace: str) -> frozenset[str]:
    """The ids of the comments that carry our mark, whichever name the ticket had when they were written."""
    comments = _object(answer).get("values")
    if not isinstance(comments, list):
        raise ValueError("the answer holds no comments")
    return frozenset(str(one["id"]) for one in comments if _is_ours(one, workspace))


def change_labels(target: Target, add: Iterable[str], remove: Iterable[str], *, quietly: bool) -> Request:
    """Add and remove in one edit that leaves all other labels alone."""
    verbs = [{"add": label} for label in sorted(add)] + [{"remove": label} for label in sorted(remove)]
    return _write("PUT", _issue(target), target, params=QUIET if quietly else {}, body={"update": {"labels": verbs}})


def read_labels(target: Target) -> Request:
    """Ask for a ticket's labels."""
    return Request("GET", _issue(target), params={"fields": "labels"}, ticket=target.ref.key)


def labels_of(answer: Response) -> frozenset[str]:
    """The labels in the answer."""
    return frozenset(_object(answer).get("fields", {}).get("labels") or ())


def author_of(comment: Json) -> str:
    """The author's immutable id; empty for one that is gone."""
    return str((comment.get("author") or {}).get("accountId") or "")


def _is_ours(comment: Json, workspace: str) -> bool:
    return any(
        one.get("key") == MARK and isinstance(value := one.get("value"), dict) and value.get("workspace") == workspace
        for one in comment.get("properties") or ()
    )


def _issue(target: Target) -> str:
    return f"{ROOT}/issue/{quote(target.id, safe='')}"


def _comment(target: Target, comment_id: str) -> str:
    return f"{_issue(target)}/comment/{quote(comment_id, safe='')}"


def _write(
    method: str,
    path: str,
    target: Target,
    *,
    params: Mapping[str, str | int] | None = None,
    body: Any = None,
    repeatable: bool = True,
) -> Request:
    return Request(method, path, params or {}, body, Kind.WRITE, repeatable, target.ref.key)


def _object(answer: Response) -> dict[str, Any]:
    content = answer.json()
    if not isinstance(content, dict):
        raise ValueError("the answer is no JSON object")
    return content
