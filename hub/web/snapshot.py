"""The immutable read model of the pages and the API: the OKRs, the work and the findings, for one audience."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from hub.core.checking.redacted_portfolio import redact_gaps, redact_run, redactor
from hub.core.insight.alignment_ratio import kind_of_work
from hub.core.insight.audit.audit import Audit
from hub.core.insight.audit.rows import TeamCheck
from hub.core.insight.explain import affected_tickets, teams_of
from hub.core.insight.run_summary import TrendPoint, trend
from hub.core.insight.search import SearchEntry, SearchIndex, SearchKind, build_index
from hub.core.insight.status import KeyResultStatus
from hub.model.action import LedgerEntries
from hub.model.finding import Finding, Judgement, NotJudged, SubjectKind
from hub.model.initiative import Ref, StatusCategory
from hub.model.okr import Alignment
from hub.model.portfolio import Portfolio
from hub.model.remote_link import PostedRemoteLink
from hub.model.service_state import Run
from hub.model.ticket_input import Command
from hub.report.audit.blocks import Document
from hub.report.audit.document import build_document, shorten
from hub.report.map.lanes import MapLane, map_lanes
from hub.report.map.layout import MAX_TICKETS
from hub.store.base import StoredSource
from hub.usecases.assess import Assessment
from rules.base import Rule


class WorkKind(StrEnum):
    """What a ticket is to the alignment ratio: active work by what it serves, and all that is not counted."""

    ALIGNED = "aligned"
    UNALIGNED = "unaligned"
    WITHOUT = "without"
    EXEMPT = "exempt"
    DONE = "done"
    CANCELLED = "cancelled"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class TicketIndex:
    """`of_team` holds tickets by team, active ones first; `by_key` by key in small letters, with and without connector.

    `order` gives each ticket its place in such a list. `kind` leaves out tickets that were read for reference only.
    """

    kind: Mapping[Ref, WorkKind]
    order: Mapping[Ref, tuple[bool, str, str, int]]
    of_team: Mapping[str, tuple[Ref, ...]]
    by_key: Mapping[str, tuple[Ref, ...]]


ACTIVE = frozenset({WorkKind.ALIGNED, WorkKind.UNALIGNED, WorkKind.WITHOUT})
ENDED = {StatusCategory.DONE: WorkKind.DONE, StatusCategory.CANCELLED: WorkKind.CANCELLED}


@dataclass(frozen=True)
class PortfolioSnapshot:
    """Made once after each run, and shared by all readers of one audience; nothing in it is ever changed.

    `version` differs for each content, `audience` for each set of visible private key results. In `portfolio`
    the private key results of the audience are readable, all others are redacted. `sources` come
    without their tickets, `runs` newest first and with their summaries alone. `first_seen` says since when a finding
    is known, by fingerprint; `trend` is what runs came to, oldest first. `commands` are those that were read, by
    connector. The hub's clock is `clock_offset_seconds` ahead of the machine's.
    """

    version: str
    audience: str
    built_at: datetime
    portfolio: Portfolio
    judgement: Judgement
    audit: Audit
    key_result_statuses: tuple[KeyResultStatus, ...]
    rules: tuple[Rule, ...]
    sources: tuple[StoredSource, ...]
    runs: Sequence[Run] = ()
    ledger: LedgerEntries = field(default_factory=dict)
    deferred_comments: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    commands: Mapping[str, tuple[Command, ...]] = field(default_factory=dict)
    trend: tuple[TrendPoint, ...] = ()
    remote_links: Sequence[PostedRemoteLink] = ()
    clock_offset_seconds: int = 0

    def with_indexes(self) -> "PortfolioSnapshot":
        """The same, with what is large put in order now, so that no reader waits for it."""
        for name in ("work", "judgement_by_ticket", "findings_on", "commands_on"):
            getattr(self, name)
        for name in ("findings_about", "findings_of_team", "ticket_entries"):
            getattr(self, name)
        return self

    @property
    def synced(self) -> bool:
        """Whether there are tickets of a run to look at."""
        return bool(self.portfolio.initiatives)

    @cached_property
    def findings_on(self) -> Mapping[Ref, tuple[Finding, ...]]:
        """What concerns each ticket: the same that its page shows."""
        grouped: dict[Ref, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            for ref in affected_tickets(finding, self.portfolio):
                grouped[ref].append(finding)
        return {ref: tuple(findings) for ref, findings in grouped.items()}

    @cached_property
    def rule(self) -> Mapping[str, Rule]:
        """The rules by name."""
        return {rule.name: rule for rule in self.rules}

    @cached_property
    def status_by_key_result(self) -> Mapping[str, KeyResultStatus]:
        """The status of each key result of the running cycle, by id."""
        return {key_result_status.key_result.id: key_result_status for key_result_status in self.key_result_statuses}

    @cached_property
    def redact(self) -> Callable[[str], str]:
        """Replaces private names that this audience may not read in free text, such as error messages."""
        return redactor(self.portfolio.okrs)

    @cached_property
    def work(self) -> TicketIndex:
        """The tickets in the order of their keys, by team, by key, and by what they serve."""
        return index_tickets(self.portfolio)

    @cached_property
    def judgement_by_ticket(self) -> Mapping[Ref, Judgement]:
        """All that the rules say of each ticket, as a judgement of its own."""
        return split_by_ticket(self.judgement, self.portfolio)

    @cached_property
    def lanes(self) -> tuple[MapLane, ...]:
        """The content of the map, before layout."""
        return map_lanes(self.portfolio, MAX_TICKETS)

    @cached_property
    def audit_document(self) -> Document:
        """The whole audit in words, without the map."""
        return build_document(self.audit)

    @cached_property
    def short_audit_document(self) -> Document:
        """The audit as the session needs it: long lists are cut, with links to the whole ones."""
        return shorten(self.audit_document, "")

    @cached_property
    def commands_on(self) -> Mapping[tuple[str, str], tuple[Command, ...]]:
        """The commands that were read, by connector and ticket id."""
        grouped: dict[tuple[str, str], list[Command]] = defaultdict(list)
        for connector, commands in self.commands.items():
            for command in commands:
                grouped[connector, command.ticket].append(command)
        return {entry: tuple(commands) for entry, commands in grouped.items()}

    @cached_property
    def findings_about(self) -> Mapping[str, tuple[Finding, ...]]:
        """What the rules find about each key result and about the tickets linked to it, in report order."""
        grouped: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            for id_ in key_results_of(self.portfolio, finding):
                grouped[id_].append(finding)
        return {id_: tuple(findings) for id_, findings in grouped.items()}

    @cached_property
    def search_index(self) -> SearchIndex:
        """What this audience can find."""
        return build_index(self.portfolio, sorted(self.work.order, key=self.work.order.__getitem__), self.rules)

    @cached_property
    def ticket_entries(self) -> Mapping[Ref, SearchEntry]:
        """The title of each ticket as this audience may read it, and its normalized words."""
        return {Ref.parse(entry.id): entry for entry in self.search_index.entries[SearchKind.TICKET]}

    @cached_property
    def findings_of_team(self) -> Mapping[str, tuple[Finding, ...]]:
        """What the rules find that concerns a team, in report order."""
        grouped: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            for team in teams_of(self.portfolio, finding):
                grouped[team].append(finding)
        return {team: tuple(findings) for team, findings in grouped.items()}

    @cached_property
    def team_check(self) -> Mapping[str, TeamCheck]:
        """Each team's part of the audit."""
        return {team_check.team.id: team_check for team_check in self.audit.second}

    @cached_property
    def leading_to(self) -> Mapping[str, tuple[tuple[str, Alignment], ...]]:
        """For a key result, those of the running cycle that state a link to it, and the link."""
        grouped: dict[str, list[tuple[str, Alignment]]] = defaultdict(list)
        for key_result in self.portfolio.okrs.key_results.values():
            for link in key_result.aligns_to:
                grouped[link.key_result].append((key_result.id, link))
        return {id_: tuple(links) for id_, links in grouped.items()}


