"""The sandbox GitHub as an ASGI app: which address leads to which endpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql.execution.executor import Executor
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.sandbox.github import app_pages, apps, browse, endpoints, label_endpoints, search_endpoint
from hub.sandbox.github.rate_limit_middleware import ApiRequestHandler
from hub.sandbox.github.request import Call, Reply, missing
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.traffic import READ, Traffic, kind_by_method

REPO = "/repos/{owner}/{repo}"
ISSUE = REPO + "/issues/{number:int}"
COMMENT = REPO + "/issues/comments/{id:int}"
ENTERPRISE = "/api/v3"


@dataclass(frozen=True, slots=True)
class GitHubSandbox:
    """A sandbox GitHub ready to be served: its state, the app, and the requests that it was sent."""

    site: GitHubSite
    app: ASGIApp
    traffic: Traffic


def kind_of(method: str, path: str) -> str:
    """What a request counts as that never came to the app; a GraphQL call is taken for a read."""
    return READ if path.endswith("/graphql") else kind_by_method(method, path)


def github_app(
    site: GitHubSite,
    *,
    base: str = "",
    middleware: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    executor: type[Executor[Any]] = Executor,
) -> GitHubSandbox:
    """The app of a site: the API at the root, or under `/api/v3` with GraphQL beside it, as on a server of one's own.

    `middleware` wraps the app where its requests have been counted already; `executor` answers GraphQL queries.
    """
    api, traffic = ApiRequestHandler(site, executor), Traffic(kind_of)
    api_routes = [
        Route(base + path, api.api_endpoint(handler, free=path == "/rate_limit"), methods=[verb])
        for verb, path, handler in _endpoints()
    ]
    graphql = Route(base.removesuffix("/v3") + "/graphql", api.graphql, methods=["POST"])
    app = Starlette(
        routes=[graphql, *api_routes, *apps.routes(site, base), *app_pages.routes(site, base), *browse.routes(site)],
        exception_handlers={404: _missing, 405: _missing},
    )
    return GitHubSandbox(site, traffic.wrap(middleware(_with_address(site, base, app))), traffic)


def _endpoints() -> list[tuple[str, str, Callable[[Call], Reply]]]:
    return [
        ("GET", "/user", endpoints.user),
        ("GET", "/rate_limit", endpoints.rate_limit),
        ("GET", "/meta", endpoints.meta),
        ("GET", "/search/issues", search_endpoint.search_issues),
        ("GET", REPO, endpoints.repository),
        ("GET", REPO + "/issues", endpoints.list_issues),
        ("POST", REPO + "/issues", endpoints.create_issue),
        ("GET", REPO + "/issues/comments", endpoints.list_all_comments),
        ("GET", COMMENT, endpoints.comment),
        ("PATCH", COMMENT, endpoints.edit_comment),
        ("DELETE", COMMENT, endpoints.delete_comment),
        ("POST", COMMENT + "/reactions", endpoints.react),
        ("GET", ISSUE, endpoints.issue),
        ("PATCH", ISSUE, endpoints.edit_issue),
        ("GET", ISSUE + "/comments", endpoints.list_comments),
        ("POST", ISSUE + "/comments", endpoints.create_comment),
        ("GET", ISSUE + "/labels", label_endpoints.list_issue_labels),
        ("POST", ISSUE + "/labels", label_endpoints.add_issue_labels),
        ("DELETE", ISSUE + "/labels/{name:path}", label_endpoints.remove_issue_label),
        ("GET", REPO + "/labels", label_endpoints.list_labels),
        ("POST", REPO + "/labels", label_endpoints.create_label),
        ("GET", REPO + "/labels/{name:path}", label_endpoints.label),
        ("DELETE", REPO + "/labels/{name:path}", label_endpoints.delete_label),
        *_relations(),
    ]


def _relations() -> list[tuple[str, str, Callable[[Call], Reply]]]:
    return [
        ("GET", "/orgs/{owner}/issue-fields", endpoints.issue_fields),
        ("GET", ISSUE + "/issue-field-values", endpoints.issue_field_values),
        ("GET", ISSUE + "/parent", endpoints.parent),
        ("GET", ISSUE + "/sub_issues", endpoints.related("sub_issues")),
        ("GET", ISSUE + "/dependencies/blocked_by", endpoints.related("blocked_by")),
        ("GET", ISSUE + "/dependencies/blocking", endpoints.related("blocking")),
    ]


def _with_address(site: GitHubSite, base: str, app: ASGIApp) -> ASGIApp:
    """Links in answers lead to where the sandbox was called."""

    async def set_address(scope: Scope, receive: Receive, send: Send) -> None:
        host = next((value.decode() for name, value in scope["headers"] if name == b"host"), "127.0.0.1")
        site.url = f"{scope['scheme']}://{host}"
        site.api = site.url + base
        await app(scope, receive, send)

    return set_address


async def _missing(_request: Request, _error: Exception) -> Response:
    return JSONResponse(missing().body, 404)
