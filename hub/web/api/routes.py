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
from hub.web.api.asked import FindingsAsked, KeyResultsAsked, Nothing, Paged, Word
from hub.web.api.given import Answers
from hub.web.api.problems import API, PROBLEM, Problem, unknown
from hub.web.site import Site

Name = Annotated[Word, Path(min_length=1)]
Number = Annotated[int, Path(ge=1, le=2**53)]
Bare = Annotated[Nothing, Query()]
Answer = Callable[..., Awaitable[Response]]
REFUSALS = {
    401: "Not signed in.",
    403: "Signed in, but without access.",
    422: "A parameter is not valid.",
    503: "The state or the OKR files can't be read right now.",
}
MISSING = {404: "It doesn't exist, or you don't have access."}


def api_routes(site: Site) -> APIRouter:
    """Every address under `/api`, its description, and a refusal for all others."""
    router, answers = APIRouter(prefix=API), Answers(site)
    for path, shaped, answer in _table(Lists(answers), Things(answers)):
        described = {**REFUSALS, **(MISSING if "{" in path else {})}
        router.add_api_route(
            path,
            answer,
            methods=["GET"],
            responses={
                200: {"model": shaped, "description": (shaped.__doc__ or "").strip()},
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


def _table(lists_of: "Lists", one: "Things") -> tuple[tuple[str, type[BaseModel], Answer], ...]:
    return (
        ("/findings", shape.Findings, lists_of.findings),
        ("/key-results", shape.KeyResults, lists_of.key_results),
        ("/teams", more.Teams, lists_of.teams),
        ("/runs", more.Runs, lists_of.runs),
        ("/rules", more.Rules, lists_of.rules),
        ("/trends", more.Trends, lists_of.trends),
        ("/audit", more.Audit, lists_of.audit),
        ("/key-results/{key_result}", shape.KeyResult, one.key_result),
        ("/teams/{team}", more.Team, one.team),
        ("/tickets/{connector}/{key:path}", more.Ticket, one.ticket),
        ("/runs/{run}", more.Run, one.run),
        ("/rules/{rule}", more.Rule, one.rule),
    )


class Lists:
    """What is asked for in parts, or as a whole."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def findings(self, request: Request, asked: Annotated[FindingsAsked, Query()]) -> Response:
        """What the rules found, in report order."""
        return await self._answers.part(request, lists.findings, asked)

    async def key_results(self, request: Request, asked: Annotated[KeyResultsAsked, Query()]) -> Response:
        """How each key result of the running cycle stands."""
        return await self._answers.part(request, lists.key_results, asked)

    async def teams(self, request: Request, asked: Annotated[Paged, Query()]) -> Response:
        """Every team with its numbers."""
        return await self._answers.part(request, lists.teams, asked)

    async def runs(self, request: Request, asked: Annotated[Paged, Query()]) -> Response:
        """The last runs, newest first."""
        return await self._answers.part(request, lists.runs, asked)

    async def rules(self, request: Request, asked: Bare) -> Response:
        """Every rule in report order."""
        return await self._answers.part(request, lists.rules, asked)

    async def trends(self, request: Request, asked: Annotated[Paged, Query()]) -> Response:
        """What runs came to, oldest first."""
        return await self._answers.part(request, lists.trends, asked)

    async def audit(self, request: Request, asked: Bare) -> Response:
        """The Connect and Align audit."""
        return await self._answers.thing(request, "audit", things.audit)


class Things:
    """What is asked for by name."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def key_result(self, request: Request, key_result: Name, asked: Bare) -> Response:
        """Everything about one key result."""
        return await self._answers.thing(request, "key result", things.key_result, key_result)

    async def team(self, request: Request, team: Name, asked: Bare) -> Response:
        """One team: its part of the audit."""
        return await self._answers.thing(request, "team", things.team, team)

    async def ticket(
        self, request: Request, connector: Name, key: Name, asked: Annotated[Nothing, Query()]
    ) -> Response:
        """One ticket: what it serves, each rule's verdict, what is posted."""
        return await self._answers.thing(request, "ticket", things.ticket, connector, key)

    async def run(self, request: Request, run: Number, asked: Bare) -> Response:
        """One run: its sources, counts and seconds, and what it could not do."""
        return await self._answers.thing(request, "run", things.run, run)

    async def rule(self, request: Request, rule: Name, asked: Bare) -> Response:
        """One rule's page."""
        return await self._answers.thing(request, "rule", things.rule, rule)
