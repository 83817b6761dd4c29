"""The OKRs of a run: those of the files, those that the trackers keep, and the work that their queries find."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import AnswersQueries, Connector
from hub.core.work_found import Queries, query_gaps, query_notes, with_work_found, work_queries
from hub.model.errors import SourceError
from hub.model.initiative import NOT_SELECTED, Pulled, Snapshot
from hub.model.okr import Okrs
from hub.model.okr_row import OkrRow
from hub.model.work_answer import CANNOT, WorkAnswer
from hub.okr_form.from_tickets import Joined, with_tickets
from hub.pipeline.pull import Source
from hub.store.base import StoredSource


def all_okrs(okrs: Okrs, snapshot: Snapshot, kept: Iterable[StoredSource] = ()) -> tuple[Okrs, Snapshot]:
    """Everything joined, and the snapshot with a gap for each ticket that is a faulty OKR.

    Where a tracker could not be read, its OKRs are those that were `kept`; only a source that was left out on
    purpose counts as whole then.
    """
    before = {one.connector: one.okrs for one in kept if one.okrs}
    pulled = tuple(_filled(one, before.get(one.connector, ())) for one in snapshot.pulled)
    if all(one.okrs is None for one in pulled):
        return okrs, snapshot
    unread = next((why for one in pulled if (why := _unread(one))), "")
    keeper = next(one.connector for one in pulled if one.okrs is not None)
    joined = with_tickets(okrs, [row for one in pulled for row in one.okrs or ()], unread, keeper)
    return joined.okrs, replace(snapshot, pulled=tuple(_told(one, joined) for one in pulled))


def as_seen(okrs: Okrs, sources: Sequence[StoredSource], now: datetime) -> tuple[Okrs, Snapshot]:
    """What the last run saw, without asking any tracker."""
    pulled = tuple(
        Pulled(one.connector, one.initiatives, one.gaps, okrs=one.okrs, answers=one.answers) for one in sources
    )
    okrs, snapshot = all_okrs(okrs, Snapshot(pulled, now))
    okrs = with_work_found(okrs, {one.connector: one.answers for one in sources})
    return okrs, replace(snapshot, pulled=tuple(_with_query_gaps(one, okrs) for one in snapshot.pulled))


def run_work_queries(
    okrs: Okrs, snapshot: Snapshot, sources: Sequence[Source], stored: Iterable[StoredSource]
) -> tuple[Okrs, Snapshot]:
    """The OKRs joined with all answers, and the snapshot with what is to be stored and reported of them.

    A source that was left out, or not read to its end, is not queried.
    """
    before = {one.connector: one.answers for one in stored}
    queries = work_queries(okrs)
    complete = {one.connector for one in snapshot.pulled if one.complete}
    answers = {
        name: tuple(_query_work(source.connector, queries.get(name, {}), before.get(name, ())))
        for source in sources
        if source.selected and (name := source.connector.name) in complete
    }
    fresh = tuple(replace(one, answers=answers.get(one.connector)) for one in snapshot.fresh)
    pulled = tuple(_with_query_gaps(replace(one, answers=answers.get(one.connector)), okrs) for one in snapshot.pulled)
    unknown = [name for name in queries if name not in {source.connector.name for source in sources}]
    if unknown and pulled:
        notes = tuple(f"no connector is called {name}, which `work` of a key result names" for name in unknown)
        pulled = (replace(pulled[0], notes=(*pulled[0].notes, *notes)), *pulled[1:])
    return with_work_found(okrs, before | answers), replace(snapshot, pulled=pulled, fresh=fresh)


def _filled(pulled: Pulled, kept: tuple[OkrRow, ...]) -> Pulled:
    return replace(pulled, okrs=kept) if kept and pulled.okrs is not None and not pulled.complete else pulled


def _told(pulled: Pulled, joined: Joined) -> Pulled:
    gaps = [gap for gap in joined.gaps if gap.connector == pulled.connector]
    notes = tuple(what for connector, what in joined.notes if connector == pulled.connector)
    return replace(pulled, gaps=tuple(dict.fromkeys((*pulled.gaps, *gaps))), notes=(*pulled.notes, *notes))


def _unread(pulled: Pulled) -> str:
    """Why OKRs of this source may be missing; empty where none are."""
    reasons = [gap.reason for gap in pulled.gaps if gap.key is None]
    if pulled.okrs is None or not reasons or (pulled.okrs and set(reasons) == {NOT_SELECTED}):
        return ""
    return f"OKRs that {pulled.connector} keeps could not be read: {reasons[0]}"


def _with_query_gaps(pulled: Pulled, okrs: Okrs) -> Pulled:
    """The source with a gap for each query that failed; what is kept of it holds none, for these are no tickets."""
    answers = pulled.answers or ()
    gaps = (*pulled.gaps, *query_gaps(okrs, pulled.connector, answers))
    return replace(pulled, gaps=gaps, notes=(*pulled.notes, *query_notes(okrs, pulled.connector, answers)))


def _query_work(connector: Connector, queries: Queries, before: Iterable[WorkAnswer]) -> Iterator[WorkAnswer]:
    """One by one, so that a query that fails takes no other with it."""
    last = {one.query: one.tickets for one in before}
    for query, ids in queries.items():
        if not isinstance(connector, AnswersQueries):
            yield WorkAnswer(query, None, CANNOT)
            continue
        try:
            yield WorkAnswer(query, connector.served_by_query({ids[0]: query})[ids[0]])
        except SourceError as error:
            # The gap names the key results; other ones than the first may declare the same query.
            reason = error.what.removeprefix(f"the work query of {ids[0]}: ")
            yield WorkAnswer(query, last.get(query), reason)
