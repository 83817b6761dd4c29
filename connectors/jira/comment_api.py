"""Jira's calls about comments as requests, and its answers as values; `root` says which version of the API."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.form import form_of
from connectors.jira.api import ROOT, issue_path, object_in, written
from connectors.jira.comment_words import says_in, words_in
from connectors.jira.format import ticked
from connectors.jira.window_api import SEARCH, without_order
from connectors.wire import Kind, Request, Response
from hub.model.action import Comment, Target

CENTER_ROOT = "/rest/api/2"
MARK = "alignment-hub"
INTERNAL: Mapping[str, Any] = {"key": "sd.public.comment", "value": {"internal": True}}
"""What keeps a comment from the customers of a service project; in other projects it says nothing.

developer.atlassian.com/cloud/jira/service-desk/entity-properties/
"""
COMMENT_PAGE = 100
IDENTITIES = ("accountId", "key", "name")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A comment: who wrote it and what it says, its properties where they came along, what it hangs `below`.

    `ticked` is what its ticked boxes say, `says` all of it without markup, and `closed` what its mark says where that
    was asked for.
    """

    id: str
    author: str
    properties: tuple[Json, ...] | None = None
    words: str = ""
    below: str = ""
    ticked: tuple[str, ...] = ()
    name: str = ""
    says: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of a ticket's comments, and where the next page starts, if there is one."""

    comments: tuple[Listed, ...]
    next_start: int | None


def content(target: Target, body: Any, workspace: str, *, closed: bool = False, internal: bool = False) -> Json:
    """The comment and its mark in one call, so that there is never one without the other; `internal` hides it."""
    value = {"v": 1, "workspace": workspace, "ticket": target.ref.key} | ({"closed": True} if closed else {})
    return {"body": body, "properties": [{"key": MARK, "value": value}, *([INTERNAL] if internal else ())]}


def create_comment(target: Target, content: Json, root: str = ROOT) -> Request:
    """A new comment."""
    return written("POST", f"{issue_path(target, root)}/comment", target, body=content, repeatable=False)


def update_comment(
    target: Target, comment_id: str, content: Json, root: str = ROOT, params: Mapping[str, str | int] | None = None
) -> Request:
    """Edit in place; nobody gets mail for it where `params` can ask for that."""
    return written("PUT", _comment(target, comment_id, root), target, params=params, body=content)


def delete_comment(target: Target, comment_id: str, root: str = ROOT) -> Request:
    """Remove a comment."""
    return written("DELETE", _comment(target, comment_id, root), target)


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
    more = bool(comments) and end < int(content.get("total") or 0)
    return CommentPage(tuple(_listed(one) for one in comments), end if more else None)


def _listed(comment: Json) -> Listed:
    held = comment.get("properties")
    properties = tuple(held) if isinstance(held, list) else None
    below, body, author = str(comment.get("parentId") or ""), comment.get("body"), comment.get("author") or {}
    told = (str(comment["id"]), identity(author), properties, words_in(body), below, tuple(ticked(body)))
    return Listed(*told, name=str(author.get("displayName") or ""), says=says_in(body))


def read_comment(target: Target, comment_id: str, root: str = ROOT) -> Request:
    """Ask for one comment."""
    return Request("GET", _comment(target, comment_id, root), ticket=target.ref.key)


def comment_in(answer: Response) -> Listed:
    """Read one comment."""
    return _listed(object_in(answer))


def shown(found: Listed, ticket: str, author: str) -> Comment:
    """The comment as the hub takes it, on the ticket at that address."""
    url = f"{ticket}?focusedCommentId={found.id}"
    told = (found.id, author, url, form_of(found.words), found.ticked)
    return Comment(*told, name=found.name, rendered_text=found.says, closed=found.closed)


@dataclass(frozen=True, slots=True)
class Newest:
    """A comment with what tells whether it may command: who wrote it, under what name and kind of account, and when.

    `restricted` is whether not everybody who sees the ticket sees it: it is for a role or a group, or internal. None
    where the answer does not tell: a Data Center may keep that in a property alone.
    """

    id: str
    author: str
    name: str
    kind: str
    at: datetime
    body: Any
    restricted: bool | None = False


