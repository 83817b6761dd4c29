"""The web application: routes of the pages, static files, security headers, and the button that starts a run."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub import __version__
from hub.model.errors import HubError
from hub.model.service_state import RunProgress
from hub.model.urls import HELP_PAGE
from hub.report.text import public_error
from hub.web.api.responses import http_error, invalid_request
from hub.web.api.routes import api_routes
from hub.web.audit_files import audit_file_routes
from hub.web.auth.authenticators import is_cross_site
from hub.web.exports import csv_routes
from hub.web.live import activity_of, live_routes
from hub.web.page import MakePage, Page, PageParams, Role, Viewer, not_found, static
from hub.web.pages.audit import audit_page
from hub.web.pages.findings import findings_page
from hub.web.pages.map import map_page
from hub.web.pages.map_counts import map_count_page
from hub.web.pages.okrs import key_result_page, key_results_page
from hub.web.pages.rules import rule_page, rules_page
from hub.web.pages.runs import LiveState, run_page, runs_page
from hub.web.pages.search import search_page
from hub.web.pages.teams import team_page, teams_page
from hub.web.pages.tickets import help_page, ticket_page, tickets_page
from hub.web.pages.trends import trends_page
from hub.web.response_cache import PageCache, PageRequest, RenderedPage, conditional_response
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import NOTHING_SERVED, WebDependencies

PAGES: tuple[tuple[str, MakePage], ...] = (
    ("/", map_page),
    ("/map/{count}", map_count_page),
    ("/findings", findings_page),
    ("/audit", audit_page),
    ("/rules", rules_page),
    ("/rules/{rule}", rule_page),
    ("/teams", teams_page),
    ("/teams/{team}", team_page),
    ("/key-results", key_results_page),
    ("/key-results/{key_result}", key_result_page),
    ("/tickets", tickets_page),
    ("/tickets/{connector}/{key:path}", ticket_page),
    ("/search", search_page),
    ("/trends", trends_page),
    (HELP_PAGE, help_page),
)
LivePage = Callable[[PortfolioSnapshot, LiveState, PageParams], Page]
# What changes between two runs is drawn again when the scheduler's state changes, and after some seconds.
LIVE: tuple[tuple[str, LivePage], ...] = (("/runs", runs_page), ("/runs/{run}", run_page))
LIVE_SECONDS = 5
LIVE_CACHE_BYTES = 8 * 1024 * 1024


def page_routes(dependencies: WebDependencies) -> APIRouter:
    """Every page; whatever is at no address of ours is a page that says so."""
    router, pages = APIRouter(include_in_schema=False), PageCache(dependencies.workspace)
    live_pages = PageCache(dependencies.workspace, LIVE_CACHE_BYTES)
    dependencies.snapshots.on_new_snapshot(pages.warm)
    for path, make in PAGES:
        router.add_route(path, _endpoint(dependencies, _Pages(dependencies, pages, make)), methods=["GET", "HEAD"])
    for path, make_live in LIVE:
        live = _LivePages(dependencies, live_pages, make_live)
        router.add_route(path, _endpoint(dependencies, live), methods=["GET", "HEAD"])
    missing = _Pages(dependencies, pages, _no_page)
    router.add_route("/{path:path}", _endpoint(dependencies, missing), methods=["GET", "HEAD"])
    return router


def _no_page(_snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
    return not_found("page")


@dataclass(frozen=True)
class _Pages:
    """The pages at one path, which depend on the snapshot alone."""

    dependencies: WebDependencies
    cache: PageCache
    make: MakePage

    def request(self, path: str, viewer: Viewer, params: PageParams) -> PageRequest:
        """The request, with the version that is served before the page is made."""
        return PageRequest(path, viewer, params, self.dependencies.snapshots.served_version(viewer.teams))

    def render(self, request: PageRequest, snapshot: PortfolioSnapshot) -> RenderedPage:
        """The page, rendered if it isn't cached."""
        return self.cache.get_or_make(self.make, request, snapshot)


