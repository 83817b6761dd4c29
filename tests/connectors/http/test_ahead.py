"""Calls that begin early: handed out once, by what they ask, with their errors; forgotten where nobody asks."""

from threading import Event

import pytest

from connectors.http.ahead import Ahead
from connectors.http.messages import Request

PATIENCE = 60.0


def test_calls_run_beside_each_other_and_are_found_by_equal_keys_without_hashes() -> None:
    ahead: Ahead[Request, str] = Ahead()
    first, second = Event(), Event()

    def answer(own: Event, other: Event, text: str) -> str:
        own.set()
        assert other.wait(PATIENCE)
        return text

    ahead.begin(Request("POST", "/a", body={"ids": [1]}), lambda: answer(first, second, "one"))
    ahead.begin(Request("POST", "/a", body={"ids": [2]}), lambda: answer(second, first, "two"))
    two = ahead.take(Request("POST", "/a", body={"ids": [2]}))
    one = ahead.take(Request("POST", "/a", body={"ids": [1]}))
    assert one is not None
    assert two is not None
    assert (one.result(PATIENCE), two.result(PATIENCE)) == ("one", "two")
    assert ahead.take(Request("POST", "/a", body={"ids": [1]})) is None


def test_error_comes_out_where_the_result_is_asked_for() -> None:
    ahead: Ahead[str, int] = Ahead()
    ahead.begin("count", lambda: int("none"))
    begun = ahead.take("count")
    assert begun is not None
    with pytest.raises(ValueError, match="none"):
        begun.result(PATIENCE)


def test_what_was_forgotten_is_not_handed_out() -> None:
    ahead: Ahead[str, int] = Ahead()
    ahead.begin("count", lambda: 1)
    ahead.forget()
    assert ahead.take("count") is None
