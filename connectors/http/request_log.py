"""What is said of every request: a line in the log, and a word to whoever counts."""

from datetime import datetime

import structlog

from connectors.base import ConnectorContext, RequestRecord
from connectors.http.messages import Answer, Request, Response, Retry, RetryDecision, Success


class RequestLog:
    """Of one connector at one host: a line in the log, and a word to whoever counts."""

    def __init__(self, connector: str, host: str, context: ConnectorContext) -> None:
        self._connector, self._host, self._context = connector, host, context

    def record(
        self, request: Request, answer: Answer, decision: RetryDecision, *, requested_at: datetime, sent_at: datetime
    ) -> None:
        """Say what was asked, what came, how long it took and how long it made us wait."""
        seconds = (self._context.now() - sent_at).total_seconds()
        status = str(answer.status) if isinstance(answer, Response) else answer.name.lower()
        waited = (sent_at - requested_at).total_seconds() + (decision.wait if isinstance(decision, Retry) else 0.0)
        self._context.on_request(
            RequestRecord(self._connector, self._host, request.kind.value, status, seconds, waited)
        )
        if not structlog.is_configured():
            return
        structlog.get_logger().debug(
            "request",
            connector=self._connector,
            method=request.method,
            path=request.path,
            status=answer.status if isinstance(answer, Response) else answer.value,
            milliseconds=round(seconds * 1000),
            wait=0.0 if isinstance(decision, Success) else round(decision.wait, 1),
        )
