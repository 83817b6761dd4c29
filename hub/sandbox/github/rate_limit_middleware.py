"""Lets calls in one at a time: credentials first, then the limits; every answer carries what is left of the hour."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from graphql.execution.executor import Executor
from starlette.requests import Request
from starlette.responses import Response

from hub.sandbox.github.access import Access
from hub.sandbox.github.execute import parse_query, rate_limit_error, run
from hub.sandbox.github.request import DOCS, LIMIT_DOCS, Call, Failure, Reply
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.github.viewer import View
from hub.sandbox.traffic import KIND, READ, WRITE

Endpoint = Callable[[Request], Awaitable[Response]]
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


class ApiRequestHandler:
    """The way in, for REST endpoints and for GraphQL."""

    def __init__(self, site: GitHubSite, executor: type[Executor[Any]]) -> None:
        self.site = site
        self._executor = executor

    def api_endpoint(self, handler: Callable[[Call], Reply], *, free: bool = False) -> Endpoint:
        """The endpoint of a handler; a free one costs nothing of the hour."""

        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            with self.site.lock:
                return self._respond(
                    request, "core", lambda access: self._call_api(handler, request, raw, access, free)
                )

        return endpoint

    def _call_api(
        self, handler: Callable[[Call], Reply], request: Request, raw: bytes, access: Access, free: bool
    ) -> Reply:
        account = access.account
        if not free and not self.site.limits.spend("core", account.login):
            raise Failure(
                403, f"API rate limit exceeded for user ID {account.id}.", documentation_url=f"{DOCS}/rate-limit"
            )
        url = str(request.url.replace(query=""))
        return handler(Call(self.site, access, request.path_params, dict(request.query_params), raw, url))

    async def graphql(self, request: Request) -> Response:
        """POST /graphql: a query reads, a mutation writes."""
        raw = await request.body()
        parsed = _parse_body(raw)
        mutates = parsed is not None and parse_query(parsed[0]).mutates
        request.scope[KIND] = WRITE if mutates else READ
        with self.site.lock:
            return self._respond(request, "graphql", lambda access: self._run_graphql(parsed, access))

    def _run_graphql(self, parsed: tuple[str, Mapping[str, Any], str | None] | None, access: Access) -> Reply:
        if parsed is None:
            raise Failure(400, "Problems parsing JSON")
        view = View(self.site, access)
        if self.site.limits.numbers("graphql", access.account.login)["remaining"] == 0:
            return Reply(rate_limit_error(view))
        return Reply(run(view, *parsed, executor=self._executor))

    def _respond(self, request: Request, resource: str, act: Callable[[Access], Reply]) -> Response:
        headers: dict[str, str] = {}
        try:
            access = self._access(request)
            try:
                self._secondary()
                self.site.acting = access.account.login
                reply = act(access)
            finally:
                self.site.acting = ""
                numbers = self.site.limits.numbers(resource, access.account.login)
                headers = {f"x-ratelimit-{name}": str(value) for name, value in numbers.items()}
                headers["x-ratelimit-resource"] = resource
        except Failure as failure:
            reply = Reply(failure.body, failure.status, failure.headers)
        return _build_response(reply, headers)

    def _access(self, request: Request) -> Access:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            raise Failure(401, "Requires authentication")
        access = self.site.tokens.get(token.strip())
        if scheme.lower() not in {"bearer", "token"} or access is None:
            raise Failure(401, "Bad credentials")
        return access

    def _secondary(self) -> None:
        hit = self.site.limits.hit_secondary()
        if hit is not None:
            headers = {} if hit.retry_after is None else {"retry-after": str(hit.retry_after)}
            raise Failure(hit.status, SECONDARY, headers, documentation_url=LIMIT_DOCS)


def _parse_body(raw: bytes) -> tuple[str, Mapping[str, Any], str | None] | None:
    """Query, variables and operation name; None where the body is no JSON object."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    return str(body.get("query") or ""), body.get("variables") or {}, body.get("operationName")


def _build_response(reply: Reply, headers: Mapping[str, str]) -> Response:
    sent = {"x-github-media-type": "github.v3; format=json", **headers, **reply.headers}
    if reply.body is None:
        return Response(status_code=reply.status, headers=sent)
    content = json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, reply.status, sent, media_type="application/json; charset=utf-8")
