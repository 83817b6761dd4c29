"""The button on the page of runs: an admin asks for a run now."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from hub.web.same_origin import is_cross_site
from hub.web.site import WebDependencies
from hub.web.viewer import Role


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
