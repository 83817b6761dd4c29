"""Ask the trackers for the work that key results declare by query; where none is asked, the last answer stands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connectors.base import Connector, SupportsWorkQueries
from hub.core.work_found import Queries, query_gaps, query_notes, with_queried_work, work_queries
from hub.model.errors import SourceError
from hub.model.initiative import PullResult, Snapshot
from hub.model.okr import Okrs
from hub.model.work_answer import CANNOT, WorkAnswer
from hub.pipeline.pull import Source
from hub.store.base import StoredSource


def run_work_queries(
    okrs: Okrs, snapshot: Snapshot, sources: Sequence[Source], stored: Iterable[StoredSource]
) -> tuple[Okrs, Snapshot]:
    """The OKRs joined with all answers, and the snapshot with what is to be kept and told of them.

    A source that was left out, or not read to its end, is not asked.
    """
    before = {stored_source.connector: stored_source.answers for stored_source in stored}
    queries = work_queries(okrs)
    complete = {pull_result.connector for pull_result in snapshot.pulled if pull_result.complete}
    answers = {
        name: tuple(_query_work(source.connector, queries.get(name, {}), before.get(name, ())))
        for source in sources
        if source.selected and (name := source.connector.name) in complete
    }
    delta = tuple(replace(pull_result, answers=answers.get(pull_result.connector)) for pull_result in snapshot.delta)
    pulled = tuple(
        with_query_gaps(replace(pull_result, answers=answers.get(pull_result.connector)), okrs)
        for pull_result in snapshot.pulled
    )
    unknown_connectors = [name for name in queries if name not in {source.connector.name for source in sources}]
    if unknown_connectors and pulled:
        notes = tuple(
            f"no connector is called {name}, which `work` of a key result names" for name in unknown_connectors
        )
        pulled = (replace(pulled[0], notes=(*pulled[0].notes, *notes)), *pulled[1:])
    return with_queried_work(okrs, before | answers), replace(snapshot, pulled=pulled, delta=delta)


def with_query_gaps(pulled: PullResult, okrs: Okrs) -> PullResult:
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
