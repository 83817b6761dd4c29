"""Reads the values of key results that trackers hold; one that fails is not read, and never 0."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import Connector
from hub.core.mapping.measures import (
    Measures,
    measure_gaps,
    measure_notes,
    measures,
    unknown_connectors,
    with_measured,
)
from hub.core.mapping.query_errors import PrivateQueries, error_text, private_queries
from hub.model.errors import SourceError
from hub.model.initiative import PullResult, Snapshot
from hub.model.measure import CANNOT_MEASURE, MeasureAnswer
from hub.model.okr import Okrs
from hub.pipeline.pull import Source
from hub.store.base import StoredSource


def read_measures(
    okrs: Okrs, snapshot: Snapshot, sources: Sequence[Source], stored: Iterable[StoredSource], now: datetime
) -> tuple[Okrs, Snapshot]:
    """The OKRs joined with all answers, and the snapshot with what is to be stored and reported of them.

    A source that was left out, or not read to its end, is not asked: what it answered before stands, with its date.
    """
    before = {source.connector: source.measures for source in stored}
    declared = measures(okrs)
    complete = {pulled.connector for pulled in snapshot.pulled if pulled.complete}
    private = private_queries(okrs)
    answers = {
        name: tuple(_ask(source.connector, declared.get(name, {}), before.get(name, ()), now, private))
        for source in sources
        if source.selected and (name := source.connector.name) in complete
    }
    fresh = tuple(replace(pulled, measures=answers.get(pulled.connector)) for pulled in snapshot.delta)
    pulled = tuple(
        with_measure_gaps(replace(pulled, measures=answers.get(pulled.connector)), okrs) for pulled in snapshot.pulled
    )
    names = {source.connector.name for source in sources}
    notes = tuple(unknown_connectors(okrs, names))
    measured = with_measured(okrs, before | answers, names)
    return measured, replace(snapshot, pulled=pulled, delta=fresh, notes=notes)


def restore_measures(
    okrs: Okrs, snapshot: Snapshot, stored: Iterable[StoredSource], connectors: Collection[str] | None
) -> tuple[Okrs, Snapshot]:
    """What the last runs read, without asking any tracker; `connectors` are those that are configured."""
    answers = {source.connector: source.measures for source in stored}
    pulled = tuple(
        with_measure_gaps(replace(pulled, measures=answers.get(pulled.connector)), okrs) for pulled in snapshot.pulled
    )
    return with_measured(okrs, answers, connectors), replace(snapshot, pulled=pulled)


def with_measure_gaps(pulled: PullResult, okrs: Okrs) -> PullResult:
    """The source with a gap for each value that was not read; what is stored of it holds none."""
    answers = pulled.measures or ()
    gaps = (*pulled.gaps, *measure_gaps(okrs, pulled.connector, answers))
    return replace(pulled, gaps=gaps, notes=(*pulled.notes, *measure_notes(okrs, pulled.connector, answers)))


def _is_finite(value: float) -> bool:
    """Whether it is; a connector of somebody else's may return what is no number at all, or one that is too large."""
    try:
        return math.isfinite(value)
    except (TypeError, OverflowError):
        return False


def _ask(
    connector: Connector, declared: Measures, before: Iterable[MeasureAnswer], now: datetime, private: PrivateQueries
) -> Iterator[MeasureAnswer]:
    """One by one, so that a measure that fails takes no other with it."""
    last = {answer.measure: answer for answer in before}
    for measure in declared:
        if (measuring := connector.capabilities.measures) is None:
            yield MeasureAnswer(measure, error=CANNOT_MEASURE)
            continue
        try:
            value = measuring.measure(measure)
            if not _is_finite(value):
                # JSON holds no such number: it would come back as nothing. Nor can every such value be printed.
                raise SourceError(connector.name, "the value that it measured is no number that can be kept")
            yield MeasureAnswer(measure, value, now)
        except SourceError as error:
            reason = error_text(error, (connector.name, measure.query), private)
            yield replace(last.get(measure, MeasureAnswer(measure)), error=reason)
