"""What was drawn is drawn once for all who ask, and again before a newer snapshot is shown."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest

from hub.usecases.assess import StoredState
from hub.web.response_cache import ResponseCache
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import an_initiative
from tests.hub.web.served_snapshot import FakeSnapshotSource, a_site, anew, read_of, reading


def a_snapshot(version: str = "1") -> PortfolioSnapshot:
    return FakeSnapshotSource().build(frozenset(), version)


def test_many_who_ask_at_once_wait_for_one_drawing() -> None:
    kept, snapshot, begun, go = ResponseCache[str](len), a_snapshot(), threading.Event(), threading.Event()
    made: list[str] = []

    def make(_snapshot: PortfolioSnapshot) -> str:
        begun.set()
        go.wait(10)
        made.append("drawn")
        return "drawn"

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(kept.get_or_make, snapshot, ("/",), make)
        begun.wait(10)
        others = [pool.submit(kept.get_or_make, snapshot, ("/",), make) for _ in range(7)]
        go.set()
        assert {future.result() for future in (first, *others)} == {"drawn"}
    assert made == ["drawn"]


def test_who_comes_while_a_drawing_is_put_away_gets_the_same() -> None:
    snapshot, made = a_snapshot(), []

    def make(_snapshot: PortfolioSnapshot) -> str:
        made.append("drawn")
        return "drawn"

    def size(drawn: str) -> int:
        # Somebody comes at this moment; there is nothing to wait for if they draw it themselves.
        if not late:
            late.append(pool.submit(kept.get_or_make, snapshot, ("/",), make))
            wait(late, 0.2)
        return len(drawn)

    late: list[Future[str | None]] = []
    kept = ResponseCache[str](size)
    with ThreadPoolExecutor(1) as pool:
        assert kept.get_or_make(snapshot, ("/",), make) == late[0].result() == "drawn"
    assert made == ["drawn"]


def test_a_drawing_that_fails_is_tried_again_by_the_next() -> None:
    kept, snapshot = ResponseCache[str](len), a_snapshot()
    with pytest.raises(ZeroDivisionError):
        kept.get_or_make(snapshot, ("/",), lambda _: str(1 / 0))
    assert kept.get_or_make(snapshot, ("/",), lambda _: "drawn") == "drawn"


def test_what_was_asked_for_is_there_before_the_newer_window_is_shown() -> None:
    kept, older, newer = ResponseCache[str](len), a_snapshot("1"), a_snapshot("2")
    kept.get_or_make(older, ("/",), lambda snapshot: f"of {snapshot.version}")
    kept.get_or_make(older, ("/broken",), lambda snapshot: {"1": "fine"}[snapshot.version])
    kept.warm(newer)
    assert (kept.get(newer, ("/",)), kept.get(newer, ("/broken",))) == ("of 2", None)


def test_what_hardly_recurs_is_kept_for_this_snapshot_and_not_made_again() -> None:
    kept, older, newer = ResponseCache[str](len), a_snapshot("1"), a_snapshot("2")
    kept.get_or_make(older, ("/search",), lambda snapshot: f"of {snapshot.version}", is_recurring=False)
    kept.warm(newer)
    assert (kept.get(older, ("/search",)), kept.get(newer, ("/search",))) == ("of 1", None)


def test_nothing_of_nobody_is_kept() -> None:
    kept, snapshot = ResponseCache[str](len), a_snapshot()
    assert kept.get_or_make(snapshot, ("/nothing",), lambda _: None) is None
    assert kept.get(snapshot, ("/nothing",)) is None
    kept.get_or_make(snapshot, ("/", "x" * 5000), lambda _: "long")
    assert kept.get(snapshot, ("/", "x" * 5000)) is None


def test_readers_see_the_newer_picture_in_full_once_it_is_there() -> None:
    looks = FakeSnapshotSource(remembered=StoredState(read_of(an_initiative("jira:ACME-1"))))
    site = a_site(looks)
    with reading(site) as reader:
        first = reader.get("/")
        assert reader.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        looks.remembered = StoredState(read_of(an_initiative("jira:ACME-1"), an_initiative("jira:ACME-7")))
        looks.number = 2
        anew(site)
        assert reader.get("/tickets/jira/ACME-7").status_code == 200
        assert reader.get("/api/tickets/jira/ACME-7").status_code == 200
