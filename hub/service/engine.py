"""The one worker: waits until something is due or asked for, and does one run after another, whatever goes wrong."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from hub.core.outcome import Outcome
from hub.model.errors import HubError, Stopped, StoreError
from hub.model.knock import Knock
from hub.model.service_state import Ended, EngineState, Round, Running
from hub.report.faults import told_openly
from hub.service.queue import Wishes
from hub.service.round_choice import Choice, Memory, choose
from hub.service.schedule import Last, Plan

KNOCKS, NOW, STOP = "knocks", "now", "stop"
# The state is looked at so often even when nothing is due: another process may have put something there.
LONGEST_SLEEP = 30.0
FIRST_RETRY, LONGEST_RETRY, LONGEST_HELD = 1.0, 300.0, 30.0
OF_ITS_OWN = "an error of its own stopped the run, see the log: "


class Work(Protocol):
    """What the engine sets going. Every method may raise any error: none of them ends the engine."""

    def last(self) -> Mapping[str, Last]:
        """What is known of each connector's last reading."""
        ...

    def knocks(self) -> Sequence[Knock]:
        """The tickets that are to be looked at again."""
        ...

    def run(self, round_: Round, *, stopping: Callable[[], bool], begun: Callable[[int], None]) -> Outcome | None:
        """Do one run, or None where nothing changed since the last; Stopped when `stopping` ended it early."""
        ...

    def answered(self, upto: int, but: frozenset[str]) -> None:
        """The knocks up to this number were looked at, but for those at these connectors."""
        ...

    def abandon(self, run: int) -> None:
        """Give the lease of a run back that has no time left to end by itself."""
        ...


Observe = Callable[[Ended, Outcome | None], None]


class Engine:
    """Thread-safe from outside. `observe` hears of every round, `each_turn` after whatever was done or not done."""

    def __init__(
        self,
        work: Work,
        plan: Plan,
        *,
        now: Callable[[], datetime],
        settle: float = 0.5,
        observe: Sequence[Observe] = (),
        each_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._work, self._plan, self._now, self._observe = work, plan, now, tuple(observe)
        self._each_turn = each_turn
        self._settle = timedelta(seconds=settle)
        self._wishes = Wishes()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._memory = Memory()
        self._state = EngineState(now())
        self._thread = threading.Thread(target=self._loop, name="engine", daemon=True)

    def start(self) -> None:
        """Begin to work, in a thread of its own."""
        self._thread.start()

    def poke(self) -> None:
        """Look now whether somebody knocked."""
        self._wishes.put(KNOCKS)

    def run_now(self) -> None:
        """Read every connector now, whatever its schedule says."""
        self._wishes.put(NOW)

    def state(self) -> EngineState:
        """What the engine is doing."""
        with self._lock:
            return self._state

    def stop(self) -> None:
        """Begin nothing any more, and end the run between two tickets; returns at once."""
        self._stopping.set()
        self._change(stopping=True)
        self._wishes.put(STOP)

    def join(self, seconds: float) -> bool:
        """Wait for the end after `stop`; a run that does not end in time is abandoned, and False says so."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        current = self.state().current
        if not self._thread.is_alive():
            return True
        if current is not None and current.run is not None:
            self._work.abandon(current.run)
        return False

    def turn(self) -> float:
        """Do one thing that is due; returns for how many seconds there is nothing to do."""
        now = self._now()
        asked = NOW in self._wishes.take()
        retry = self._state.retry_at
        if retry is not None and now < retry and not asked:
            return min(LONGEST_SLEEP, (retry - now).total_seconds())
        try:
            choice = self._choose(now, asked=asked)
            if choice.round is not None:
                self._carry_out(choice.round)
            self._each_turn()
        except Exception as error:  # noqa: BLE001  whatever goes wrong, the next time comes
            self._failed(error, now)
            return 0.0
        return min(LONGEST_SLEEP, choice.wait)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wishes.wait(self.turn())

    def _choose(self, now: datetime, *, asked: bool) -> Choice:
        knocks = self._work.knocks()
        times = {"since": self._state.since, "now": now}
        choice = choose(self._plan, self._work.last(), knocks, self._memory, settle=self._settle, **times)
        if asked:
            choice = choice.all_of(self._plan)
        self._change(due=choice.due, full_due=choice.full_due, knocks=len(knocks))
        return choice

    def _carry_out(self, round_: Round) -> None:
        began = self._now()
        self._change(current=Running(round_, began))
        try:
            outcome = self._work.run(round_, stopping=self._stopping.is_set, begun=self._begun)
            failed = frozenset(gap.connector for gap in (outcome.failures if outcome else ()) if gap.key is None)
            self._memory.came_out(round_, began, failed)
            if round_.upto:
                self._work.answered(round_.upto, failed | self._memory.impatient(began))
            looked = {**self._state.looked, **dict.fromkeys(round_.connectors - failed, began)}
            self._change(error="", faulty=None, failures=0, retry_at=None, looked=looked)
            self._tell(round_, began, _word(outcome), outcome, failed=failed)
        except Stopped:
            self._tell(round_, began, "stopped")
        except Exception as error:
            self._tell(round_, began, "error", error=_openly(error))
            raise
        finally:
            self._change(current=None, due={})

    def _begun(self, run: int) -> None:
        current = self._state.current
        if current is not None:
            self._change(current=replace(current, run=run))

    def _tell(self, round_: Round, began: datetime, word: str, outcome: Outcome | None = None, **more: Any) -> None:
        current = self._state.current
        ended = Ended(round_, began, self._now(), word, current.run if current else None, **more)
        self._change(last=ended)
        for observe in self._observe:
            observe(ended, outcome)

    def _failed(self, error: Exception, now: datetime) -> None:
        state = self._state
        failures = state.failures + 1
        longest = LONGEST_HELD if isinstance(error, StoreError) else LONGEST_RETRY
        wait = min(longest, FIRST_RETRY * 2 ** min(failures - 1, 16))
        about = {} if isinstance(error, HubError) else {"exc_info": error}
        structlog.get_logger().error("no run", error=_said(error), again_in=wait, **about)
        since = state.faulty or now
        self._change(error=_openly(error), faulty=since, failures=failures, retry_at=now + timedelta(seconds=wait))

    def _change(self, **parts: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **parts)


def _word(outcome: Outcome | None) -> str:
    if outcome is None:
        return "unchanged"
    return "refused" if outcome.unsafe is not None else "partial" if outcome.failures else "done"


def _openly(error: Exception) -> str:
    """For whoever asks: a fault in an OKR file may name what is private."""
    return told_openly(error) if isinstance(error, HubError) else _said(error)


def _said(error: Exception) -> str:
    """For the log. Our own errors hold no secret; of others only the kind is told."""
    return str(error) if isinstance(error, HubError) else f"{OF_ITS_OWN}{type(error).__name__}"
