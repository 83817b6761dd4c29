"""What the answers look like, for OpenAPI: keys may be added, never renamed."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

Severity = Literal["error", "warning", "info"]


class Subject(BaseModel):
    """What a finding is about."""

    kind: str
    id: str
    url: str | None


class Waiver(BaseModel):
    """Who answers for a fault, and until when."""

    reason: str
    owner: str
    until: date


class Finding(BaseModel):
    """What is wrong, on which facts, and what to do."""

    rule: str
    severity: Severity
    subject: Subject
    facts: dict[str, Any]
    message: str
    remedy: str
    fingerprint: str = Field(description="The same as long as the finding is the same.")
    tickets: list[str] = Field(
        description="All tickets that it concerns: those to act on, and those that are affected."
    )
    act_on: list[str] = Field(description="Tickets on which it can be resolved; the comment is posted there.")
    affects: list[str] = Field(description="Tickets and key results that are affected.")
    waiver: Waiver | None = None
    first_seen: datetime | None = None


class Part(BaseModel):
    """A part of a list."""

    total: int
    limit: int
    offset: int


class Findings(Part):
    """A part of the findings."""

    findings: list[Finding]


class CheckIn(BaseModel):
    """One check-in."""

    date: date
    value: float | None
    confidence: float | None
    present: list[str]
    note: str
    blocker: str


class Measured(BaseModel):
    """Where it stands; `is_limit_met` says of a limit whether it is kept, `not_measured` why there is no progress."""

    start: float | None
    target: float | None
    value: float | None
    unit: str
    progress: float | None
    direction: str | None
    is_limit_met: bool | None
    not_measured: str


class Expected(BaseModel):
    """Where it should stand by now."""

    progress: float


class Work(BaseModel):
    """How many tickets serve it, by state."""

    to_do: int
    in_progress: int
    done: int
    cancelled: int = 0


class KeyResultRow(BaseModel):
    """How a key result stands; of a private one only that it is there."""

    id: str
    private: bool
    title: str | None = None
    measured: Measured | None = None
    expected: Expected | None = None
    work: Work | None = None
    confidence: float | None = None
    last_check_in: CheckIn | None = None


class KeyResults(Part):
    """A part of the key results."""

    key_results: list[KeyResultRow]


class KeyResultRef(BaseModel):
    """A key result by name; a private one without."""

    id: str
    title: str
    url: str | None
    private: bool


class TeamRef(BaseModel):
    """A team by name."""

    id: str
    name: str
    known: bool


class ParentObjective(BaseModel):
    """The objective of a key result."""

    id: str
    title: str
    standalone: str | None


class Contribution(BaseModel):
    """What a team adds."""

    team: str
    kind: str
    share: float | None


class AlignmentPath(BaseModel):
    """A link upwards, and the chains by which it reaches the organization's."""

    to: KeyResultRef
    kind: str
    state: str
    since: date | None
    chains: list[list[KeyResultRef]]
    is_aligned: bool


class Need(BaseModel):
    """What it waits for."""

    team: str
    key_result: KeyResultRef | None
    state: str
    needed_by: date | None


class KeyResult(KeyResultRow):
    """Everything about a key result."""

    objective: ParentObjective
    teams: list[TeamRef]
    owners: list[TeamRef]
    contributions: list[Contribution]
    aligned: bool
    aligns_to: list[AlignmentPath]
    linked_from: list[KeyResultRef]
    depends_on: list[Need]
    tickets: list[str]
    findings: list[Finding]
