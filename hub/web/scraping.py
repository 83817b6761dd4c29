"""`/metrics`: for viewers, or with the token for metrics."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.model.pacing import RateLimitStatus
from hub.web.access.attempts import LoginRateLimit
from hub.web.access.rights import bearer_token, is_same_secret
from hub.web.metrics import Metrics
from hub.web.site import WebDependencies
from hub.web.standing_metrics import PortfolioCollector


def metrics_route(
    dependencies: WebDependencies,
    metrics: Metrics,
    rate_limits: Callable[[], Sequence[RateLimitStatus]],
    token: SecretStr | None = None,
    login_rate_limit: LoginRateLimit | None = None,
) -> APIRouter:
    """The route; `rate_limits` must not raise. Wrong tokens count as failed `attempts`."""
    router = APIRouter(include_in_schema=False)
    metrics.registry.register(
        PortfolioCollector(dependencies.snapshots, rate_limits, dependencies.now, dependencies.scheduler_state)
    )

    async def scrape(request: Request) -> Response:
        presented = bearer_token(request.headers.get("authorization", ""))
        if presented and login_rate_limit is not None and (refusal := login_rate_limit.refusal(request)) is not None:
            return refusal
        if not is_same_secret(presented, token):
            viewer = await dependencies.authenticator.authenticate(request)
            if isinstance(viewer, Response):
                if presented and login_rate_limit is not None:
                    login_rate_limit.record_failure(request, presented)
                return viewer
        text = await run_in_threadpool(generate_latest, metrics.registry)
        return Response(text, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    router.add_api_route("/metrics", scrape, methods=["GET"])
    return router
