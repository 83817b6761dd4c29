"""OKRs as the field speaks of them: cycle, team, objective, key result, contribution, check-in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hub.model.initiative import Ref
from hub.model.link import Aggregation, Direction, Dismissal, LinkKind, LinkState, Phase, Visibility
from hub.model.measure import Measure, MeasureAnswer
from hub.model.private_names import PrivateNames
from hub.model.progress import is_met
from hub.model.ticket_input import OkrTicket

__all__ = [
    "Aggregation",
    "Alignment",
    "CheckIn",
    "Contribution",
    "Cycle",
    "Direction",
    "ExemptKind",
    "FileLocation",
    "KeyResult",
    "LinkKind",
    "LinkState",
    "Need",
    "Objective",
    "Okrs",
    "Phase",
    "Sync",
    "Team",
    "Visibility",
    "WorkQuery",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Where a value stands in an OKR file: the path as given, and the line, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        """`file:line`, which editors and CI turn into a link."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Cycle:
    """The period that OKRs are set for, both days included."""

    id: str
    start: date
    end: date
    phase: Phase = Phase.RUNNING

    def contains(self, day: date) -> bool:
        """Whether the day lies in the cycle."""
        return self.start <= day <= self.end

    def overlaps(self, start: date | None, end: date | None) -> bool:
        """Whether a span meets the cycle; an open end reaches for ever."""
        return (start is None or start <= self.end) and (end is None or end >= self.start)


@dataclass(frozen=True, slots=True)
class ExemptKind:
    """A kind of work that a team keeps out of OKRs (bugs, upkeep), by label or by issue type, and why."""

    reason: str
    label: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team and the places of the trackers that are its own: `jira:ACME`, `github:acme/app`, `github:acme/5`."""

    id: str
    name: str
    owns: tuple[str, ...] = ()
    exempt: tuple[ExemptKind, ...] = ()
    location: FileLocation | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a team adds to an organization key result; `share` is a percentage of its goal, or not summed."""

    team: str
    kind: LinkKind = LinkKind.DIRECT
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """A vertical link, key result to key result: this one moves `key_result`."""

    key_result: str
    kind: LinkKind = LinkKind.DIRECT
    state: LinkState = LinkState.ACCEPTED
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """The key result depends on another team, best on one of its key results; `priority` is the waiting side's.

    `state` is proposed until the other side states it too (`KeyResult.supports`), answers, or the file says otherwise;
    `state_stated` tells whether the file does.
    """

    team: str
    key_result: str | None = None
    priority: int | None = None
    needed_by: date | None = None
    state: LinkState = LinkState.PROPOSED
    since: date | None = None
    state_stated: bool = False


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One check-in: the value measured, how confident the team was, what is in its way, which teams were there."""

    date: date
    value: float | None = None
    confidence: float | None = None
    present: tuple[str, ...] = ()
    note: str = ""
    blocker: str = ""


@dataclass(frozen=True, slots=True)
class Sync:
    """The rhythm of a shared OKR: which team hosts the meeting, and how often, in days."""

    host: str | None = None
    every_days: int = 7


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """A query in a tracker's own language whose tickets serve a key result without naming it."""

    connector: str
    query: str


