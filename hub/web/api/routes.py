"""The routes of the API: how each request is authenticated, answered and cached."""

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
from hub.report.run_json import document_of, object_of
from hub.web.api import responses
from hub.web.api.models import ListPart, response_model
from hub.web.api.queries import EmptyQuery, FindingsQuery, KeyResultsQuery, PagedQuery, SearchQuery, ShortText
from hub.web.api.responses import API, PROBLEM, UNAVAILABLE, Problem, problem, unknown
from hub.web.page import Viewer
from hub.web.response_cache import Key, ResponseCache, conditional_response
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import WebDependencies

Name = Annotated[ShortText, Path(min_length=1)]
Number = Annotated[int, Path(ge=1, le=2**53)]
NoQuery = Annotated[EmptyQuery, Query()]
Endpoint = Callable[..., Awaitable[Response]]
BuildDocument = Callable[[PortfolioSnapshot], object]
REFUSALS = {
    401: "Not signed in.",
    403: "Signed in, but without access.",
    422: "A parameter is not valid.",
    503: "The state or the OKR files can't be read right now.",
}
MISSING = {404: "It doesn't exist, or you don't have access."}


def api_routes(dependencies: WebDependencies) -> APIRouter:
    """Every address under `/api`, its description, and a refusal for all others."""
    router, endpoints = APIRouter(prefix=API), Endpoints(ApiResponder(dependencies))
    for path, resource, response in _routes(endpoints):
        descriptions, model = {**REFUSALS, **(MISSING if "{" in path else {})}, response_model(resource)
        router.add_api_route(
            path,
            response,
            methods=["GET"],
            responses={
                200: {"model": model, "description": (model.__doc__ or "").strip()},
                304: {"description": "Unchanged since that ETag."},
                **{status: _refusal(description) for status, description in descriptions.items()},
            },
            response_class=JSONResponse,
            operation_id=response.__name__,
            summary=(response.__doc__ or "").strip(),
        )
    openapi = _openapi_endpoint(router)
    router.add_api_route("/openapi.json", openapi, methods=["GET"], include_in_schema=False)
    router.add_api_route("/{path:path}", _no_route, methods=["GET"], include_in_schema=False)
    return router


