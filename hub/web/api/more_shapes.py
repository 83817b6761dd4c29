"""What the answers on teams, tickets, runs and rules look like, for OpenAPI."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

from hub.web.api.shapes import Finding, Part, Severity, Shown, Way, Who


class Ratio(BaseModel):
    """How much of a team's active work serves an aligned key result."""

    active: int
    aligned: int
    unaligned: int
    without: int
    doubtful: int
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

    key_result: Shown
    shared_with: list[Who]
    priority: int | None
    aligned: bool
    standalone: str | None
    ways: list[Way]
    met: bool
    work: dict[str, int] | None


class Team(BaseModel):
    """One team in the second check."""

    team: Who
    owns: list[str]
    key_results: list[TeamKeyResult]
    reached: list[Shown]
    waits: list[dict[str, Any]]
    provides: list[dict[str, Any]]
    perhaps: list[dict[str, Any]]
    ratio: Ratio | None
    findings: list[Finding]


class Served(BaseModel):
    """A key result that a ticket serves, and by what."""

    key_result: str
    title: str
    how: str
    aligned: bool


class Ticket(BaseModel):
    """What `hub why` says."""

    ticket: str
    title: str
    url: str
    read: datetime | None
    team: str | None
    standing: str
    serves: list[Served]
    rules: list[dict[str, Any]]
    posted: dict[str, Any]
    deferred_since_run: int | None


class Unwritten(BaseModel):
    """A write that did not happen, and when it is tried again."""

    action: str
    connector: str
    ticket: str
    status: Literal["deferred", "failed", "refused", "barred"]
    detail: str
    why: str
    again: str


class RunRow(BaseModel):
    """A run and what it could not do."""

    run: int
    started: datetime
    finished: datetime | None
    status: str
    counts: dict[str, int]
    troubles: list[str]
    unwritten: list[Unwritten]


class Runs(Part):
    """A part of the runs, newest first."""

    runs: list[RunRow]


class Run(RunRow):
    """Everything that is kept of a run."""

    sources: list[dict[str, Any]]
    held: list[dict[str, Any]]
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
    dependences: list[dict[str, Any]]
    shared: list[dict[str, Any]]
    exempt: list[dict[str, Any]]
    left_off: list[dict[str, Any]]
    waivers: dict[str, Any]
    blind: dict[str, Any]
    elsewhere: list[dict[str, Any]]
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
