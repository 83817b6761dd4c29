"""The socket that the service listens on, and a server that stops on request."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from hub.model.errors import ConfigError, Problem
from hub.web.slow_heads import HeaderTimeoutProtocol

BACKLOG = 2048
SHUTDOWN_SECONDS = 5
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
