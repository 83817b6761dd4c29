"""A replica takes the lease when it is to be had, and tells what another one did or was asked for."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.model.errors import StoreError
from hub.model.service_state import ReplicaState
from hub.service.replica import RELOAD_TICKS, Replica, ReplicaEvents
from tests.fakes.clock import FakeClock


@dataclass
class FakeLease:
    """Whose it is, a test says."""

    leader: str = ""
    numbers: tuple[int, int] = (0, 0)
    fault: str = ""
    error: Exception | None = None
    released: list[str] = field(default_factory=list)

    def acquire(self, owner: str, _now: datetime, *, lease_seconds: float) -> str:
        assert lease_seconds > 0
        if self.error:
            raise self.error
        if self.fault:
            raise StoreError(self.fault)
        self.leader = self.leader or owner
        return self.leader

    def latest(self) -> tuple[int, int]:
        return self.numbers

    def release(self, owner: str) -> None:
        if self.fault:
            raise StoreError(self.fault)
        self.released.append(owner)


class Bench:
    def __init__(self, leader: str = "") -> None:
        self.lease, self.told = FakeLease(leader), list[str]()
        events = ReplicaEvents(lambda: self.told.append("look"), lambda: self.told.append("reload"))
        self.replica = Replica(self.lease, "me", FakeClock().now, events)

    def tick(self, times: int = 1) -> list[str]:
        """What was told by that."""
        self.told.clear()
        for _ in range(times):
            self.replica.tick()
        return list(self.told)


def test_before_it_has_asked_it_stands_by() -> None:
    assert Bench().replica.state() == ReplicaState(is_leader=False)


def test_a_free_lease_is_taken_and_it_is_looked_for_work_once() -> None:
    bench = Bench()
    assert bench.tick(3) == ["look"]
    assert bench.replica.state() == ReplicaState(is_leader=True, leader="me")


def test_the_leader_looks_when_a_refresh_was_asked_for_elsewhere() -> None:
    bench = Bench()
    bench.tick()
    bench.lease.numbers = (0, 7)
    assert bench.tick(2) == ["look"]
    bench.lease.numbers = (1, 0)
    assert bench.tick(2) == []
    bench.lease.numbers = (1, 8)
    assert bench.tick() == ["look"]


def test_a_stand_by_shows_what_each_run_of_the_leader_left() -> None:
    bench = Bench("other")
    assert bench.tick(2) == []
    assert bench.replica.state() == ReplicaState(is_leader=False, leader="other")
    bench.lease.numbers = (1, 4)
    assert bench.tick(2) == ["reload"]


def test_a_stand_by_looks_at_its_files_now_and_then() -> None:
    assert Bench("other").tick(2 * RELOAD_TICKS) == ["reload"] * 2


def test_a_stand_by_takes_over_and_a_leader_that_slept_steps_back() -> None:
    bench = Bench("other")
    bench.tick()
    bench.lease.leader = ""
    assert bench.tick() == ["look"]
    bench.lease.leader = "other"
    assert bench.tick() == ["reload"]
    assert not bench.replica.state().is_leader


def test_without_a_state_it_does_no_runs_and_says_why() -> None:
    bench = Bench()
    bench.tick()
    bench.lease.fault = "the state does not answer"
    bench.tick(2)
    assert bench.replica.state() == ReplicaState(is_leader=False, fault="the state does not answer")
    bench.lease.fault = ""
    assert bench.tick() == ["look"]


def test_an_error_that_nobody_foresaw_ends_the_lead_and_not_the_ticks() -> None:
    bench = Bench()
    bench.tick()
    bench.lease.error = ZeroDivisionError("secret-merger")
    bench.tick(2)
    assert bench.replica.state() == ReplicaState(is_leader=False, fault="internal error: ZeroDivisionError")
    bench.lease.error = None
    assert bench.tick() == ["look"]


def test_what_goes_wrong_in_what_it_sets_going_ends_neither_the_ticks_nor_the_lead() -> None:
    lease, seen = FakeLease(), list[str]()

    def fail() -> None:
        seen.append("look")
        raise RuntimeError("can't start new thread")

    replica = Replica(lease, "me", FakeClock().now, ReplicaEvents(fail, fail))
    replica.tick()
    lease.numbers = (0, 1)
    replica.tick()
    assert (seen, replica.state()) == (["look", "look"], ReplicaState(is_leader=True, leader="me"))


def test_who_stops_leaves_the_lease_and_a_state_that_is_gone_holds_nobody_up() -> None:
    bench = Bench()
    bench.tick()
    bench.replica.stop()
    assert bench.lease.released == ["me"]
    bench.lease.fault = "gone"
    bench.replica.stop()
