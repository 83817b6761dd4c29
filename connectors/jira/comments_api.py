"""Jira's calls about comments as requests, and its answers as values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from connectors.http.messages import Request, Response
from connectors.jira.adf import checked_items
from connectors.jira.api import ROOT, issue_path, object_in, write_request
from connectors.shared.comment_commands import body_hash, without_whitespace
from hub.model.action import Comment, Target

TEXT_ATTRIBUTES = ("href", "id", "text", "url")


def words_in(body: Any) -> str:
    """All words of a comment, with the addresses behind its links and the accounts that it calls."""
    return body if isinstance(body, str) else " ".join(_words(body))


def rendered_text_of(body: Any) -> str:
    """What a comment says: a document's words run together and then where its links lead, for sites split and join
    pieces of text as they like."""
    if isinstance(body, str):
        return without_whitespace(body)
    nodes = list(_nodes(body))
    texts = (str(node.get("text") or (node.get("attrs") or {}).get("title") or "") for node in nodes)
    links = (mark["attrs"]["href"] for node in nodes for mark in node.get("marks") or () if mark.get("type") == "link")
    return " ".join((without_whitespace("".join(texts)), *(str(link) for link, _ in groupby(links))))


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for part in node.get("content") or ():
            yield from _nodes(part)


def _words(node: Any) -> Iterator[str]:
    if not isinstance(node, Mapping):
        return
    attributes = node.get("attrs") or {}
    yield from (
        str(value) for value in (node.get("text"), *(attributes.get(text) for text in TEXT_ATTRIBUTES)) if value
    )
    for part in (*(node.get("marks") or ()), *(node.get("content") or ())):
        yield from _words(part)


DATA_CENTER_ROOT = "/rest/api/2"
MARK = "alignment-hub"
"""The property of a comment that says that it is ours, which nobody sees and which survives every edit.

developer.atlassian.com/cloud/jira/platform/modules/entity-property/
developer.atlassian.com/server/jira/platform/entity-properties/
"""
INTERNAL: Mapping[str, Any] = {"key": "sd.public.comment", "value": {"internal": True}}
"""What keeps a comment from the customers of a service project; in other projects it says nothing.

developer.atlassian.com/cloud/jira/service-desk/entity-properties/
"""
COMMENT_PAGE = 100
IDENTITIES = ("accountId", "key", "name")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JiraComment:
    """A comment: who wrote it and what it says, its properties where they came along, and what it replies to
    (`parent_id`).

    `checked` is what its ticked boxes say, `rendered_text` all of it without markup, and `closed` what its mark says
    where that was asked for.
    """

    id: str
    author: str
    properties: tuple[Json, ...] | None = None
    words: str = ""
    parent_id: str = ""
    checked: tuple[str, ...] = ()
    name: str = ""
    rendered_text: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of a ticket's comments, and where the next page starts, if there is one."""

    comments: tuple[JiraComment, ...]
    next_start: int | None


def content(target: Target, body: Any, workspace: str, *, closed: bool = False, internal: bool = False) -> Json:
    """The comment and its mark in one call, so that there is never one without the other; `internal` hides it."""
    value = {"v": 1, "workspace": workspace, "ticket": target.ref.key} | ({"closed": True} if closed else {})
    return {"body": body, "properties": [{"key": MARK, "value": value}, *([INTERNAL] if internal else ())]}


def create_comment(target: Target, content: Json, root: str = ROOT) -> Request:
    """A new comment."""
    return write_request("POST", f"{issue_path(target, root)}/comment", target, body=content, repeatable=False)


def update_comment(
    target: Target, comment_id: str, content: Json, root: str = ROOT, params: Mapping[str, str | int] | None = None
) -> Request:
    """Edit in place; nobody gets mail for it where `params` can ask for that."""
    return write_request("PUT", _comment(target, comment_id, root), target, params=params, body=content)


def delete_comment(target: Target, comment_id: str, root: str = ROOT) -> Request:
    """Remove a comment."""
    return write_request("DELETE", _comment(target, comment_id, root), target)


def list_comments(target: Target, start: int, root: str = ROOT, expand: str = "") -> Request:
    """A page of a ticket's comments, oldest first."""
    params: dict[str, str | int] = {"startAt": start, "maxResults": COMMENT_PAGE, "orderBy": "created"}
    if expand:
        params["expand"] = expand
    return Request("GET", f"{issue_path(target, root)}/comment", params=params, ticket=target.ref.key)


