"""Counts what a tracker's limits forbid: too many writes in a minute or an hour, and calls in a pause."""

import json
import threading
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox.traffic import KIND, WRITE, kind_by_method

# Calls that were under way when the pause began, from whichever process, are no fault of anybody.
GRACE_SECONDS = 1.0


@dataclass(slots=True)
class LimitWatch:
    """In front of one sandbox, by the machine's clock: what is forbidden is counted, and let through. Any thread may
    ask for a pause, in which all calls are refused.
    """

    per_minute: int
    per_hour: int
    kind_of: Callable[[str, str], str] = kind_by_method
    writes: list[float] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    exceeded: int = 0
    in_pause: list[tuple[float, str]] = field(default_factory=list)
    _asked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask_for_pause(self, seconds: float) -> None:
        """The next call is refused, and told to come back after so many seconds."""
        with self._lock:
            self._asked = seconds

    def most_writes(self, seconds: float) -> int:
        """The most writes in any span of so many seconds."""
        return max((bisect_left(self.writes, at + seconds) - n for n, at in enumerate(self.writes)), default=0)

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The app behind these limits."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            at = monotonic()
            if (pause := self._pause(scope, at)) > 0:
                await _refuse(send, 429, pause)
                return
            await app(scope, receive, send)
            # Only the app knows whether a GraphQL call writes: it says so while it answers.
            if (scope.get(KIND) or self.kind_of(scope["method"], scope["path"])) == WRITE:
                self._count_write(at)

        return watched

    def _pause(self, scope: Scope, at: float) -> float:
        with self._lock:
            if self._asked:
                seconds, self._asked = self._asked, 0.0
                self.pauses.append((at, at + seconds))
                return seconds
            begin, end = self.pauses[-1] if self.pauses else (0.0, 0.0)
            if begin + GRACE_SECONDS < at < end:
                self.in_pause.append((at - begin, f"{scope['method']} {scope['path']}"))
            return max(0.0, end - at)

    def _count_write(self, at: float) -> None:
        with self._lock:
            self.writes.append(at)
            self.writes.sort()
            minute, hour = (len(self.writes) - bisect_left(self.writes, at - span) for span in (60, 3600))
            self.exceeded += minute > self.per_minute or hour > self.per_hour


async def _refuse(send: Send, status: int, seconds: float) -> None:
    body = json.dumps({"message": "Please wait."}).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", str(int(seconds) + 1).encode())]
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