def build_snapshot(assessment: Assessment, version: str, clock_offset_seconds: int = 0) -> PortfolioSnapshot:
    """The snapshot of an assessment; all of it is computed here, so that no reader waits for it."""
    stored, okrs = assessment.stored, assessment.unredacted.okrs
    redact = redactor(okrs)
    return PortfolioSnapshot(
        version=version,
        audience=str(sorted(assessment.visible)),
        built_at=assessment.context.now,
        portfolio=assessment.portfolio,
        judgement=assessment.judgement,
        audit=assessment.audit,
        key_result_statuses=assessment.key_result_statuses,
        rules=tuple(assessment.context.rules),
        sources=tuple(
            # Tickets, OKR tickets and query results are in the portfolio already.
            replace(source, initiatives=(), okrs=None, answers=(), gaps=redact_gaps(source.gaps, redact))
            for source in stored.sources
        ),
        runs=tuple(redact_run(run, okrs, redact) for run in stored.runs),
        ledger=stored.ledger,
        deferred_comments=stored.deferred_comments,
        first_seen=stored.first_seen,
        commands=stored.commands,
        trend=trend(stored.sampled_runs, assessment.unredacted),
        remote_links=stored.remote_links,
        clock_offset_seconds=clock_offset_seconds,
    ).with_indexes()


