"""Breaks answers on purpose: before the app has acted, after it has, or half way through the answer."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox.server import TRANSPORT

POLL_SECONDS = 0.02
HTML_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to go on</h1></body></html>"


class Effect(StrEnum):
    """What goes wrong; `…_after` means that the app has acted before."""

    STATUS = "status"
    STATUS_AFTER = "status_after"
    DROP = "drop"
    DROP_AFTER = "drop_after"
    HANG = "hang"
    HANG_AFTER = "hang_after"
    TRUNCATE = "truncate"
    HTML = "html"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong on requests whose method fits and whose path and query the pattern is found in.

    It lets `after` fitting requests pass and then hits `times` of them; None means for ever. `body` may be
    text, bytes or anything that JSON can say. `change` puts another answer in the place of the app's.
    """

    effect: str
    method: str | None = None
    path: str = ""
    times: int | None = 1
    after: int = 0
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = ""
    seconds: float = 30.0
    change: Callable[[Any], Any] = lambda answer: answer

    def __post_init__(self) -> None:
        Effect(self.effect)


class _ArmedFault:
    """A fault with what is left of it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.remaining = fault.times
        self.to_skip = fault.after
        self._pattern = re.compile(fault.path)

    def fits(self, method: str, target: str) -> bool:
        return self.fault.method in {None, method} and self._pattern.search(target) is not None

    def hits(self) -> bool:
        if self.remaining == 0:
            return False
        if self.to_skip:
            self.to_skip -= 1
            return False
        if self.remaining is not None:
            self.remaining -= 1
        return True


class Faults:
    """The faults of one sandbox; any thread may add or clear them while it runs. `latency` delays every request."""

    def __init__(self) -> None:
        self.latency = 0.0
        self.hits = 0
        self.releases = 0
        self._armed: list[_ArmedFault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Arm a fault; the one armed first is looked at first."""
        with self._lock:
            self._armed.append(_ArmedFault(fault))

    def clear(self) -> None:
        """Disarm all faults; the latency stays."""
        with self._lock:
            self._armed.clear()

    def release(self) -> None:
        """Disarm all faults, and let the requests that hang go on as if their time were over."""
        self.clear()
        self.releases += 1

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The app with these faults in front of it."""

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            if self.latency:
                await asyncio.sleep(self.latency)
            fault = self._take(scope) if self._armed else None
            if fault is None:
                await app(scope, receive, send)
            else:
                await _FaultyRequest(app, fault, scope, receive, send, faults=self).play()

        return faulty

    def _take(self, scope: Scope) -> Fault | None:
        query = scope["query_string"].decode()
        target = f"{scope['path']}?{query}" if query else scope["path"]
        with self._lock:
            for armed in self._armed:
                if armed.fits(scope["method"], target) and armed.hits():
                    if armed.remaining == 0:
                        self._armed.remove(armed)
                    self.hits += 1
                    return armed.fault
        return None


class _FaultyRequest:
    """One request that a fault has hit."""

    def __init__(
        self, app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send, *, faults: Faults
    ) -> None:
        self.app, self.fault, self.faults = app, fault, faults
        self.scope, self.receive, self.send = scope, receive, send

    async def play(self) -> None:
        await getattr(self, f"_{Effect(self.fault.effect).value}")()

    async def _status(self) -> None:
        await self._answer(self.fault.status, self.fault.headers, _encoded(self.fault.body))

    async def _status_after(self) -> None:
        await self._act()
        await self._status()

    async def _drop(self) -> None:
        await self._cut(flush=False)

    async def _drop_after(self) -> None:
        await self._act()
        await self._cut(flush=False)

    async def _hang(self) -> None:
        if await self._is_still_connected():
            await self.app(self.scope, self.receive, self.send)

    async def _hang_after(self) -> None:
        messages = await self._act()
        await self._wait()
        for message in messages:
            await self.send(message)

    async def _is_still_connected(self) -> bool:
        """Whether the caller still waits when the time is over; one who left must not find the work done."""
        await self._wait()
        transport = self.scope.get(TRANSPORT)
        return transport is None or not transport.is_closing()

    async def _wait(self) -> None:
        """Until the time of the fault is over, or the requests that hang are let go."""
        before, end = self.faults.releases, monotonic() + self.fault.seconds
        while self.faults.releases == before and (left := end - monotonic()) > 0:
            await asyncio.sleep(min(left, POLL_SECONDS))

    async def _truncate(self) -> None:
        messages = await self._act()
        body = b"".join(message.get("body", b"") for message in messages)
        await self.send(messages[0])
        await self.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await self._cut(flush=True)

    async def _html(self) -> None:
        await self._answer(200, {"content-type": "text/html; charset=utf-8"}, HTML_PAGE.encode())

    async def _rewrite(self) -> None:
        start, *body_messages = await self._act()
        content = json.loads(b"".join(message.get("body", b"") for message in body_messages))
        passed_headers = {
            name.decode(): value.decode() for name, value in start["headers"] if name != b"content-length"
        }
        await self._answer(start["status"], passed_headers, _encoded(self.fault.change(content)))

    async def _act(self) -> list[Message]:
        """Let the app do its work and keep its answer back."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope, self.receive, collect)
        return messages

    async def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        fields = {"content-type": "application/json", "content-length": str(len(body))}
        fields |= {name.lower(): value for name, value in headers.items()}
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        await self.send({"type": "http.response.body", "body": body})

    async def _cut(self, *, flush: bool) -> None:
        transport = self.scope[TRANSPORT]
        transport.close() if flush else transport.abort()
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _encoded(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()