def _refusal(description: str) -> dict[str, Any]:
    return {"description": description, "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}


def _openapi_endpoint(router: APIRouter) -> Endpoint:
    """The description is public: it is the same for every hub of this version."""

    @cache
    def document() -> dict[str, Any]:
        summary = "How work is linked to OKRs. Read-only."
        return get_openapi(title="Alignment Hub", version=__version__, summary=summary, routes=router.routes)

    async def openapi() -> Response:
        return JSONResponse(document(), headers={"Cache-Control": "no-cache"})

    return openapi


async def _no_route(request: Request) -> Response:
    return unknown("address")


def _routes(endpoints: "Endpoints") -> tuple[tuple[str, Callable[..., object], Endpoint], ...]:
    return (
        ("/search", responses.search, endpoints.search),
        ("/findings", responses.findings, endpoints.findings),
        ("/key-results", responses.key_results, endpoints.key_results),
        ("/teams", responses.teams, endpoints.teams),
        ("/runs", responses.runs, endpoints.runs),
        ("/rules", responses.rules, endpoints.rules),
        ("/trends", responses.trends, endpoints.trends),
        ("/audit", responses.audit, endpoints.audit),
        ("/key-results/{key_result}", responses.key_result, endpoints.key_result),
        ("/teams/{team}", responses.team, endpoints.team),
        ("/tickets/{connector}/{key:path}", responses.ticket, endpoints.ticket),
        ("/runs/{run}", responses.run, endpoints.run),
        ("/rules/{rule}", responses.rule, endpoints.rule),
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

    def __init__(self, dependencies: WebDependencies) -> None:
        self._site = dependencies
        self._cache: ResponseCache[ApiResponse] = ResponseCache(lambda response: len(response.body))
        dependencies.snapshots.on_new_snapshot(self._cache.warm)

    async def part(self, request: Request, make: Callable[[PortfolioSnapshot, Any], object], query: Any) -> Response:
        """A part of a list."""
        key = (make.__name__, query.model_dump_json())
        response = await self._respond(request, "list", key, lambda snapshot: make(snapshot, query))
        total = response.headers.get("x-total-count")
        if total is not None and isinstance(query, PagedQuery):
            response.headers["Link"] = ", ".join(_links(request, query, int(total)))
        return response

    async def resource(self, request: Request, noun: str, make: Callable[..., object], *names: Any) -> Response:
        """One resource, by its names."""
        key = (make.__name__, *map(str, names))
        return await self._respond(request, noun, key, lambda snapshot: make(snapshot, *names))

    async def _respond(self, request: Request, noun: str, key: Key, make: BuildDocument) -> Response:
        viewer = await self._site.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        snapshot = None if viewer.teams else self._site.snapshots.current()
        response = self._cache.get(snapshot, key) if snapshot else None
        try:
            if response is None:
                response = await run_in_threadpool(self._make, viewer, key, make)
        except HubError:
            return problem(503, UNAVAILABLE, {"Retry-After": "30"})
        if response is None:
            return unknown(noun)
        return conditional_response(request, response.body, response.etag, "application/json", total=response.total)

    def _make(self, viewer: Viewer, key: Key, make: BuildDocument) -> ApiResponse | None:
        def response(snapshot: PortfolioSnapshot) -> ApiResponse | None:
            value = make(snapshot)
            return None if value is None else ApiResponse(value)

        snapshot, is_recurring = self._site.snapshots.snapshot(viewer.teams), key[0] != responses.search.__name__
        return self._cache.get_or_make(snapshot, key, response, is_recurring=is_recurring)


def _encoded(value: object) -> bytes:
    try:
        return orjson.dumps(value, _object_of, orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError:
        # A lone surrogate, where a tracker cut a text: orjson refuses it, json escapes it.
        return json.dumps(document_of(value), default=str).encode()


def _object_of(value: object) -> object:
    if (members := object_of(value)) is None:
        raise TypeError(type(value).__name__)
    return dict(members)


def _links(request: Request, query: PagedQuery, total: int) -> list[str]:
    """The links of the Link header to the first, last, previous and next part."""
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

    async def search(self, request: Request, query: Annotated[SearchQuery, Query()]) -> Response:
        """Search tickets, key results, teams and rules."""
        return await self._responder.part(request, responses.search, query)

    async def findings(self, request: Request, query: Annotated[FindingsQuery, Query()]) -> Response:
        """What the rules found, in report order."""
        return await self._responder.part(request, responses.findings, query)

    async def key_results(self, request: Request, query: Annotated[KeyResultsQuery, Query()]) -> Response:
        """The status of each key result of the running cycle."""
        return await self._responder.part(request, responses.key_results, query)

    async def teams(self, request: Request, query: Annotated[PagedQuery, Query()]) -> Response:
        """Every team with its numbers."""
        return await self._responder.part(request, responses.teams, query)

    async def runs(self, request: Request, query: Annotated[PagedQuery, Query()]) -> Response:
        """The last runs, newest first."""
        return await self._responder.part(request, responses.runs, query)

    async def rules(self, request: Request, query: NoQuery) -> Response:
        """Every rule in report order."""
        return await self._responder.part(request, responses.rules, query)

    async def trends(self, request: Request, query: Annotated[PagedQuery, Query()]) -> Response:
        """Numbers of each run, oldest first."""
        return await self._responder.part(request, responses.trends, query)

    async def audit(self, request: Request, query: NoQuery) -> Response:
        """The Connect and Align audit."""
        return await self._responder.resource(request, "audit", responses.audit)

    async def key_result(self, request: Request, key_result: Name, query: NoQuery) -> Response:
        """Everything about one key result."""
        return await self._responder.resource(request, "key result", responses.key_result, key_result)

    async def team(self, request: Request, team: Name, query: NoQuery) -> Response:
        """One team: its part of the audit."""
        return await self._responder.resource(request, "team", responses.team, team)

    async def ticket(
        self, request: Request, connector: Name, key: Name, query: Annotated[EmptyQuery, Query()]
    ) -> Response:
        """One ticket: what it serves, each rule's verdict, what is posted."""
        return await self._responder.resource(request, "ticket", responses.ticket, connector, key)

    async def run(self, request: Request, run: Number, query: NoQuery) -> Response:
        """One run: its sources, counts and seconds, and what it could not do."""
        return await self._responder.resource(request, "run", responses.run, run)

    async def rule(self, request: Request, rule: Name, query: NoQuery) -> Response:
        """One rule's page."""
        return await self._responder.resource(request, "rule", responses.rule, rule)
