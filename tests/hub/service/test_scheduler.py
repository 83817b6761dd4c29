"""The engine does what is due, whatever goes wrong, tells what it does, and ends when it is told to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

import pytest

from hub.core.insight.run_summary import RunResult
from hub.core.planning.plan import Plan as Wanted
from hub.core.schedule import parse_schedule
from hub.model.errors import ConfigError, HubError, LeaseHeld, Problem, RunCancelled, StoreError
from hub.model.finding import Judgement
from hub.model.initiative import Gap, Snapshot
from hub.model.service_state import FinishedRun, PendingRefresh, ReplicaState, RunRequest
from hub.report.text import public_error
from hub.service.progress import ProgressTracker
from hub.service.runs import SourceState, SyncSchedule
from hub.service.scheduler import Scheduler
from tests.builders import a_portfolio
from tests.fakes.clock import FakeClock

BOTH = frozenset({"jira", "github"})
PLAN = SyncSchedule(
    {"jira": parse_schedule("every 15m"), "github": parse_schedule("every 15m")}, parse_schedule("never"), UTC
)
HELD = LeaseHeld("another run holds the state: host:1, until then")
BUSY = StoreError("the state hub.db cannot be written")


@dataclass
class FakeWork:
    """Remembers what was read when, and fails as it is told to."""

    clock: FakeClock
    errors: list[Exception] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    waiting: list[PendingRefresh] = field(default_factory=list)
    read: dict[str, SourceState] = field(default_factory=dict)
    rounds: list[RunRequest] = field(default_factory=list)
    abandoned: list[int] = field(default_factory=list)
    held: Event | None = None
    still: bool = False
    began: Event = field(default_factory=Event)

    def source_states(self) -> Mapping[str, SourceState]:
        return self.read

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        return self.waiting

    def run(self, request: RunRequest, *, stopping: Callable[[], bool], tracker: ProgressTracker) -> RunResult | None:
        if self.errors:
            raise self.errors.pop(0)
        tracker.on_start(len(self.rounds) + 1)
        self.rounds.append(request)
        self.began.set()
        if self.held is not None and self.held.wait(60) and stopping():
            raise RunCancelled("told to")
        self.read |= {name: SourceState(self.clock.now()) for name in request.connectors}
        return None if self.still else an_outcome(*self.failing)

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str]) -> None:
        self.waiting = [
            pending_refresh
            for pending_refresh in self.waiting
            if pending_refresh.id > up_to_event or pending_refresh.connector in except_connectors
        ]

    def abandon(self, run: int) -> None:
        self.abandoned.append(run)


def an_outcome(*failed: str) -> RunResult:
    portfolio = a_portfolio()
    gaps = tuple(Gap(name, "down") for name in failed)
    return RunResult(1, Snapshot((), portfolio.today), portfolio, Judgement((), ()), Wanted(()), (), gaps)  # type: ignore[arg-type]


@dataclass
class Bench:
    """An engine whose turns a test takes by hand."""

    clock: FakeClock = field(default_factory=FakeClock)
    ended: list[FinishedRun] = field(default_factory=list)
    replica: ReplicaState = field(default_factory=ReplicaState)

    def __post_init__(self) -> None:
        self.work = FakeWork(self.clock)
        self.engine = Scheduler(
            self.work,
            PLAN,
            now=self.clock.now,
            observers=[lambda ended, _outcome: self.ended.append(ended)],
            replica=lambda: self.replica,
        )

    def turns(self, count: int) -> float:
        """So many turns; returns how long the last one said that there is nothing to do."""
        return [self.engine.run_once() for _ in range(count)][-1]

    def knock(self, id_: int, ticket: str, connector: str = "jira") -> None:
        self.work.waiting.append(PendingRefresh(id_, connector, ticket, self.clock.now()))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_is_due_is_done_once_and_then_waits(bench: Bench) -> None:
    assert bench.turns(3) == 30
    assert bench.work.rounds == [RunRequest(BOTH)]
    state = bench.engine.state()
    assert (state.current, state.error, state.problems(bench.clock.now())) == (None, "", ())
    assert [(finished_run.result, finished_run.run) for finished_run in bench.ended] == [("done", 1)]
    assert state.due == dict.fromkeys(BOTH, datetime(2026, 11, 16, 9, 15, tzinfo=UTC))


def test_the_next_time_comes_when_it_comes(bench: Bench) -> None:
    bench.turns(2)
    bench.clock.wait(seconds=899)
    assert bench.turns(1) == 1
    bench.clock.wait(seconds=1)
    bench.turns(1)
    assert len(bench.work.rounds) == 2


def test_a_round_in_which_nothing_had_changed_is_told_and_the_next_comes_in_time(bench: Bench) -> None:
    bench.work.still = True
    assert bench.turns(2) == 30
    assert [(finished_run.result, finished_run.failed) for finished_run in bench.ended] == [("unchanged", frozenset())]
    assert bench.engine.state().problems(bench.clock.now()) == ()
    bench.clock.wait(seconds=900)
    bench.turns(1)
    assert len(bench.work.rounds) == 2


@pytest.mark.parametrize("error", [BUSY, ConfigError([Problem("okrs/a.toml:3", "cycle", "is missing")])])
def test_an_error_is_told_and_tried_again_later(bench: Bench, error: HubError) -> None:
    bench.work.errors = [error, error]
    assert bench.turns(2) == 1
    assert bench.engine.state().problems(bench.clock.now()) == (public_error(error),)
    bench.clock.wait(seconds=1)
    assert bench.turns(2) == 2
    assert bench.engine.state().failures == 2
    bench.clock.wait(seconds=2)
    bench.turns(1)
    assert bench.work.rounds == [RunRequest(BOTH)]
    assert bench.engine.state().problems(bench.clock.now()) == ()
    assert [finished_run.result for finished_run in bench.ended] == ["error", "error", "done"]


def test_waits_after_errors_grow_to_a_limit(bench: Bench) -> None:
    bench.work.errors = [BUSY] * 12
    waits = []
    for _ in range(12):
        waits.append(bench.turns(2))
        retry = bench.engine.state().retry_at
        assert retry is not None
        bench.clock.moment = retry
    assert waits == [1, 2, 4, 8, 16, *[30] * 7]


def test_a_run_that_another_process_holds_up_is_tried_every_second_and_is_no_fault(bench: Bench) -> None:
    bench.work.errors = [HELD] * 3
    for _ in range(3):
        assert bench.turns(2) == 1
        state = bench.engine.state()
        assert (state.is_held, state.problems(bench.clock.now())) == (True, ())
        bench.clock.wait(seconds=1)
    bench.turns(1)
    assert bench.work.rounds == [RunRequest(BOTH)]


def test_a_stand_by_does_nothing_until_the_runs_are_its_own(bench: Bench) -> None:
    bench.replica = ReplicaState(is_leader=False, leader="host:1")
    bench.knock(1, "10001")
    bench.engine.run_now()
    assert bench.turns(3) == 30
    state = bench.engine.state()
    assert (bench.work.rounds, state.requested, state.replica.leader) == ([], False, "host:1")
    bench.clock.wait(seconds=3600)
    assert bench.engine.state().problems(bench.clock.now()) == ()
    bench.replica = ReplicaState()
    bench.turns(1)
    assert bench.work.rounds == [RunRequest(BOTH, refresh={"jira": frozenset({"10001"})}, up_to_event=1)]


def test_who_loses_the_runs_tells_no_fault_of_earlier_ones(bench: Bench) -> None:
    bench.work.errors = [BUSY]
    bench.turns(1)
    bench.replica = ReplicaState(is_leader=False, leader="host:1")
    bench.turns(1)
    assert bench.engine.state().problems(bench.clock.now()) == ()
    bench.replica = ReplicaState(is_leader=False, fault="the state does not answer")
    assert bench.engine.state().problems(bench.clock.now()) == ("the state does not answer",)


def test_a_requested_run_and_a_lease_held_elsewhere_are_told_until_they_are_over(bench: Bench) -> None:
    bench.work.errors = [HELD]
    bench.engine.run_now()
    assert bench.engine.state().requested
    bench.turns(1)
    assert (bench.engine.state().requested, bench.engine.state().is_held) == (False, True)
    bench.engine.run_now()
    bench.turns(1)
    assert (bench.engine.state().is_held, bench.engine.state().error) == (False, "")
    last = bench.engine.state().last
    assert last is not None
    assert (last.run, last.result, last.counts["errors"]) == (1, "done", 0)


def test_an_error_of_another_kind_does_not_show_its_words(bench: Bench) -> None:
    bench.work.errors = [RuntimeError("the token is hunter2")]
    bench.turns(1)
    assert "RuntimeError" in bench.engine.state().error
    assert "hunter2" not in repr(bench.engine.state())
    bench.clock.wait(seconds=1)
    bench.turns(1)
    assert len(bench.work.rounds) == 1


def test_knocks_are_answered_by_the_run_that_began_after_them(bench: Bench) -> None:
    bench.turns(1)
    bench.knock(1, "10001")
    bench.clock.wait(seconds=0.5)
    bench.turns(1)
    assert bench.work.rounds[1:] == [RunRequest(BOTH, refresh={"jira": frozenset({"10001"})}, up_to_event=1)]
    assert bench.work.waiting == []


def test_knocks_at_a_source_that_could_not_be_read_stay_and_are_tried_again(bench: Bench) -> None:
    bench.turns(1)
    bench.knock(1, "10001")
    bench.knock(2, "20001", "github")
    bench.clock.wait(seconds=0.5)
    bench.work.failing = {"jira"}
    assert bench.turns(2) == 5
    assert [pending_refresh.id for pending_refresh in bench.work.waiting] == [1]
    bench.work.failing = set()
    bench.clock.wait(seconds=5)
    bench.turns(1)
    assert bench.work.waiting == []


def test_somebody_who_asks_for_a_run_gets_one_even_after_an_error(bench: Bench) -> None:
    bench.work.errors = [HELD]
    bench.turns(1)
    bench.engine.run_now()
    bench.turns(1)
    assert bench.work.rounds == [RunRequest(BOTH)]
    bench.engine.run_now()
    bench.turns(2)
    assert len(bench.work.rounds) == 2


def test_the_thread_wakes_up_when_it_is_poked(bench: Bench) -> None:
    bench.engine.start()
    assert bench.work.began.wait(60)
    bench.work.began.clear()
    bench.engine.run_now()
    assert bench.work.began.wait(60)
    bench.engine.stop()
    assert bench.engine.join(60)
    assert bench.engine.state().problems(bench.clock.now()) == ("the service is stopping",)


def test_a_run_that_is_told_to_stop_ends_and_nothing_begins_after_it(bench: Bench) -> None:
    bench.work.held = Event()
    bench.engine.start()
    assert bench.work.began.wait(60)
    bench.engine.stop()
    bench.work.held.set()
    assert bench.engine.join(60)
    assert [finished_run.result for finished_run in bench.ended] == ["cancelled"]
    assert (len(bench.work.rounds), bench.work.abandoned) == (1, [])


def test_a_run_that_does_not_end_in_time_is_abandoned(bench: Bench) -> None:
    bench.work.held = Event()
    bench.engine.start()
    assert bench.work.began.wait(60)
    bench.engine.stop()
    assert not bench.engine.join(0.01)
    assert bench.work.abandoned == [1]
    bench.work.held.set()
    assert bench.engine.join(60)


def test_an_engine_that_never_started_ends_at_once(bench: Bench) -> None:
    bench.engine.stop()
    assert bench.engine.join(60)
