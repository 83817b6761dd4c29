"""Which values of key results trackers are asked for, and what their answers say of each key result."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hub.core.checking.redaction import redact_words
from hub.core.mapping.okr_tables import overlapping_key_results
from hub.core.mapping.query_errors import no_connector, private_queries, redact_error
from hub.core.mapping.scope import work_queries
from hub.model.initiative import MEASURE_OF, Gap
from hub.model.measure import CANNOT_MEASURE, NOT_MEASURED, Measure, MeasureAnswer
from hub.model.okr import KeyResult, Okrs

MeasureAnswers = Mapping[str, Sequence[MeasureAnswer]]
Measures = Mapping[Measure, tuple[str, ...]]


def measures(okrs: Okrs) -> dict[str, Measures]:
    """By connector: each measure once, with the key results of the running cycle and of those alongside."""
    by_connector: dict[str, dict[Measure, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key_result, measure in _declared(okrs):
        by_connector[measure.connector][measure.request].append(key_result.id)
    return {name: {request: tuple(ids) for request, ids in of.items()} for name, of in by_connector.items()}


def _declared(okrs: Okrs) -> Iterator[tuple[KeyResult, Measure]]:
    for key_result in (*okrs.key_results.values(), *overlapping_key_results(okrs).values()):
        if key_result.measure is not None:
            yield key_result, key_result.measure


def with_measured(okrs: Okrs, answers: MeasureAnswers, connectors: Collection[str] | None) -> Okrs:
    """The OKRs with what was answered of each measure; one that was never asked is not read, which is not 0.

    `connectors` are those that are configured, None where that is not known: no other one will ever be asked.
    """
    known = {(name, answer.measure): answer for name, given in answers.items() for answer in given}
    measured: dict[str, MeasureAnswer] = {}
    private = private_queries(okrs)
    for key_result, measure in _declared(okrs):
        answer = known.get((measure.connector, measure.request)) or MeasureAnswer(measure, error=NOT_MEASURED)
        error = redact_error(answer.error, (measure.connector, measure.query), private, okrs)
        if connectors is not None and measure.connector not in connectors:
            error = no_connector(measure.connector)
        measured[key_result.id] = replace(answer, measure=measure, error=error)
    return replace(okrs, measured=measured)


def measure_gaps(okrs: Okrs, name: str, answers: Iterable[MeasureAnswer]) -> Iterator[Gap]:
    """One for each key result whose value was asked for and not read; a private one is not named."""
    ids_of, private = measures(okrs).get(name, {}), private_queries(okrs)
    for answer in answers:
        if answer.error and answer.error != CANNOT_MEASURE:
            for id_ in ids_of.get(answer.measure, ()):
                reason = redact_error(answer.error, (name, answer.measure.query), private, okrs)
                yield Gap(name, reason, MEASURE_OF + redact_words(id_, okrs))


def measure_notes(okrs: Okrs, name: str, answers: Iterable[MeasureAnswer]) -> Iterator[str]:
    """What people have to change for a value to be read at all."""
    if any(answer.error == CANNOT_MEASURE for answer in answers):
        ids = dict.fromkeys(id_ for of_one in measures(okrs).get(name, {}).values() for id_ in of_one)
        named = ", ".join(dict.fromkeys(redact_words(id_, okrs) for id_ in ids))
        yield f"{name} cannot read values: `measure` of {named} is not read"


def unknown_connectors(okrs: Okrs, connectors: Collection[str]) -> Iterator[str]:
    """Which connectors key results ask for work or values and the configuration does not have, a sentence each.

    What only private key results name is not told.
    """
    private = {key_result.id for key_result in okrs.private}
    for key, queries in (("work", work_queries(okrs)), ("measure", measures(okrs))):
        for name in sorted(queries.keys() - set(connectors)):
            ids = list(dict.fromkeys(id_ for of_one in queries[name].values() for id_ in of_one))
            what = no_connector(name) if private.isdisjoint(ids) else "no such connector is configured"
            yield f"{what}: `{key}` of {', '.join(dict.fromkeys(redact_words(id_, okrs) for id_ in ids))} names it"
