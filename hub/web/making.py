"""How a window is made of what the state remembers: judged by today's rules and OKR files, veiled for its audience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hub.core.audience import VisibleKeyResults, reveal
from hub.core.audit.build import build_audit
from hub.core.audit.whole import Source
from hub.core.check import RuleSetting, check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.opaque import strip_private_content
from hub.core.shown import RedactText, redact_gaps, redact_judgement, redact_portfolio, redact_run, redactor
from hub.core.standing import key_result_statuses
from hub.core.trend import trend
from hub.model.action import LedgerEntry
from hub.model.finding import Waiver
from hub.model.memory import DependencyHistory
from hub.model.okr import Okrs
from hub.model.run import Run
from hub.pipeline.okrs import restore_last_run
from hub.store.base import StoredSource
from hub.web.window import PortfolioSnapshot
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class StoredState:
    """What the state knows. `sources` hold their tickets; `runs` are the last runs, `trend_runs` those of charts."""

    sources: Sequence[StoredSource]
    history: DependencyHistory = field(default_factory=DependencyHistory)
    runs: Sequence[Run] = ()
    trend_runs: Sequence[Run] = ()
    ledger: Mapping[tuple[str, str], LedgerEntry] = field(default_factory=dict)
    deferred_comments: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first_seen: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleContext:
    """By what it is judged, and as of when."""

    now: datetime
    today: date
    rules: Sequence[Rule]
    settings: Mapping[str, RuleSetting] = field(default_factory=dict)
    waivers: Sequence[Waiver] = ()
    workspace: str = ""


def build_snapshot(
    state: StoredState, okrs: Okrs, context: RuleContext, *, visible: VisibleKeyResults, version: str
) -> PortfolioSnapshot:
    """The window of those who may see `seen`."""
    okrs, snapshot = restore_last_run(okrs, state.sources, context.now)
    portfolio = build_portfolio(snapshot, reveal(okrs, visible), context.today, state.history, context.workspace)
    # Before the first ticket, absence means nothing.
    has_tickets = bool(portfolio.initiatives)
    rules = [rule for rule in context.rules if has_tickets or not rule.needs_tickets]
    skipped = [rule.name for rule in context.rules if rule not in rules]
    judgement = check(portfolio, rules, context.settings, context.waivers, unrevealed_okrs=okrs)
    read_sources = [
        Source(stored_source.connector, stored_source.read, len(stored_source.initiatives))
        for stored_source in state.sources
        if has_tickets
    ]
    redacted, redact = redact_portfolio(portfolio), redactor(portfolio.okrs)
    return PortfolioSnapshot(
        version=version,
        audience=str(sorted(visible)),
        built_at=context.now,
        portfolio=redacted,
        judgement=redact_judgement(judgement, portfolio.okrs),
        audit=build_audit(strip_private_content(portfolio), judgement, context.waivers, read_sources, skipped),
        key_result_statuses=key_result_statuses(redacted, read=has_tickets),
        rules=tuple(context.rules),
        sources=tuple(_without_tickets(stored_source, redact) for stored_source in state.sources),
        runs=tuple(redact_run(run, portfolio.okrs, redact) for run in state.runs),
        ledger=state.ledger,
        deferred_comments=state.deferred_comments,
        first_seen=state.first_seen,
        commands=state.history.commands,
        trend=trend(state.trend_runs, portfolio),
    )


def _without_tickets(stored_source: StoredSource, redact: RedactText) -> StoredSource:
    """The source without what the portfolio holds already."""
    return replace(stored_source, initiatives=(), okrs=None, answers=(), gaps=redact_gaps(stored_source.gaps, redact))
