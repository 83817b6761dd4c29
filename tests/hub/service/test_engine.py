"""The engine does what is due, whatever goes wrong, tells what it does, and ends when it is told to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

import pytest

from hub.core.outcome import Outcome
from hub.core.plan import Plan as Wanted
from hub.core.rhythm import rhythm
from hub.model.errors import ConfigError, HubError, Problem, Stopped, StoreError
from hub.model.finding import Judgement
from hub.model.initiative import Gap, Snapshot
from hub.model.knock import Knock
from hub.model.service_state import Ended, Round
from hub.report.faults import told_openly
from hub.service.engine import Engine
from hub.service.schedule import Last, Plan
from tests.builders import a_portfolio
from tests.fakes.clock import FakeClock

BOTH = frozenset({"jira", "github"})
PLAN = Plan({"jira": rhythm("every 15m"), "github": rhythm("every 15m")}, rhythm("never"), UTC)
HELD = StoreError("another run holds the state: host:1, until then")


@dataclass
class FakeWork:
    """Remembers what was read when, and fails as it is told to."""

    clock: FakeClock
    errors: list[Exception] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    waiting: list[Knock] = field(default_factory=list)
    read: dict[str, Last] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)
    abandoned: list[int] = field(default_factory=list)
    held: Event | None = None
    still: bool = False
    began: Event = field(default_factory=Event)

    def last(self) -> Mapping[str, Last]:
        return self.read

    def knocks(self) -> Sequence[Knock]:
        return self.waiting

    def run(self, round_: Round, *, stopping: Callable[[], bool], begun: Callable[[int], None]) -> Outcome | None:
        if self.errors:
            raise self.errors.pop(0)
        begun(len(self.rounds) + 1)
        self.rounds.append(round_)
        self.began.set()
        if self.held is not None and self.held.wait(10) and stopping():
            raise Stopped("told to")
        self.read |= {name: Last(self.clock.now()) for name in round_.connectors}
        return None if self.still else an_outcome(*self.failing)

    def answered(self, upto: int, but: frozenset[str]) -> None:
        self.waiting = [one for one in self.waiting if one.id > upto or one.connector in but]

    def abandon(self, run: int) -> None:
        self.abandoned.append(run)


def an_outcome(*failed: str) -> Outcome:
    portfolio = a_portfolio()
    gaps = tuple(Gap(name, "down") for name in failed)
    return Outcome(1, Snapshot((), portfolio.today), portfolio, Judgement((), ()), Wanted(()), (), gaps)  # type: ignore[arg-type]


@dataclass
class Bench:
    """An engine whose turns a test takes by hand."""

    clock: FakeClock = field(default_factory=FakeClock)
    ended: list[Ended] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.work = FakeWork(self.clock)
        self.engine = Engine(
            self.work, PLAN, now=self.clock.now, observe=[lambda ended, _outcome: self.ended.append(ended)]
        )

    def turns(self, count: int) -> float:
        """So many turns; returns how long the last one said that there is nothing to do."""
        return [self.engine.turn() for _ in range(count)][-1]

    def knock(self, id_: int, ticket: str, connector: str = "jira") -> None:
        self.work.waiting.append(Knock(id_, connector, ticket, self.clock.now()))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_is_due_is_done_once_and_then_waits(bench: Bench) -> None:
    assert bench.turns(3) == 30
    assert bench.work.rounds == [Round(BOTH)]
    state = bench.engine.state()
    assert (state.current, state.error, state.troubles(bench.clock.now())) == (None, "", ())
    assert [(one.word, one.run) for one in bench.ended] == [("done", 1)]
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
    assert [(one.word, one.failed) for one in bench.ended] == [("unchanged", frozenset())]
    assert bench.engine.state().troubles(bench.clock.now()) == ()
    bench.clock.wait(seconds=900)
    bench.turns(1)
    assert len(bench.work.rounds) == 2


@pytest.mark.parametrize("error", [HELD, ConfigError([Problem("okrs/a.toml:3", "cycle", "is missing")])])
def test_an_error_is_told_and_tried_again_later(bench: Bench, error: HubError) -> None:
    bench.work.errors = [error, error]
    assert bench.turns(2) == 1
    assert bench.engine.state().troubles(bench.clock.now()) == (told_openly(error),)
    bench.clock.wait(seconds=1)
    assert bench.turns(2) == 2
    assert bench.engine.state().failures == 2
    bench.clock.wait(seconds=2)
    bench.turns(1)
    assert bench.work.rounds == [Round(BOTH)]
    assert bench.engine.state().troubles(bench.clock.now()) == ()
    assert [one.word for one in bench.ended] == ["error", "error", "done"]


def test_waits_after_errors_grow_to_a_limit(bench: Bench) -> None:
    bench.work.errors = [HELD] * 12
    waits = []
    for _ in range(12):
        waits.append(bench.turns(2))
        retry = bench.engine.state().retry_at
        assert retry is not None
        bench.clock.moment = retry
    assert waits == [1, 2, 4, 8, 16, *[30] * 7]


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
    assert bench.work.rounds[1:] == [Round(BOTH, knocked={"jira": frozenset({"10001"})}, upto=1)]
    assert bench.work.waiting == []


def test_knocks_at_a_source_that_could_not_be_read_stay_and_are_tried_again(bench: Bench) -> None:
    bench.turns(1)
    bench.knock(1, "10001")
    bench.knock(2, "20001", "github")
    bench.clock.wait(seconds=0.5)
    bench.work.failing = {"jira"}
    assert bench.turns(2) == 5
    assert [one.id for one in bench.work.waiting] == [1]
    bench.work.failing = set()
    bench.clock.wait(seconds=5)
    bench.turns(1)
    assert bench.work.waiting == []


def test_somebody_who_asks_for_a_run_gets_one_even_after_an_error(bench: Bench) -> None:
    bench.work.errors = [HELD]
    bench.turns(1)
    bench.engine.run_now()
    bench.turns(1)
    assert bench.work.rounds == [Round(BOTH)]
    bench.engine.run_now()
    bench.turns(2)
    assert len(bench.work.rounds) == 2


def test_the_thread_wakes_up_when_it_is_poked(bench: Bench) -> None:
    bench.engine.start()
    assert bench.work.began.wait(10)
    bench.work.began.clear()
    bench.engine.run_now()
    assert bench.work.began.wait(10)
    bench.engine.stop()
    assert bench.engine.join(10)
    assert bench.engine.state().troubles(bench.clock.now()) == ("the service is stopping",)


def test_a_run_that_is_told_to_stop_ends_and_nothing_begins_after_it(bench: Bench) -> None:
    bench.work.held = Event()
    bench.engine.start()
    assert bench.work.began.wait(10)
    bench.engine.stop()
    bench.work.held.set()
    assert bench.engine.join(10)
    assert [one.word for one in bench.ended] == ["stopped"]
    assert (len(bench.work.rounds), bench.work.abandoned) == (1, [])


def test_a_run_that_does_not_end_in_time_is_abandoned(bench: Bench) -> None:
    bench.work.held = Event()
    bench.engine.start()
    assert bench.work.began.wait(10)
    bench.engine.stop()
    assert not bench.engine.join(0.01)
    assert bench.work.abandoned == [1]
    bench.work.held.set()
    assert bench.engine.join(10)


def test_an_engine_that_never_started_ends_at_once(bench: Bench) -> None:
    bench.engine.stop()
    assert bench.engine.join(10)
