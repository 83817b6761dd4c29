"""A memory for one connector between pulls, kept in a real store as a sync keeps it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime

from connectors.base import Connector
from hub.model.initiative import Initiative, PullResult
from hub.pipeline.pull import Source, pull, pull_changes, pull_states
from hub.pipeline.unchanged_run import has_changed, lazy_last_pull
from hub.store.sqlite.store import SqliteStore
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@dataclass
class Memory:
    """`sync` pulls by what is remembered and remembers what came; `whole` and `fresh` are of the last one."""

    store: SqliteStore = field(default_factory=a_store)
    whole: PullResult = field(default_factory=lambda: PullResult("none"))
    fresh: PullResult = field(default_factory=lambda: PullResult("none"))

    def sync(self, connector: Connector, *, full: bool = False) -> PullResult:
        memory = pull_states(self.store.snapshot(), self.store.ledger_entries(), full=full)
        snapshot = pull([Source(connector)], NOW, memory)
        self.whole, self.fresh = snapshot.pulled[0], snapshot.delta[0]
        self.store.save_snapshot(snapshot.delta, NOW)
        return self.whole

    def kept(self) -> dict[str, Initiative]:
        return {ticket.id: ticket for source in self.store.snapshot() for ticket in source.initiatives}


def by_id(pulled: PullResult, *, ranked: bool = True) -> dict[str, Initiative]:
    """The tickets by id; without their places on a board where these do not matter."""
    return {ticket.id: ticket if ranked else replace(ticket, rank=None) for ticket in pulled.initiatives}


def different(known: Mapping[str, Initiative], full: Mapping[str, Initiative]) -> list[tuple[object, ...]]:
    """What a picture says otherwise than the other: missing and extra tickets, and fields with both of their values."""
    found: list[tuple[object, ...]] = [(id_, "only in one") for id_ in known.keys() ^ full.keys()]
    for id_ in known.keys() & full.keys():
        pairs = ((f.name, getattr(known[id_], f.name), getattr(full[id_], f.name)) for f in fields(Initiative))
        found += [(known[id_].ref.key, name, item, other) for name, item, other in pairs if item != other]
    return found


class LookedUp(Mapping[str, Initiative]):
    """Tickets of which single ones may be looked up: walking them all would take long where they are very many."""

    def __init__(self, tickets: Mapping[str, Initiative]) -> None:
        self._tickets = tickets

    def __getitem__(self, id_: str) -> Initiative:
        return self._tickets[id_]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all tickets were walked")

    def __len__(self) -> int:
        raise AssertionError("all tickets were counted")


def is_unchanged(memory: Memory, connector: Connector, *, walks: bool = True) -> bool:
    """Whether the pull by which a run may find that nothing changed says so; nothing of it is kept."""
    (stored,) = memory.store.sources()
    past = lazy_last_pull(memory.store, stored)
    if not walks and past.pull_state is not None:
        tickets = LookedUp(past.tickets)
        past = replace(past, tickets=tickets, pull_state=replace(past.pull_state, tickets=tickets))
    (fresh,) = pull_changes([Source(connector)], {stored.connector: past})
    return not has_changed(fresh, stored)
