"""A memory for one connector between pulls, kept in a real store as a sync keeps it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from connectors.base import Connector
from hub.model.initiative import Initiative, Pulled
from hub.pipeline.pull import Source, pull, remembered
from hub.store.sqlite import SqliteStore
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@dataclass
class Memory:
    """`sync` pulls by what is remembered and remembers what came; `whole` and `fresh` are of the last one."""

    store: SqliteStore = field(default_factory=a_store)
    whole: Pulled = field(default_factory=lambda: Pulled("none"))
    fresh: Pulled = field(default_factory=lambda: Pulled("none"))

    def sync(self, connector: Connector, *, full: bool = False) -> Pulled:
        known = {} if full else remembered(self.store.snapshot(), self.store.published())
        snapshot = pull([Source(connector)], NOW, known)
        self.whole, self.fresh = snapshot.pulled[0], snapshot.fresh[0]
        self.store.save_snapshot(snapshot.fresh, NOW)
        return self.whole

    def kept(self) -> dict[str, Initiative]:
        return {one.id: one for source in self.store.snapshot() for one in source.initiatives}


def by_id(pulled: Pulled, *, ranked: bool = True) -> dict[str, Initiative]:
    """The tickets by id; without their places on a board where these do not matter."""
    return {one.id: one if ranked else replace(one, rank=None) for one in pulled.initiatives}
