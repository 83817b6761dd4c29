"""Counts and remembers the requests that a sandbox was sent, also those that a fault has hit."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KIND = "hub.traffic.kind"
"""Where an app tells the kind of a request that only its body shows, such as a GraphQL mutation."""

READ = "read"
SEARCH = "search"
WRITE = "write"
FIRST_REFUSAL = 400


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request and its answer; status 0 means that no answer was sent."""

    method: str
    path: str
    query: str
    kind: str
    status: int


def kind_by_method(method: str, _path: str) -> str:
    """A GET reads, everything else writes: for trackers without POSTs that only read."""
    return READ if method in {"GET", "HEAD", "OPTIONS"} else WRITE


class Traffic:
    """Counters that always run, and the last `keep` requests in `log`.

    With a `clock`, `write_times` holds when each write was let in: those that were refused are left out.
    """

    def __init__(self, kind_of: Callable[[str, str], str] = kind_by_method, *, keep: int = 10_000) -> None:
        self._kind_of = kind_of
        self.clock: Callable[[], datetime] | None = None
        self.write_times: list[float] = []
        self.log: deque[LoggedRequest] = deque(maxlen=keep)
        self.clear()

    def clear(self) -> None:
        """Start counting anew."""
        self.requests = 0
        self.in_flight = 0
        self.peak = 0
        self.by_kind: Counter[str] = Counter()
        self.log.clear()
        self.write_times.clear()

    @property
    def writes(self) -> int:
        """Requests that change something, or were meant to."""
        return self.by_kind[WRITE]

    def write_requests(self) -> list[LoggedRequest]:
        """The remembered requests that write."""
        return [request for request in self.log if request.kind == WRITE]

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The app with this log in front of it."""

        async def count_requests(scope: Scope, receive: Receive, send: Send) -> None:
            is_answered = False

            async def send_and_log(message: Message) -> None:
                nonlocal is_answered
                if message["type"] == "http.response.start":
                    # Before it is sent, so that whoever has the answer finds it counted.
                    is_answered = True
                    self._log_request(scope, message["status"])
                await send(message)

            self.in_flight += 1
            self.peak = max(self.peak, self.in_flight)
            try:
                await app(scope, receive, send_and_log)
            finally:
                self.in_flight -= 1
                if not is_answered:
                    self._log_request(scope, 0)

        return count_requests

    def _log_request(self, scope: Scope, status: int) -> None:
        method, path = scope["method"], scope["path"]
        kind = scope.get(KIND) or self._kind_of(method, path)
        self.requests += 1
        self.by_kind[kind] += 1
        if self.clock is not None and kind == WRITE and status < FIRST_REFUSAL:
            self.write_times.append(self.clock().timestamp())
        if self.log.maxlen:
            self.log.append(LoggedRequest(method, path, unquote_plus(scope["query_string"].decode()), kind, status))
