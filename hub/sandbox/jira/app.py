"""The sandbox Jira as an ASGI app: who may call which endpoint, and what an error looks like."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.sandbox.faults import Faults
from hub.sandbox.jira import about, browse, comments, issues, search
from hub.sandbox.jira.call import Call, Refused, body_of, caller
from hub.sandbox.jira.issue_json import IssueJson
from hub.sandbox.jira.limits import Limits
from hub.sandbox.jira.records import Account
from hub.sandbox.jira.shapes import View
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.traffic import READ, SEARCH, WRITE, Traffic

Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

NOBODY = Account("anonymous", "Anonymous", may=frozenset())
NOT_AUTHENTICATED = "Client must be authenticated to access this resource."
READING_POSTS = ("/search/jql", "/search/approximate-count", "/issue/bulkfetch", "/comment/list")


@dataclass(frozen=True, slots=True)
class JiraSandbox:
    """A sandbox Jira ready to be served: its state, the app, and what can be done to its traffic."""

    site: JiraSite
    app: ASGIApp
    faults: Faults
    traffic: Traffic
    limits: Limits


def kind_of(method: str, path: str) -> str:
    """What a request counts as; some POSTs only read."""
    if "/search/" in path:
        return SEARCH
    reads = method in {"GET", "HEAD", "OPTIONS"} or path.endswith(READING_POSTS)
    return READ if reads else WRITE


def jira_app(site: JiraSite, *, around: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> JiraSandbox:
    """The app of a site. `around` wraps the plain app, inside of the faults, so that a test can look at every pair."""
    limits, faults, traffic = Limits(), Faults(), Traffic(kind_of)
    gate = _Gate(site, limits)
    routes = [
        Route(f"/rest/api/{{api}}/{path}", gate.endpoint(path, handler), methods=[verb])
        for verb, path, handler in _endpoints()
    ]
    app = Starlette(routes=[*routes, *browse.routes(site)])
    app.add_exception_handler(404, _no_route)
    return JiraSandbox(site, traffic.wrap(faults.wrap(around(app))), faults, traffic, limits)


def _endpoints() -> list[tuple[str, str, Handler]]:
    searches = search.Searches()
    return [
        ("POST", "issue/bulkfetch", search.bulk_fetch),
        ("GET", "search/jql", search.get_search(searches)),
        ("POST", "search/jql", search.post_search(searches)),
        ("POST", "search/approximate-count", search.approximate_count),
        ("GET", "issue/{issue}", issues.read_issue),
        ("PUT", "issue/{issue}", issues.edit_issue),
        ("POST", "issue", issues.create_issue),
        ("GET", "issue/{issue}/editmeta", issues.edit_meta),
        ("GET", "issue/{issue}/comment", comments.list_comments),
        ("POST", "issue/{issue}/comment", comments.create_comment),
        ("GET", "issue/{issue}/comment/{comment}", comments.read_comment),
        ("PUT", "issue/{issue}/comment/{comment}", comments.edit_comment),
        ("DELETE", "issue/{issue}/comment/{comment}", comments.delete_comment),
        ("POST", "comment/list", comments.comments_by_id),
        ("GET", "comment/{comment}/properties", comments.property_keys),
        ("GET", "comment/{comment}/properties/{property}", comments.read_property),
        ("PUT", "comment/{comment}/properties/{property}", comments.write_property),
        ("GET", "serverInfo", about.server_info),
        ("GET", "myself", about.myself),
        ("GET", "field", about.fields),
        ("GET", "issueLinkType", about.link_types),
        ("GET", "issuetype", about.issue_types),
        ("GET", "status", about.statuses),
        ("GET", "statuscategory", about.status_categories),
        ("GET", "priority", about.priorities),
        ("GET", "label", about.labels),
        ("GET", "project/search", about.projects),
        ("GET", "project/{project}", about.project),
        ("GET", "mypermissions", about.permissions),
    ]


class _Gate:
    """Lets calls in one at a time, after the credentials and the limits were looked at."""

    def __init__(self, site: JiraSite, limits: Limits) -> None:
        self.site = site
        self.limits = limits
        self.writer = IssueJson(site)

    def endpoint(self, path: str, handler: Handler) -> Endpoint:
        """The endpoint of a handler."""

        async def handle(request: Request) -> Response:
            key = request.path_params.get("issue")
            allowed, headers = self.limits.check(request.method, path, key, self.site.clock())
            if not allowed:
                return JSONResponse({"errorMessages": ["Rate limit exceeded."], "errors": {}}, 429, headers)
            try:
                answered = await self._let_in(request, handler, open_to_all=path == "serverInfo")
            except Refused as refused:
                answered = _refusal(refused)
            answered.headers.update(headers)
            return answered

        return handle

    async def _let_in(self, request: Request, handler: Handler, *, open_to_all: bool) -> Response:
        account = caller(self.site, request)
        if account is None:
            if not open_to_all:
                raise Refused(401)
            account = NOBODY
        body = await body_of(request)
        self.site.base = self.site.base or str(request.base_url).rstrip("/")
        params = request.path_params
        view = View(self.site.base, "2" if params["api"] == "2" else "3", account.zone)
        query = request.query_params
        lists = {name: query.getlist(name) for name in query}
        with self.site.lock:
            return handler(Call(self.site, self.writer, account, view, params, query, lists, body))


def _refusal(refused: Refused) -> Response:
    if refused.status == 401:
        # The vendor answers in plain words here, not in JSON.
        headers = {"x-seraph-loginreason": "AUTHENTICATED_FAILED", "www-authenticate": 'OAuth realm=""'}
        return PlainTextResponse(NOT_AUTHENTICATED, 401, headers)
    return JSONResponse(refused.body, refused.status)


async def _no_route(request: Request, _: Exception) -> Response:
    if request.url.path.endswith("/search"):
        gone = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
        return JSONResponse({"errorMessages": [gone], "errors": {}}, 410)
    return JSONResponse({"message": f"null for uri: {request.url}", "status-code": 404}, 404)
