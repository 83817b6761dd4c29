"""The addresses of the API, and the one way in which each is admitted, made, cached and answered."""

import json
from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Path, Query
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub import __version__
from hub.model.errors import HubError
from hub.report.document import document_of, object_of
from hub.web.api import resources
from hub.web.api.asked import FindingsAsked, KeyResultsAsked, Nothing, Paged, Word
from hub.web.api.models import ListPart, response_model
from hub.web.api.problems import API, NOT_READ, PROBLEM, Problem, problem, unknown
from hub.web.response_cache import Key, ResponseCache, conditional_response
from hub.web.site import Site
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

Name = Annotated[Word, Path(min_length=1)]
Number = Annotated[int, Path(ge=1, le=2**53)]
Bare = Annotated[Nothing, Query()]
Answer = Callable[..., Awaitable[Response]]
Make = Callable[[PortfolioSnapshot], object]
REFUSALS = {
    401: "Not signed in.",
    403: "Signed in, but without access.",
    422: "A parameter is not valid.",
    503: "The state or the OKR files can't be read right now.",
}
MISSING = {404: "It doesn't exist, or you don't have access."}


def api_routes(site: Site) -> APIRouter:
    """Every address under `/api`, its description, and a refusal for all others."""
    router, endpoints = APIRouter(prefix=API), Endpoints(ApiResponder(site))
    for path, resource, answer in _table(endpoints):
        described, model = {**REFUSALS, **(MISSING if "{" in path else {})}, response_model(resource)
        router.add_api_route(
            path,
            answer,
            methods=["GET"],
            responses={
                200: {"model": model, "description": (model.__doc__ or "").strip()},
                304: {"description": "Unchanged since that ETag."},
                **{status: _refusal(said) for status, said in described.items()},
            },
            response_class=JSONResponse,
            operation_id=answer.__name__,
            summary=(answer.__doc__ or "").strip(),
        )
    described_as = _described(router)
    router.add_api_route("/openapi.json", described_as, methods=["GET"], include_in_schema=False)
    router.add_api_route("/{path:path}", _nothing, methods=["GET"], include_in_schema=False)
    return router


