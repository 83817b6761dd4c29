"""Jira's calls about comments as requests, and its answers as values; `root` says which version of the API."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.jira.api import ROOT, issue_path, object_in, written
from connectors.jira.format import ticked
from connectors.jira.window_api import SEARCH, without_order
from connectors.wire import Kind, Request, Response
from hub.model.action import Target

CENTER_ROOT = "/rest/api/2"
MARK = "alignment-hub"
INTERNAL: Mapping[str, Any] = {"key": "sd.public.comment", "value": {"internal": True}}
"""What keeps a comment from the customers of a service project; in other projects it says nothing.

developer.atlassian.com/cloud/jira/service-desk/entity-properties/
"""
COMMENT_PAGE = 100
IDENTITIES = ("accountId", "key", "name")
WORDS_OF = ("href", "id", "text", "url")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A comment: who wrote it and what it says, its properties where they came along, what it hangs `below`.

    `ticked` is what its ticked boxes say.
    """

    id: str
    author: str
    properties: tuple[Json, ...] | None = None
    words: str = ""
    below: str = ""
    ticked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentPage:
    """One page of a ticket's comments, and where the next page starts, if there is one."""

    comments: tuple[Listed, ...]
    next_start: int | None


def create_comment(target: Target, body: Any, workspace: str, root: str = ROOT, *, internal: bool = False) -> Request:
    """The comment and its mark in one call, so that there is never one without the other; `internal` hides it."""
    content = _content(target, body, workspace, internal=internal)
    return written("POST", f"{issue_path(target, root)}/comment", target, body=content, repeatable=False)


def _content(target: Target, body: Any, workspace: str, *, internal: bool) -> Json:
    mark = {"key": MARK, "value": {"v": 1, "workspace": workspace, "ticket": target.ref.key}}
    return {"body": body, "properties": [mark, *([INTERNAL] if internal else ())]}


def update_comment(
    target: Target,
    comment_id: str,
    body: Any,
    root: str = ROOT,
    params: Mapping[str, str | int] | None = None,
    *,
    internal_to: str = "",
) -> Request:
    """Edit in place; nobody gets mail for it where `params` can ask for that.

    With the workspace in `internal_to`, the comment is for no customer from here on.
    """
    content = _content(target, body, internal_to, internal=True) if internal_to else {"body": body}
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
    below = str(comment.get("parentId") or "")
    body = comment.get("body")
    return Listed(str(comment["id"]), author_of(comment), properties, words_in(body), below, tuple(ticked(body)))


def read_comment(target: Target, comment_id: str, root: str = ROOT) -> Request:
    """Ask for one comment."""
    return Request("GET", _comment(target, comment_id, root), ticket=target.ref.key)


def comment_in(answer: Response) -> Listed:
    """Read one comment."""
    return _listed(object_in(answer))


def words_in(body: Any) -> str:
    """All words of a comment, with the addresses behind its links and the accounts that it calls."""
    return body if isinstance(body, str) else " ".join(_words(body))


def _words(node: Any) -> Iterator[str]:
    if not isinstance(node, Mapping):
        return
    attributes = node.get("attrs") or {}
    yield from (str(found) for found in (node.get("text"), *(attributes.get(one) for one in WORDS_OF)) if found)
    for part in (*(node.get("marks") or ()), *(node.get("content") or ())):
        yield from _words(part)


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


def marked(answer: Response, _ids: Sequence[str], workspace: str) -> frozenset[str]:
    """The ids of the comments that carry our mark, whichever name the ticket had when they were written."""
    comments = object_in(answer).get("values")
    if not isinstance(comments, list):
        raise ValueError("the answer holds no comments")
    return frozenset(str(one["id"]) for one in comments if is_ours(one.get("properties") or (), workspace))


def ask_mark(ids: Sequence[str]) -> Request:
    """Ask for the mark of one comment, where no list brings it."""
    (comment_id,) = ids
    return ask_property(comment_id, MARK)


def ask_property(comment_id: str, key: str) -> Request:
    """Ask for one property of a comment, where no list brings it."""
    # Said to be about a ticket, so that a comment without the property has an error of its own.
    return Request("GET", f"{CENTER_ROOT}/comment/{quote(comment_id, safe='')}/properties/{key}", ticket=comment_id)


def marked_alone(answer: Response, ids: Sequence[str], workspace: str) -> frozenset[str]:
    """The comment's id where the property that came is our mark."""
    return frozenset(ids) if is_ours((object_in(answer),), workspace) else frozenset()


def is_ours(properties: Iterable[Json], workspace: str) -> bool:
    """Whether our mark is among a comment's properties."""
    return any(
        one.get("key") == MARK and isinstance(value := one.get("value"), dict) and value.get("workspace") == workspace
        for one in properties
    )


def author_of(comment: Json) -> str:
    """The author's id; empty for one that is gone."""
    return identity(comment.get("author") or {})


def identity(user: Json) -> str:
    """What stays of a user when names change: an account's id on Cloud, a key on Data Center."""
    return next((str(user[one]) for one in IDENTITIES if user.get(one)), "")


def _comment(target: Target, comment_id: str, root: str) -> str:
    return f"{issue_path(target, root)}/comment/{quote(comment_id, safe='')}"