@dataclass(frozen=True, slots=True)
class KeyResult:
    """A measurable outcome under an objective; `metric` names what several may measure.

    `stated` holds which of `start` and `target` the file states: without them the numbers mean nothing. `direction` is
    None where it follows from both; `tolerance` is in units of the value, for `keep` alone. `supports` are the key
    results of other teams that this one is there for; `work` are queries for tickets that serve it; `measure` is where
    a tracker holds its value, which is shown beside the one that people state.
    `replaced_by` goes on where this one ends, `lag_days` is how long it takes to move after the work is done.
    Where it is kept as a ticket, `done` says that the ticket was closed as done, which makes it met whatever its value,
    and `not_understood` are the fields of which something was written that was not understood. `future_check_ins` are
    dated after the day of the portfolio: they do not count, and `check_ins` are without them.
    """

    id: str
    title: str
    objective: str
    cycle: str
    start: float = 0.0
    target: float = 100.0
    current: float | None = None
    unit: str = ""
    metric: str = ""
    aggregation: Aggregation = Aggregation.NONE
    owners: tuple[str, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    confidence: float | None = None
    priority: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    aligns_to: tuple[Alignment, ...] = ()
    depends_on: tuple[Need, ...] = ()
    supports: tuple[str, ...] = ()
    work: tuple[WorkQuery, ...] = ()
    measure: Measure | None = None
    direction: Direction | None = None
    tolerance: float | None = None
    stated: frozenset[str] = frozenset({"start", "target"})
    check_ins: tuple[CheckIn, ...] = ()
    cadence_days: int = 7
    lag_days: int | None = None
    blocker: str = ""
    audience: tuple[str, ...] = ()
    replaced_by: str | None = None
    url: str | None = None
    location: FileLocation | None = None
    done: bool = False
    not_understood: frozenset[str] = frozenset()
    future_check_ins: tuple[CheckIn, ...] = ()

    @property
    def private(self) -> bool:
        """Whether it may be named to its own audience only."""
        return self.visibility is Visibility.PRIVATE

    @property
    def is_met(self) -> bool:
        """Whether the target is reached, or a limit holds; see `hub.model.progress.is_met`."""
        return is_met(self)


@dataclass(frozen=True, slots=True)
class Objective:
    """A qualitative goal: the organization's without teams, one team's with one, shared with two or more.

    `not_understood` are the fields of which its ticket says something that was not understood.
    """

    id: str
    title: str
    cycle: str
    teams: tuple[str, ...] = ()
    key_results: tuple[str, ...] = ()
    aligns_to: tuple[str, ...] = ()
    standalone: str | None = None
    sync: Sync | None = None
    location: FileLocation | None = None
    not_understood: frozenset[str] = frozenset()

    @property
    def of_organization(self) -> bool:
        """Whether the whole organization holds it."""
        return not self.teams

    @property
    def shared(self) -> bool:
        """Whether two or more teams hold it together."""
        return len(self.teams) > 1


@dataclass(frozen=True, slots=True)
class Okrs:
    """All OKRs that were read, by id; `other_key_results` and `other_objectives` are of other cycles than the running
    one.

    `dismissed` are hidden dependencies that people found to be none. Where OKRs are kept in a tracker,
    `okr_id_by_ticket` names the OKR that a ticket is, `okr_tickets` are those tickets, `linked_key_results` the key
    results that one is linked to, `incomplete_reason` says why some may be missing, `forward_links` are those of the
    files as they stand there, whose links may lead to such tickets, `closed_key_results` those whose tickets were
    closed without a result: they are judged no more, and no link to them counts. `queried_work` names the key results
    whose queries find a ticket, by connector and the tracker's id; `unanswered` are the key results whose queries were
    not all answered, and why; `undetermined_connectors` are connectors any ticket of which such a query may find.
    `measured` holds what trackers answered of the values of key results, by id.
    `original_private_names` are the private names where the key results no longer tell them.
    """

    cycle: Cycle
    teams: Mapping[str, Team]
    objectives: Mapping[str, Objective]
    key_results: Mapping[str, KeyResult]
    cycles: Mapping[str, Cycle]
    other_key_results: Mapping[str, KeyResult]
    other_objectives: Mapping[tuple[str, str], Objective] = field(default_factory=dict)
    dismissed: tuple[Dismissal, ...] = ()
    okr_id_by_ticket: Mapping[Ref, str] = field(default_factory=dict)
    okr_tickets: Mapping[Ref, OkrTicket] = field(default_factory=dict)
    linked_key_results: Mapping[Ref, tuple[str, ...]] = field(default_factory=dict)
    incomplete_reason: str = ""
    forward_links: tuple[KeyResult | Objective, ...] = ()
    closed_key_results: Mapping[str, KeyResult] = field(default_factory=dict)
    queried_work: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    unanswered: Mapping[str, str] = field(default_factory=dict)
    undetermined_connectors: Mapping[str, str] = field(default_factory=dict)
    measured: Mapping[str, MeasureAnswer] = field(default_factory=dict)
    original_private_names: PrivateNames | None = field(default=None, repr=False, compare=False)
    private: tuple[KeyResult, ...] = field(init=False, repr=False, compare=False)
    private_names: PrivateNames = field(init=False, repr=False, compare=False)

    @property
    def all_key_results(self) -> tuple[KeyResult, ...]:
        """Those of the running cycle, of other cycles, and closed ones."""
        groups = (self.key_results, self.other_key_results, self.closed_key_results)
        return tuple(key_result for group in groups for key_result in group.values())

    def __post_init__(self) -> None:
        """Look once for the private key results: they are asked for with every title that is shown."""
        all_key_results = self.all_key_results
        private = tuple(key_result for key_result in all_key_results if key_result.private)
        public = tuple(key_result.id for key_result in all_key_results if not key_result.private)
        names = self.original_private_names or PrivateNames(
            tuple((key_result.id, key_result.title) for key_result in private), public
        )
        object.__setattr__(self, "private", private)
        object.__setattr__(self, "private_names", names)
