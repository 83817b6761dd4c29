"""Data Center's search: pages by offset with a total, no larger and no deeper than the server allows."""

from typing import Any

from starlette.responses import Response

from hub.sandbox.jira.jql_match import find
from hub.sandbox.jira.jql_parse import JqlRefused
from hub.sandbox.jira.request import Call, Refused, raw

DEFAULT_PAGE = 50
DEEPEST = 10_000


def get_search(call: Call) -> Response:
    """The search with everything in the address."""
    asked: dict[str, Any] = {"jql": call.query.get("jql"), "fields": list(call.lists.get("fields", ()))}
    asked |= {name: call.number(name, 0) for name in ("startAt", "maxResults") if name in call.query}
    return _search(call, asked | {"validateQuery": call.query.get("validateQuery") != "false"})


def post_search(call: Call) -> Response:
    """The search with everything in the body."""
    return _search(call, call.object())


def _search(call: Call, asked: dict[str, Any]) -> Response:
    start, size = int(asked.get("startAt") or 0), asked.get("maxResults")
    size = min(DEFAULT_PAGE if size is None else int(size), call.site.deployment.page_cap)
    if start + size > DEEPEST:
        raise Refused(500, f"Result window is too large, from + size must be less than or equal to: [{DEEPEST}].")
    try:
        lenient = asked.get("validateQuery") is False
        found = find(call.site, call.account, asked.get("jql") or "", lenient=lenient)
    except JqlRefused as error:
        raise Refused(400, str(error)) from None
    fields = call.writer.chosen(asked.get("fields") or ())
    rows = b",".join(call.writer.full(row, fields, call.view) for row in found[start : start + size])
    told = b'{"expand":"schema,names","startAt":%d,"maxResults":%d,"total":%d,"issues":[' % (start, size, len(found))
    return raw(told + rows + b"]}")
