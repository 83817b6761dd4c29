"""The pages' addresses, and the one way in which each is admitted, made, kept and answered."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.model.addresses import HELP_PAGE
from hub.model.errors import HubError
from hub.report.faults import told_openly
from hub.web.drawn import Drawing, Drawn, Question
from hub.web.page import Asked, MakePage, Page, missing
from hub.web.pages.audit import audit_page
from hub.web.pages.findings import findings_page
from hub.web.pages.help import help_page
from hub.web.pages.key_results import key_result_page, key_results_page
from hub.web.pages.map import map_page
from hub.web.pages.rules import rule_page, rules_page
from hub.web.pages.runs import AtWork, run_page, runs_page
from hub.web.pages.teams import team_page, teams_page
from hub.web.pages.tickets import ticket_page, tickets_page
from hub.web.pages.trends import trends_page
from hub.web.site import Site
from hub.web.viewer import Role, Viewer
from hub.web.window import Window

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
LivePage = Callable[[Window, AtWork], Page]
# What changes between two runs is drawn each time.
LIVE: tuple[tuple[str, LivePage], ...] = (("/runs", runs_page),)


def page_routes(site: Site) -> APIRouter:
    """Every page; whatever is at no address of ours is a page that says so."""
    router, drawn = APIRouter(include_in_schema=False), Drawn(site.workspace)
    site.keeper.before_shown(drawn.again)
    for path, make in PAGES:
        router.add_api_route(path, _endpoint(site, drawn, make), methods=["GET", "HEAD"])
    for path, make_live in LIVE:
        router.add_api_route(path, _live_endpoint(site, drawn, make_live), methods=["GET", "HEAD"])
    router.add_api_route("/{path:path}", _endpoint(site, drawn, _no_page), methods=["GET", "HEAD"])
    return router


def _no_page(_window: Window, _viewer: Viewer, _asked: Asked) -> Page:
    return missing("page")


def _endpoint(site: Site, drawn: Drawn, make: MakePage) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        viewer = await site.access.admit(request)
        if isinstance(viewer, Response):
            return viewer
        question = _question(request, viewer)
        # Who is shown what everybody sees needs no thread for a page that was drawn before.
        window = None if viewer.teams else site.keeper.known()
        drawing = drawn.known(question, window) if window else None
        if drawing is None:
            drawing = await run_in_threadpool(_found, site, drawn, make, question)
        return _answer(drawing, request)

    return answer


def _live_endpoint(site: Site, drawn: Drawn, make: LivePage) -> Callable[[Request], Awaitable[Response]]:
    def found(question: Question) -> Drawing:
        def page(window: Window, _viewer: Viewer, _asked: Asked) -> Page:
            return make(window, AtWork(site.now(), site.engine(), site.spending()))

        return _found(site, drawn, page, question, live=True)

    async def answer(request: Request) -> Response:
        viewer = await site.access.admit(request)
        if isinstance(viewer, Response):
            return viewer
        return _answer(await run_in_threadpool(found, _question(request, viewer)), request)

    return answer


def _question(request: Request, viewer: Viewer) -> Question:
    return Question(request.url.path, viewer, Asked(request.path_params, dict(request.query_params)))


def _found(site: Site, drawn: Drawn, make: MakePage, question: Question, *, live: bool = False) -> Drawing:
    try:
        window = site.keeper.window(question.viewer.teams)
    except HubError as error:
        said = told_openly(error) if question.viewer.role is Role.ADMIN else ""
        return drawn.draw(Page("fault.html", "Not available", {"said": said}, status=503), question, {})
    if live:
        return drawn.draw(make(window, question.viewer, question.asked), question, {"window": window})
    return drawn.page(make, question, window)


def _answer(drawing: Drawing, request: Request) -> Response:
    headers = {"ETag": drawing.etag, "Cache-Control": "private, no-cache"}
    if drawing.status == 200 and request.headers.get("if-none-match") == drawing.etag:
        return Response(status_code=304, headers=headers)
    return Response(drawing.content, drawing.status, headers, media_type="text/html")
