"""How a window is made of what the state remembers: judged by today's rules and OKR files, veiled for its audience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hub.core.audience import VisibleKeyResults, reveal
from hub.core.audit.build import audit
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
from hub.web.window import Window
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the state knows. `kept` are the sources with their tickets; `runs` the last runs, `told` those of curves."""

    kept: Sequence[StoredSource]
    memory: DependencyHistory = field(default_factory=DependencyHistory)
    runs: Sequence[Run] = ()
    told: Sequence[Run] = ()
    ledger: Mapping[tuple[str, str], LedgerEntry] = field(default_factory=dict)
    waiting: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first_seen: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """By what it is judged, and as of when."""

    now: datetime
    today: date
    rules: Sequence[Rule]
    settings: Mapping[str, RuleSetting] = field(default_factory=dict)
    waivers: Sequence[Waiver] = ()
    workspace: str = ""


def picture(remembered: Remembered, okrs: Okrs, by: Judged, *, seen: VisibleKeyResults, stamp: str) -> Window:
    """The window of those who may see `seen`."""
    okrs, snapshot = restore_last_run(okrs, remembered.kept, by.now)
    portfolio = build_portfolio(snapshot, reveal(okrs, seen), by.today, remembered.memory, by.workspace)
    # Before the first ticket, absence means nothing.
    known = bool(portfolio.initiatives)
    rules = [rule for rule in by.rules if known or not rule.needs_tickets]
    skipped = [rule.name for rule in by.rules if rule not in rules]
    judgement = check(portfolio, rules, by.settings, by.waivers, unrevealed_okrs=okrs)
    read = [Source(one.connector, one.read, len(one.initiatives)) for one in remembered.kept if known]
    shown, veil = redact_portfolio(portfolio), redactor(portfolio.okrs)
    return Window(
        stamp=stamp,
        audience=str(sorted(seen)),
        made=by.now,
        portfolio=shown,
        judgement=redact_judgement(judgement, portfolio.okrs),
        audit=audit(strip_private_content(portfolio), judgement, by.waivers, read, skipped),
        standings=key_result_statuses(shown, read=known),
        rules=tuple(by.rules),
        sources=tuple(_light(one, veil) for one in remembered.kept),
        runs=tuple(redact_run(run, portfolio.okrs, veil) for run in remembered.runs),
        ledger=remembered.ledger,
        waiting=remembered.waiting,
        first_seen=remembered.first_seen,
        commands=remembered.memory.commands,
        trend=trend(remembered.told, portfolio),
    )


def _light(one: StoredSource, veil: RedactText) -> StoredSource:
    """The source without what the portfolio holds already."""
    return replace(one, initiatives=(), okrs=None, answers=(), gaps=redact_gaps(one.gaps, veil))
