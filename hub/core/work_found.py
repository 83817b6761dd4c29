"""Join OKRs and the answers to the queries that key results declare for their work."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hub.core.mapping.alignment import alongside
from hub.core.privacy import veil_words
from hub.model.initiative import QUERY_OF, Gap
from hub.model.okr import Okrs
from hub.model.work_answer import CANNOT, WorkAnswer

Answers = Mapping[str, Sequence[WorkAnswer]]
Queries = Mapping[str, tuple[str, ...]]
NEVER = "has not been asked yet"


def work_queries(okrs: Okrs) -> dict[str, Queries]:
    """By connector: each query once, with the key results of the running cycle and of those alongside that declare it.

    The running cycle's come first.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in (*okrs.key_results.values(), *alongside(okrs).values()):
        for work in dict.fromkeys(one.work):
            found[work.connector][work.query].append(one.id)
    return {name: {query: tuple(ids) for query, ids in queries.items()} for name, queries in found.items()}


def with_work_found(okrs: Okrs, answers: Answers) -> Okrs:
    """The OKRs with the tickets that serve by query, and with what is not known of such work.

    A query without an answer of today has found what it found last. One that was never answered may find any ticket of
    its connector, unless the connector can answer none.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    unanswered: dict[str, str] = {}
    doubted: dict[str, str] = {}
    for name, queries in work_queries(okrs).items():
        known = {one.query: one for one in answers.get(name, ())}
        for query, ids in queries.items():
            answer = known.get(query, WorkAnswer(query, None, NEVER))
            for ticket in answer.tickets or ():
                found[name, ticket].extend(ids)
            if answer.trouble:
                why = f"a work query at {name} {NEVER if answer.trouble == NEVER else 'was not answered'}"
                unanswered.update(dict.fromkeys(ids, why))
                if answer.tickets is None and answer.trouble != CANNOT:
                    doubted.setdefault(name, why)
    tickets = {ticket: tuple(dict.fromkeys(ids)) for ticket, ids in found.items()}
    return replace(okrs, work_found=tickets, unanswered=unanswered, doubted=doubted)


def query_gaps(okrs: Okrs, name: str, answers: Iterable[WorkAnswer]) -> Iterator[Gap]:
    """One for each key result whose query failed; a private one is not named."""
    wanted = work_queries(okrs).get(name, {})
    for one in answers:
        if one.trouble and one.trouble != CANNOT:
            for id_ in wanted.get(one.query, ()):
                yield Gap(name, veil_words(one.trouble, okrs), QUERY_OF + veil_words(id_, okrs))


def query_notes(okrs: Okrs, name: str, answers: Iterable[WorkAnswer]) -> Iterator[str]:
    """What people have to change for a query to be answered at all."""
    if any(one.trouble == CANNOT for one in answers):
        ids = dict.fromkeys(id_ for ids in work_queries(okrs).get(name, {}).values() for id_ in ids)
        named = ", ".join(dict.fromkeys(veil_words(id_, okrs) for id_ in ids))
        yield f"{name} cannot answer queries: `work` of {named} finds nothing there"
