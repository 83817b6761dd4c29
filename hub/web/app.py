"""Puts the web application together: pages, static files, health, and the headers that all answers carry."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from hub import __version__
from hub.web.answers import page_routes
from hub.web.api.problems import http_error, invalid_request
from hub.web.api.routes import api_routes
from hub.web.headers import SecurityHeaders
from hub.web.look_now import trigger_run_route
from hub.web.render import static
from hub.web.site import WebDependencies


def make_app(dependencies: WebDependencies, routes: Sequence[APIRouter] = ()) -> FastAPI:
    """The application; `routes` are those of others (webhooks, signing in, probes), which come before the pages."""
    app = FastAPI(title="Alignment Hub", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(SecurityHeaders)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(HTTPException, http_error)
    app.add_api_route("/healthz", _healthz, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=str(static())))
    for router in (*routes, api_routes(dependencies), trigger_run_route(dependencies), page_routes(dependencies)):
        app.include_router(router)
    return app


async def _healthz() -> Response:
    """The process is alive; needs no thread and no store, so that it answers under any load."""
    return PlainTextResponse("ok\n")
