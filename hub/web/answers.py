"""The pages' addresses, and the one way in which each is admitted, made, kept and answered."""

import threading
from collections.abc import Awaitable, Callable
from hashlib import sha256

from cachetools import LRUCache
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.model.errors import HubError
from hub.web.page import Asked, MakePage, Page, missing
from hub.web.pages.map import map_page
from hub.web.pages.rules import rule_page, rules_page
from hub.web.render import body, framed
from hub.web.site import Site
from hub.web.viewer import Role, Viewer
from hub.web.window import Window

KEPT_LETTERS = 64 * 1024 * 1024
PAGES: tuple[tuple[str, MakePage], ...] = (
    ("/", map_page),
    ("/rules", rules_page),
    ("/rules/{rule}", rule_page),
)
Kept = tuple[Page, str]


class Drawn:
    """Pages that were drawn already, by window, role and address: the same page is drawn once after each run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: LRUCache[tuple[str, ...], Kept] = LRUCache(KEPT_LETTERS, getsizeof=lambda kept: len(kept[1]))

    def page(self, make: MakePage, window: Window, viewer: Viewer, asked: Asked) -> Kept:
        """The page and its body."""
        key = (window.stamp, window.audience, viewer.role, make.__name__, repr(asked))
        with self._lock:
            known = self._kept.get(key)
        if known is None:
            page = make(window, viewer, asked)
            known = (page, body(page, {"window": window, "admin": viewer.role is Role.ADMIN}))
            if len(known[1]) < KEPT_LETTERS:
                with self._lock:
                    self._kept[key] = known
        return known


def page_routes(site: Site) -> APIRouter:
    """Every page; whatever is at no address of ours is a page that says so."""
    router, drawn = APIRouter(include_in_schema=False), Drawn()
    for path, make in PAGES:
        router.add_api_route(path, _endpoint(site, drawn, make), methods=["GET", "HEAD"])
    router.add_api_route("/{path:path}", _endpoint(site, drawn, _no_page), methods=["GET", "HEAD"])
    return router


def _no_page(_window: Window, _viewer: Viewer, _asked: Asked) -> Page:
    return missing("page")


def _endpoint(site: Site, drawn: Drawn, make: MakePage) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        viewer = await site.access.admit(request)
        if isinstance(viewer, Response):
            return viewer
        asked = Asked(request.path_params, dict(request.query_params))
        page, content = await run_in_threadpool(_found, site, drawn, make, viewer, asked)
        path = request.url.path
        return _answer(
            page, framed(content, title=page.title, path=path, viewer=viewer, workspace=site.workspace), request
        )

    return answer


def _found(site: Site, drawn: Drawn, make: MakePage, viewer: Viewer, asked: Asked) -> Kept:
    try:
        window = site.keeper.window(viewer.teams)
    except HubError as error:
        said = str(error) if viewer.role is Role.ADMIN else ""
        page = Page("fault.html", "Not to be read", {"said": said}, status=503)
        return page, body(page, {})
    return drawn.page(make, window, viewer, asked)


def _answer(page: Page, whole: str, request: Request) -> Response:
    headers = {"ETag": f'"{sha256(whole.encode()).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    if page.status == 200 and request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(whole, page.status, headers)
