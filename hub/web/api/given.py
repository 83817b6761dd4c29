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
from hub.web.api.asked import Paged
from hub.web.api.problems import NOT_READ, problem, unknown
from hub.web.response_cache import ResponseCache, conditional_response
from hub.web.site import Site
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

Document = dict[str, Any]
Make = Callable[[PortfolioSnapshot], Document | None]


class Given:
    """A body that was made; `total` is how long the whole list is, where it is a part of one."""

    __slots__ = ("body", "etag", "total")

    def __init__(self, document: Document) -> None:
        self.body = _written(document)
        self.etag = f'"{sha256(self.body).hexdigest()[:32]}"'
        self.total: int | None = document.get("total")


class Answers:
    """Answers of one site; see `ResponseCache`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept: ResponseCache[Given] = ResponseCache(lambda given: len(given.body))
        site.keeper.on_new_snapshot(self._kept.warm)

    async def part(self, request: Request, make: Callable[[PortfolioSnapshot, Any], Document], asked: Any) -> Response:
        """A part of a list."""
        key = (make.__name__, asked.model_dump_json())
        answer = await self._answer(request, "list", key, lambda window: make(window, asked))
        total = answer.headers.get("x-total-count")
        if total is not None and isinstance(asked, Paged):
            answer.headers["Link"] = ", ".join(_links(request, asked, int(total)))
        return answer

    async def thing(self, request: Request, what: str, make: Callable[..., Document | None], *names: Any) -> Response:
        """One thing, by its names."""
        return await self._answer(request, what, (make.__name__, *map(str, names)), lambda window: make(window, *names))

    async def _answer(self, request: Request, what: str, key: tuple[str, ...], make: Make) -> Response:
        viewer = await self._site.access.admit(request)
        if isinstance(viewer, Response):
            return viewer
        window = None if viewer.teams else self._site.keeper.known()
        given = self._kept.get(window, key) if window else None
        try:
            if given is None:
                given = await run_in_threadpool(self._given, viewer, key, make)
        except HubError:
            return problem(503, NOT_READ, {"Retry-After": "30"})
        if given is None:
            return unknown(what)
        return conditional_response(request, given.body, given.etag, "application/json", total=given.total)

    def _given(self, viewer: Viewer, key: tuple[str, ...], make: Make) -> Given | None:
        def given(window: PortfolioSnapshot) -> Given | None:
            document = make(window)
            return None if document is None else Given(document)

        return self._kept.get_or_make(self._site.keeper.window(viewer.teams), key, given)


def _written(document: Document) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:
        # Half a character, where a tracker cut a text: the slow way knows it.
        return json.dumps(document, default=str).encode()


def _links(request: Request, asked: Paged, total: int) -> list[str]:
    """Where the neighbours of this part are, as far as there are any."""
    last = max(0, (total - 1) // asked.limit * asked.limit)
    places = {"first": 0, "last": last}
    if asked.offset > 0:
        places["prev"] = max(0, min(asked.offset - asked.limit, last))
    if asked.offset + asked.limit < total:
        places["next"] = asked.offset + asked.limit
    told = {name: value for name, value in asked.model_dump().items() if value is not None}
    return [
        f'<{request.url.path}?{urlencode({**told, "offset": offset})}>; rel="{rel}"' for rel, offset in places.items()
    ]
