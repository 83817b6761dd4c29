"""The button on the page of runs: an admin asks for a run now."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from hub.web.same_origin import from_elsewhere
from hub.web.site import Site
from hub.web.viewer import Role


def look_now_route(site: Site) -> APIRouter:
    """`POST /runs`: the run begins as soon as the one before has ended, and the page tells of it."""
    router = APIRouter(include_in_schema=False)

    async def look_now(request: Request) -> Response:
        if from_elsewhere(request.headers):
            return PlainTextResponse("This form was sent from another site.\n", 403)
        viewer = await site.access.admit(request)
        if isinstance(viewer, Response):
            return viewer
        if viewer.role is not Role.ADMIN:
            return PlainTextResponse("Only an admin can start a sync.\n", 403)
        site.poke()
        return RedirectResponse("/runs", status_code=303)

    router.add_api_route("/runs", look_now, methods=["POST"])
    return router
