"""Join OKRs and the answers to the queries that key results declare for their work."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hub.core.mapping.alignment import overlapping_key_results
from hub.core.privacy import redact_words
from hub.model.initiative import QUERY_OF, Gap
from hub.model.okr import Okrs
from hub.model.work_answer import CANNOT, WorkAnswer

Answers = Mapping[str, Sequence[WorkAnswer]]
Queries = Mapping[str, tuple[str, ...]]
NOT_QUERIED = "has not been queried yet"


def work_queries(okrs: Okrs) -> dict[str, Queries]:
    """By connector: each query once, with the key results of the running cycle and of those alongside that declare it.

    The running cycle's come first.
    """
    by_connector: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key_result in (*okrs.key_results.values(), *overlapping_key_results(okrs).values()):
        for work in dict.fromkeys(key_result.work):
            by_connector[work.connector][work.query].append(key_result.id)
    return {name: {query: tuple(ids) for query, ids in queries.items()} for name, queries in by_connector.items()}


def with_queried_work(okrs: Okrs, answers: Answers) -> Okrs:
    """The OKRs with the tickets that serve by query, and with what is not known of such work.

    A query without an answer of today has found what it found last. One that was never answered may find any ticket of
    its connector, unless the connector can answer none.
    """
    matches: dict[tuple[str, str], list[str]] = defaultdict(list)
    unanswered: dict[str, str] = {}
    undetermined: dict[str, str] = {}
    for name, queries in work_queries(okrs).items():
        known = {answer.query: answer for answer in answers.get(name, ())}
        for query, ids in queries.items():
            answer = known.get(query, WorkAnswer(query, None, NOT_QUERIED))
            for ticket in answer.tickets or ():
                matches[name, ticket].extend(ids)
            if answer.error:
                reason = f"a work query at {name} {NOT_QUERIED if answer.error == NOT_QUERIED else 'was not answered'}"
                unanswered.update(dict.fromkeys(ids, reason))
                if answer.tickets is None and answer.error != CANNOT:
                    undetermined.setdefault(name, reason)
    tickets = {ticket: tuple(dict.fromkeys(ids)) for ticket, ids in matches.items()}
    return replace(okrs, queried_work=tickets, unanswered=unanswered, undetermined_connectors=undetermined)


def query_gaps(okrs: Okrs, name: str, answers: Iterable[WorkAnswer]) -> Iterator[Gap]:
    """One for each key result whose query failed; a private one is not named."""
    queries = work_queries(okrs).get(name, {})
    for answer in answers:
        if answer.error and answer.error != CANNOT:
            for id_ in queries.get(answer.query, ()):
                yield Gap(name, redact_words(answer.error, okrs), QUERY_OF + redact_words(id_, okrs))


def query_notes(okrs: Okrs, name: str, answers: Iterable[WorkAnswer]) -> Iterator[str]:
    """What people have to change for a query to be answered at all."""
    if any(answer.error == CANNOT for answer in answers):
        ids = dict.fromkeys(id_ for ids in work_queries(okrs).get(name, {}).values() for id_ in ids)
        named = ", ".join(dict.fromkeys(redact_words(id_, okrs) for id_ in ids))
        yield f"{name} cannot answer queries: `work` of {named} finds nothing there"
