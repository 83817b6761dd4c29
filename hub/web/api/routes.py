"""The addresses of the API, and the one way in which each is admitted, made, kept and answered."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub import __version__
from hub.web.api import lists, things
from hub.web.api import more_shapes as more
from hub.web.api import shapes as shape
from hub.web.api.asked import EmptyQuery, FindingsQuery, KeyResultsQuery, PagedQuery, ShortText
from hub.web.api.given import ApiResponder
from hub.web.api.problems import API, PROBLEM, Problem, unknown
from hub.web.site import WebDependencies

Name = Annotated[ShortText, Path(min_length=1)]
Number = Annotated[int, Path(ge=1, le=2**53)]
NoQuery = Annotated[EmptyQuery, Query()]
Endpoint = Callable[..., Awaitable[Response]]
REFUSALS = {
    401: "Not signed in.",
    403: "Signed in, but without access.",
    422: "A parameter is not valid.",
    503: "The state or the OKR files can't be read right now.",
}
MISSING = {404: "It doesn't exist, or you don't have access."}


def api_routes(dependencies: WebDependencies) -> APIRouter:
    """Every address under `/api`, its description, and a refusal for all others."""
    router, responder = APIRouter(prefix=API), ApiResponder(dependencies)
    for path, model, endpoint in _routes(ListEndpoints(responder), DetailEndpoints(responder)):
        descriptions = {**REFUSALS, **(MISSING if "{" in path else {})}
        router.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            responses={
                200: {"model": model, "description": (model.__doc__ or "").strip()},
                304: {"description": "Unchanged since that ETag."},
                **{status: _refusal(description) for status, description in descriptions.items()},
            },
            response_class=JSONResponse,
            operation_id=endpoint.__name__,
            summary=(endpoint.__doc__ or "").strip(),
        )
    openapi = _openapi_endpoint(router)
    router.add_api_route("/openapi.json", openapi, methods=["GET"], include_in_schema=False)
    router.add_api_route("/{path:path}", _no_route, methods=["GET"], include_in_schema=False)
    return router


def _refusal(description: str) -> dict[str, Any]:
    return {"description": description, "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}


def _openapi_endpoint(router: APIRouter) -> Endpoint:
    """What the API offers is no secret: it is the same for every hub of this version."""

    @cache
    def document() -> dict[str, Any]:
        summary = "How work is linked to OKRs. Read-only."
        return get_openapi(title="Alignment Hub", version=__version__, summary=summary, routes=router.routes)

    async def openapi() -> Response:
        return JSONResponse(document(), headers={"Cache-Control": "no-cache"})

    return openapi


async def _no_route(request: Request) -> Response:
    return unknown("address")


def _routes(
    list_endpoints: "ListEndpoints", detail_endpoints: "DetailEndpoints"
) -> tuple[tuple[str, type[BaseModel], Endpoint], ...]:
    return (
        ("/findings", shape.Findings, list_endpoints.findings),
        ("/key-results", shape.KeyResults, list_endpoints.key_results),
        ("/teams", more.Teams, list_endpoints.teams),
        ("/runs", more.Runs, list_endpoints.runs),
        ("/rules", more.Rules, list_endpoints.rules),
        ("/trends", more.Trends, list_endpoints.trends),
        ("/audit", more.Audit, list_endpoints.audit),
        ("/key-results/{key_result}", shape.KeyResult, detail_endpoints.key_result),
        ("/teams/{team}", more.Team, detail_endpoints.team),
        ("/tickets/{connector}/{key:path}", more.Ticket, detail_endpoints.ticket),
        ("/runs/{run}", more.Run, detail_endpoints.run),
        ("/rules/{rule}", more.Rule, detail_endpoints.rule),
    )


class ListEndpoints:
    """What is asked for in parts, or as a whole."""

    def __init__(self, responder: ApiResponder) -> None:
        self._responder = responder

    async def findings(self, request: Request, query: Annotated[FindingsQuery, Query()]) -> Response:
        """What the rules found, in report order."""
        return await self._responder.respond_list(request, lists.findings, query)

    async def key_results(self, request: Request, query: Annotated[KeyResultsQuery, Query()]) -> Response:
        """How each key result of the running cycle stands."""
        return await self._responder.respond_list(request, lists.key_results, query)

    async def teams(self, request: Request, query: Annotated[PagedQuery, Query()]) -> Response:
        """Every team with its numbers."""
        return await self._responder.respond_list(request, lists.teams, query)

    async def runs(self, request: Request, query: Annotated[PagedQuery, Query()]) -> Response:
        """The last runs, newest first."""
        return await self._responder.respond_list(request, lists.runs, query)

    async def rules(self, request: Request, query: NoQuery) -> Response:
        """Every rule in report order."""
        return await self._responder.respond_list(request, lists.rules, query)

    async def trends(self, request: Request, query: Annotated[PagedQuery, Query()]) -> Response:
        """What runs came to, oldest first."""
        return await self._responder.respond_list(request, lists.trends, query)

    async def audit(self, request: Request, query: NoQuery) -> Response:
        """The Connect and Align audit."""
        return await self._responder.respond_item(request, "audit", things.audit)


class DetailEndpoints:
    """What is asked for by name."""

    def __init__(self, responder: ApiResponder) -> None:
        self._responder = responder

    async def key_result(self, request: Request, key_result: Name, query: NoQuery) -> Response:
        """Everything about one key result."""
        return await self._responder.respond_item(request, "key result", things.key_result, key_result)

    async def team(self, request: Request, team: Name, query: NoQuery) -> Response:
        """One team: its part of the audit."""
        return await self._responder.respond_item(request, "team", things.team, team)

    async def ticket(
        self, request: Request, connector: Name, key: Name, query: Annotated[EmptyQuery, Query()]
    ) -> Response:
        """One ticket: what it serves, each rule's verdict, what is posted."""
        return await self._responder.respond_item(request, "ticket", things.ticket, connector, key)

    async def run(self, request: Request, run: Number, query: NoQuery) -> Response:
        """One run: its sources, counts and seconds, and what it could not do."""
        return await self._responder.respond_item(request, "run", things.run, run)

    async def rule(self, request: Request, rule: Name, query: NoQuery) -> Response:
        """One rule's page."""
        return await self._responder.respond_item(request, "rule", things.rule, rule)
