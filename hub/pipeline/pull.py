"""Reads every source side by side: tickets, OKRs, queries for work. One that fails is a gap, never an empty list."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from connectors.base import Connector
from connectors.threads import with_context
from hub.core.mapping.apply_delta import (
    merge_delta,
    missing,
    normalize_delta,
    retain_unconfirmed,
    stale_tickets,
    with_accepted,
    with_lookup_results,
    with_open_absences,
    with_retained_okrs,
)
from hub.core.mapping.query_errors import PrivateQueries, error_text, private_queries
from hub.core.mapping.scope import Queries, query_gaps, query_notes, with_queried_work, work_queries
from hub.model.action import LedgerEntries
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import (
    CANNOT,
    NOT_SELECTED,
    Gap,
    Initiative,
    PullResult,
    PullState,
    Ref,
    Snapshot,
    SyncMode,
    WorkAnswer,
)
from hub.model.okr import Okrs
from hub.model.ticket_input import OkrTicket
from hub.okr_files.merge_tickets import MergedOkrs, merge_tickets
from hub.okr_files.ticket_measure import with_named_connectors
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
    `began` is when reading began, in seconds of the run's stopwatch; `inputs` is the fingerprint of the run's inputs.
    """

    last_run: int
    stored: Sequence[StoredSource]
    past: PullStates
    fresh: Sequence[PullResult]
    pulled_at: datetime
    began: float
    inputs: str

    def snapshot(self) -> Snapshot:
        """All sources whole."""
        return merged(self.fresh, self.pulled_at, self.past)


@dataclass(frozen=True, slots=True)
class Source:
    """A connector; `--only` may leave it unselected. `pulled` is what `read_source` returned before the run began."""

    connector: Connector
    selected: bool = True
    pulled: PullResult | None = None


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

    QueryRefused where a tracker refuses the configured query, which is no gap but a fault of the configuration.
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
    tickets = [states.get(pulled.connector, LastPull({})).tickets for pulled in delta]
    return Snapshot(tuple(map(merge_delta, delta, tickets)), now, tuple(delta))


def _fresh(source: Source, states: PullStates) -> PullResult:
    last = states.get(source.connector.name, LastPull({}))
    read = read_source(source, last.pull_state)
    if read.mode is SyncMode.FULL:
        delta = _with_missing(source.connector, read, last)
    else:
        delta = with_open_absences(normalize_delta(read, last.tickets, last.gaps), last.absent)
    delta = with_retained_okrs(delta, last.okrs, last.absent)
    return with_accepted(delta, source.connector.accepted_gaps, last.gaps)


def _with_missing(connector: Connector, read: PullResult, last: LastPull) -> PullResult:
    """A full read, and what became of the remembered tickets that it lacks: one answer may lack what is there."""
    missing_tickets = missing(read, last.tickets)
    if missing_tickets and (answering := connector.capabilities.lookup) is not None:
        try:
            lookup = answering.look_up(PullState(read.cursor or "", missing_tickets))
        except SourceError as error:
            lookup = PullResult(read.connector, gaps=(Gap(read.connector, error.detail),))
        read = with_lookup_results(read, missing_tickets, lookup)
    return retain_unconfirmed(read, missing_tickets, last.tickets, last.absent)


def read_source(source: Source, known: PullState | None) -> PullResult:
    """What it says of itself; a source that keeps OKRs and could not be read has none to show, which is not none."""
    pulled = source.pulled or _pull_or_gap(source, known)
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


def all_okrs(okrs: Okrs, snapshot: Snapshot, stored: Iterable[StoredSource] = ()) -> tuple[Okrs, Snapshot]:
    """Everything joined, and the snapshot with a gap for each ticket that is a faulty OKR.

    Where a tracker could not be read, its OKRs are those that were `stored`; only a source that was left out on
    purpose counts as whole then.
    """
    before = {stored_source.connector: stored_source.okrs for stored_source in stored if stored_source.okrs}
    pulled = tuple(_filled(pull_result, before.get(pull_result.connector, ())) for pull_result in snapshot.pulled)
    if all(pull_result.okrs is None for pull_result in pulled):
        return okrs, snapshot
    incomplete_reason = next((reason for pull_result in pulled if (reason := _incomplete_reason(pull_result))), "")
    okr_source = next(pull_result.connector for pull_result in pulled if pull_result.okrs is not None)
    joined = merge_tickets(
        okrs, [row for pull_result in pulled for row in pull_result.okrs or ()], incomplete_reason, okr_source
    )
    merged_okrs = with_named_connectors(joined.okrs, {pull_result.connector for pull_result in pulled})
    return merged_okrs, replace(snapshot, pulled=tuple(_with_okr_gaps(pull_result, joined) for pull_result in pulled))


