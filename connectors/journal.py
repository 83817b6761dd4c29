"""What is told of every request: neither query nor header nor body, for they hold what is nobody's business."""

from datetime import datetime

import structlog

from connectors.base import Exchange, World
from connectors.wire import Accept, Again, Answer, Request, Response, Verdict


class Journal:
    """Of one connector at one host: a line in the log, and a word to whoever counts."""

    def __init__(self, connector: str, host: str, world: World) -> None:
        self._connector, self._host, self._world = connector, host, world

    def note(self, request: Request, answer: Answer, verdict: Verdict, *, asked: datetime, sent: datetime) -> None:
        """Say what was asked, what came, how long it took and how long it made us wait."""
        spent = (self._world.now() - sent).total_seconds()
        status = str(answer.status) if isinstance(answer, Response) else answer.name.lower()
        waited = (sent - asked).total_seconds() + (verdict.wait if isinstance(verdict, Again) else 0.0)
        self._world.heard(Exchange(self._connector, self._host, request.kind.value, status, spent, waited))
        if not structlog.is_configured():
            return
        structlog.get_logger().debug(
            "request",
            connector=self._connector,
            method=request.method,
            path=request.path,
            status=answer.status if isinstance(answer, Response) else answer.value,
            milliseconds=round(spent * 1000),
            wait=0.0 if isinstance(verdict, Accept) else round(verdict.wait, 1),
        )
