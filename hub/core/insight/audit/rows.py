"""The rows of the audit, as values: every key result in them is already veiled where it is private."""

from dataclasses import dataclass
from datetime import date

from hub.core.insight.alignment_ratio import Ratio
from hub.core.insight.status import TrackerValue
from hub.model.finding import Finding
from hub.model.initiative import StatusCategory
from hub.model.link import DependencySource
from hub.model.okr import Aggregation, LinkKind, LinkState


@dataclass(frozen=True, slots=True)
class KeyResultRef:
    """A key result as it may be shown: a private one has no id, title or address of its own."""

    id: str
    title: str = ""
    url: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class TeamRef:
    """A team; `known` is false for a name that no team bears."""

    id: str
    name: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """The tickets that serve a key result: active in the cycle, finished, and neither."""

    active: int = 0
    done: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """Where a key result stands; `measured` and `expected` are parts of the way and never mixed.

    `start` and `target` are None where the OKRs do not state them, and a limit has no start. `tracker` is the value
    in a tracker, where one is asked for it.
    """

    start: float | None
    target: float | None
    value: float | None
    unit: str
    measured: float | None
    expected: float
    tracker: TrackerValue | None = None


@dataclass(frozen=True, slots=True)
class Contributor:
    """A team named on an organization key result, its share if it is summed, and its key results that lead there."""

    team: TeamRef
    kind: LinkKind
    share: float | None
    leading: tuple[KeyResultRef, ...]


@dataclass(frozen=True, slots=True)
class TargetGap:
    """What the targets of a team, or of all together, make, beside what is needed; `short` in percent of that."""

    of: str
    total: float
    needed: float
    short: float


@dataclass(frozen=True, slots=True)
class OrganizationKeyResult:
    """One row of the first check; `measure` is missing for a private one, `work` before the first sync.

    `cycle` is the quarter's or the year's: all that contain today are looked at.
    """

    key_result: KeyResultRef
    objective: str
    measure: Measure | None
    owners: tuple[TeamRef, ...]
    contributors: tuple[Contributor, ...]
    total: float | None
    shares_add_up: bool
    aggregation: Aggregation
    targets: tuple[TargetGap, ...]
    targets_hidden: bool
    unnamed: tuple[TeamRef, ...]
    work: Work | None
    findings: tuple[Finding, ...]
    cycle: str = ""

    @property
    def unsummed(self) -> tuple[Contributor, ...]:
        """Contributors that are named and not summed."""
        return tuple(contributor for contributor in self.contributors if contributor.share is None)

    @property
    def unbacked(self) -> tuple[Contributor, ...]:
        """Teams that hold a share and no key result that leads here."""
        return tuple(
            contributor
            for contributor in self.contributors
            if contributor.share is not None and not contributor.leading
        )


@dataclass(frozen=True, slots=True)
class AlignmentPath:
    """One link upwards (or, as `supports`, sideways) and the chains by which it reaches the organization's."""

    to: KeyResultRef
    kind: str
    state: LinkState
    since: date | None = None
    chains: tuple[tuple[KeyResultRef, ...], ...] = ()

    @property
    def is_aligned(self) -> bool:
        """Whether the link is accepted and ends at an organization key result."""
        return self.state is LinkState.ACCEPTED and bool(self.chains)


@dataclass(frozen=True, slots=True)
class TeamKeyResult:
    """A key result of a team, alone or shared, with its links upwards and its work."""

    key_result: KeyResultRef
    shared_with: tuple[TeamRef, ...]
    priority: int | None
    aligned: bool
    standalone: str | None
    alignment_paths: tuple[AlignmentPath, ...]
    is_met: bool
    work: Work | None


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket as evidence; the title is left out where it could tell of a private key result."""

    ref: str
    title: str
    url: str
    status: StatusCategory


@dataclass(frozen=True, slots=True)
class TicketDependency:
    """One ticket waits for another, and where that was seen."""

    waiting: TicketRef
    providing: TicketRef
    source: DependencySource


@dataclass(frozen=True, slots=True)
class TeamDependency:
    """What one team needs of another: stated in the OKR files, seen between tickets, or both.

    `priorities` are those of the waiting and the providing side; `priorities_match` is unknown where one of them is.
    `state` is what the providing side said; `shared` is the shared objective that holds both. `late_until` is the
    date of the providing ticket `late_ticket` where that is too late.
    """

    waiting_teams: tuple[TeamRef, ...]
    providing_team: TeamRef
    waiting: tuple[KeyResultRef, ...]
    providing: tuple[KeyResultRef, ...]
    declared: bool
    state: LinkState | None
    shared: str | None
    confirmed: bool
    priorities: tuple[int | None, int | None]
    priorities_match: bool | None
    needed_by: date | None
    tickets: tuple[TicketDependency, ...]
    late_until: date | None = None
    late_ticket: TicketRef | None = None

    @property
    def needs_decision(self) -> bool:
        """Whether the session has to settle it: not agreed, with different priorities, or late."""
        return not self.agreed or self.priorities_match is False or self.late_until is not None

    @property
    def agreed(self) -> bool:
        """Whether both sides agreed that the work is done, by a link or by a shared OKR."""
        return self.confirmed and self.state is not LinkState.DECLINED

    @property
    def blocked(self) -> int:
        """How many tickets wait."""
        return len({ticket.waiting.ref for ticket in self.tickets})


@dataclass(frozen=True, slots=True)
class SuggestedLink:
    """A link that should perhaps exist: between what and what, and what speaks for it."""

    kind: str
    subject: str
    url: str | None
    targets: tuple[KeyResultRef, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class TeamCheck:
    """One team in the second check."""

    team: TeamRef
    key_results: tuple[TeamKeyResult, ...]
    reached: tuple[KeyResultRef, ...]
    waits: tuple[TeamDependency, ...]
    provides: tuple[TeamDependency, ...]
    suggestions: tuple[SuggestedLink, ...]
    ratio: Ratio | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SharedOkr:
    """A shared OKR and its schedule: `last_joint_check_in` is the last check-in at which two of its teams were."""

    id: str
    title: str
    key_results: tuple[KeyResultRef, ...]
    host: TeamRef | None
    every_days: int | None
    last_joint_check_in: date | None
    days_since: int | None
    overdue: bool
    work: tuple[tuple[TeamRef, Work | None], ...]
    findings: tuple[Finding, ...]
