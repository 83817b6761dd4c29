"""Requests that follow from one another: everything asked is answered once, and the next is fetched meanwhile."""

from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from connectors.http.messages import Request
from connectors.http.throttle import prefetch, send_pipelined
from hub.model.errors import SourceError


def get(path: str) -> Request:
    return Request("GET", path)


def test_what_replies_ask_is_asked_too_and_everything_once() -> None:
    heard: list[str] = []

    def reply(key: int, answer: str | SourceError) -> Iterator[tuple[int, Request]]:
        heard.append(str(answer))
        if key < 3:
            yield from ((key + 1, get(f"{answer}.{branch}")) for branch in "ab")

    send_pipelined(lambda request: request.path, [(1, get("a")), (1, get("b"))], reply)
    assert sorted(heard) == sorted(
        [
            f"{text}{two}{three}"
            for text in "ab"
            for two in ("", ".a", ".b")
            for three in (("", ".a", ".b") if two else "")
        ]
        + list("ab")
    )


def test_requests_of_a_conversation_are_under_way_together() -> None:
    together = Barrier(8, timeout=60)

    def send(request: Request) -> str:
        together.wait()
        return request.path

    heard: list[object] = []

    def reply(_key: int, answer: str | SourceError) -> tuple[()]:
        heard.append(answer)
        return ()

    send_pipelined(send, [(at, get(f"/{at}")) for at in range(8)], reply)
    assert sorted(map(str, heard)) == [f"/{at}" for at in range(8)]


def test_request_that_fails_is_replied_to_with_its_error() -> None:
    def send(request: Request) -> str:
        if request.path == "/bad":
            raise SourceError("jira", "no answer")
        return request.path

    heard: dict[str, object] = {}

    def reply(key: str, answer: str | SourceError) -> tuple[()]:
        heard[key] = answer
        return ()

    send_pipelined(send, [("good", get("/good")), ("bad", get("/bad"))], reply)
    assert heard["good"] == "/good"
    assert isinstance(heard["bad"], SourceError)


def test_reply_that_raises_ends_the_conversation() -> None:
    def reply(_key: int, _answer: str | SourceError) -> tuple[()]:
        raise SourceError("jira", "refused")

    with pytest.raises(SourceError, match="refused"):
        send_pipelined(lambda request: request.path, [(at, get("/")) for at in range(100)], reply)


def test_next_item_is_fetched_while_one_is_in_use() -> None:
    second = Event()

    def items() -> Iterator[int]:
        yield 1
        second.set()
        yield 2

    used = []
    for number in prefetch(items()):
        assert second.wait(timeout=60)
        used.append(number)
    assert used == [1, 2]


def test_error_of_the_items_reaches_whoever_uses_them() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise SourceError("jira", "no answer")

    used = []
    with pytest.raises(SourceError, match="no answer"):
        used += prefetch(items())
    assert list(used) in ([], [1])
