"""`/metrics`: for whoever may look at the pages, or bears the token that is for this alone."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.model.pacing import RateLimitStatus
from hub.web.access.attempts import Attempts
from hub.web.access.rights import bearer, same
from hub.web.metrics import Metrics
from hub.web.site import Site
from hub.web.standing_metrics import HowThingsStand


def metrics_route(
    site: Site,
    metrics: Metrics,
    spending: Callable[[], Sequence[RateLimitStatus]],
    token: SecretStr | None = None,
    attempts: Attempts | None = None,
) -> APIRouter:
    """The address; `spending` is what hosts said is left, and raises nothing. Wrong tokens are among the `attempts`."""
    router = APIRouter(include_in_schema=False)
    metrics.registry.register(HowThingsStand(site.keeper, spending, site.now, site.engine))

    async def scrape(request: Request) -> Response:
        given = bearer(request.headers.get("authorization", ""))
        if given and attempts is not None and (refusal := attempts.refusal(request)) is not None:
            return refusal
        if not same(given, token):
            viewer = await site.access.admit(request)
            if isinstance(viewer, Response):
                if given and attempts is not None:
                    attempts.failed(request, given)
                return viewer
        text = await run_in_threadpool(generate_latest, metrics.registry)
        return Response(text, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    router.add_api_route("/metrics", scrape, methods=["GET"])
    return router
