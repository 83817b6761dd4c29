"""A line in the log for every request: neither query nor header nor body, for they hold what is nobody's business."""

from datetime import timedelta

import structlog

from connectors.wire import Accept, Lost, Request, Response, Verdict


def note(connector: str, request: Request, answer: Response | Lost, verdict: Verdict, spent: timedelta) -> None:
    """Say what was asked, what came, how long it took and how long it made us wait."""
    if not structlog.is_configured():
        return
    structlog.get_logger().debug(
        "request",
        connector=connector,
        method=request.method,
        path=request.path,
        status=answer.status if isinstance(answer, Response) else answer.value,
        milliseconds=round(spent.total_seconds() * 1000),
        wait=0.0 if isinstance(verdict, Accept) else round(verdict.wait, 1),
    )
