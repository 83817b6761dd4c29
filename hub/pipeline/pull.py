"""Read every source side by side; one that fails becomes a gap, never an empty list."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from connectors.base import Connector, SupportsLookup
from connectors.carried import with_context
from hub.core.absence import missing, retain_unconfirmed, with_lookup_results, with_open_absences, with_retained_okrs
from hub.core.gaps import with_accepted
from hub.core.merge import apply_delta, normalize_delta, stale_tickets, with_known_tickets
from hub.model.action import LedgerEntries
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import NOT_SELECTED, Gap, Initiative, PullResult, PullState, Ref, Snapshot, SyncMode
from hub.model.okr_row import OkrTicket
from hub.store.base import StoredSource

RefreshRequests = Mapping[str, frozenset[str]]
NO_REFRESH: RefreshRequests = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LastPull:
    """What is remembered of one source. Without `known` all of it is read anew, and compared with its tickets.

    `absent` are those of the tickets that the last full read did not show.
    """

    tickets: Mapping[str, Initiative]
    gaps: tuple[Gap, ...] = ()
    absent: frozenset[str] = frozenset()
    pull_state: PullState | None = None
    okrs: tuple[OkrTicket, ...] = ()


PullStates = Mapping[str, LastPull]


@dataclass(frozen=True, slots=True)
class EarlyPull:
    """What was read before a run began; of no use to it where another run began after `last_run`.

    `stored` are the sources as they were before, without tickets; `fresh` what is new of each, as of `pulled_at`.
    `began` is when reading began, in seconds of the run's stopwatch.
    """

    last_run: int
    stored: Sequence[StoredSource]
    past: PullStates
    fresh: Sequence[PullResult]
    pulled_at: datetime
    began: float

    def snapshot(self) -> Snapshot:
        """All sources whole."""
        return merged(self.fresh, self.pulled_at, self.past)


@dataclass(frozen=True, slots=True)
class Source:
    """A configured connector; `selected` is false where `--only` leaves it out."""

    connector: Connector
    selected: bool = True


def pull_states(
    sources: Sequence[StoredSource],
    ledger: LedgerEntries,
    refresh: RefreshRequests = NO_REFRESH,
    *,
    full: bool = False,
    rechecks: Collection[Ref] = (),
) -> PullStates:
    """What the next pull may rely on: only sources that were read to their end have a cursor, and `full` uses none.

    The tickets of `rechecks` are read again in any case.
    """
    states = {}
    for source in sources:
        tickets = {ticket.id: ticket for ticket in source.initiatives}
        pull_state = None
        if source.cursor is not None and not full:
            recheck = stale_tickets(ledger, source.connector, tickets) | {
                gap.key for gap in source.gaps if gap.key is not None
            }
            recheck |= {id_ for id_, ticket in tickets.items() if ticket.ref in rechecks} if rechecks else set()
            pull_state = PullState(
                source.cursor, tickets, recheck | (source.absent & tickets.keys()), _ids(refresh, source.connector)
            )
        states[source.connector] = LastPull(
            tickets, (*source.gaps, *source.accepted), source.absent, pull_state, source.okrs or ()
        )
    return states


def _ids(refresh: RefreshRequests, connector: str) -> frozenset[str]:
    """The tickets to read again; a request for the whole connector names none."""
    return frozenset(id_ for id_ in refresh.get(connector, ()) if id_)


def pull(sources: Sequence[Source], now: datetime, states: PullStates | None = None) -> Snapshot:
    """Every source's tickets and gaps, in the order of the configuration; where one is known, only changes are read.

    A query that the tracker refuses is no gap but a fault of the configuration: QueryRefused is raised.
    """
    states = states or {}
    return merged(pull_changes(sources, states), now, states)


def pull_changes(sources: Sequence[Source], states: PullStates) -> tuple[PullResult, ...]:
    """What is new of each source, in the order of the configuration."""
    pool = ThreadPoolExecutor(max_workers=max(1, len(sources)), thread_name_prefix="pull")
    try:
        return tuple(pool.map(with_context(partial(_fresh, states=states)), sources))
    finally:
        # Whoever interrupts a run must not wait for a tracker that hangs.
        pool.shutdown(wait=False, cancel_futures=True)


def merged(delta: Sequence[PullResult], now: datetime, states: PullStates) -> Snapshot:
    """All sources whole: what is remembered of them with what is new."""
    last = [states.get(pull_result.connector, LastPull({})).tickets for pull_result in delta]
    merged = tuple(
        with_known_tickets(apply_delta(pull_result, tickets), tickets)
        for pull_result, tickets in zip(delta, last, strict=True)
    )
    return Snapshot(merged, now, tuple(delta))


def _fresh(source: Source, states: PullStates) -> PullResult:
    last = states.get(source.connector.name, LastPull({}))
    read = _pull_source(source, last.pull_state)
    if read.mode is SyncMode.FULL:
        delta = _with_missing(source.connector, read, last)
    else:
        delta = with_open_absences(normalize_delta(read, last.tickets, last.gaps), last.absent)
    delta = with_retained_okrs(delta, last.okrs, last.absent)
    return with_accepted(delta, source.connector.accepted_gaps, last.gaps)


def _with_missing(connector: Connector, read: PullResult, last: LastPull) -> PullResult:
    """A full read, and what became of the remembered tickets that it lacks: one answer may lack what is there."""
    missing_tickets = missing(read, last.tickets)
    if missing_tickets and isinstance(connector, SupportsLookup):
        try:
            lookup = connector.look_up(PullState(read.cursor or "", missing_tickets))
        except SourceError as error:
            lookup = PullResult(read.connector, gaps=(Gap(read.connector, error.detail),))
        read = with_lookup_results(read, missing_tickets, lookup)
    return retain_unconfirmed(read, missing_tickets, last.tickets, last.absent)


def _pull_source(source: Source, known: PullState | None) -> PullResult:
    """What it says of itself; a source that keeps OKRs and could not be read has none to show, which is not none."""
    pulled = _pull_or_gap(source, known)
    return replace(pulled, okrs=()) if pulled.okrs is None and source.connector.has_okrs else pulled


def _pull_or_gap(source: Source, known: PullState | None) -> PullResult:
    name = source.connector.name
    if not source.selected:
        return PullResult(name, gaps=(Gap(name, NOT_SELECTED),))
    try:
        return source.connector.pull(known)
    except QueryRefused:
        raise
    except SourceError as error:
        # Nothing came back, so it is a gap of the whole source, whichever ticket it failed at.
        detail = error.detail if error.key is None else f"{error.key}: {error.detail}"
        return PullResult(name, gaps=(Gap(name, detail),))


def failed(snapshot: Snapshot) -> tuple[Gap, ...]:
    """The gaps that mean something went wrong."""
    return tuple(gap for pulled in snapshot.pulled for gap in pulled.gaps if not gap.is_not_selected)
