"""Jira's REST calls as requests, and its pages as values; for Data Center's searches too."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.http.messages import CallKind, Request, Response
from hub.model.action import Target

ROOT = "/rest/api/3"
# developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put
WITHOUT_NOTIFICATIONS: Mapping[str, str | int] = {"notifyUsers": "false"}


@dataclass(frozen=True, slots=True)
class IdPage:
    """One page of ids, and the token of the next; without a token the enumeration has ended."""

    ids: tuple[str, ...]
    next_token: str | None


def search_ids(query: str, page_size: int, token: str | None = None, reconcile_ids: Sequence[str] = ()) -> Request:
    """Ask for ids alone: those come by the thousands.

    Those in `reconcile_ids` count as they are, not as they were indexed.
    """
    return _search(query, "id", page_size, token, reconcile_ids)


def search_times(query: str, page_size: int, reconcile_ids: Sequence[str] = ()) -> Request:
    """Ask for the first hundred or fewer with the time of their last change."""
    return _search(query, "updated", page_size, None, reconcile_ids)


def _search(query: str, field: str, page_size: int, token: str | None, reconcile_ids: Sequence[str]) -> Request:
    # Pages follow by tokens, and `reconcileIssues` names what the index may not know yet:
    # developer.atlassian.com/cloud/jira/platform/search-and-reconcile/
    body: dict[str, Any] = {"jql": query, "fields": [field], "maxResults": page_size}
    if token:
        body["nextPageToken"] = token
    if reconcile_ids:
        body["reconcileIssues"] = [int(text) for text in reconcile_ids]
    return Request("POST", f"{ROOT}/search/jql", body=body, kind=CallKind.SEARCH)


def times_in(answer: Response) -> tuple[tuple[str, str], ...]:
    """Ids of a page with when each was last changed, as written; ValueError where it is none."""
    try:
        return tuple((str(issue["id"]), str(issue["fields"]["updated"])) for issue in object_in(answer)["issues"])
    except (KeyError, TypeError) as error:
        raise ValueError("a page of the search contains no issues") from error


def id_page(answer: Response) -> IdPage:
    """Read a page of ids; ValueError where it is none."""
    content = object_in(answer)
    try:
        ids = tuple(str(issue["id"]) for issue in content["issues"])
    except (KeyError, TypeError) as error:
        raise ValueError("a page of the search contains no issues") from error
    token = content.get("nextPageToken")
    return IdPage(ids, token if token and not content.get("isLast") else None)


def fetch_issues(ids: Sequence[str], fields: Sequence[str]) -> Request:
    """Ask for up to 100 tickets by id, with exactly these fields."""
    body = {"issueIdsOrKeys": list(ids), "fields": list(fields)}
    # developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post
    return Request("POST", f"{ROOT}/issue/bulkfetch", body=body)


def issues_in(answer: Response) -> list[Any]:
    """The tickets in an answer, in the tracker's order; those that may not be read are simply not there."""
    issues = object_in(answer).get("issues")
    if not isinstance(issues, list):
        raise ValueError("the answer contains no issues")
    return issues


def page_limit(answer: Response, requested: int) -> int:
    """How many tickets the server gave at most, where it says that this is fewer than were asked for."""
    try:
        limit = object_in(answer).get("maxResults")
    except ValueError:
        return requested
    return max(1, limit) if isinstance(limit, int) and limit < requested else requested


def update_labels(
    target: Target, add: Iterable[str], remove: Iterable[str], *, suppress_notifications: bool, root: str = ROOT
) -> Request:
    """Add and remove in one edit that leaves all other labels alone."""
    verbs = [{"add": label} for label in sorted(add)] + [{"remove": label} for label in sorted(remove)]
    params = WITHOUT_NOTIFICATIONS if suppress_notifications else {}
    return write_request("PUT", issue_path(target, root), target, params=params, body={"update": {"labels": verbs}})


def is_off_screen(refusal: str) -> bool:
    """Whether Jira refused an edit because the labels field is not on the ticket's screen."""
    words = refusal.lower()
    return "labels" in words and ("screen" in words or "cannot be set" in words)


def read_labels(target: Target, root: str = ROOT) -> Request:
    """Ask for a ticket's labels."""
    return Request("GET", issue_path(target, root), params={"fields": "labels"}, ticket=target.ref.key)


def labels_of(answer: Response) -> frozenset[str]:
    """The labels in the answer."""
    return frozenset(object_in(answer).get("fields", {}).get("labels") or ())


def issue_path(target: Target, root: str) -> str:
    """Where a ticket is found: by its id, which stays."""
    return f"{root}/issue/{quote(target.id, safe='')}"


def write_request(
    method: str,
    path: str,
    target: Target,
    *,
    params: Mapping[str, str | int] | None = None,
    body: Any = None,
    repeatable: bool = True,
) -> Request:
    """A request that changes a ticket."""
    return Request(method, path, params or {}, body, CallKind.WRITE, repeatable, target.ref.key)


def object_in(answer: Response) -> dict[str, Any]:
    """The JSON object that an answer is; ValueError where it is none."""
    content = answer.json()
    if not isinstance(content, dict):
        raise ValueError("the answer is no JSON object")
    return content


SEARCH = "/rest/api/2/search"
# Offsets beyond this are refused, so the next window begins where this one ends:
# support.atlassian.com/jira/kb/handling-jql-rest-api-searching-exceeding-max_result_window-in-jira/
MAX_OFFSET = 10_000
PAGE_SIZE = 1_000
_ORDER = re.compile(r"""((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'])*?)\border\s+by\b.*""", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket's id, when it was created in epoch milliseconds, and when it last changed, as the site writes it."""

    id: str
    created: int
    updated: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the server cut it: `size` is what it allows, whatever was asked for."""

    rows: tuple[Row, ...]
    size: int
    total: int


def search_page(query: str, since: int | None, start: int, size: int) -> Request:
    """A page of a window: edits never move a row of it, because a ticket's creation stays."""
    clause = without_order(query)
    after = "" if since is None else f" AND created >= {since}"
    jql = f"({clause}){after} ORDER BY created ASC, key ASC"
    body = {"jql": jql, "startAt": start, "maxResults": size, "fields": ["created", "updated"]}
    return Request("POST", SEARCH, body=body, kind=CallKind.SEARCH)


def read_page(answer: Response) -> Page:
    """Read a page of a window; ValueError where it is none."""
    content = object_in(answer)
    try:
        return Page(tuple(_row(item) for item in content["issues"]), int(content["maxResults"]), int(content["total"]))
    except (KeyError, TypeError) as error:
        raise ValueError("a page of the search contains no issues") from error


def fetch_by_search(ids: Sequence[str], fields: Sequence[str]) -> Request:
    """Ask for tickets by id or key; names that stand for none are passed over instead of refused."""
    jql = f"key in ({', '.join(ids)})"
    body: dict[str, Any] = {"jql": jql, "maxResults": len(ids), "fields": list(fields), "validateQuery": False}
    return Request("POST", SEARCH, body=body)


def without_order(query: str) -> str:
    """The query without its order, which a window brings its own of."""
    ordered = _ORDER.fullmatch(query)
    return (ordered[1] if ordered else query).strip()


def _row(issue: dict[str, Any]) -> Row:
    fields = issue["fields"]
    return Row(str(issue["id"]), _milliseconds(fields["created"]), str(fields.get("updated") or ""))


def _milliseconds(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp() * 1000)
