"""The one loader of the read model: the configuration, the OKR files and what the last run saw become one value."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from hub.config.settings import Config
from hub.core.checking.check import check
from hub.core.checking.evaluate import RuleSetting
from hub.core.checking.redacted_portfolio import redact_judgement, redact_portfolio, strip_private_content
from hub.core.checking.redaction import VisibleKeyResults, reveal
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.action import LedgerEntries
from hub.model.finding import Judgement, Waiver
from hub.model.initiative import Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.model.remote_link import PostedRemoteLink
from hub.model.service_state import Run
from hub.model.ticket_input import Command
from hub.pipeline.measures import restore_measures
from hub.pipeline.pull import restore_last_run
from hub.state import open_store
from hub.store.base import Store, StoredSource
from hub.wiring import clock_of, configured_okrs, known_rules, local_day, rule_settings
from rules.base import Rule

if TYPE_CHECKING:
    from hub.core.insight.audit.audit import Audit
    from hub.core.insight.overview import Overview
    from hub.core.insight.run_summary import RunResult
    from hub.core.insight.status import KeyResultStatus

PUBLIC: VisibleKeyResults = frozenset()
"""The audience that may see no private key result."""
MAX_RUNS = 100
CHART_POINTS = 400


@dataclass(frozen=True, slots=True)
class StoredState:
    """What the store knows. `sources` come with their tickets; `first_seen` is by fingerprint of a finding.

    `runs` are the last ones, newest first; `sampled_runs` are spread over all of them, oldest first, for charts.
    """

    sources: Sequence[StoredSource] = ()
    dependency_history: DependencyHistory | None = field(default_factory=DependencyHistory)
    runs: Sequence[Run] = ()
    sampled_runs: Sequence[Run] = ()
    ledger: LedgerEntries = field(default_factory=dict)
    deferred_comments: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    remote_links: Sequence[PostedRemoteLink] = ()

    @property
    def commands(self) -> Mapping[str, tuple[Command, ...]]:
        """The comment commands that were read, by connector."""
        return self.dependency_history.commands if self.dependency_history else {}


@dataclass(frozen=True, slots=True)
class RuleContext:
    """The rules and their settings, the connectors that are configured, and as of when all is evaluated."""

    now: datetime
    today: date
    rules: Sequence[Rule]
    settings: Mapping[str, RuleSetting] = field(default_factory=dict)
    waivers: Sequence[Waiver] = ()
    workspace: str = ""
    connectors: Collection[str] | None = None


@dataclass(frozen=True)
class Assessment:
    """The OKRs, the work and what the rules find, for one audience; each part is computed when it is first used.

    `okrs` are those of the files and of the trackers, `snapshot` the tickets of the last run; neither is redacted.
    Of the private key results, the audience sees those in `visible`.
    """

    okrs: Okrs
    snapshot: Snapshot
    stored: StoredState
    context: RuleContext
    visible: VisibleKeyResults = PUBLIC

    @cached_property
    def unredacted(self) -> Portfolio:
        """What the rules evaluate, and what is shown with `--private`."""
        okrs, context = reveal(self.okrs, self.visible), self.context
        return build_portfolio(self.snapshot, okrs, context.today, self.stored.dependency_history, context.workspace)

    @cached_property
    def portfolio(self) -> Portfolio:
        """The portfolio as the audience may see it."""
        return redact_portfolio(self.unredacted)

    @property
    def has_tickets(self) -> bool:
        """Whether any ticket was read; without one, that something is absent means nothing."""
        return any(source.initiatives for source in self.stored.sources)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be evaluated."""
        return tuple(rule for rule in self.context.rules if self.has_tickets or not rule.needs_tickets)

    @property
    def not_evaluated(self) -> tuple[str, ...]:
        """The names of the rules that need tickets, where no ticket was read."""
        return () if self.has_tickets else tuple(rule.name for rule in self.context.rules if rule.needs_tickets)

    @cached_property
    def judgement(self) -> Judgement:
        """What the rules find."""
        return redact_judgement(self._judgement, self.unredacted.okrs)

    @cached_property
    def audit(self) -> "Audit":
        """The Connect and Align audit."""
        from hub.core.insight.audit.audit import Source
        from hub.core.insight.audit.build import build_audit

        read = [Source(source.connector, source.read, len(source.initiatives)) for source in self.stored.sources]
        sources = read if self.has_tickets else []
        return build_audit(
            strip_private_content(self.unredacted), self._judgement, self.context.waivers, sources, self.not_evaluated
        )

    @cached_property
    def overview(self) -> "Overview":
        """What fits one screen, with the audit's questions first."""
        from hub.core.insight.overview import build_overview

        return build_overview(self.portfolio, self._judgement.findings, self.audit.questions, _summaries())

    @cached_property
    def key_result_statuses(self) -> "tuple[KeyResultStatus, ...]":
        """The status of each key result of the running cycle; `work` is None where no ticket was read."""
        from hub.core.insight.status import key_result_statuses

        return key_result_statuses(self.portfolio, read=self.has_tickets)

    @cached_property
    def _judgement(self) -> Judgement:
        context = self.context
        return check(self.unredacted, self.rules, context.settings, context.waivers, unrevealed_okrs=self.okrs)


