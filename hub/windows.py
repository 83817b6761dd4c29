"""Where the pages' windows come from: the state as the last run left it, judged with today's rules and OKR files."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

from hub.config.settings import Config
from hub.core.audience import Seen, seen_by
from hub.model.okr import Okrs
from hub.okr_file import read_okrs
from hub.web.making import Judged, Remembered, picture
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
        return seen_by(self._okrs(), teams)

    def look(self, seen: Seen, stamp: str) -> Window:
        """See `Looks.look`."""
        okrs = self._okrs()
        with closing(open_store(self.config, create=False)) as store:
            known = Remembered(
                kept=store.snapshot(),
                memory=store.memory(),
                runs=store.history(RUNS_SHOWN),
                told=store.spread(POINTS),
                ledger=store.published(),
                waiting=store.waiting(),
                first_seen=store.seen_since(),
            )
        config = self.config
        by = Judged(self.now(), self.today(), known_rules(), rule_settings(config), config.waived, config.workspace)
        return picture(known, okrs, by, seen=seen, stamp=stamp).indexed()

    def _okrs(self) -> Okrs:
        one = self.config
        return read_okrs(one.okr_paths(), one.cycle, today=self.today(), tracked=one.okrs_tracked)
