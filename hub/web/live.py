"""What open pages ask again and again: whether there is something new, and how far the current run has got."""

from hashlib import sha256

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.model.errors import HubError
from hub.model.service_state import SchedulerState
from hub.web.page import Role, Viewer, render_part
from hub.web.pages.runs import LiveState, run_state
from hub.web.response_cache import ResponseCache, conditional_response
from hub.web.snapshot_cache import WebDependencies

MAX_BYTES = 1024 * 1024


def activity_of(state: SchedulerState | None) -> str:
    """Another text whenever what the pages show of the scheduler has changed."""
    return sha256(repr(state).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def live_routes(dependencies: WebDependencies) -> APIRouter:
    """`/live` says which version of pages and of the run's state is served, `/live/run` shows the run's state.

    Both answer whom the pages answer, and 304 where nothing has changed.
    """
    router = APIRouter(include_in_schema=False)
    parts: ResponseCache[bytes] = ResponseCache(len, MAX_BYTES)

    async def versions(request: Request) -> Response:
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        state = dependencies.scheduler_state()
        document = {
            "version": dependencies.snapshots.served_version(viewer.teams),
            "activity": activity_of(state),
            "running": state is not None and (state.current is not None or state.requested),
        }
        return _conditional_json(request, document)

    async def run(request: Request) -> Response:
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        try:
            content = await run_in_threadpool(_run_part, dependencies, parts, viewer)
        except HubError:
            return Response(status_code=503)
        return conditional_response(request, content, _etag(content), "text/html")

    router.add_route("/live", versions, methods=["GET"])
    router.add_route("/live/run", run, methods=["GET"])
    return router


def _conditional_json(request: Request, document: dict[str, object]) -> Response:
    content = JSONResponse(document).body
    return conditional_response(request, bytes(content), _etag(bytes(content)), "application/json")


def _run_part(dependencies: WebDependencies, parts: ResponseCache[bytes], viewer: Viewer) -> bytes:
    """The state of the run, rendered once for all of one audience and role."""
    snapshot = dependencies.snapshots.snapshot(viewer.teams)
    state = dependencies.scheduler_state()
    live = LiveState(dependencies.now(), state, activity=activity_of(state))

    def render(_snapshot: object) -> bytes:
        context = {"state": run_state(snapshot, live), "admin": viewer.role is Role.ADMIN}
        return render_part("run_state.html", context).encode("utf-8", "replace")

    content = parts.get_or_make(snapshot, (viewer.role.value, live.activity), render)
    assert content is not None  # noqa: S101  every state has a text
    return content


def _etag(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:32]}"'
