"""Which tickets are initiatives, active, exempt or without key result, and work that key results declare by query."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from hub.core.checking.redaction import redact_words
from hub.core.mapping.okr_tables import overlapping_key_results
from hub.core.mapping.query_errors import private_queries, redact_error
from hub.model.action import EXEMPT
from hub.model.initiative import CANNOT, QUERY_OF, Gap, Initiative, Ref, StatusCategory, WorkAnswer
from hub.model.okr import Cycle, Okrs, Team
from hub.model.portfolio import Portfolio
from hub.model.text import match_key

Initiatives = Mapping[Ref, Initiative]
Project = tuple[str, str]
"""The connector, and the last of a ticket's containers."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The work of a portfolio.

    `at_work` are all tickets that are active by status and dates, exempt or not; `exempt` says why a ticket is kept
    out. `tops` are the initiatives that rules judge, in the order of the tickets: the topmost active one of each tree.
    `descendants` lists, for each of them, the active tickets of its tree that are not exempt; `top_of` is the way back.
    """

    at_work: frozenset[Ref]
    exempt: Mapping[Ref, str]
    tops: tuple[Ref, ...]
    descendants: Mapping[Ref, tuple[Ref, ...]]
    top_of: Mapping[Ref, Ref]


def scope_of(
    initiatives: Initiatives,
    cycle: Cycle,
    team_of: Mapping[Ref, str],
    teams: Mapping[str, Team],
    commanded: Mapping[Ref, str],
    *,
    projects: AbstractSet[Project] | None = None,
) -> Scope:
    """Scope of all tickets; linear in their number. `commanded` are the tickets that a command keeps out.

    `projects` hold tickets above the base level, where these may be among others than the given ones.
    """
    working = [item for item in initiatives.items() if is_active_in(item[1], cycle)]
    at_work = frozenset([ref for ref, _ in working])
    exempt = _exempt(initiatives, team_of, teams, commanded)
    top_candidates = _top_candidates(initiatives, projects)
    tops = []
    descendants: dict[Ref, list[Ref]] = defaultdict(list)
    top_of: dict[Ref, Ref] = {}
    for ref, ticket in working:
        if ref in exempt:
            continue
        top = ref if ref in top_candidates else None
        if ticket.parent is not None:
            for ancestor in ancestors(ref, initiatives):
                if ancestor in top_candidates and ancestor in at_work:
                    top = ancestor
        if top == ref:
            tops.append(ref)
        elif top is not None:
            descendants[top].append(ref)
            top_of[ref] = top
    return Scope(at_work, exempt, tuple(tops), {top: tuple(refs) for top, refs in descendants.items()}, top_of)


def is_active_in(initiative: Initiative, cycle: Cycle) -> bool:
    """By status first, dates second: in progress; or to do and committed to the cycle.

    Committed is what is in an iteration that overlaps the cycle, what has a start in or before it and no end before
    it, and what is due within it. What is due later and has no start is backlog.
    """
    if initiative.reference_only:
        return False
    if initiative.status is not StatusCategory.TO_DO:
        return initiative.status is StatusCategory.IN_PROGRESS
    start, due = initiative.start, initiative.due
    if initiative.iteration is not None and initiative.iteration != (None, None):
        return cycle.overlaps(*initiative.iteration)
    if start is not None:
        return cycle.overlaps(start, due)
    return due is not None and cycle.contains(due)


def ancestors(ref: Ref, initiatives: Initiatives) -> Iterator[Ref]:
    """The tickets above one, the nearest first, as far as they were read; a circle ends."""
    seen = {ref}
    current = initiatives[ref].parent
    while current is not None and current not in seen and current in initiatives:
        yield current
        seen.add(current)
        current = initiatives[current].parent


def _top_candidates(initiatives: Initiatives, known: AbstractSet[Project] | None) -> frozenset[Ref]:
    """Tickets above the base level; in a project that holds none of them, those without a parent.

    A parent that the query does not find is none: it is not judged itself.
    """
    above_base = [ticket for ticket in initiatives.values() if ticket.level > 0 and not ticket.reference_only]
    parentless = [
        ticket for ticket in initiatives.values() if ticket.level == 0 and _is_parentless(ticket, initiatives)
    ]
    projects = known
    if projects is None:
        projects = set(map(project_of, above_base)) if parentless else set()
    without_higher = [ticket for ticket in parentless if project_of(ticket) not in projects]
    return frozenset([ticket.ref for ticket in (*above_base, *without_higher)])


def _is_parentless(ticket: Initiative, initiatives: Initiatives) -> bool:
    parent = None if ticket.parent is None else initiatives.get(ticket.parent)
    return not ticket.reference_only and (parent is None or parent.reference_only)


def project_of(ticket: Initiative) -> Project:
    """Where the levels of tickets are compared."""
    return ticket.ref.connector, ticket.containers[-1] if ticket.containers else ""


def _exempt(
    initiatives: Initiatives, team_of: Mapping[Ref, str], teams: Mapping[str, Team], commanded: Mapping[Ref, str]
) -> dict[Ref, str]:
    """What is exempt for itself, and everything below it."""
    exempt: dict[Ref, str] = dict(commanded)
    # Tickets are many, and their teams, kinds and labels together are few.
    reasons: dict[tuple[str, str, frozenset[str], str], str | None] = {}
    for ref, ticket in initiatives.items():
        if ref not in exempt and not ticket.reference_only:
            team = team_of.get(ref, "")
            key = (team, ticket.kind, ticket.labels, ticket.exempt)
            if key not in reasons:
                reasons[key] = exempt_reason(ticket, teams.get(team))
            if (reason := reasons[key]) is not None:
                exempt[ref] = reason
    if exempt:
        for ticket in [ticket for ticket in initiatives.values() if ticket.parent is not None]:
            if ticket.ref not in exempt and not ticket.reference_only:
                for ancestor in ancestors(ticket.ref, initiatives):
                    if ancestor in exempt:
                        exempt[ticket.ref] = exempt[ancestor]
                        break
    return exempt


def exempt_reason(initiative: Initiative, team: Team | None) -> str | None:
    """Why the ticket is exempt: its label, its team's list or its connector's; None when it is not."""
    labels = [match_key(label) for label in initiative.labels] if initiative.labels else []
    if EXEMPT in labels:
        return f"it carries the label {EXEMPT}"
    for kind in () if team is None else team.exempt:
        by_label = kind.label is not None and bool(labels) and match_key(kind.label) in labels
        if by_label or (kind.kind is not None and match_key(kind.kind) == match_key(initiative.kind)):
            return kind.reason
    return initiative.exempt or None


def unlinked_work_by_team(portfolio: Portfolio) -> Mapping[str, Sequence[Ref]]:
    """In order of the tickets' names; work that no team owns is nobody's."""
    by_team: dict[str, list[Ref]] = defaultdict(list)
    for ref in portfolio.active:
        team = portfolio.team_of.get(ref)
        if team is not None and not portfolio.serves.get(ref) and not portfolio.other_cycle_links.get(ref):
            by_team[team].append(ref)
    return {team: sorted(refs) for team, refs in by_team.items()}


Answers = Mapping[str, Sequence[WorkAnswer]]
Queries = Mapping[str, tuple[str, ...]]
NOT_QUERIED = "has not been run yet"


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
    queries, private = work_queries(okrs).get(name, {}), private_queries(okrs)
    for answer in answers:
        if answer.error and answer.error != CANNOT:
            for id_ in queries.get(answer.query, ()):
                reason = redact_error(answer.error, (name, answer.query), private, okrs)
                yield Gap(name, reason, QUERY_OF + redact_words(id_, okrs))


def query_notes(okrs: Okrs, name: str, answers: Iterable[WorkAnswer]) -> Iterator[str]:
    """What people have to change for a query to be answered at all."""
    if any(answer.error == CANNOT for answer in answers):
        ids = dict.fromkeys(id_ for ids in work_queries(okrs).get(name, {}).values() for id_ in ids)
        named = ", ".join(dict.fromkeys(redact_words(id_, okrs) for id_ in ids))
        yield f"{name} cannot answer queries: `work` of {named} finds nothing there"
