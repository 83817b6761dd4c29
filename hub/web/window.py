"""What all pages look through: one frozen picture of the OKRs, the work and what the rules say, for one audience."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from hub.core.audit.whole import Audit
from hub.core.shown import veil_of
from hub.core.standing import Standing
from hub.core.trend import Point
from hub.model.action import Published
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.model.run import Run
from hub.store.base import StoredSource
from rules.base import Rule


@dataclass(frozen=True)
class Window:
    """Made once after each run, and shared by all readers of one audience; nothing in it is ever changed.

    `stamp` is another one for every other content, `audience` for everybody who sees something else. In `portfolio`
    the private key results of the audience stand in the open, all others are veiled as everywhere. `sources` come
    without their tickets, `runs` newest first and with their summaries alone. `first_seen` says since when a finding
    is known, by fingerprint; `trend` is what runs came to, oldest first.
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
    trend: tuple[Point, ...] = ()

    @property
    def synced(self) -> bool:
        """Whether there are tickets of a run to look at."""
        return bool(self.portfolio.initiatives)

    @cached_property
    def findings_on(self) -> Mapping[Ref, tuple[Finding, ...]]:
        """What is posted, or would be, by ticket."""
        found: dict[Ref, list[Finding]] = defaultdict(list)
        for finding in self.judgement.findings:
            for ref in finding.tickets:
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
