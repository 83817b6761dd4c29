"""Which run is done next, if any: what is due, whose knocks have settled, and who must wait after a failure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import inf

from hub.model.knock import Knock
from hub.model.service_state import Round
from hub.service.schedule import Last, Plan, due, full_due

FOR_EVER = inf
FIRST_PATIENCE, LONGEST_PATIENCE = 5.0, 300.0


@dataclass(slots=True)
class Memory:
    """What this process tried and the state does not tell: sources whose knocks wait, and tries without a count."""

    tried: dict[str, datetime] = field(default_factory=dict)
    full_tried: datetime | None = None
    _failures: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def came_out(self, round_: Round, began: datetime, failed: frozenset[str]) -> None:
        """A round came to its end; sources that were not read make their knocks wait ever longer."""
        self.tried |= dict.fromkeys(round_.connectors, began)
        self.full_tried = began if round_.full else self.full_tried
        for name in round_.connectors:
            times = self._failures.pop(name, (0, began))[0] + 1
            if name in failed:
                wait = min(LONGEST_PATIENCE, FIRST_PATIENCE * 2 ** min(times - 1, 16))
                self._failures[name] = (times, began + timedelta(seconds=wait))

    def impatient(self, now: datetime) -> frozenset[str]:
        """Connectors whose knocks are not answered yet."""
        return frozenset(name for name, (_, until) in self._failures.items() if now < until)

    def patience(self, now: datetime) -> float:
        """Seconds until the first of them may be tried again."""
        return min((_seconds(until, now) for _, until in self._failures.values() if now < until), default=FOR_EVER)

    def merged(self, last: Mapping[str, Last]) -> dict[str, Last]:
        """What the state says, and what was tried here since: a source that cannot be read is not read all the time."""
        found = dict(last)
        for name, at in self.tried.items():
            one = found.get(name, Last())
            found[name] = replace(one, read=max(at, one.read or at))
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """The round to be done now, if any; else how many seconds there is nothing to do."""

    round: Round | None
    wait: float
    due: Mapping[str, datetime]
    full_due: datetime | None

    def all_of(self, plan: Plan) -> "Choice":
        """The same with every connector: somebody asked for a run now."""
        everything = frozenset(plan.rhythms)
        return replace(self, round=replace(self.round or Round(everything), connectors=everything), wait=0.0)


def choose(
    plan: Plan,
    last: Mapping[str, Last],
    knocks: Sequence[Knock],
    memory: Memory,
    *,
    since: datetime,
    now: datetime,
    settle: timedelta,
) -> Choice:
    """What is due at `now`; a knock takes all connectors along, for what it changes may stand in any of them."""
    known = memory.merged(last)
    times, full = due(plan, known, since), full_due(plan, known, since, memory.full_tried)
    ready = _settled(plan, knocks, memory, now, settle)
    whole = full is not None and full <= now
    named = frozenset(plan.rhythms if whole or ready else (name for name, at in times.items() if at <= now))
    if named:
        upto = max((one.id for one in knocks), default=0) if ready else 0
        return Choice(Round(named, whole, _by_connector(ready), upto), 0.0, times, full)
    waits = [_seconds(at, now) for at in (*times.values(), *([full] if full else []))]
    waits += [_seconds(one.received + settle, now) for one in knocks if one.received + settle > now]
    return Choice(None, max(0.0, min((*waits, memory.patience(now)), default=FOR_EVER)), times, full)


def _settled(
    plan: Plan, knocks: Sequence[Knock], memory: Memory, now: datetime, settle: timedelta
) -> tuple[Knock, ...]:
    """The knocks to answer: none until the first of them has waited for its burst to end."""
    waiting = memory.impatient(now)
    open_ = tuple(one for one in knocks if one.connector in plan.rhythms and one.connector not in waiting)
    return open_ if any(one.received + settle <= now for one in open_) else ()


def _by_connector(knocks: Sequence[Knock]) -> dict[str, frozenset[str]]:
    """The tickets by connector; a knock at the whole connector names none, for it is read in any case."""
    names = {one.connector for one in knocks}
    return {name: frozenset(one.ticket for one in knocks if one.connector == name and one.ticket) for name in names}


def _seconds(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds()
