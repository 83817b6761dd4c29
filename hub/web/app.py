"""Puts the web application together: pages, static files, health, and the headers that all answers carry."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from hub import __version__
from hub.web.answers import page_routes
from hub.web.api.problems import ill_asked, refused
from hub.web.api.routes import api_routes
from hub.web.look_now import look_now_route
from hub.web.render import static
from hub.web.site import Site

# Nothing inline, nothing from elsewhere, no frame around us.
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


def make_app(site: Site, routes: Sequence[APIRouter] = ()) -> FastAPI:
    """The application; `routes` are those of others (webhooks, signing in, probes), which come before the pages."""
    app = FastAPI(title="Alignment Hub", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    app.middleware("http")(_with_headers)
    app.add_exception_handler(RequestValidationError, ill_asked)
    app.add_exception_handler(HTTPException, refused)
    app.add_api_route("/healthz", _alive, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=str(static())))
    for router in (*routes, api_routes(site), look_now_route(site), page_routes(site)):
        app.include_router(router)
    return app


async def _alive() -> Response:
    """The process answers; it asks nobody, so that it does so under any load."""
    return PlainTextResponse("ok\n")


async def _with_headers(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await go_on(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/") and request.url.query:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
