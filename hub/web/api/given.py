"""How the API answers: who asks, from which window; made once after each run, with an ETag and links to more."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.model.errors import HubError
from hub.web.api.asked import PagedQuery
from hub.web.api.problems import UNAVAILABLE, problem, unknown
from hub.web.kept import ResponseCache
from hub.web.site import WebDependencies
from hub.web.viewer import Viewer
from hub.web.window import PortfolioSnapshot

Document = dict[str, Any]
BuildDocument = Callable[[PortfolioSnapshot], Document | None]


class ApiResponse:
    """A body that was made; `total` is how long the whole list is, where it is a part of one."""

    __slots__ = ("body", "etag", "total")

    def __init__(self, document: Document) -> None:
        self.body = _serialize(document)
        self.etag = f'"{sha256(self.body).hexdigest()[:32]}"'
        self.total: int | None = document.get("total")


class ApiResponder:
    """Answers of one site; see `ResponseCache`."""

    def __init__(self, dependencies: WebDependencies) -> None:
        self._dependencies = dependencies
        self._cache: ResponseCache[ApiResponse] = ResponseCache(lambda response: len(response.body))
        dependencies.snapshots.on_new_snapshot(self._cache.warm)

    async def respond_list(
        self, request: Request, make: Callable[[PortfolioSnapshot, Any], Document], query: Any
    ) -> Response:
        """A part of a list."""
        key = (make.__name__, query.model_dump_json())
        response = await self._respond(request, "list", key, lambda snapshot: make(snapshot, query))
        total = response.headers.get("x-total-count")
        if total is not None and isinstance(query, PagedQuery):
            response.headers["Link"] = ", ".join(_links(request, query, int(total)))
        return response

    async def respond_item(
        self, request: Request, noun: str, make: Callable[..., Document | None], *names: Any
    ) -> Response:
        """One thing, by its names."""
        return await self._respond(
            request, noun, (make.__name__, *map(str, names)), lambda snapshot: make(snapshot, *names)
        )

    async def _respond(self, request: Request, noun: str, key: tuple[str, ...], make: BuildDocument) -> Response:
        viewer = await self._dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        snapshot = None if viewer.teams else self._dependencies.snapshots.current()
        response = self._cache.get(snapshot, key) if snapshot else None
        try:
            if response is None:
                response = await run_in_threadpool(self._build, viewer, key, make)
        except HubError:
            return problem(503, UNAVAILABLE, {"Retry-After": "30"})
        if response is None:
            return unknown(noun)
        headers = {"ETag": response.etag, "Cache-Control": "private, no-cache"}
        if response.total is not None:
            headers["X-Total-Count"] = str(response.total)
        if request.headers.get("if-none-match") == response.etag:
            return Response(status_code=304, headers=headers)
        return Response(response.body, 200, headers, media_type="application/json")

    def _build(self, viewer: Viewer, key: tuple[str, ...], make: BuildDocument) -> ApiResponse | None:
        def build_response(snapshot: PortfolioSnapshot) -> ApiResponse | None:
            document = make(snapshot)
            return None if document is None else ApiResponse(document)

        return self._cache.get_or_build(self._dependencies.snapshots.snapshot(viewer.teams), key, build_response)


def _serialize(document: Document) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:
        # Half a character, where a tracker cut a text: the slow way knows it.
        return json.dumps(document, default=str).encode()


def _links(request: Request, query: PagedQuery, total: int) -> list[str]:
    """Where the neighbours of this part are, as far as there are any."""
    last = max(0, (total - 1) // query.limit * query.limit)
    offsets = {"first": 0, "last": last}
    if query.offset > 0:
        offsets["prev"] = max(0, min(query.offset - query.limit, last))
    if query.offset + query.limit < total:
        offsets["next"] = query.offset + query.limit
    params = {name: value for name, value in query.model_dump().items() if value is not None}
    return [
        f'<{request.url.path}?{urlencode({**params, "offset": offset})}>; rel="{rel}"'
        for rel, offset in offsets.items()
    ]
