"""The OKRs of a run: those of the files, those that the trackers keep, and the work that their queries find."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import Connector, SupportsWorkQueries
from hub.core.work_found import Queries, query_gaps, query_notes, with_queried_work, work_queries
from hub.model.errors import SourceError
from hub.model.initiative import NOT_SELECTED, PullResult, Snapshot
from hub.model.okr import Okrs
from hub.model.okr_row import OkrTicket
from hub.model.work_answer import CANNOT, WorkAnswer
from hub.okr_form.from_tickets import MergedOkrs, merge_tickets
from hub.pipeline.pull import Source
from hub.store.base import StoredSource


def all_okrs(okrs: Okrs, snapshot: Snapshot, stored: Iterable[StoredSource] = ()) -> tuple[Okrs, Snapshot]:
    """Everything joined, and the snapshot with a gap for each ticket that is a faulty OKR.

    Where a tracker could not be read, its OKRs are those that were `kept`; only a source that was left out on
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
    return joined.okrs, replace(snapshot, pulled=tuple(_with_okr_gaps(pull_result, joined) for pull_result in pulled))


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
    answers = {
        name: tuple(_query_work(source.connector, queries.get(name, {}), before.get(name, ())))
        for source in sources
        if source.selected and (name := source.connector.name) in complete
    }
    fresh = tuple(replace(pull_result, answers=answers.get(pull_result.connector)) for pull_result in snapshot.delta)
    pulled = tuple(
        _with_query_gaps(replace(pull_result, answers=answers.get(pull_result.connector)), okrs)
        for pull_result in snapshot.pulled
    )
    unknown = [name for name in queries if name not in {source.connector.name for source in sources}]
    if unknown and pulled:
        notes = tuple(f"no connector is called {name}, which `work` of a key result names" for name in unknown)
        pulled = (replace(pulled[0], notes=(*pulled[0].notes, *notes)), *pulled[1:])
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


def _query_work(connector: Connector, queries: Queries, before: Iterable[WorkAnswer]) -> Iterator[WorkAnswer]:
    """One by one, so that a query that fails takes no other with it."""
    last = {work_answer.query: work_answer.tickets for work_answer in before}
    for query, ids in queries.items():
        if not isinstance(connector, SupportsWorkQueries):
            yield WorkAnswer(query, None, CANNOT)
            continue
        try:
            yield WorkAnswer(query, connector.tickets_by_query({ids[0]: query})[ids[0]])
        except SourceError as error:
            # The gap names the key results; other ones than the first may declare the same query.
            reason = error.detail.removeprefix(f"the work query of {ids[0]}: ")
            yield WorkAnswer(query, last.get(query), reason)
