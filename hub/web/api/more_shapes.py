"""What the answers on teams, tickets, runs and rules look like, for OpenAPI."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from hub.web.api.shapes import AlignmentPath, Finding, KeyResultRef, Part, Severity, TeamRef


class Ratio(BaseModel):
    """How much of a team's active work serves an aligned key result."""

    active: int
    aligned: int
    unaligned: int
    without: int
    undetermined: int
    incomplete: bool
    percent: int | None


class TeamRow(BaseModel):
    """A team in numbers."""

    id: str
    name: str
    key_results: int
    ratio: Ratio | None
    waits: int
    provides: int
    findings: int


class Teams(Part):
    """A part of the teams."""

    teams: list[TeamRow]


class TeamKeyResult(BaseModel):
    """A key result of a team, alone or shared."""

    key_result: KeyResultRef
    shared_with: list[TeamRef]
    priority: int | None
    aligned: bool
    standalone: str | None
    alignment_paths: list[AlignmentPath]
    is_met: bool
    work: dict[str, int] | None


class Team(BaseModel):
    """One team in the second check."""

    team: TeamRef
    owns: list[str]
    key_results: list[TeamKeyResult]
    reached: list[KeyResultRef]
    waits: list[dict[str, Any]]
    provides: list[dict[str, Any]]
    suggestions: list[dict[str, Any]]
    ratio: Ratio | None
    findings: list[Finding]


class ServedKeyResult(BaseModel):
    """A key result that a ticket serves, and by what."""

    key_result: str
    title: str
    description: str
    aligned: bool


class Ticket(BaseModel):
    """What `hub why` says."""

    ticket: str
    title: str
    url: str
    read: datetime | None
    team: str | None
    scope: str
    serves: list[ServedKeyResult]
    rules: list[dict[str, Any]]
    posted: dict[str, Any]
    deferred_since_run: int | None


class FailedWrite(BaseModel):
    """A write that did not happen, and when it is tried again."""

    action: str
    connector: str
    ticket: str
    status: Literal["deferred", "failed", "refused", "unwritable"]
    detail: str
    reason: str
    retry_at: str


class RunRow(BaseModel):
    """A run and what it could not do."""

    run: int
    started: datetime
    finished: datetime | None
    status: str
    counts: dict[str, int]
    problems: list[str]
    failed_writes: list[FailedWrite]


class Runs(Part):
    """A part of the runs, newest first."""

    runs: list[RunRow]


class Run(RunRow):
    """Everything that is kept of a run."""

    sources: list[dict[str, Any]]
    skipped_tickets: list[dict[str, Any]]
    seconds: dict[str, float]
    refused: str | None


class RuleRow(BaseModel):
    """A rule in a line."""

    rule: str
    severity: Severity
    summary: str
    options: dict[str, float]


class Rules(BaseModel):
    """Every rule."""

    rules: list[RuleRow]


class Rule(BaseModel):
    """A rule's page."""

    rule: str
    severity: Severity
    page: str
    options: dict[str, float]


class Audit(BaseModel):
    """The Connect and Align audit; its parts are those of `hub audit --format json`."""

    audit: int
    today: date
    cycle: dict[str, Any]
    sources: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    first: list[dict[str, Any]]
    second: list[dict[str, Any]]
    dependencies: list[dict[str, Any]]
    shared: list[dict[str, Any]]
    exempt: list[dict[str, Any]]
    unposted: list[dict[str, Any]]
    waivers: dict[str, Any]
    limitations: dict[str, Any]
    other_findings: list[dict[str, Any]]
    counts: dict[str, int]
    synced: bool


class Point(BaseModel):
    """What one run came to."""

    run: int
    at: datetime
    cycle: str
    complete: bool
    aligned: dict[str, dict[str, int]]
    covered: dict[str, int]
    rules: dict[str, int]
    severities: dict[str, int]
    measured: dict[str, float]


class Trends(Part):
    """A part of the points, oldest first."""

    trends: list[Point]
