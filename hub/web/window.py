"""What all pages look through: one frozen picture of the OKRs, the work and what the rules say, for one audience."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from hub.core.audit.values import TeamCheck
from hub.core.audit.whole import Audit
from hub.core.concerned import concerned
from hub.core.shown import veil_of
from hub.core.standing import Standing
from hub.core.trend import Point
from hub.model.action import Published
from hub.model.command import Command
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Ref
from hub.model.okr import Alignment
from hub.model.portfolio import Portfolio
from hub.model.run import Run
from hub.report.audit.paper import Paper
from hub.report.audit.whole_paper import paper
from hub.report.map.entries import Group, groups
from hub.report.map.layout import TICKETS_SHOWN
from hub.store.base import StoredSource
from hub.web.concerns import teams_of
from hub.web.work_index import WorkIndex, judged_by_ticket, work_index
from rules.base import Rule


@dataclass(frozen=True)
class Window:
    """Made once after each run, and shared by all readers of one audience; nothing in it is ever changed.

    `stamp` is another one for every other content, `audience` for everybody who sees something else. In `portfolio`
    the private key results of the audience stand in the open, all others are veiled as everywhere. `sources` come
    without their tickets, `runs` newest first and with their summaries alone. `first_seen` says since when a finding
    is known, by fingerprint; `trend` is what runs came to, oldest first. `commands` are those that were heard, by
    connector.
    """

    stamp: str
    audience: str
    made: datetime
    portfolio: Portfolio
    judgement: Judgement
    audit: Audit
    standings: tuple[Standing, ...]
    rules: tuple[Rule, ...]
    sources: tuple[StoredSource, ...]
    runs: Sequence[Run] = ()
    ledger: Mapping[tuple[str, str], Published] = field(default_factory=dict)
    waiting: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    commands: Mapping[str, tuple[Command, ...]] = field(default_factory=dict)
    trend: tuple[Point, ...] = ()

    def indexed(self) -> "Window":
        """The same, with what is large put in order now, so that no reader waits for it."""
        for name in ("work", "said_of", "findings_on", "findings_about", "commands_on"):
            getattr(self, name)
        return self

    @property
    def synced(self) -> bool:
        """Whether there are tickets of a run to look at."""
        return bool(self.portfolio.initiatives)

    @cached_property
    def findings_on(self) -> Mapping[Ref, tuple[Finding, ...]]:
        """What concerns each ticket: the same that its page shows."""
        found: dict[Ref, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            for ref in concerned(finding, self.portfolio):
                found[ref].append(finding)
        return {ref: tuple(findings) for ref, findings in found.items()}

    @cached_property
    def rule(self) -> Mapping[str, Rule]:
        """The rules by name."""
        return {one.name: one for one in self.rules}

    @cached_property
    def standing(self) -> Mapping[str, Standing]:
        """How each key result of the running cycle stands, by id."""
        return {one.key_result.id: one for one in self.standings}

    @cached_property
    def veil(self) -> Callable[[str], str]:
        """Words that nobody wrote with care, without any name that this audience may not read."""
        return veil_of(self.portfolio.okrs)

    @cached_property
    def work(self) -> WorkIndex:
        """The tickets in the order of their keys, by team, by key, and by what they serve."""
        return work_index(self.portfolio)

    @cached_property
    def said_of(self) -> Mapping[Ref, Judgement]:
        """All that the rules say of each ticket, as a judgement of its own."""
        return judged_by_ticket(self.judgement, self.portfolio)

    @cached_property
    def lanes(self) -> tuple[Group, ...]:
        """What stands on the map, before it has a place."""
        return tuple(groups(self.portfolio, TICKETS_SHOWN))

    @cached_property
    def printed(self) -> Paper:
        """The audit in words, without the map."""
        return paper(self.audit)

    @cached_property
    def commands_on(self) -> Mapping[tuple[str, str], tuple[Command, ...]]:
        """The commands that were heard, by connector and ticket id."""
        found: dict[tuple[str, str], list[Command]] = defaultdict(list)
        for connector, commands in self.commands.items():
            for one in commands:
                found[connector, one.ticket].append(one)
        return {entry: tuple(commands) for entry, commands in found.items()}

    @cached_property
    def findings_about(self) -> Mapping[str, tuple[Finding, ...]]:
        """What the rules find, by the id of its subject; a link `a -> b` stands with `a`."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            found[finding.subject.id.partition(" -> ")[0]].append(finding)
        return {id_: tuple(findings) for id_, findings in found.items()}

    @cached_property
    def findings_of_team(self) -> Mapping[str, tuple[Finding, ...]]:
        """What the rules find that concerns a team, in report order."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            for team in teams_of(self.portfolio, finding):
                found[team].append(finding)
        return {team: tuple(findings) for team, findings in found.items()}

    @cached_property
    def team_check(self) -> Mapping[str, TeamCheck]:
        """Each team's part of the audit."""
        return {one.team.id: one for one in self.audit.second}

    @cached_property
    def leading_to(self) -> Mapping[str, tuple[tuple[str, Alignment], ...]]:
        """For a key result, those of the running cycle that state a link to it, and the link."""
        found: dict[str, list[tuple[str, Alignment]]] = defaultdict(list)
        for one in self.portfolio.okrs.key_results.values():
            for link in one.aligns_to:
                found[link.key_result].append((one.id, link))
        return {id_: tuple(links) for id_, links in found.items()}