def index_tickets(portfolio: Portfolio) -> TicketIndex:
    """Once for each snapshot."""
    kinds = {ref: _kind(portfolio, ref) for ref, ticket in portfolio.initiatives.items() if not ticket.reference_only}
    order = {ref: (kinds.get(ref) not in ACTIVE, *_sort_key(ref)) for ref in portfolio.initiatives}
    of_team: dict[str, list[Ref]] = defaultdict(list)
    by_key: dict[str, list[Ref]] = defaultdict(list)
    for ref in sorted(order, key=order.__getitem__):
        of_team[portfolio.team_of.get(ref, "")].append(ref)
    for ref in portfolio.initiatives:
        by_key[ref.key.casefold()].append(ref)
        by_key[str(ref).casefold()].append(ref)
    return TicketIndex(
        kinds,
        order,
        {team: tuple(refs) for team, refs in of_team.items()},
        {key: tuple(refs) for key, refs in by_key.items()},
    )


def split_by_ticket(judgement: Judgement, portfolio: Portfolio) -> dict[Ref, Judgement]:
    """The judgement taken apart by the tickets it concerns, so that one ticket's page does not go through it all."""
    findings: dict[Ref, list[Finding]] = defaultdict(list)
    waived: dict[Ref, list[Finding]] = defaultdict(list)
    not_judged: dict[Ref, list[NotJudged]] = defaultdict(list)
    for listed, matching in ((findings, judgement.findings), (waived, judgement.waived)):
        for finding in matching:
            for ref in affected_tickets(finding, portfolio):
                listed[ref].append(finding)
    for skipped in judgement.not_judged:
        for ref in skipped.tickets:
            not_judged[ref].append(skipped)
    return {
        ref: Judgement(
            tuple(findings.get(ref, ())), tuple(not_judged.get(ref, ())), tuple(waived.get(ref, ())), judgement.failed
        )
        for ref in {*findings, *waived, *not_judged}
    }


def key_results_of(portfolio: Portfolio, finding: Finding) -> frozenset[str]:
    """The key result that it is about, both sides of a dependency, and those that its tickets are linked to."""
    subject = finding.subject
    about = set(subject.id.split(" -> ")) if subject.kind in (SubjectKind.KEY_RESULT, SubjectKind.DEPENDENCY) else set()
    linked = {link.key_result for ref in finding.tickets for link in portfolio.serves.get(ref, ())}
    return frozenset(about & portfolio.okrs.key_results.keys()) | linked


def _kind(portfolio: Portfolio, ref: Ref) -> WorkKind:
    if ref in portfolio.exempt:
        return WorkKind.EXEMPT
    if not portfolio.is_active(ref):
        return ENDED.get(portfolio.initiatives[ref].status, WorkKind.LATER)
    return WorkKind(kind_of_work(portfolio, portfolio.initiatives[ref]))


def _sort_key(ref: Ref) -> tuple[str, str, int]:
    """Keys by their number, so that ACME-9 comes before ACME-10."""
    name = ref.key.rstrip("0123456789")
    number = ref.key[len(name) :]
    return ref.connector, name, int(number[:18]) if number else 0
