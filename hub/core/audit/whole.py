"""The whole audit as one value, and its parts that belong to no single check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.core.audit.values import OrganizationKeyResult, SharedOkr, TeamCheck, TeamDependency
from hub.model.finding import Finding, Waiver
from hub.model.initiative import Gap
from hub.model.okr import Cycle


@dataclass(frozen=True, slots=True)
class ExemptWork:
    """Open work that a team keeps out of OKRs, and why."""

    team: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """A waiver and the findings that it holds back today."""

    waiver: Waiver
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class WaiverReport:
    """Waivers by what they do: hold something back, have run out, or match nothing."""

    active: tuple[WaiverUse, ...] = ()
    expired: tuple[WaiverUse, ...] = ()
    unused: tuple[WaiverUse, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """What a rule could not judge, for one reason."""

    rule: str
    reason: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limitations:
    """What the audit could not see, and why."""

    gaps: tuple[Gap, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    without_team: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question worth the session's time; `kind` is the place of its ranking, `because` the facts."""

    kind: str
    text: str
    reason: str
    evidence: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A tracker, and when the last run read it."""

    connector: str
    read: datetime
    tickets: int


@dataclass(frozen=True, slots=True)
class UnpostedFinding:
    """A finding and its tickets that carry its label alone, and those where nothing is said of it yet."""

    finding: Finding
    label_only: tuple[str, ...] = ()
    not_posted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole audit; without `sources` no sync has run, and what needs tickets is missing."""

    today: date
    cycle: Cycle
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    first: tuple[OrganizationKeyResult, ...]
    second: tuple[TeamCheck, ...]
    dependencies: tuple[TeamDependency, ...]
    shared: tuple[SharedOkr, ...]
    exempt: tuple[ExemptWork, ...]
    waivers: WaiverReport
    limitations: Limitations
    other_findings: tuple[Finding, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    unposted: tuple[UnpostedFinding, ...] = ()

    @property
    def synced(self) -> bool:
        """Whether there are tickets of an earlier run to look at."""
        return bool(self.sources)
