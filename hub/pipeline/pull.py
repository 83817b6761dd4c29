"""Read every source side by side; one that fails becomes a gap, never an empty list."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from connectors.base import Connector, LooksUp
from connectors.carried import carried
from hub.core.absence import answered, kept, missing, still_absent, with_okrs_kept
from hub.core.gaps import with_accepted
from hub.core.merge import as_known, completed, in_doubt, merge
from hub.model.action import LedgerEntries
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import NOT_SELECTED, Extent, Gap, Initiative, Known, Pulled, Ref, Snapshot
from hub.model.okr_row import OkrRow
from hub.store.base import StoredSource

Knocked = Mapping[str, frozenset[str]]
NOBODY_KNOCKED: Knocked = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of one source. Without `known` all of it is read anew, and compared with its tickets.

    `absent` are those of the tickets that the last full read did not show.
    """

    tickets: Mapping[str, Initiative]
    gaps: tuple[Gap, ...] = ()
    absent: frozenset[str] = frozenset()
    known: Known | None = None
    okrs: tuple[OkrRow, ...] = ()


Memory = Mapping[str, Remembered]


@dataclass(frozen=True, slots=True)
class EarlyPull:
    """What was read before a run began; of no use to it where another run began after `last_run`.

    `stored` are the sources as they were before, without tickets; `fresh` what is new of each, as of `taken`. `began`
    is when reading began, in seconds of the run's stopwatch.
    """

    last_run: int
    stored: Sequence[StoredSource]
    memory: Memory
    fresh: Sequence[Pulled]
    taken: datetime
    began: float

    def snapshot(self) -> Snapshot:
        """All sources whole."""
        return merged(self.fresh, self.taken, self.memory)


@dataclass(frozen=True, slots=True)
class Source:
    """A configured connector; `selected` is false where `--only` leaves it out."""

    connector: Connector
    selected: bool = True


def remembered(
    sources: Sequence[StoredSource],
    ledger: LedgerEntries,
    knocked: Knocked = NOBODY_KNOCKED,
    *,
    full: bool = False,
    rechecks: Collection[Ref] = (),
) -> Memory:
    """What the next pull may rely on: only sources that were read to their end have a cursor, and `full` uses none.

    The tickets of `rechecks` are read again in any case.
    """
    found = {}
    for one in sources:
        tickets = {ticket.id: ticket for ticket in one.initiatives}
        known = None
        if one.cursor is not None and not full:
            again = in_doubt(ledger, one.connector, tickets) | {gap.key for gap in one.gaps if gap.key is not None}
            again |= {id_ for id_, ticket in tickets.items() if ticket.ref in rechecks} if rechecks else set()
            known = Known(one.cursor, tickets, again | (one.absent & tickets.keys()), _ids(knocked, one.connector))
        found[one.connector] = Remembered(tickets, (*one.gaps, *one.accepted), one.absent, known, one.okrs or ())
    return found


def _ids(knocked: Knocked, connector: str) -> frozenset[str]:
    """The tickets that somebody knocked for; a knock for the whole connector names none."""
    return frozenset(id_ for id_ in knocked.get(connector, ()) if id_)


def pull(sources: Sequence[Source], now: datetime, memory: Memory | None = None) -> Snapshot:
    """Every source's tickets and gaps, in the order of the configuration; where one is known, only changes are read.

    A query that the tracker refuses is no gap but a fault of the configuration: QueryRefused is raised.
    """
    memory = memory or {}
    return merged(pull_changes(sources, memory), now, memory)


def pull_changes(sources: Sequence[Source], memory: Memory) -> tuple[Pulled, ...]:
    """What is new of each source, in the order of the configuration."""
    pool = ThreadPoolExecutor(max_workers=max(1, len(sources)), thread_name_prefix="pull")
    try:
        return tuple(pool.map(carried(partial(_fresh, memory=memory)), sources))
    finally:
        # Whoever interrupts a run must not wait for a tracker that hangs.
        pool.shutdown(wait=False, cancel_futures=True)


def merged(fresh: Sequence[Pulled], now: datetime, memory: Memory) -> Snapshot:
    """All sources whole: what is remembered of them with what is new."""
    past = [memory.get(one.connector, Remembered({})).tickets for one in fresh]
    whole = tuple(as_known(merge(one, tickets), tickets) for one, tickets in zip(fresh, past, strict=True))
    return Snapshot(whole, now, tuple(fresh))


def _fresh(source: Source, memory: Memory) -> Pulled:
    past = memory.get(source.connector.name, Remembered({}))
    read = _pull_one(source, past.known)
    if read.extent is Extent.FULL:
        fresh = _with_missing(source.connector, read, past)
    else:
        fresh = still_absent(completed(read, past.tickets, past.gaps), past.absent)
    fresh = with_okrs_kept(fresh, past.okrs, past.absent)
    return with_accepted(fresh, source.connector.accepted_gaps, past.gaps)


def _with_missing(connector: Connector, read: Pulled, past: Remembered) -> Pulled:
    """A full read, and what became of the remembered tickets that it lacks: one answer may lack what is there."""
    lacking = missing(read, past.tickets)
    if lacking and isinstance(connector, LooksUp):
        try:
            answer = connector.look_up(Known(read.cursor or "", lacking))
        except SourceError as error:
            answer = Pulled(read.connector, gaps=(Gap(read.connector, error.what),))
        read = answered(read, lacking, answer)
    return kept(read, lacking, past.tickets, past.absent)


def _pull_one(source: Source, known: Known | None) -> Pulled:
    """What it says of itself; a source that keeps OKRs and could not be read has none to show, which is not none."""
    pulled = _asked(source, known)
    return replace(pulled, okrs=()) if pulled.okrs is None and source.connector.keeps_okrs else pulled


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
