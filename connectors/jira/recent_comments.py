"""A ticket's newest comments, as far as commands are looked for in them: alone, or with many tickets at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.http.messages import CallKind, Request, Response
from connectors.jira.api import ROOT, SEARCH, issue_path, object_in, without_order
from connectors.jira.comments_api import COMMENT_PAGE, DATA_CENTER_ROOT, INTERNAL, Json, identity
from hub.model.action import Target

COMMENT_FIELD = "comment"


@dataclass(frozen=True, slots=True)
class RecentComment:
    """A comment with what tells whether it may command: who wrote it, under what name and kind of account, and when.

    `restricted` says that it is for a role or a group, or hidden from the customers of a service project. `internal` is
    whether its property would hide it in such a project; None where the answer does not tell.
    """

    id: str
    author: str
    name: str
    kind: str
    at: datetime
    body: Any
    restricted: bool = False
    internal: bool | None = False


@dataclass(frozen=True, slots=True)
class RecentPage:
    """One page of a ticket's comments, the newest first, and where the next page starts, if there is one."""

    comments: tuple[RecentComment, ...]
    next_start: int | None


def recent_comments(target: Target, start: int = 0, root: str = ROOT, expand: str = "") -> Request:
    """A page of a ticket's comments, the newest first."""
    params: dict[str, str | int] = {"startAt": start, "maxResults": COMMENT_PAGE, "orderBy": "-created"}
    params |= {"expand": expand} if expand else {}
    return Request("GET", f"{issue_path(target, root)}/comment", params=params, ticket=target.ref.key)


def read_recent_comments(answer: Response) -> RecentPage:
    """Read the page."""
    content = object_in(answer)
    comments = tuple(map(_recent_comment, content["comments"]))
    end = int(content.get("startAt") or 0) + len(comments)
    return RecentPage(comments, end if comments and end < int(content.get("total") or 0) else None)


def embedded_comments(row: Any) -> tuple[RecentComment, ...] | None:
    """All comments of a ticket that came with it, the newest first; None where they did not come, or not all.

    Cloud cuts the field off after some of the newest: docs.adaptavist.com says twenty of a search.
    """
    field = row["fields"].get(COMMENT_FIELD)
    if not isinstance(field, Mapping) or field.get("startAt") or field.get("total") != len(field["comments"]):
        return None
    return tuple(map(_recent_comment, reversed(field["comments"])))


def _recent_comment(item: Json) -> RecentComment:
    author = item.get("author") or {}
    name, kind = str(author.get("displayName") or "unknown"), str(author.get("accountType") or "")
    at = datetime.fromisoformat(item.get("updated") or item["created"])
    restricted = bool(item.get("visibility")) or item.get("jsdPublic") is False
    values = (str(item["id"]), identity(author), name, kind, at, item.get("body"))
    return RecentComment(*values, restricted, _is_internal(item))


def _is_internal(comment: Json) -> bool | None:
    """Cloud tells in a field of its own what is hidden, Data Center in a property, which not every answer brings."""
    if "jsdPublic" in comment:
        return False
    properties = comment.get("properties")
    return None if properties is None else any(map(is_internal, properties))


def is_internal(entity_property: Any) -> bool:
    """Whether an entity property keeps its comment from customers."""
    value = (
        entity_property.get("value")
        if isinstance(entity_property, Mapping) and entity_property.get("key") == INTERNAL["key"]
        else None
    )
    return isinstance(value, Mapping) and str(value.get("internal")).casefold() == "true"


def search_comments(query: str, limit: int, root: str = ROOT) -> Request:
    """Ask for the tickets whose comments hold the word that commands begin with, the latest change first."""
    jql = f'({without_order(query)}) AND comment ~ "okr" ORDER BY updated DESC'
    path = SEARCH if root == DATA_CENTER_ROOT else f"{root}/search/jql"
    return Request("POST", path, body={"jql": jql, "maxResults": limit, "fields": ["id"]}, kind=CallKind.SEARCH)


def ids_in(answer: Response) -> frozenset[str]:
    """The ids of the tickets that a search found."""
    return frozenset(str(issue["id"]) for issue in object_in(answer)["issues"])
