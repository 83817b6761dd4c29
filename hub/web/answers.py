"""The routes of the pages: how each request is authenticated, rendered and cached."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.model.addresses import HELP_PAGE
from hub.model.errors import HubError
from hub.report.faults import public_error
from hub.web.page import MakePage, Page, PageParams, not_found
from hub.web.pages.audit import audit_page
from hub.web.pages.findings import findings_page
from hub.web.pages.help import help_page
from hub.web.pages.key_results import key_result_page, key_results_page
from hub.web.pages.map import map_page
from hub.web.pages.rules import rule_page, rules_page
from hub.web.pages.runs import LiveState, run_page, runs_page
from hub.web.pages.teams import team_page, teams_page
from hub.web.pages.tickets import ticket_page, tickets_page
from hub.web.pages.trends import trends_page
from hub.web.response_cache import PageCache, PageRequest, RenderedPage, conditional_response
from hub.web.site import WebDependencies
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Role, Viewer

PAGES: tuple[tuple[str, MakePage], ...] = (
    ("/", map_page),
    ("/findings", findings_page),
    ("/audit", audit_page),
    ("/rules", rules_page),
    ("/rules/{rule}", rule_page),
    ("/runs/{run}", run_page),
    ("/teams", teams_page),
    ("/teams/{team}", team_page),
    ("/key-results", key_results_page),
    ("/key-results/{key_result}", key_result_page),
    ("/tickets", tickets_page),
    ("/tickets/{connector}/{key:path}", ticket_page),
    ("/trends", trends_page),
    (HELP_PAGE, help_page),
)
LivePage = Callable[[PortfolioSnapshot, LiveState], Page]
# What changes between two runs is drawn each time.
LIVE: tuple[tuple[str, LivePage], ...] = (("/runs", runs_page),)


def page_routes(dependencies: WebDependencies) -> APIRouter:
    """Every page; whatever is at no address of ours is a page that says so."""
    router, pages = APIRouter(include_in_schema=False), PageCache(dependencies.workspace)
    dependencies.snapshots.on_new_snapshot(pages.warm)
    for path, make in PAGES:
        router.add_api_route(path, _page_endpoint(dependencies, pages, make), methods=["GET", "HEAD"])
    for path, make_live in LIVE:
        router.add_api_route(path, _live_page_endpoint(dependencies, pages, make_live), methods=["GET", "HEAD"])
    router.add_api_route("/{path:path}", _page_endpoint(dependencies, pages, _no_page), methods=["GET", "HEAD"])
    return router


def _no_page(_snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
    return not_found("page")


def _page_endpoint(
    dependencies: WebDependencies, pages: PageCache, make: MakePage
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        page_request = _page_request(request, viewer)
        # A page of the public snapshot that is cached needs no thread.
        snapshot = None if viewer.teams else dependencies.snapshots.current()
        page = pages.get(page_request, snapshot) if snapshot else None
        if page is None:
            page = await run_in_threadpool(_page, dependencies, pages, make, page_request)
        return conditional_response(request, page.content, page.etag, "text/html", status=page.status)

    return answer


def _live_page_endpoint(
    dependencies: WebDependencies, pages: PageCache, make: LivePage
) -> Callable[[Request], Awaitable[Response]]:
    def render(page_request: PageRequest) -> RenderedPage:
        def make_now(snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
            return make(
                snapshot, LiveState(dependencies.now(), dependencies.scheduler_state(), dependencies.rate_limits())
            )

        return _page(dependencies, pages, make_now, page_request, is_live=True)

    async def answer(request: Request) -> Response:
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        page = await run_in_threadpool(render, _page_request(request, viewer))
        return conditional_response(request, page.content, page.etag, "text/html", status=page.status)

    return answer


def _page_request(request: Request, viewer: Viewer) -> PageRequest:
    return PageRequest(request.url.path, viewer, PageParams(request.path_params, dict(request.query_params)))


def _page(
    dependencies: WebDependencies, pages: PageCache, make: MakePage, page_request: PageRequest, *, is_live: bool = False
) -> RenderedPage:
    try:
        snapshot = dependencies.snapshots.snapshot(page_request.viewer.teams)
    except HubError as error:
        error_text = public_error(error) if page_request.viewer.role is Role.ADMIN else ""
        return pages.render(
            Page("fault.html", "Not available", {"error_text": error_text}, status=503), page_request, {}
        )
    if is_live:
        return pages.render(
            make(snapshot, page_request.viewer, page_request.params), page_request, {"snapshot": snapshot}
        )
    return pages.get_or_make(make, page_request, snapshot)