def _refusal(said: str) -> dict[str, Any]:
    return {"description": said, "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}


def _described(router: APIRouter) -> Answer:
    """What the API offers is no secret: it is the same for every hub of this version."""

    @cache
    def document() -> dict[str, Any]:
        about = "How work is linked to OKRs. Read-only."
        return get_openapi(title="Alignment Hub", version=__version__, summary=about, routes=router.routes)

    async def openapi() -> Response:
        return JSONResponse(document(), headers={"Cache-Control": "no-cache"})

    return openapi


async def _nothing(request: Request) -> Response:
    return unknown("address")


def _table(endpoints: "Endpoints") -> tuple[tuple[str, Callable[..., object], Answer], ...]:
    return (
        ("/findings", resources.findings, endpoints.findings),
        ("/key-results", resources.key_results, endpoints.key_results),
        ("/teams", resources.teams, endpoints.teams),
        ("/runs", resources.runs, endpoints.runs),
        ("/rules", resources.rules, endpoints.rules),
        ("/trends", resources.trends, endpoints.trends),
        ("/audit", resources.audit, endpoints.audit),
        ("/key-results/{key_result}", resources.key_result, endpoints.key_result),
        ("/teams/{team}", resources.team, endpoints.team),
        ("/tickets/{connector}/{key:path}", resources.ticket, endpoints.ticket),
        ("/runs/{run}", resources.run, endpoints.run),
        ("/rules/{rule}", resources.rule, endpoints.rule),
    )


class ApiResponse:
    """A body that was made; `total` is how long the whole list is, where it is a part of one."""

    __slots__ = ("body", "etag", "total")

    def __init__(self, value: object) -> None:
        self.body = _encoded(value)
        self.etag = f'"{sha256(self.body).hexdigest()[:32]}"'
        self.total = value.total if isinstance(value, ListPart) else None


class ApiResponder:
    """Answers of one site; see `ResponseCache`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._cache: ResponseCache[ApiResponse] = ResponseCache(lambda response: len(response.body))
        site.keeper.on_new_snapshot(self._cache.warm)

    async def part(self, request: Request, make: Callable[[PortfolioSnapshot, Any], object], query: Any) -> Response:
        """A part of a list."""
        key = (make.__name__, query.model_dump_json())
        response = await self._respond(request, "list", key, lambda snapshot: make(snapshot, query))
        total = response.headers.get("x-total-count")
        if total is not None and isinstance(query, Paged):
            response.headers["Link"] = ", ".join(_links(request, query, int(total)))
        return response

    async def one(self, request: Request, what: str, make: Callable[..., object], *names: Any) -> Response:
        """One resource, by its names."""
        key = (make.__name__, *map(str, names))
        return await self._respond(request, what, key, lambda snapshot: make(snapshot, *names))

    async def _respond(self, request: Request, what: str, key: Key, make: Make) -> Response:
        viewer = await self._site.access.admit(request)
        if isinstance(viewer, Response):
            return viewer
        snapshot = None if viewer.teams else self._site.keeper.known()
        found = self._cache.get(snapshot, key) if snapshot else None
        try:
            if found is None:
                found = await run_in_threadpool(self._make, viewer, key, make)
        except HubError:
            return problem(503, NOT_READ, {"Retry-After": "30"})
        if found is None:
            return unknown(what)
        return conditional_response(request, found.body, found.etag, "application/json", total=found.total)

    def _make(self, viewer: Viewer, key: Key, make: Make) -> ApiResponse | None:
        def response(snapshot: PortfolioSnapshot) -> ApiResponse | None:
            value = make(snapshot)
            return None if value is None else ApiResponse(value)

        return self._cache.get_or_make(self._site.keeper.window(viewer.teams), key, response)


def _encoded(value: object) -> bytes:
    try:
        return orjson.dumps(value, _object_of, orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError:
        # Half a character, where a tracker cut a text: the slow way knows it.
        return json.dumps(document_of(value), default=str).encode()


def _object_of(value: object) -> object:
    if (found := object_of(value)) is None:
        raise TypeError(type(value).__name__)
    return dict(found)


def _links(request: Request, query: Paged, total: int) -> list[str]:
    """Where the neighbours of this part are, as far as there are any."""
    last = max(0, (total - 1) // query.limit * query.limit)
    offsets = {"first": 0, "last": last}
    if query.offset > 0:
        offsets["prev"] = max(0, min(query.offset - query.limit, last))
    if query.offset + query.limit < total:
        offsets["next"] = query.offset + query.limit
    stated = {name: value for name, value in query.model_dump().items() if value is not None}
    return [
        f'<{request.url.path}?{urlencode({**stated, "offset": offset})}>; rel="{rel}"'
        for rel, offset in offsets.items()
    ]


class Endpoints:
    """The functions behind the addresses; their parameters are what FastAPI reads and describes."""

    def __init__(self, responder: ApiResponder) -> None:
        self._responder = responder

    async def findings(self, request: Request, asked: Annotated[FindingsAsked, Query()]) -> Response:
        """What the rules found, in report order."""
        return await self._responder.part(request, resources.findings, asked)

    async def key_results(self, request: Request, asked: Annotated[KeyResultsAsked, Query()]) -> Response:
        """How each key result of the running cycle stands."""
        return await self._responder.part(request, resources.key_results, asked)

    async def teams(self, request: Request, asked: Annotated[Paged, Query()]) -> Response:
        """Every team with its numbers."""
        return await self._responder.part(request, resources.teams, asked)

    async def runs(self, request: Request, asked: Annotated[Paged, Query()]) -> Response:
        """The last runs, newest first."""
        return await self._responder.part(request, resources.runs, asked)

    async def rules(self, request: Request, asked: Bare) -> Response:
        """Every rule in report order."""
        return await self._responder.part(request, resources.rules, asked)

    async def trends(self, request: Request, asked: Annotated[Paged, Query()]) -> Response:
        """What runs came to, oldest first."""
        return await self._responder.part(request, resources.trends, asked)

    async def audit(self, request: Request, asked: Bare) -> Response:
        """The Connect and Align audit."""
        return await self._responder.one(request, "audit", resources.audit)

    async def key_result(self, request: Request, key_result: Name, asked: Bare) -> Response:
        """Everything about one key result."""
        return await self._responder.one(request, "key result", resources.key_result, key_result)

    async def team(self, request: Request, team: Name, asked: Bare) -> Response:
        """One team: its part of the audit."""
        return await self._responder.one(request, "team", resources.team, team)

    async def ticket(
        self, request: Request, connector: Name, key: Name, asked: Annotated[Nothing, Query()]
    ) -> Response:
        """One ticket: what it serves, each rule's verdict, what is posted."""
        return await self._responder.one(request, "ticket", resources.ticket, connector, key)

    async def run(self, request: Request, run: Number, asked: Bare) -> Response:
        """One run: its sources, counts and seconds, and what it could not do."""
        return await self._responder.one(request, "run", resources.run, run)

    async def rule(self, request: Request, rule: Name, asked: Bare) -> Response:
        """One rule's page."""
        return await self._responder.one(request, "rule", resources.rule, rule)