def run_overview(outcome: "RunResult") -> "Overview":
    """The same of a run that has just ended, from what it saw itself."""
    from hub.core.insight.audit.audit import Source
    from hub.core.insight.audit.build import build_audit
    from hub.core.insight.overview import build_overview

    pulled_at = outcome.snapshot.pulled_at
    read = [Source(pulled.connector, pulled_at, len(pulled.initiatives)) for pulled in outcome.snapshot.pulled]
    audit = build_audit(outcome.portfolio, outcome.judgement, (), read)
    return build_overview(outcome.portfolio, outcome.judgement.findings, audit.questions, _summaries())


def _summaries() -> Mapping[str, str]:
    return {rule.name: rule.summary for rule in known_rules()}


def assess(
    config: Config,
    today: date | None = None,
    *,
    now: datetime | None = None,
    visible: VisibleKeyResults = PUBLIC,
    history: bool = False,
) -> Assessment:
    """What the last run saw, evaluated with today's rules and OKR files; no tracker is asked.

    The runs of the past are read with `history` alone. Raises ConfigError and StoreError.
    """
    context = rule_context(config, today or local_day(config), now or clock_of(config)())
    okrs = configured_okrs(config, context.today)
    with closing(open_store(config, create=False)) as store:
        stored = read_state(store, history=history)
    return build_assessment(okrs, stored, context, visible)


def build_assessment(
    okrs: Okrs, stored: StoredState, context: RuleContext, visible: VisibleKeyResults = PUBLIC
) -> Assessment:
    """The same from what was read already: the OKRs of the files and the state."""
    okrs, snapshot = restore_last_run(okrs, stored.sources, context.now)
    okrs, snapshot = restore_measures(okrs, snapshot, stored.sources, context.connectors)
    return Assessment(okrs, snapshot, stored, context, visible)


def rule_context(config: Config, today: date, now: datetime) -> RuleContext:
    """The rules as the configuration sets them."""
    return RuleContext(
        now, today, known_rules(), rule_settings(config), config.waived, config.workspace, tuple(config.connectors)
    )


def read_state(store: Store, *, history: bool) -> StoredState:
    """Everything that an assessment needs of the store."""
    return StoredState(
        sources=store.snapshot(),
        dependency_history=store.dependency_history(),
        ledger=store.ledger_entries(),
        deferred_comments=store.deferred_comments(),
        first_seen=store.first_seen(),
        remote_links=store.remote_links(),
        runs=store.history(MAX_RUNS) if history else (),
        sampled_runs=store.sampled_history(CHART_POINTS) if history else (),
    )