def comment_page(answer: Response) -> CommentPage:
    """Read a page of comments; an empty page is the end.

    The total may count comments that this account may not see, so that it is never reached.
    """
    content = object_in(answer)
    comments = content.get("comments")
    if not isinstance(comments, list):
        raise ValueError("the answer holds no comments")
    end = int(content.get("startAt") or 0) + len(comments)
    has_more = bool(comments) and end < int(content.get("total") or 0)
    return CommentPage(tuple(_parse_comment(comment) for comment in comments), end if has_more else None)


def _parse_comment(comment: Json) -> JiraComment:
    raw_properties = comment.get("properties")
    properties = tuple(raw_properties) if isinstance(raw_properties, list) else None
    parent_id, body, author = str(comment.get("parentId") or ""), comment.get("body"), comment.get("author") or {}
    values = (str(comment["id"]), identity(author), properties, words_in(body), parent_id, tuple(checked_items(body)))
    return JiraComment(*values, name=str(author.get("displayName") or ""), rendered_text=rendered_text_of(body))


def read_comment(target: Target, comment_id: str, root: str = ROOT) -> Request:
    """Ask for one comment."""
    return Request("GET", _comment(target, comment_id, root), ticket=target.ref.key)


def comment_in(answer: Response) -> JiraComment:
    """Read one comment."""
    return _parse_comment(object_in(answer))


def to_comment(comment: JiraComment, ticket: str, author: str) -> Comment:
    """The comment as the hub takes it, on the ticket at that address."""
    url = f"{ticket}?focusedCommentId={comment.id}"
    values = (comment.id, author, url, body_hash(comment.words), comment.checked)
    return Comment(*values, name=comment.name, rendered_text=comment.rendered_text, closed=comment.closed)


def comments_with_properties(ids: Sequence[str]) -> Request:
    """Ask for comments with their properties, many at once.

    developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-comment-list-post
    """
    body = {"ids": [int(id_) for id_ in ids]}
    return Request("POST", f"{ROOT}/comment/list", params={"expand": "properties"}, body=body)


def read_marks(answer: Response, _ids: Sequence[str], workspace: str) -> dict[str, bool]:
    """The comments that carry our mark, whichever name the ticket had when they were written, and which are closed."""
    comments = object_in(answer).get("values")
    if not isinstance(comments, list):
        raise ValueError("the answer holds no comments")
    marks = ((str(comment["id"]), mark_in(comment.get("properties") or (), workspace)) for comment in comments)
    return {id_: closed for id_, closed in marks if closed is not None}


def mark_property(ids: Sequence[str]) -> Request:
    """Ask for the mark of one comment, where no list brings it."""
    (comment_id,) = ids
    return comment_property(comment_id, MARK)


def comment_property(comment_id: str, key: str) -> Request:
    """Ask for one property of a comment, where no list brings it."""
    # Said to be about a ticket, so that a comment without the property has an error of its own.
    return Request(
        "GET", f"{DATA_CENTER_ROOT}/comment/{quote(comment_id, safe='')}/properties/{key}", ticket=comment_id
    )


def read_mark(answer: Response, ids: Sequence[str], workspace: str) -> dict[str, bool]:
    """The comment where the property that came is our mark, and whether it is closed."""
    closed = mark_in((object_in(answer),), workspace)
    return {} if closed is None else dict.fromkeys(ids, closed)


def mark_in(properties: Iterable[Json], workspace: str) -> bool | None:
    """Whether our mark among a comment's properties says that it is closed; None without our mark."""
    values = (value for row in properties if row.get("key") == MARK and isinstance(value := row.get("value"), dict))
    return next((bool(value.get("closed")) for value in values if value.get("workspace") == workspace), None)


def identity(user: Json) -> str:
    """What stays of a user when names change: an account's id on Cloud, a key on Data Center."""
    return next((str(user[text]) for text in IDENTITIES if user.get(text)), "")


def _comment(target: Target, comment_id: str, root: str) -> str:
    return f"{issue_path(target, root)}/comment/{quote(comment_id, safe='')}"
