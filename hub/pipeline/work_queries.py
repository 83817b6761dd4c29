"""Ask the trackers for the work that key results declare by query; where none is asked, the last answer stands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from connectors.base import AnswersQueries, Connector
from hub.core.work_found import Queries, query_gaps, query_notes, with_work_found, work_queries
from hub.model.errors import SourceError
from hub.model.initiative import Pulled, Snapshot
from hub.model.okr import Okrs
from hub.model.work_answer import CANNOT, WorkAnswer
from hub.pipeline.pull import Source
from hub.store.base import StoredSource


def ask_for_work(
    okrs: Okrs, snapshot: Snapshot, sources: Sequence[Source], kept: Iterable[StoredSource]
) -> tuple[Okrs, Snapshot]:
    """The OKRs joined with all answers, and the snapshot with what is to be kept and told of them.

    A source that was left out, or not read to its end, is not asked.
    """
    before = {one.connector: one.answers for one in kept}
    wanted = work_queries(okrs)
    whole = {one.connector for one in snapshot.pulled if one.complete}
    asked = {
        name: tuple(_asked(source.connector, wanted.get(name, {}), before.get(name, ())))
        for source in sources
        if source.selected and (name := source.connector.name) in whole
    }
    fresh = tuple(replace(one, answers=asked.get(one.connector)) for one in snapshot.fresh)
    pulled = tuple(told(replace(one, answers=asked.get(one.connector)), okrs) for one in snapshot.pulled)
    strange = [name for name in wanted if name not in {source.connector.name for source in sources}]
    if strange and pulled:
        notes = tuple(f"no connector is called {name}, which `work` of a key result names" for name in strange)
        pulled = (replace(pulled[0], notes=(*pulled[0].notes, *notes)), *pulled[1:])
    return with_work_found(okrs, before | asked), replace(snapshot, pulled=pulled, fresh=fresh)


def told(pulled: Pulled, okrs: Okrs) -> Pulled:
    """The source with a gap for each query that failed; what is kept of it holds none, for these are no tickets."""
    answers = pulled.answers or ()
    gaps = (*pulled.gaps, *query_gaps(okrs, pulled.connector, answers))
    return replace(pulled, gaps=gaps, notes=(*pulled.notes, *query_notes(okrs, pulled.connector, answers)))


def _asked(connector: Connector, queries: Queries, before: Iterable[WorkAnswer]) -> Iterator[WorkAnswer]:
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
            why = error.what.removeprefix(f"the work query of {ids[0]}: ")
            yield WorkAnswer(query, last.get(query), why)
