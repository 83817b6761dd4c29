"""Answers of a server that means ill, or is broken: a bounded part of them is taken, and one sentence is said."""

import gzip
import json
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from connectors.http.library_sessions import equip
from connectors.http.messages import Request, Response, content_of
from connectors.http.network import network_for
from connectors.http.transport import MAX_BODY_BYTES
from hub.model.errors import OutcomeUnknown, SourceError
from tests.connectors.http.test_client import POST, READ, Handle, Handler, a_gate, served
from tests.connectors.http.test_unexpected_responses import github, jira
from tests.fakes.connector_context import FakeTime

DEEP = b"[" * 100_000 + b"]" * 100_000
DEEP_OBJECT = b'{"errors":' * 50_000 + b"1" + b"}" * 50_000
DIGITS = b'{"id": ' + b"9" * 5_000 + b"}"
BOMB = gzip.compress(b" " * (MAX_BODY_BYTES + 1))


def answers(status: int, body: bytes, **headers: str) -> Handle:
    return lambda handler: handler.reply(status, body, **headers)


def leads(to: Callable[[str], str], status: int = 301) -> Handle:
    return lambda handler: handler.reply(status, b"", Location=to(handler.path))


def round_and_round(handler: Handler) -> None:
    handler.reply(301, b"", Location=f"{handler.path}x" if len(handler.path) < 200 else "/")


HOSTILE: dict[str, tuple[Handle, str]] = {
    "a bomb": (answers(200, BOMB, Content_Encoding="gzip"), "the answer is larger than 32 MB"),
    "a bomb within a bomb": (answers(200, BOMB, Content_Encoding="gzip, gzip"), "packed as gzip, gzip"),
    "another packing": (answers(200, b"{}", Content_Encoding="br"), "packed as br, and gzip, deflate were requested"),
    "a packing that is none": (answers(200, b"<html>", Content_Encoding="gzip"), "cannot be unpacked"),
    "a circle": (round_and_round, "moved to"),
    **{f"deep, {status}": (answers(status, DEEP), "") for status in (200, 400, 401, 403, 404, 422, 500)},
    **{f"deep words, {status}": (answers(status, DEEP_OBJECT), "") for status in (200, 400, 403)},
    **{f"a list, {status}": (answers(status, b"[1]"), f"HTTP {status}") for status in (400, 401, 403, 422)},
    "no number": (answers(200, DIGITS), ""),
    "no number, either": (answers(200, b'{"id": NaN, "login": "x"}'), ""),
    "half a character": (answers(200, b'{"id": "\xff'), ""),
    # So many that they are over the bound before they end, in whatever pieces they arrive.
    "too many headers": (answers(200, b"{}", **{f"X_{number}": "x" * 900 for number in range(300)}), ""),
    "packed words of a refusal": (answers(403, BOMB, Content_Encoding="gzip"), "HTTP 403"),
}
PLACES = [
    "http://[",
    "//[",
    "http://[::1",
    "https://elsewhere.test:99999999/x",
    "https://elsewhere.test:port/",
    "http://\xe4\xf6.test/",
    "http://xn--/",
    "/\x7f",
    "?" * 3000,
    "javascript:alert(1)",
    "http:///x",
    "http://me:s3cr3t-t0ken@elsewhere.test/rest",
]


def asked(make: Callable[[str, FakeTime], Any], url: str) -> Iterator[str]:
    """What is said to a question through the library and to one through the gate: one line each."""
    connector = make(url, FakeTime())
    try:
        for ask in (connector.whoami, lambda: connector._client.send(READ), lambda: connector._client.send(POST)):
            with pytest.raises(SourceError) as refused:
                ask()
            yield str(refused.value)
    finally:
        connector.close()


@pytest.mark.parametrize("make", [jira, github])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_answer_ends_in_one_sentence(make: Callable[[str, FakeTime], Any], what: str) -> None:
    handle, expected = HOSTILE[what]
    with served(handle) as (url, seen):
        said = list(asked(make, url))
    assert [line for line in said if "\n" in line or expected not in line or len(line) > 600] == []
    assert len(seen) <= 30


