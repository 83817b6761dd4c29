"""A request that never ends holds no connection for ever."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub.config.sections import AuthSettings
from hub.web.auth.authenticators import Sessions, TransientEndedSessions
from hub.web.auth.login_rate_limit import LoginRateLimit
from hub.web.auth.setup import TokenSignIn
from hub.web.server import BodyLimiter, HeaderTimeoutProtocol
from tests.hub.web.auth.sites import Clock


class Quick(HeaderTimeoutProtocol):
    head_seconds = 0.3


class Patient(HeaderTimeoutProtocol):
    """Longer than a busy machine keeps a client from sending, and shorter than the answer takes."""

    head_seconds = 2.0


async def slow(_: Request) -> Response:
    await asyncio.sleep(Patient.head_seconds + 0.2)
    return PlainTextResponse("done")


@contextmanager
def listening(protocol: type[HeaderTimeoutProtocol]) -> Iterator[int]:
    sock = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/", slow)])
    server = uvicorn.Server(uvicorn.Config(app, http=protocol, log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        yield sock.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        sock.close()


def all_of(line: socket.socket) -> bytes:
    whole = b""
    while part := line.recv(65536):
        whole += part
    return whole


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_come_is_not_waited_for(sent: bytes) -> None:
    with listening(Quick) as port, socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(sent)
        assert all_of(line).startswith(b"HTTP/1.1 408 ")


def test_a_slow_answer_and_a_second_request_are_waited_for() -> None:
    asked = b"GET / HTTP/1.1\r\nHost: x\r\n"
    with listening(Patient) as port, socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(asked + b"\r\n")
        first = line.recv(65536)
        line.sendall(asked + b"Connection: close\r\n\r\n")
        assert (first + all_of(line)).count(b"HTTP/1.1 200 OK") == 2


def test_a_form_that_takes_too_long_is_refused_with_a_sentence() -> None:
    settings = AuthSettings.model_validate({"mode": "token", "viewer_token": "a-token-of-somebody"})
    form = TokenSignIn(settings, Sessions(settings, Clock(), TransientEndedSessions()), LoginRateLimit(Clock()), "main")
    form._body_limiter = BodyLimiter(max_body_bytes=100, seconds=0.1)

    async def never() -> dict[str, object]:
        await asyncio.sleep(3600)
        return {}

    scope = {"type": "http", "method": "POST", "headers": [], "path": "/sign-in", "query_string": b"", "session": {}}
    answer = asyncio.run(form.submit(Request(scope, never)))
    assert (answer.status_code, b"took too long" in answer.body) == (408, True)
