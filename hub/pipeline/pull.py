"""Read every source side by side; one that fails becomes a gap, never an empty list."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from connectors.base import Connector
from connectors.carried import carried
from hub.core.merge import Ledger, as_known, completed, in_doubt, merge
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import NOT_SELECTED, Gap, Known, Pulled, Snapshot
from hub.store.base import StoredSource

Remembered = Mapping[str, tuple[Known, tuple[Gap, ...]]]
Knocked = Mapping[str, frozenset[str]]
NOBODY_KNOCKED: Knocked = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """A configured connector; `selected` is false where `--only` leaves it out."""

    connector: Connector
    selected: bool = True


def remembered(sources: Sequence[StoredSource], ledger: Ledger, knocked: Knocked = NOBODY_KNOCKED) -> Remembered:
    """What the next pull may rely on: only sources that were read to their end have a cursor."""
    found = {}
    for one in sources:
        if one.cursor is not None:
            tickets = {ticket.id: ticket for ticket in one.initiatives}
            again = in_doubt(ledger, one.connector, tickets) | {gap.key for gap in one.gaps if gap.key is not None}
            found[one.connector] = (Known(one.cursor, tickets, again, _ids(knocked, one.connector)), one.gaps)
    return found


def _ids(knocked: Knocked, connector: str) -> frozenset[str]:
    """The tickets that somebody knocked for; a knock for the whole connector names none."""
    return frozenset(id_ for id_ in knocked.get(connector, ()) if id_)


def pull(sources: Sequence[Source], now: datetime, known: Remembered | None = None) -> Snapshot:
    """Every source's tickets and gaps, in the order of the configuration; where it is `known`, only changes are read.

    A query that the tracker refuses is no gap but a fault of the configuration: QueryRefused is raised.
    """
    memory = known or {}
    pool = ThreadPoolExecutor(max_workers=max(1, len(sources)), thread_name_prefix="pull")
    try:
        both = list(pool.map(carried(partial(_joined, memory=memory)), sources))
    finally:
        # Whoever interrupts a run must not wait for a tracker that hangs.
        pool.shutdown(wait=False, cancel_futures=True)
    return Snapshot(tuple(whole for whole, _ in both), now, tuple(fresh for _, fresh in both))


def _joined(source: Source, memory: Remembered) -> tuple[Pulled, Pulled]:
    """The whole of a source, and what is new of it."""
    if source.connector.name not in memory:
        fresh = _pull_one(source, None)
        return fresh, fresh
    known, gaps = memory[source.connector.name]
    fresh = completed(_pull_one(source, known), known.tickets, gaps)
    return as_known(merge(fresh, known.tickets), known.tickets), fresh


def _pull_one(source: Source, known: Known | None) -> Pulled:
    """What it says of itself; a source that keeps OKRs and could not be read has none to show, which is not none."""
    pulled = _asked(source, known)
    keeps = pulled.okrs is None and getattr(source.connector, "keeps_okrs", False)
    return replace(pulled, okrs=()) if keeps else pulled


def _asked(source: Source, known: Known | None) -> Pulled:
    name = source.connector.name
    if not source.selected:
        return Pulled(name, gaps=(Gap(name, NOT_SELECTED),))
    try:
        return source.connector.pull(known)
    except QueryRefused:
        raise
    except SourceError as error:
        # Nothing came back, so it is a gap of the whole source, whichever ticket it failed at.
        what = error.what if error.key is None else f"{error.key}: {error.what}"
        return Pulled(name, gaps=(Gap(name, what),))


def failed(snapshot: Snapshot) -> tuple[Gap, ...]:
    """The gaps that mean something went wrong."""
    return tuple(gap for pulled in snapshot.pulled for gap in pulled.gaps if not gap.left_out)