def newest_comments(target: Target, root: str = ROOT, expand: str = "") -> Request:
    """A ticket's newest comments."""
    params: dict[str, str | int] = {"startAt": 0, "maxResults": COMMENT_PAGE, "orderBy": "-created"}
    params |= {"expand": expand} if expand else {}
    return Request("GET", f"{issue_path(target, root)}/comment", params=params, ticket=target.ref.key)


def newest_in(answer: Response) -> Iterator[Newest]:
    """Read them; the latest is first."""
    for one in object_in(answer)["comments"]:
        author = one.get("author") or {}
        name, kind = str(author.get("displayName") or "somebody"), str(author.get("accountType") or "")
        at = datetime.fromisoformat(one.get("updated") or one["created"])
        yield Newest(str(one["id"]), identity(author), name, kind, at, one.get("body"), _is_restricted(one))


def _is_restricted(comment: Json) -> bool | None:
    """Cloud tells what is internal in a field of its own, Data Center in a property."""
    properties = comment.get("properties")
    if comment.get("visibility") or comment.get("jsdPublic") is False or any(map(is_internal, properties or ())):
        return True
    return None if properties is None and "jsdPublic" not in comment else False


def is_internal(told: Any) -> bool:
    """Whether an entity property keeps its comment from customers."""
    value = told.get("value") if isinstance(told, Mapping) and told.get("key") == INTERNAL["key"] else None
    return isinstance(value, Mapping) and str(value.get("internal")).casefold() == "true"


def search_comments(query: str, most: int, root: str = ROOT) -> Request:
    """Ask for the tickets whose comments hold the word that commands begin with, the latest change first."""
    jql = f'({without_order(query)}) AND comment ~ "okr" ORDER BY updated DESC'
    path = SEARCH if root == CENTER_ROOT else f"{root}/search/jql"
    return Request("POST", path, body={"jql": jql, "maxResults": most, "fields": ["id"]}, kind=Kind.SEARCH)


def ids_in(answer: Response) -> frozenset[str]:
    """The ids of the tickets that a search found."""
    return frozenset(str(issue["id"]) for issue in object_in(answer)["issues"])


def ask_marks(ids: Sequence[str]) -> Request:
    """Ask for comments with their properties, many at once."""
    body = {"ids": [int(one) for one in ids]}
    return Request("POST", f"{ROOT}/comment/list", params={"expand": "properties"}, body=body)


def marked(answer: Response, _ids: Sequence[str], workspace: str) -> dict[str, bool]:
    """The comments that carry our mark, whichever name the ticket had when they were written, and which are closed."""
    comments = object_in(answer).get("values")
    if not isinstance(comments, list):
        raise ValueError("the answer holds no comments")
    found = ((str(one["id"]), mark_in(one.get("properties") or (), workspace)) for one in comments)
    return {id_: closed for id_, closed in found if closed is not None}


def ask_mark(ids: Sequence[str]) -> Request:
    """Ask for the mark of one comment, where no list brings it."""
    (comment_id,) = ids
    return ask_property(comment_id, MARK)


def ask_property(comment_id: str, key: str) -> Request:
    """Ask for one property of a comment, where no list brings it."""
    # Said to be about a ticket, so that a comment without the property has an error of its own.
    return Request("GET", f"{CENTER_ROOT}/comment/{quote(comment_id, safe='')}/properties/{key}", ticket=comment_id)


def marked_alone(answer: Response, ids: Sequence[str], workspace: str) -> dict[str, bool]:
    """The comment where the property that came is our mark, and whether it is closed."""
    closed = mark_in((object_in(answer),), workspace)
    return {} if closed is None else dict.fromkeys(ids, closed)


def mark_in(properties: Iterable[Json], workspace: str) -> bool | None:
    """Whether our mark among a comment's properties says that it is closed; None without our mark."""
    values = (value for one in properties if one.get("key") == MARK and isinstance(value := one.get("value"), dict))
    return next((bool(value.get("closed")) for value in values if value.get("workspace") == workspace), None)


def identity(user: Json) -> str:
    """What stays of a user when names change: an account's id on Cloud, a key on Data Center."""
    return next((str(user[one]) for one in IDENTITIES if user.get(one)), "")


def _comment(target: Target, comment_id: str, root: str) -> str:
    return f"{issue_path(target, root)}/comment/{quote(comment_id, safe='')}"