def restore_last_run(okrs: Okrs, sources: Sequence[StoredSource], now: datetime) -> tuple[Okrs, Snapshot]:
    """What the last run saw, without asking any tracker."""
    pulled = tuple(
        PullResult(source.connector, source.initiatives, source.gaps, okrs=source.okrs, answers=source.answers)
        for source in sources
    )
    okrs, snapshot = all_okrs(okrs, Snapshot(pulled, now))
    okrs = with_queried_work(okrs, {source.connector: source.answers for source in sources})
    return okrs, replace(snapshot, pulled=tuple(_with_query_gaps(pull_result, okrs) for pull_result in snapshot.pulled))


def run_work_queries(
    okrs: Okrs, snapshot: Snapshot, sources: Sequence[Source], stored: Iterable[StoredSource]
) -> tuple[Okrs, Snapshot]:
    """The OKRs joined with all answers, and the snapshot with what is to be stored and reported of them.

    A source that was left out, or not read to its end, is not queried.
    """
    before = {stored_source.connector: stored_source.answers for stored_source in stored}
    queries = work_queries(okrs)
    complete = {pull_result.connector for pull_result in snapshot.pulled if pull_result.complete}
    private = private_queries(okrs)
    answers = {
        name: tuple(_query_work(source.connector, queries.get(name, {}), before.get(name, ()), private))
        for source in sources
        if source.selected and (name := source.connector.name) in complete
    }
    fresh = tuple(replace(pull_result, answers=answers.get(pull_result.connector)) for pull_result in snapshot.delta)
    pulled = tuple(
        _with_query_gaps(replace(pull_result, answers=answers.get(pull_result.connector)), okrs)
        for pull_result in snapshot.pulled
    )
    return with_queried_work(okrs, before | answers), replace(snapshot, pulled=pulled, delta=fresh)


def _filled(pulled: PullResult, stored: tuple[OkrTicket, ...]) -> PullResult:
    return replace(pulled, okrs=stored) if stored and pulled.okrs is not None and not pulled.complete else pulled


def _with_okr_gaps(pulled: PullResult, joined: MergedOkrs) -> PullResult:
    gaps = [gap for gap in joined.gaps if gap.connector == pulled.connector]
    notes = tuple(note for connector, note in joined.notes if connector == pulled.connector)
    return replace(pulled, gaps=tuple(dict.fromkeys((*pulled.gaps, *gaps))), notes=(*pulled.notes, *notes))


def _incomplete_reason(pulled: PullResult) -> str:
    """Why OKRs of this source may be missing; empty where none are."""
    reasons = [gap.reason for gap in pulled.gaps if gap.key is None]
    if pulled.okrs is None or not reasons or (pulled.okrs and set(reasons) == {NOT_SELECTED}):
        return ""
    return f"OKRs that {pulled.connector} keeps could not be read: {reasons[0]}"


def _with_query_gaps(pulled: PullResult, okrs: Okrs) -> PullResult:
    """The source with a gap for each query that failed; what is kept of it holds none, for these are no tickets."""
    answers = pulled.answers or ()
    gaps = (*pulled.gaps, *query_gaps(okrs, pulled.connector, answers))
    return replace(pulled, gaps=gaps, notes=(*pulled.notes, *query_notes(okrs, pulled.connector, answers)))


def _query_work(
    connector: Connector, queries: Queries, before: Iterable[WorkAnswer], private: PrivateQueries
) -> Iterator[WorkAnswer]:
    """One by one, so that a query that fails takes no other with it."""
    last = {work_answer.query: work_answer.tickets for work_answer in before}
    for query, ids in queries.items():
        if (answering := connector.capabilities.work_queries) is None:
            yield WorkAnswer(query, None, CANNOT)
            continue
        try:
            yield WorkAnswer(query, answering.tickets_by_query({ids[0]: query})[ids[0]])
        except SourceError as error:
            # The gap names the key results; other ones than the first may declare the same query.
            text = error_text(error, (connector.name, query), private)
            reason = text.removeprefix(f"the work query of {ids[0]}: ")
            yield WorkAnswer(query, last.get(query), reason)
