"""Which tickets are initiatives, which are active, which are exempt, and what lies below each initiative."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.labels import EXEMPT
from hub.model.okr import Cycle, Team
from hub.model.typed import match_key

Initiatives = Mapping[Ref, Initiative]


@dataclass(frozen=True, slots=True)
class Scope:
    """The work of a portfolio.

    `at_work` are all tickets that are active by status and dates, exempt or not; `exempt` says why a ticket is kept
    out. `tops` are the initiatives that rules judge, in the order of the tickets: the topmost active one of each tree.
    `below` lists, for each of them, the active tickets of its tree that are not exempt; `top_of` is the way back.
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
) -> Scope:
    """Scope of all tickets; linear in their number. `said_exempt` are the tickets that a command keeps out."""
    working = [ref for ref, ticket in initiatives.items() if is_active_in(ticket, cycle)]
    at_work = frozenset(working)
    exempt = _exempt(initiatives, team_of, teams, commanded)
    top_candidates = _top_candidates(initiatives)
    tops = []
    descendants: dict[Ref, list[Ref]] = defaultdict(list)
    top_of: dict[Ref, Ref] = {}
    for ref in working:
        if ref in exempt:
            continue
        top = ref if ref in top_candidates else None
        if initiatives[ref].parent is not None:
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
    if initiative.reference_only or initiative.status.ended:
        return False
    if initiative.status is StatusCategory.IN_PROGRESS:
        return True
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


def _top_candidates(initiatives: Initiatives) -> frozenset[Ref]:
    """Tickets above the base level; in a project that holds none of them, those without a parent.

    A parent that the query does not find is none: it is not judged itself.
    """
    above_base = {ref: ticket for ref, ticket in initiatives.items() if ticket.level > 0 and not ticket.reference_only}
    parentless = {
        ref: ticket for ref, ticket in initiatives.items() if ticket.level == 0 and _is_parentless(ticket, initiatives)
    }
    projects = set(map(_project, above_base.values())) if parentless else set()
    return frozenset((*above_base, *(ref for ref, ticket in parentless.items() if _project(ticket) not in projects)))


def _is_parentless(ticket: Initiative, initiatives: Initiatives) -> bool:
    parent = None if ticket.parent is None else initiatives.get(ticket.parent)
    return not ticket.reference_only and (parent is None or parent.reference_only)


def _project(ticket: Initiative) -> tuple[str, str]:
    return ticket.ref.connector, ticket.containers[-1] if ticket.containers else ""


def _exempt(
    initiatives: Initiatives, team_of: Mapping[Ref, str], teams: Mapping[str, Team], commanded: Mapping[Ref, str]
) -> dict[Ref, str]:
    """What is exempt for itself, and everything below it."""
    exempt: dict[Ref, str] = dict(commanded)
    for ref, ticket in initiatives.items():
        if ref not in exempt and not ticket.reference_only:
            reason = exempt_reason(ticket, teams.get(team_of.get(ref, "")))
            if reason is not None:
                exempt[ref] = reason
    if exempt:
        for ref, ticket in initiatives.items():
            if ticket.parent is not None and ref not in exempt and not ticket.reference_only:
                inherited_reason = next((exempt[top] for top in ancestors(ref, initiatives) if top in exempt), None)
                if inherited_reason is not None:
                    exempt[ref] = inherited_reason
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
