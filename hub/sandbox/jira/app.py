"""The sandbox Jira as an ASGI app: who may call which endpoint, and what an error looks like."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.sandbox.jira import browse, comments, issues, metadata_endpoints, offset_search, remote_links, search
from hub.sandbox.jira.issue_json import IssueJson
from hub.sandbox.jira.records import Account
from hub.sandbox.jira.request import ApiError, Call, body_of
from hub.sandbox.jira.routing import caller, refusal, uses_gateway
from hub.sandbox.jira.shapes import View
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.traffic import READ, SEARCH, WRITE, Traffic

Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

ANONYMOUS = Account("anonymous", "Anonymous", permissions=frozenset())
READING_POSTS = ("/search/jql", "/search/approximate-count", "/issue/bulkfetch", "/comment/list")


@dataclass(frozen=True, slots=True)
class JiraSandbox:
    """A sandbox Jira ready to be served: its state, the app, and the requests that it was sent."""

    site: JiraSite
    app: ASGIApp
    traffic: Traffic


def kind_of(method: str, path: str) -> str:
    """What a request counts as; some POSTs only read."""
    if "/search/" in path or path.endswith("/search"):
        return SEARCH
    reads = method in {"GET", "HEAD", "OPTIONS"} or path.endswith(READING_POSTS)
    return READ if reads else WRITE


def calls_per_second(method: str) -> int:
    """What the vendor allows of one endpoint."""
    return 50 if method in {"PUT", "DELETE"} else 100


def jira_app(site: JiraSite, *, middleware: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> JiraSandbox:
    """The app of a site. `middleware` wraps it where its requests have been counted already."""
    api, traffic = _RequestHandler(site), Traffic(kind_of)
    routes = [
        Route(f"{base}/rest/api/{version}/{path}", api.endpoint(path, handler), methods=[verb])
        for base, version in _base_paths(site)
        for verb, path, handler in _endpoints(site)
    ]
    app = Starlette(routes=[*routes, *metadata_endpoints.tenant_routes(site.deployment), *browse.routes(site)])
    app.add_exception_handler(404, api.no_route)
    return JiraSandbox(site, traffic.wrap(middleware(app)), traffic)


def _base_paths(site: JiraSite) -> list[tuple[str, str]]:
    """The paths that the API is under, and its versions there."""
    kind = site.deployment
    if not kind.cloud:
        return [(kind.context, "2"), (kind.context, "latest")]
    return [("", "{api}"), *([(kind.gateway, "{api}")] if kind.gateway else [])]


def _endpoints(site: JiraSite) -> list[tuple[str, str, Handler]]:
    return (_of_cloud() if site.deployment.cloud else _of_data_center()) + _of_both()


def _of_cloud() -> list[tuple[str, str, Handler]]:
    searches = search.Searches()
    return [
        ("POST", "issue/bulkfetch", search.bulk_fetch),
        ("GET", "search/jql", search.get_search(searches)),
        ("POST", "search/jql", search.post_search(searches)),
        ("POST", "search/approximate-count", search.approximate_count),
        ("POST", "comment/list", comments.comments_by_id),
        ("GET", "label", metadata_endpoints.labels),
        ("GET", "project/search", metadata_endpoints.projects),
    ]


def _of_data_center() -> list[tuple[str, str, Handler]]:
    return [
        ("GET", "search", offset_search.get_search),
        ("POST", "search", offset_search.post_search),
        ("GET", "project", metadata_endpoints.all_projects),
    ]


def _of_both() -> list[tuple[str, str, Handler]]:
    return [
        ("GET", "issue/{issue}", issues.read_issue),
        ("PUT", "issue/{issue}", issues.edit_issue),
        ("POST", "issue", issues.create_issue),
        ("GET", "issue/{issue}/editmeta", issues.edit_meta),
        ("GET", "issue/{issue}/comment", comments.list_comments),
        ("POST", "issue/{issue}/comment", comments.create_comment),
        ("GET", "issue/{issue}/comment/{comment}", comments.read_comment),
        ("PUT", "issue/{issue}/comment/{comment}", comments.edit_comment),
        ("DELETE", "issue/{issue}/comment/{comment}", comments.delete_comment),
        ("GET", "comment/{comment}/properties", comments.property_keys),
        ("GET", "comment/{comment}/properties/{property}", comments.read_property),
        ("PUT", "comment/{comment}/properties/{property}", comments.write_property),
        ("GET", "issue/{issue}/remotelink", remote_links.list_links),
        ("POST", "issue/{issue}/remotelink", remote_links.set_link),
        ("DELETE", "issue/{issue}/remotelink", remote_links.remove_link),
        ("GET", "serverInfo", metadata_endpoints.server_info),
        ("GET", "myself", metadata_endpoints.myself),
        ("GET", "field", metadata_endpoints.fields),
        ("GET", "issueLinkType", metadata_endpoints.link_types),
        ("GET", "issuetype", metadata_endpoints.issue_types),
        ("GET", "status", metadata_endpoints.statuses),
        ("GET", "statuscategory", metadata_endpoints.status_categories),
        ("GET", "priority", metadata_endpoints.priorities),
        ("GET", "project/{project}", metadata_endpoints.project),
        ("GET", "mypermissions", metadata_endpoints.permissions),
    ]


class _RequestHandler:
    """Lets calls in one at a time, after the credentials were looked at."""

    def __init__(self, site: JiraSite) -> None:
        self.site = site
        self.writer = IssueJson(site)

    def endpoint(self, path: str, handler: Handler) -> Endpoint:
        """The endpoint of a handler."""

        async def handle(request: Request) -> Response:
            try:
                response = await self._dispatch(request, handler, open_to_all=path == "serverInfo")
            except ApiError as refused:
                response = self._refusal(refused, request)
            if self.site.deployment.cloud:
                limit = calls_per_second(request.method)
                response.headers.update({"x-ratelimit-limit": str(limit), "x-ratelimit-remaining": str(limit - 1)})
            return response

        return handle

    async def _dispatch(self, request: Request, handler: Handler, *, open_to_all: bool) -> Response:
        account = caller(self.site, request)
        if account is None:
            if not open_to_all or uses_gateway(self.site, request):
                raise ApiError(401)
            account = ANONYMOUS
        body = await body_of(request)
        self.site.base = self.site.base or str(request.base_url).rstrip("/") + self.site.deployment.context
        params = request.path_params
        latest = "3" if self.site.deployment.cloud else "2"
        view = View(self.site.base, "2" if params.get("api") == "2" else latest, account.zone)
        query = request.query_params
        lists = {name: query.getlist(name) for name in query}
        with self.site.lock:
            self.site.acting = account.id
            try:
                return handler(Call(self.site, self.writer, account, view, params, query, lists, body))
            finally:
                self.site.acting = ""

    def _refusal(self, refused: ApiError, request: Request) -> Response:
        if refused.status == 401:
            return refusal(self.site, request, anonymous="authorization" not in request.headers)
        return JSONResponse(refused.body, refused.status)

    async def no_route(self, request: Request, _: Exception) -> Response:
        """The vendor's two ways to say that there is no such endpoint."""
        if self.site.deployment.cloud and request.url.path.endswith("/search"):
            message = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
            return JSONResponse({"errorMessages": [message], "errors": {}}, 410)
        return JSONResponse({"message": f"null for uri: {request.url}", "status-code": 404}, 404)
