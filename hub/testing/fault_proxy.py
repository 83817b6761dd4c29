"""A proxy on loopback before a tracker, which passes requests on and breaks the answers that a test wants broken."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

HOP_HEADERS = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})
TIMEOUT = 60.0


@dataclass
class BrokenAnswer:
    """What goes wrong with requests of this method whose path and query the pattern is found in.

    The first `after` of them pass, then `times` are hit; None means all. With a `status` the tracker is not asked, and
    that is the answer. Without, the tracker does what it is asked, and the connection breaks before the answer comes.
    """

    method: str = ""
    path: str = ""
    status: int = 0
    after: int = 0
    times: int | None = None
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def hits(self, method: str, path: str) -> bool:
        """Whether this request is one of them; it counts as such."""
        if (self.method and method != self.method) or re.search(self.path, path) is None:
            return False
        with self.lock:
            if self.after:
                self.after -= 1
                return False
            if self.times is not None:
                self.times -= 1
            return self.times is None or self.times >= 0


class FaultProxy:
    """The proxy: `url` is its address, `requests` the (method, path) of everything that came."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self.requests: list[tuple[str, str]] = []
        self._broken: list[BrokenAnswer] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{parts.path}"

    @contextmanager
    def breaking(self, broken: BrokenAnswer) -> Iterator[None]:
        """Break these answers in the block."""
        self._broken.append(broken)
        try:
            yield
        finally:
            self._broken.remove(broken)

    def serve(self) -> None:
        """Answer until `stop` is called."""
        self._server.serve_forever(poll_interval=0.01)

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def broken_answer(self, method: str, path: str) -> BrokenAnswer | None:
        """The fault that hits this request, if any."""
        self.requests.append((method, path))
        return next((broken for broken in self._broken if broken.hits(method, path)), None)

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """The tracker's answer: status, headers and body."""
        connection = HTTPConnection(self._host, self._port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


@contextmanager
def fault_proxy(upstream: str) -> Iterator[FaultProxy]:
    """A proxy that is served in a thread."""
    proxy = FaultProxy(upstream)
    thread = Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()


def _handler_of(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        """Requests of this proxy."""

        def __init__(self, *parts: Any) -> None:
            self.proxy = proxy
            super().__init__(*parts)

    return Handler


class _Handler(BaseHTTPRequestHandler):
    """One request of any method, answered by the tracker or as the test wants."""

    proxy: FaultProxy

    def handle_one_request(self) -> None:
        """Pass it on, unless a fault hits it."""
        self.raw_requestline = self.rfile.readline(65_537)
        self.close_connection = True
        if not self.raw_requestline or not self.parse_request():
            return
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        broken = self.proxy.broken_answer(self.command, self.path)
        if broken is not None and broken.status:
            self._answer(broken.status, {"Content-Type": "application/json"}, b"{}")
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_HEADERS}
        status, answered, content = self.proxy.forward(self.command, self.path, headers, body)
        if broken is None:
            self._answer(status, answered, content)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