def test_an_answer_that_comes_later_is_not_waited_for_without_end() -> None:
    with served(answers(202, b"{}")) as (url, seen):
        connector = github(url, FakeTime())
        with pytest.raises(SourceError, match="no answer"):
            connector.whoami()
        connector.close()
    assert len(seen) <= 4


@pytest.mark.parametrize("make", [jira, github])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_new_address_that_is_none_ends_in_one_sentence(
    make: Callable[[str, FakeTime], Any], place: str, status: int
) -> None:
    with served(leads(lambda _path: place, status)) as (url, seen):
        said = list(asked(make, url))
    assert [line for line in said if "\n" in line or "s3cr3t" in line] == []
    assert len(seen) <= 30


@pytest.mark.parametrize("make", [jira, github])
def test_no_redirect_takes_the_credentials_elsewhere(make: Callable[[str, FakeTime], Any]) -> None:
    with served(lambda handler: handler.reply(200)) as (elsewhere, theirs):
        there = elsewhere.replace("127.0.0.1", "localhost")
        for status in (301, 302, 303, 307, 308):
            with served(leads(lambda path: f"{there}/sub{path}", status)) as (url, _):
                assert all("moved" in line or "sent on" in line for line in asked(make, url))
    assert theirs == []


def test_a_bomb_takes_no_more_memory_than_is_allowed() -> None:
    bomb = gzip.compress(b"[" * (4 * MAX_BODY_BYTES), 1)
    handle = answers(200, bomb, Content_Encoding="gzip")
    with served(handle) as (url, _), requests.Session() as session, a_gate(url) as gate:
        equip(session, network_for(url))
        tracemalloc.start()
        try:
            with pytest.raises(SourceError, match="larger than 32 MB"):
                gate.send(READ)
            with pytest.raises(requests.RequestException, match="larger than 32 MB"):
                session.get(url)
            assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BODY_BYTES
        finally:
            tracemalloc.stop()


def test_nobody_knows_whether_a_write_with_such_an_answer_happened() -> None:
    with (
        served(answers(201, BOMB, Content_Encoding="gzip")) as (url, seen),
        a_gate(url) as gate,
        pytest.raises(OutcomeUnknown, match="larger than 32 MB"),
    ):
        gate.send(POST)
    assert seen == ["POST"]


# --- servers that take their time


def trickling(piece: bytes, before: bytes, over: threading.Event) -> Handle:
    """Each byte comes well before a read would time out, and the last one never."""

    def handle(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(before)
        try:
            while not over.wait(0.02):
                handler.wfile.write(piece)
        except OSError:
            pass

    return handle


SLOW = {
    "head": (b"x", b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "heads": (b"X-Slow: x\r\n", b"HTTP/1.1 200 OK\r\n"),
    "status": (b"x", b"HTTP/1.1 200 "),
    "body": (b" ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
    "chunks": (b"1\r\n \r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "nothing after chunks": (b"0", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0"),
    "continue": (b"HTTP/1.1 100 Continue\r\n\r\n", b""),
}


@pytest.mark.parametrize("what", SLOW)
def test_an_answer_that_never_ends_is_given_up(what: str) -> None:
    over = threading.Event()
    with served(trickling(*SLOW[what], over)) as (url, _), requests.Session() as session:
        equip(session, network_for(url))
        with a_gate(url, tries=1, total=0.4) as gate, pytest.raises(SourceError):
            gate.send(Request("GET", "/x"))
        with pytest.raises(requests.RequestException):
            session.get(url, timeout=0.2)
        over.set()


@pytest.mark.parametrize("body", [DEEP, DEEP_OBJECT, DIGITS, b"NaN", b"1e999", b"-Infinity", b"[" * 1025, b"\x00"])
def test_what_cannot_be_read_is_no_content(body: bytes) -> None:
    assert content_of(Response(200, {}, body)) is None


@pytest.mark.parametrize("number", [0, -7, 2**63, 1.5, 123456789012345678])
def test_numbers_stay_what_they_are_next_to_half_a_character(number: float) -> None:
    body = b'{"half": "\\ud800", "number": ' + json.dumps(number).encode() + b"}"
    assert content_of(Response(200, {}, body))["number"] == number
