"""Search by JQL: pages behind opaque tokens, an estimate of the count, and reading many issues at once."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from hub.sandbox.jira.expand import expand
from hub.sandbox.jira.issue_json import LIGHT
from hub.sandbox.jira.jql_match import find
from hub.sandbox.jira.jql_parse import JqlRefused
from hub.sandbox.jira.records import Issue
from hub.sandbox.jira.request import ApiError, Call, answer, raw

DEFAULT_PAGE = 50
LIGHT_PAGE = 5_000
FULL_PAGE = 100
BULK_LIMIT = 100
RECONCILE_LIMIT = 50
OPEN_SEARCHES = 256

Issues = list[Issue]


class Searches:
    """The result lists that tokens point into; the oldest are forgotten, as the vendor's tokens expire."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[str, list[int]]] = OrderedDict()
        self._count = 0

    def search(self, call: Call, params: dict[str, Any]) -> Response:
        """One page."""
        jql = params.get("jql") or ""
        fields = call.writer.select_fields(params.get("fields") or (), default="id")
        size = _page_size(params.get("maxResults"), light=set(fields) <= LIGHT)
        reconcile_ids = frozenset(params.get("reconcileIssues") or ())
        if len(reconcile_ids) > RECONCILE_LIMIT:
            raise ApiError(400, f"The number of issues to reconcile exceeds the limit of {RECONCILE_LIMIT}.")
        ids, start, name = self._locate(call, jql, params.get("nextPageToken"))
        rows = _rows(call, ids[start : start + size], reconcile_ids)
        has_more = start + size < len(ids)
        if has_more and name is None:
            name = self._keep(jql, ids)
        bodies = _bodies(call, rows, fields, params.get("expand") or "")
        return _page(bodies, self._token(name or "", start + size) if has_more else None)

    def _locate(self, call: Call, jql: str, token: str | None) -> tuple[list[int], int, str | None]:
        if token is None:
            return [issue.id for issue in _find_issues(call, jql)], 0, None
        name, _, start = token.partition(".")
        stored = self._open.get(name)
        if stored is None or stored[0] != jql or self._token(name, _number(start)) != token:
            raise ApiError(400, "The provided next page token is invalid or expired.")
        return stored[1], _number(start), name

    def _keep(self, jql: str, ids: list[int]) -> str:
        self._count += 1
        name = hashlib.sha256(f"{self._count} {jql}".encode()).hexdigest()[:24]
        self._open[name] = (jql, ids)
        if len(self._open) > OPEN_SEARCHES:
            self._open.popitem(last=False)
        return name

    def _token(self, name: str, start: int) -> str:
        return f"{name}.{start:x}"


def _number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return -1


def _find_issues(call: Call, jql: str) -> Issues:
    try:
        return find(call.site, call.account, jql)
    except JqlRefused as error:
        raise ApiError(400, str(error)) from None


def _page_size(requested: Any, *, light: bool) -> int:
    size = DEFAULT_PAGE if requested is None else requested
    if not isinstance(size, int) or size < 1:
        raise ApiError(400, f"The value '{requested}' for 'maxResults' is invalid.")
    return min(size, LIGHT_PAGE if light else FULL_PAGE)


def _rows(call: Call, ids: Iterable[int], reconcile_ids: frozenset[int]) -> Issues:
    """The rows of a page as the index has them; those to reconcile as they are."""
    site = call.site
    rows = (site.issues.get(id_) if id_ in reconcile_ids else site.indexed(id_) for id_ in ids)
    return [row for row in rows if row is not None]


def _bodies(call: Call, rows: Issues, fields: tuple[str, ...], expanded: str) -> Iterable[bytes]:
    bodies = (call.writer.full(row, fields, call.view) for row in rows)
    return (expand(call, row, body, expanded) for row, body in zip(rows, bodies, strict=True)) if expanded else bodies


def _page(bodies: Iterable[bytes], token: str | None) -> Response:
    body = b",".join(bodies)
    end = b'"isLast":true' if token is None else b'"nextPageToken":"%s","isLast":false' % token.encode()
    return raw(b'{"issues":[' + body + b"]," + end + b"}")


def get_search(searches: Searches) -> Callable[[Call], Response]:
    """The search with everything in the address."""

    def handle(call: Call) -> Response:
        params: dict[str, Any] = {
            name: call.query[name] for name in ("jql", "nextPageToken", "expand") if name in call.query
        }
        params["fields"] = list(call.lists.get("fields", ()))
        params["reconcileIssues"] = [int(text) for text in call.lists.get("reconcileIssues", ()) if text.isdigit()]
        if "maxResults" in call.query:
            params["maxResults"] = call.number("maxResults", DEFAULT_PAGE)
        return searches.search(call, params)

    return handle


def post_search(searches: Searches) -> Callable[[Call], Response]:
    """The search with everything in the body."""
    return lambda call: searches.search(call, call.object())


def approximate_count(call: Call) -> Response:
    """How many issues a query finds."""
    return answer({"count": len(_find_issues(call, call.object().get("jql") or ""))})


def bulk_fetch(call: Call) -> Response:
    """Up to a hundred issues by id or key, by ascending id; those that the caller does not see are left out."""
    params = call.object()
    names = params.get("issueIdsOrKeys")
    if not isinstance(names, list) or not names:
        raise ApiError(400, "The issueIdsOrKeys field must hold at least one issue ID or key.")
    if len(names) > BULK_LIMIT:
        raise ApiError(400, f"The number of issue IDs or keys exceeds the limit of {BULK_LIMIT}.")
    fields = call.writer.select_fields(params.get("fields") or ())
    issues_by_id = {issue.id: issue for name in names if (issue := call.site.find(str(name))) is not None}
    rows = [issues_by_id[id_] for id_ in sorted(issues_by_id) if call.sees(issues_by_id[id_])]
    body = b",".join(call.writer.full(row, fields, call.view) for row in rows)
    return raw(b'{"issues":[' + body + b'],"issueErrors":[]}')
