"""Data Center's search: pages by offset with a total, no larger and no deeper than the server allows."""

from typing import Any

from starlette.responses import Response

from hub.sandbox.jira.jql_match import find
from hub.sandbox.jira.jql_parse import JqlRefused
from hub.sandbox.jira.request import ApiError, Call, raw

DEFAULT_PAGE = 50
DEEPEST = 10_000


def get_search(call: Call) -> Response:
    """The search with everything in the address."""
    params: dict[str, Any] = {"jql": call.query.get("jql"), "fields": list(call.lists.get("fields", ()))}
    params |= {name: call.number(name, 0) for name in ("startAt", "maxResults") if name in call.query}
    return _search(call, params | {"validateQuery": call.query.get("validateQuery") != "false"})


def post_search(call: Call) -> Response:
    """The search with everything in the body."""
    return _search(call, call.object())


def _search(call: Call, params: dict[str, Any]) -> Response:
    start, size = int(params.get("startAt") or 0), params.get("maxResults")
    size = min(DEFAULT_PAGE if size is None else int(size), call.site.deployment.page_cap)
    if start + size > DEEPEST:
        raise ApiError(500, f"Result window is too large, from + size must be less than or equal to: [{DEEPEST}].")
    try:
        lenient = params.get("validateQuery") is False
        matches = find(call.site, call.account, params.get("jql") or "", lenient=lenient)
    except JqlRefused as error:
        raise ApiError(400, str(error)) from None
    fields = call.writer.select_fields(params.get("fields") or ())
    rows = b",".join(call.writer.full(row, fields, call.view) for row in matches[start : start + size])
    head = b'{"expand":"schema,names","startAt":%d,"maxResults":%d,"total":%d,"issues":[' % (start, size, len(matches))
    return raw(head + rows + b"]}")
