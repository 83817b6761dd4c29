"""How a window is made of what the state remembers: judged by today's rules and OKR files, veiled for its audience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from hub.core.audience import Seen, opened
from hub.core.audit.build import audit
from hub.core.audit.whole import Source
from hub.core.check import RuleSetting, check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.opaque import opaque
from hub.core.shown import Veil, as_shown, shown_gaps, shown_judgement, shown_run, veil_of
from hub.core.standing import standings
from hub.core.trend import trend
from hub.model.action import LedgerEntries
from hub.model.finding import Waiver
from hub.model.memory import Memory
from hub.model.okr import Okrs
from hub.model.run import Run
from hub.pipeline.okrs import as_seen
from hub.store.base import StoredSource
from hub.web.window import Window
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the state knows. `kept` are the sources with their tickets; `runs` the last runs, `told` those of curves."""

    kept: Sequence[StoredSource]
    memory: Memory = field(default_factory=Memory)
    runs: Sequence[Run] = ()
    told: Sequence[Run] = ()
    ledger: LedgerEntries = field(default_factory=dict)
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


def picture(remembered: Remembered, okrs: Okrs, by: Judged, *, seen: Seen, stamp: str) -> Window:
    """The window of those who may see `seen`."""
    okrs, snapshot = as_seen(okrs, remembered.kept, by.now)
    portfolio = build_portfolio(snapshot, opened(okrs, seen), by.today, remembered.memory, by.workspace)
    # Before the first ticket, absence means nothing.
    known = bool(portfolio.initiatives)
    rules = [rule for rule in by.rules if known or not rule.needs_tickets]
    skipped = [rule.name for rule in by.rules if rule not in rules]
    judgement = check(portfolio, rules, by.settings, by.waivers, guarded=okrs)
    read = [Source(one.connector, one.read, len(one.initiatives)) for one in remembered.kept if known]
    shown, veil = as_shown(portfolio), veil_of(portfolio.okrs)
    return Window(
        stamp=stamp,
        audience=str(sorted(seen)),
        made=by.now,
        portfolio=shown,
        judgement=shown_judgement(judgement, portfolio.okrs),
        audit=audit(opaque(portfolio), judgement, by.waivers, read, skipped),
        standings=standings(shown, read=known),
        rules=tuple(by.rules),
        sources=tuple(_light(one, veil) for one in remembered.kept),
        runs=tuple(shown_run(run, portfolio.okrs, veil) for run in remembered.runs),
        ledger=remembered.ledger,
        waiting=remembered.waiting,
        first_seen=remembered.first_seen,
        commands=remembered.memory.commands,
        trend=trend(remembered.told, portfolio),
    )


def _light(one: StoredSource, veil: Veil) -> StoredSource:
    """The source without what the portfolio holds already."""
    return replace(one, initiatives=(), okrs=None, answers=(), gaps=shown_gaps(one.gaps, veil))
