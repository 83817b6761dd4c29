"""Where the pages' windows come from: the state as the last run left it, judged with today's rules and OKR files."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime

from hub.config import Config
from hub.core.audience import Seen, opened, seen_by
from hub.core.audit.build import audit
from hub.core.audit.whole import Source
from hub.core.check import check
from hub.core.link import link
from hub.core.shown import as_shown, shown_gaps, shown_judgement, shown_run, veil_of
from hub.core.standing import standings
from hub.core.trend import trend
from hub.okr_file import read_okrs
from hub.pipeline.okrs import as_seen
from hub.web.window import Window
from hub.wiring import known_rules, open_store, rule_settings

RUNS_SHOWN = 100
POINTS = 400


@dataclass(frozen=True, slots=True)
class FromState:
    """See `hub.web.keeper.Looks`. Opens the state for each question, so that no connection outlives a thread."""

    config: Config
    now: Callable[[], datetime]
    today: Callable[[], date]

    def stamp(self) -> str:
        """See `Looks.stamp`: the last run that ended, the OKR files by size and time, and the day."""
        with closing(open_store(self.config, create=False)) as store:
            ended = store.last_ended()
        files = [(path, path.stat()) for path in self.config.okr_paths()]
        marks = [f"{path.name}:{about.st_size}:{about.st_mtime_ns}" for path, about in files]
        return " ".join((str(ended), self.today().isoformat(), *marks))

    def seen_by(self, teams: frozenset[str]) -> Seen:
        """See `Looks.seen_by`: asked of the files anew, so that a right that was taken away is gone at once."""
        return seen_by(read_okrs(self.config.okr_paths(), self.config.cycle), teams)

    def look(self, seen: Seen, stamp: str) -> Window:
        """See `Looks.look`."""
        okrs = read_okrs(self.config.okr_paths(), self.config.cycle)
        with closing(open_store(self.config, create=False)) as store:
            kept, memory, runs = store.snapshot(), store.memory(), store.history(RUNS_SHOWN)
            ledger, waiting, sources = store.published(), store.waiting(), store.sources()
            first_seen, told = store.seen_since(), store.spread(POINTS)
        okrs, snapshot = as_seen(okrs, kept, self.now())
        portfolio = link(snapshot, opened(okrs, seen), self.today(), memory)
        known = bool(portfolio.initiatives)
        rules = [rule for rule in known_rules() if known or not rule.needs_tickets]
        skipped = [rule.name for rule in known_rules() if rule not in rules]
        judgement = check(portfolio, rules, rule_settings(self.config), self.config.waived)
        read = [Source(one.connector, one.read, len(one.initiatives)) for one in kept if known]
        told_of, veil = as_shown(portfolio), veil_of(portfolio.okrs)
        return Window(
            stamp=stamp,
            audience=str(sorted(seen)),
            made=self.now(),
            portfolio=told_of,
            judgement=shown_judgement(judgement, portfolio.okrs),
            audit=audit(portfolio, judgement, self.config.waived, read, skipped),
            standings=standings(told_of, read=known),
            rules=known_rules(),
            sources=tuple(replace(one, gaps=shown_gaps(one.gaps, veil)) for one in sources),
            runs=tuple(shown_run(run, portfolio.okrs, veil) for run in runs),
            ledger=ledger,
            waiting=waiting,
            first_seen=first_seen,
            trend=trend(told, portfolio),
        )
