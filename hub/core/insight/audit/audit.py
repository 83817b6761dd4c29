"""The audit as one value, and how it names things: redacted where private, in one order."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.core.checking.redaction import redact_id, redact_text
from hub.core.insight.alignment_ratio import open_exempt
from hub.core.insight.audit.rows import (
    KeyResultRef,
    OrganizationKeyResult,
    SharedOkr,
    TeamCheck,
    TeamDependency,
    TeamRef,
    TicketRef,
    Work,
)
from hub.model.finding import Finding, Waiver
from hub.model.initiative import Gap, Initiative, Ref, StatusCategory
from hub.model.okr import Cycle
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, squeezed


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
    """A question worth the session's time; `kind` is the place of its ranking, `reason` the facts.

    `dependency` is the number of the dependency that it is about, counted from 1 in the order of the audit.
    """

    kind: str
    text: str
    reason: str
    evidence: tuple[tuple[str, str | None], ...] = ()
    dependency: int | None = None


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
    """The whole audit; without `sources` no sync has run, and what needs tickets is missing.

    Parts that speak of a dependency name it by its place in `dependencies`.
    """

    today: date
    cycle: Cycle
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    dependencies: tuple[TeamDependency, ...]
    first: tuple[OrganizationKeyResult, ...]
    second: tuple[TeamCheck, ...]
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


def key_result_ref(portfolio: Portfolio, key_result: str) -> KeyResultRef:
    """The key result by id, title and address; a private one by words that name none."""
    if redact_id(key_result, portfolio) == PRIVATE_NAME:
        return KeyResultRef(PRIVATE_NAME, private=True)
    match = portfolio.okrs.key_results.get(key_result) or portfolio.okrs.other_key_results.get(key_result)
    return KeyResultRef(key_result) if match is None else KeyResultRef(key_result, match.title, match.url)


def key_result_refs(portfolio: Portfolio, key_results: Iterable[str]) -> tuple[KeyResultRef, ...]:
    """Each once, by id."""
    return tuple(key_result_ref(portfolio, id_) for id_ in sorted(set(key_results)))


def team_ref(portfolio: Portfolio, team: str) -> TeamRef:
    """The team with its name."""
    known_team = portfolio.okrs.teams.get(team)
    return TeamRef(team, team, known=False) if known_team is None else TeamRef(team, known_team.name)


def ticket_ref(portfolio: Portfolio, ref: Ref) -> TicketRef:
    """The ticket; without its title where that may tell what a private key result is."""
    ticket = portfolio.initiatives[ref]
    title = "" if _is_secret(portfolio, ticket) else redact_text(ticket.title, portfolio)
    return TicketRef(str(ref), title, ticket.url, ticket.status)


def work_of(portfolio: Portfolio, key_result: str, team: str | None = None) -> Work:
    """The tickets that serve the key result: all, or those of a team."""
    refs = {key_result_link.initiative for key_result_link in portfolio.served_by.get(key_result, ())}
    return count_work(portfolio, (ref for ref in refs if team is None or portfolio.team_of.get(ref) == team))


def count_work(portfolio: Portfolio, refs: Iterable[Ref]) -> Work:
    """Each ticket once; exempt and cancelled ones do not count."""
    active = done = later = 0
    for ref in set(refs):
        if ref in portfolio.exempt:
            continue
        if portfolio.is_active(ref):
            active += 1
        elif portfolio.initiatives[ref].status is StatusCategory.DONE:
            done += 1
        elif not portfolio.initiatives[ref].status.ended:
            later += 1
    return Work(active, done, later)


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The most severe first, then by rule and subject."""
    return tuple(
        sorted(findings, key=lambda finding: (-finding.severity, finding.rule, finding.subject.id, finding.fingerprint))
    )


def _is_secret(portfolio: Portfolio, ticket: Initiative) -> bool:
    """Whether the title names a private key result, or all that the ticket serves is private."""
    named = portfolio.okrs.private_names.names_in(ticket.title)
    if named and not named.isdisjoint(squeezed(private.title) for private in portfolio.okrs.private):
        return True
    served = portfolio.serves.get(ticket.ref, ())
    return bool(served) and all(portfolio.key_result(key_result_link.key_result).private for key_result_link in served)


def exempt_work(portfolio: Portfolio) -> tuple[ExemptWork, ...]:
    """Open exempt tickets by team and reason, the biggest number first."""
    names = portfolio.okrs.teams
    totals: Counter[tuple[str, str]] = Counter()
    for ticket in open_exempt(portfolio):
        team = portfolio.team_of.get(ticket.ref, "")
        totals[names[team].name if team in names else "no team", portfolio.exempt[ticket.ref]] += 1
    ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ExemptWork(team, redact_text(reason, portfolio), count) for (team, reason), count in ordered)
