"""Runs an ASGI app on loopback, in a thread of its own, until it is told to stop or the process ends."""

import asyncio
import atexit
import contextlib
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
BACKLOG = 2048
TRANSPORT = "hub.transport"
"""Where a request's scope holds the connection's transport, so that a fault can cut it."""


class _Server(uvicorn.Server):
    """A server that says when it listens, and stops at once: a test run starts and stops hundreds."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        tick = 0
        while not await self.on_tick(tick):
            tick = (tick + 1) % 864_000
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def stop(self) -> None:
        # From another thread the loop could see that it should end, and close, before it is woken.
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self.should_exit = True
        self._stopping.set()


class RunningServer:
    """A server that listens; `stop()` ends it, and so does leaving the `with` block or the process."""

    def __init__(self, server: _Server, sock: socket.socket) -> None:
        self.port: int = sock.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._server = server
        self._sock = sock
        self._thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)

    def start(self) -> Self:
        """Start listening; returns when the first request may be sent."""
        self._thread.start()
        if not self._server.ready.wait(timeout=30):
            raise RuntimeError(f"the sandbox did not start on {self.url}")
        atexit.register(self.stop)
        return self

    def stop(self) -> None:
        """Close all connections and end the thread; a second call does nothing."""
        atexit.unregister(self.stop)
        if self._thread.is_alive():
            self._server.stop()
            self._thread.join(timeout=10)
        self._sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def serve(app: ASGIApp, port: int = 0, now: Callable[[], datetime] | None = None) -> RunningServer:
    """Serve the app on loopback; port 0 takes a free one. Raises OSError when the port is taken.

    `now` is the clock of the `Date` header where the app has another than the machine.
    """
    # With the protocol named, asyncio switches off the delay of small packets; without, each answer may wait 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        # Two processes may bind a port at the same moment; only one of them may listen on it.
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    config = uvicorn.Config(
        _with_transport(app if now is None else _with_date(app, now)),
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=now is None,
        timeout_keep_alive=60,
    )
    return RunningServer(_Server(config), sock).start()


def _with_date(app: ASGIApp, now: Callable[[], datetime]) -> ASGIApp:
    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(now(), usegmt=True).encode()
                message = {**message, "headers": [*message.get("headers", ()), (b"date", date)]}
            await send(message)

        await app(scope, receive, send_dated)

    return dated


def _with_transport(app: ASGIApp) -> ASGIApp:
    """ASGI has no way to cut a connection: uvicorn's `send` is bound to the object that holds the socket."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        cycle: Any = getattr(send, "__self__", None)
        scope[TRANSPORT] = getattr(cycle, "transport", None)
        await app(scope, receive, send)

    return served
