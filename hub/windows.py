"""Where the pages' windows come from: the state as the last run left it, judged with today's rules and OKR files."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

from hub.config import Config
from hub.core.audience import VisibleKeyResults, visible_to
from hub.model.okr import Okrs
from hub.okr_file import read_okrs
from hub.web.making import RuleContext, StoredState, build_snapshot
from hub.web.window import PortfolioSnapshot
from hub.wiring import known_rules, open_store, rule_settings

MAX_RUNS = 100
TREND_POINTS = 400


@dataclass(frozen=True, slots=True)
class StoreSnapshotSource:
    """See `hub.web.keeper.SnapshotSource`. Opens the state for each question, so that no connection outlives a thread."""

    config: Config
    now: Callable[[], datetime]
    today: Callable[[], date]

    def version(self) -> str:
        """See `SnapshotSource.version`: the last run that ended, the OKR files by size and time, and the day."""
        with closing(open_store(self.config, create=False)) as store:
            last_run = store.last_finished_run()
        files = [(path, path.stat()) for path in self.config.okr_paths()]
        file_versions = [f"{path.name}:{file_stat.st_size}:{file_stat.st_mtime_ns}" for path, file_stat in files]
        return " ".join((str(last_run), self.today().isoformat(), *file_versions))

    def visible_to(self, teams: frozenset[str]) -> VisibleKeyResults:
        """See `SnapshotSource.visible_to`: read from the files each time, so that a removed permission takes effect at once."""
        return visible_to(self._read_okrs(), teams)

    def build(self, visible: VisibleKeyResults, version: str) -> PortfolioSnapshot:
        """See `SnapshotSource.build`."""
        okrs = self._read_okrs()
        with closing(open_store(self.config, create=False)) as store:
            state = StoredState(
                sources=store.snapshot(),
                history=store.dependency_history(),
                runs=store.history(MAX_RUNS),
                trend_runs=store.sampled_history(TREND_POINTS),
                ledger=store.ledger_entries(),
                deferred_comments=store.deferred_comments(),
                first_seen=store.first_seen(),
            )
        config = self.config
        rule_context = RuleContext(
            self.now(), self.today(), known_rules(), rule_settings(config), config.waived, config.workspace
        )
        return build_snapshot(state, okrs, rule_context, visible=visible, version=version).with_indexes()

    def _read_okrs(self) -> Okrs:
        config = self.config
        return read_okrs(config.okr_paths(), config.cycle, today=self.today(), tracked=config.okrs_tracked)
