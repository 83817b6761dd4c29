"""What was drawn is drawn once for all who ask, and again before a newer window is shown."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.usecases.assess import StoredState
from hub.web.response_cache import ResponseCache
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import an_initiative
from tests.hub.web.pictures import Looks, a_site, anew, read_of, reading


def a_window(version: str = "1") -> PortfolioSnapshot:
    return Looks().build(frozenset(), version)


def test_many_who_ask_at_once_wait_for_one_drawing() -> None:
    kept, window, begun, go = ResponseCache[str](len), a_window(), threading.Event(), threading.Event()
    made: list[str] = []

    def make(_window: PortfolioSnapshot) -> str:
        begun.set()
        go.wait(10)
        made.append("drawn")
        return "drawn"

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(kept.get_or_make, window, ("/",), make)
        begun.wait(10)
        others = [pool.submit(kept.get_or_make, window, ("/",), make) for _ in range(7)]
        go.set()
        assert {future.result() for future in (first, *others)} == {"drawn"}
    assert made == ["drawn"]


def test_a_drawing_that_fails_is_tried_again_by_the_next() -> None:
    kept, window = ResponseCache[str](len), a_window()
    with pytest.raises(ZeroDivisionError):
        kept.get_or_make(window, ("/",), lambda _: str(1 / 0))
    assert kept.get_or_make(window, ("/",), lambda _: "drawn") == "drawn"


def test_what_was_asked_for_is_there_before_the_newer_window_is_shown() -> None:
    kept, older, newer = ResponseCache[str](len), a_window("1"), a_window("2")
    kept.get_or_make(older, ("/",), lambda window: f"of {window.version}")
    kept.get_or_make(older, ("/broken",), lambda window: {"1": "fine"}[window.version])
    kept.warm(newer)
    assert (kept.get(newer, ("/",)), kept.get(newer, ("/broken",))) == ("of 2", None)


def test_nothing_of_nobody_is_kept() -> None:
    kept, window = ResponseCache[str](len), a_window()
    assert kept.get_or_make(window, ("/nothing",), lambda _: None) is None
    assert kept.get(window, ("/nothing",)) is None
    kept.get_or_make(window, ("/", "x" * 5000), lambda _: "long")
    assert kept.get(window, ("/", "x" * 5000)) is None


def test_readers_see_the_newer_picture_in_full_once_it_is_there() -> None:
    looks = Looks(remembered=StoredState(read_of(an_initiative("jira:ACME-1"))))
    site = a_site(looks)
    with reading(site) as reader:
        first = reader.get("/")
        assert reader.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        looks.remembered = StoredState(read_of(an_initiative("jira:ACME-1"), an_initiative("jira:ACME-7")))
        looks.number = 2
        anew(site)
        assert reader.get("/tickets/jira/ACME-7").status_code == 200
        assert reader.get("/api/tickets/jira/ACME-7").status_code == 200
