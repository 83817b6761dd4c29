"""The lease lives as long as its run, and no longer."""

from datetime import datetime
from threading import Event
from threading import enumerate as enumerate_threads

from hub.model.errors import StoreError
from hub.pipeline.lease import heartbeat
from hub.store.sqlite.store import SqliteStore
from tests.fakes.clock import FakeClock


class BusyAtFirst(SqliteStore):
    """Fails the first beat, as a state does that somebody else is writing to, and tells when the second came."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.beats = 0
        self.beaten = Event()

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        self.beats += 1
        if self.beats == 1:
            raise StoreError("busy")
        super().extend_lease(run, now, lease_seconds=lease_seconds)
        self.beaten.set()


def test_a_beat_that_fails_is_not_the_last_one() -> None:
    store, clock = BusyAtFirst(), FakeClock()
    run = store.begin_run("host:1", clock.now(), lease_seconds=60)
    with heartbeat(store, run, clock.now, every=0.01):
        assert store.beaten.wait(60)


def test_no_beat_comes_after_the_run() -> None:
    store, clock = BusyAtFirst(), FakeClock()
    # Threads that other tests left behind may end at any moment.
    before = set(enumerate_threads())
    run = store.begin_run("host:1", clock.now(), lease_seconds=60)
    with heartbeat(store, run, clock.now, every=0.01):
        (beating,) = set(enumerate_threads()) - before
    assert not beating.is_alive()
