"""The server and its port: it ends when told to, drops slow requests and bounds what is sent."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import ClassVar

import uvicorn
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from hub.model.errors import ConfigError, Problem

MESSAGE = b"The request took too long.\n"
RESPONSE_HEAD = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
)


class HeaderTimeoutProtocol(H11Protocol):
    """One connection: a head that is incomplete after `head_seconds` is answered with 408; bodies have other limits."""

    head_seconds: ClassVar[float] = 20.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a head; stop once it is complete."""
        if self._is_between_requests and self._timer is None:
            self._wait()
        super().data_received(data)
        if not self._is_between_requests:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    @property
    def _is_between_requests(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.head_seconds, self._time_out)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.write(RESPONSE_HEAD % len(MESSAGE) + MESSAGE)
            self.transport.close()


BACKLOG = 2048
SHUTDOWN_SECONDS = 5
# Longer than the pause between two questions of an open page, which so needs no new connection for each.
KEEP_ALIVE_SECONDS = 10
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def open_listener(host: str, port: int) -> socket.socket:
    """A listening socket; ConfigError where the address isn't local or the port is in use."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # With the protocol named, asyncio switches off the delay of small packets.
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
            sock.listen(BACKLOG)
        except OSError:
            sock.close()
            raise
    except OSError as error:
        message = f"cannot listen on {host}, port {port}: {error.strerror or error}"
        raise ConfigError([Problem("hub serve", "service.port", message, "Name another with --port, or 0.")]) from None
    return sock


def address_of(sock: socket.socket) -> str:
    """The URL for a browser."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """A server without signal handlers that reports when it accepts requests."""

    def __init__(self, app: FastAPI, on_listening: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=HeaderTimeoutProtocol,
            log_config=None,
            # Paths may hold private names.
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        super().__init__(config)
        self._on_listening = on_listening

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See `uvicorn.Server`: nothing is captured here."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server`."""
        await super().startup(sockets)
        self._on_listening()


@contextmanager
def handle_stop_signals(stop: Callable[[int], None], stop_now: Callable[[int], None]) -> Iterator[None]:
    """The first signal stops gracefully, the second at once."""
    received: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        (stop if len(received) == 1 else stop_now)(number)

    previous = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


MAX_BODY_BYTES = 5 * 1024 * 1024
MAX_TOTAL_BYTES = 64 * 1024 * 1024
# Whoever sends too much hears so at the end of it; beyond this they are cut off.
MAX_DRAIN_BYTES = 32 * 1024 * 1024
READ_TIMEOUT_SECONDS = 10.0


class BodyRejected(Exception):
    """A body that was not read to its end: the status to answer with, and a word for the metrics."""

    def __init__(self, status: int, outcome: str) -> None:
        self.status = status
        self.outcome = outcome
        super().__init__(outcome)


@dataclass(slots=True)
class BodyLimiter:
    """How many bytes of all bodies together are in memory; for one event loop only."""

    max_body_bytes: int = MAX_BODY_BYTES
    max_total_bytes: int = MAX_TOTAL_BYTES
    seconds: float = READ_TIMEOUT_SECONDS
    bytes_in_use: int = 0

    def read_body(self, request: Request) -> "LimitedBody":
        """Use with `async with`: the memory is released at the end of the block."""
        return LimitedBody(self, request)


class LimitedBody:
    """One body, chunk by chunk: the Content-Length header is trusted only where it exceeds the limit."""

    def __init__(self, limiter: BodyLimiter, request: Request) -> None:
        self._limiter = limiter
        self._request = request
        self._reserved = 0

    async def __aenter__(self) -> bytes:
        body: bytes | None = None
        try:
            async with asyncio.timeout(self._limiter.seconds):
                body = await self._read()
        except TimeoutError:
            raise BodyRejected(408, "slow") from None
        except ClientDisconnect:
            raise BodyRejected(400, "broken") from None
        finally:
            if body is None:
                self._release()
        return body

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._release()

    async def _read(self) -> bytes:
        chunks: list[bytes] = []
        total = 0
        is_too_large = _content_length(self._request) > self._limiter.max_body_bytes
        async for chunk in self._request.stream():
            total += len(chunk)
            is_too_large = is_too_large or total > self._limiter.max_body_bytes
            if is_too_large:
                chunks.clear()
                self._release()
                if total > MAX_DRAIN_BYTES:
                    break
                continue
            self._reserve(len(chunk))
            chunks.append(chunk)
        if is_too_large:
            raise BodyRejected(413, "too_large")
        return b"".join(chunks)

    def _reserve(self, size: int) -> None:
        if self._limiter.bytes_in_use + size > self._limiter.max_total_bytes:
            raise BodyRejected(503, "busy")
        self._limiter.bytes_in_use += size
        self._reserved += size

    def _release(self) -> None:
        self._limiter.bytes_in_use -= self._reserved
        self._reserved = 0


def _content_length(request: Request) -> int:
    value = request.headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0
