"""What all pages look through: one frozen picture of the OKRs, the work and what the rules say, for one audience."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from hub.core.audit.values import TeamCheck
from hub.core.audit.whole import Audit
from hub.core.concerned import affected_tickets
from hub.core.lanes.entries import TeamLane, team_lanes
from hub.core.lanes.layout import MAX_TICKETS
from hub.core.shown import redactor
from hub.core.standing import KeyResultStatus
from hub.core.trend import TrendPoint
from hub.model.action import LedgerEntry
from hub.model.command import Command
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Ref
from hub.model.okr import Alignment
from hub.model.portfolio import Portfolio
from hub.model.run import Run
from hub.report.audit.paper import Document
from hub.report.audit.whole_paper import build_document
from hub.store.base import StoredSource
from hub.web.concerns import teams_of
from hub.web.work_index import WorkIndex, build_work_index, group_judgement_by_ticket
from rules.base import Rule


@dataclass(frozen=True)
class PortfolioSnapshot:
    """Made once after each run, and shared by all readers of one audience; nothing in it is ever changed.

    `stamp` is another one for every other content, `audience` for everybody who sees something else. In `portfolio`
    the private key results of the audience stand in the open, all others are veiled as everywhere. `sources` come
    without their tickets, `runs` newest first and with their summaries alone. `first_seen` says since when a finding
    is known, by fingerprint; `trend` is what runs came to, oldest first. `commands` are those that were heard, by
    connector.
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
    ledger: Mapping[tuple[str, str], LedgerEntry] = field(default_factory=dict)
    deferred_comments: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    commands: Mapping[str, tuple[Command, ...]] = field(default_factory=dict)
    trend: tuple[TrendPoint, ...] = ()

    def with_indexes(self) -> "PortfolioSnapshot":
        """The same, with what is large put in order now, so that no reader waits for it."""
        for name in ("work", "judgement_by_ticket", "findings_on", "findings_about", "commands_on"):
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
        """How each key result of the running cycle stands, by id."""
        return {key_result_status.key_result.id: key_result_status for key_result_status in self.key_result_statuses}

    @cached_property
    def redact(self) -> Callable[[str], str]:
        """Words that nobody wrote with care, without any name that this audience may not read."""
        return redactor(self.portfolio.okrs)

    @cached_property
    def work(self) -> WorkIndex:
        """The tickets in the order of their keys, by team, by key, and by what they serve."""
        return build_work_index(self.portfolio)

    @cached_property
    def judgement_by_ticket(self) -> Mapping[Ref, Judgement]:
        """All that the rules say of each ticket, as a judgement of its own."""
        return group_judgement_by_ticket(self.judgement, self.portfolio)

    @cached_property
    def lanes(self) -> tuple[TeamLane, ...]:
        """What stands on the map, before it has a place."""
        return tuple(team_lanes(self.portfolio, MAX_TICKETS))

    @cached_property
    def audit_document(self) -> Document:
        """The audit in words, without the map."""
        return build_document(self.audit)

    @cached_property
    def commands_on(self) -> Mapping[tuple[str, str], tuple[Command, ...]]:
        """The commands that were heard, by connector and ticket id."""
        grouped: dict[tuple[str, str], list[Command]] = defaultdict(list)
        for connector, commands in self.commands.items():
            for command in commands:
                grouped[connector, command.ticket].append(command)
        return {entry: tuple(commands) for entry, commands in grouped.items()}

    @cached_property
    def findings_about(self) -> Mapping[str, tuple[Finding, ...]]:
        """What the rules find, by the id of its subject; a link `a -> b` stands with `a`."""
        grouped: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            grouped[finding.subject.id.partition(" -> ")[0]].append(finding)
        return {id_: tuple(findings) for id_, findings in grouped.items()}

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