@dataclass(frozen=True)
class _LivePages:
    """The pages at one path that also depend on the state of the scheduler."""

    dependencies: WebDependencies
    cache: PageCache
    make: LivePage

    def request(self, path: str, viewer: Viewer, params: PageParams) -> PageRequest:
        """The request, with what stands for the state; rendered anew after some seconds in any case."""
        dependencies, state = self.dependencies, self.dependencies.scheduler_state()
        current = state.current if state else None
        seconds = LIVE_SECONDS
        if state is not None and current is not None:
            # Counts of a run change all the time: not each of them is a page of its own.
            state, seconds = replace(state, current=replace(current, progress=RunProgress())), 1
        marks = f"{activity_of(state)} {dependencies.now().timestamp() // seconds:.0f}"
        return PageRequest(path, viewer, params, dependencies.snapshots.served_version(viewer.teams), marks)

    def render(self, request: PageRequest, snapshot: PortfolioSnapshot) -> RenderedPage:
        """The page, rendered if it isn't cached."""

        def make_now(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
            dependencies, state = self.dependencies, self.dependencies.scheduler_state()
            live = LiveState(dependencies.now(), state, dependencies.rate_limits(), activity_of(state))
            return self.make(snapshot, live, params)

        return self.cache.get_or_make(make_now, request, snapshot)


def _endpoint(dependencies: WebDependencies, pages: _Pages | _LivePages) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        params = PageParams(request.path_params, dict(request.query_params))
        page_request = pages.request(request.url.path, viewer, params)
        # A page of the public snapshot that is cached needs no thread.
        snapshot = None if viewer.teams else dependencies.snapshots.current()
        page = pages.cache.get(page_request, snapshot) if snapshot else None
        if page is None:
            page = await run_in_threadpool(_page, dependencies, pages, page_request)
        return conditional_response(request, page.content, page.etag, "text/html", status=page.status)

    return answer


def _page(dependencies: WebDependencies, pages: _Pages | _LivePages, page_request: PageRequest) -> RenderedPage:
    try:
        snapshot = dependencies.snapshots.snapshot(page_request.viewer.teams)
    except HubError as error:
        error_text = public_error(error) if page_request.viewer.role is Role.ADMIN else ""
        page = Page("fault.html", "Not available", {"error_text": error_text}, status=503)
        return pages.cache.render(page, page_request, {})
    if page_request.version == NOTHING_SERVED:
        version = dependencies.snapshots.served_version(page_request.viewer.teams)
        page_request = replace(page_request, version=version)
    return pages.render(page_request, snapshot)


# Nothing inline, nothing from other hosts, no embedding in frames.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
IMMUTABLE = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """Adds the headers to each response; assets whose URL contains a digest are cached for ever."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what the answer does not say itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_immutable = scope["path"].startswith("/static/") and bool(scope["query_string"])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if is_immutable and message["status"] < 400:
                    headers["Cache-Control"] = IMMUTABLE
            await send(message)

        await self._app(scope, receive, with_headers)


def trigger_run_route(dependencies: WebDependencies) -> APIRouter:
    """`POST /runs`: the run starts as soon as the current one has ended; the page shows it."""
    router = APIRouter(include_in_schema=False)

    async def trigger_run(request: Request) -> Response:
        if is_cross_site(request.headers):
            return PlainTextResponse("This form was sent from another site.\n", 403)
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        if viewer.role is not Role.ADMIN:
            return PlainTextResponse("Only an admin can start a sync.\n", 403)
        dependencies.trigger_run()
        return RedirectResponse("/runs", status_code=303)

    router.add_api_route("/runs", trigger_run, methods=["POST"])
    return router


def make_app(dependencies: WebDependencies, routes: Sequence[APIRouter] = ()) -> FastAPI:
    """The application; `routes` are those of others (webhooks, signing in, probes), which come before the pages."""
    app = FastAPI(title="Alignment Hub", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(SecurityHeaders)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(HTTPException, http_error)
    app.add_api_route("/healthz", _healthz, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=str(static())))
    own = (api_routes, live_routes, audit_file_routes, trigger_run_route, csv_routes, page_routes)
    for router in (*routes, *(make(dependencies) for make in own)):
        app.include_router(router)
    return app


async def _healthz() -> Response:
    """The process is alive; needs no thread and no store, so that it answers under any load."""
    return PlainTextResponse("ok\n")
