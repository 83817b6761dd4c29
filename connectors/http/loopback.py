"""A page on this machine alone that a browser is sent back to: it serves addresses until one brings the result."""

import queue
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Generic, Self, TypeVar
from urllib.parse import parse_qsl, urlsplit

from hub.model.errors import HubError

HOST = "127.0.0.1"
# Short, so that an interruption from the keyboard is noticed while waiting.
POLL_SECONDS = 0.2
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answers: HTML, or a redirect to `location`."""

    html: str = ""
    location: str = ""
    status: int = 200


Query = Mapping[str, str]


class LoopbackServer(Generic[T]):
    """Serves `routes` on a free port of the loopback address; a route's error is shown and raised by `wait`."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[Query], Page]] = {}
        self._results: queue.Queue[T | HubError] = queue.Queue()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)

    def finish(self, result: T) -> None:
        """The result that `wait` returns."""
        self._results.put(result)

    def wait(self) -> T:
        """Wait for the result, however long that takes; raises what went wrong in a route."""
        while True:
            try:
                result = self._results.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(result, HubError):
                raise result
            return result

    def answer(self, host: str, target: str) -> Page:
        """The page of an address; nothing for another host's name, which a hostile page may have given this address."""
        parts = urlsplit(target)
        route = self.routes.get(parts.path)
        if route is None or f"http://{host}" != self.url:
            return Page("<p>There is no such page.</p>", status=404)
        try:
            return route(dict(parse_qsl(parts.query)))
        except HubError as error:
            self._results.put(error)
            return Page("<p>This didn't work. The terminal says why.</p>", status=400)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            """Answers GET alone and writes no log, for addresses hold codes."""

            def do_GET(self) -> None:
                page = loopback.answer(self.headers.get("Host", ""), self.path)
                body = f"<!doctype html><meta charset=utf-8><title>Alignment Hub</title>{page.html}".encode()
                self.send_response(302 if page.location else page.status)
                headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
                headers |= {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
                for name, value in (headers | ({"Location": page.location} if page.location else {})).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        return Handler


def new_state() -> str:
    """A word that nobody can guess, by which an answer is known to belong to the question."""
    return secrets.token_urlsafe(24)
