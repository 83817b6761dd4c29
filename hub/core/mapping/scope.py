"""Which tickets are initiatives, which are active, which are exempt, and what lies below each initiative."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.labels import EXEMPT
from hub.model.okr import Cycle, Team
from hub.model.typed import same

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
    below: Mapping[Ref, tuple[Ref, ...]]
    top_of: Mapping[Ref, Ref]


def scope_of(
    initiatives: Initiatives,
    cycle: Cycle,
    team_of: Mapping[Ref, str],
    teams: Mapping[str, Team],
    said_exempt: Mapping[Ref, str],
) -> Scope:
    """Scope of all tickets; linear in their number. `said_exempt` are the tickets that a command keeps out."""
    working = [ref for ref, one in initiatives.items() if is_active_in(one, cycle)]
    at_work = frozenset(working)
    exempt = _exempt(initiatives, team_of, teams, said_exempt)
    can_be_top = _can_be_top(initiatives)
    tops = []
    below: dict[Ref, list[Ref]] = defaultdict(list)
    top_of: dict[Ref, Ref] = {}
    for ref in working:
        if ref in exempt:
            continue
        top = ref if ref in can_be_top else None
        if initiatives[ref].parent is not None:
            for above in ancestors(ref, initiatives):
                if above in can_be_top and above in at_work:
                    top = above
        if top == ref:
            tops.append(ref)
        elif top is not None:
            below[top].append(ref)
            top_of[ref] = top
    return Scope(at_work, exempt, tuple(tops), {top: tuple(refs) for top, refs in below.items()}, top_of)


def is_active_in(initiative: Initiative, cycle: Cycle) -> bool:
    """By status first, dates second: in progress; or to do and committed to the cycle.

    Committed is what is in an iteration that overlaps the cycle, what has a start in or before it and no end before
    it, and what is due within it. What is due later and has no start is backlog.
    """
    if initiative.context or initiative.status.ended:
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
    here = initiatives[ref].parent
    while here is not None and here not in seen and here in initiatives:
        yield here
        seen.add(here)
        here = initiatives[here].parent


def _can_be_top(initiatives: Initiatives) -> frozenset[Ref]:
    """Tickets above the base level; in a project that holds none of them, those without a parent.

    A parent that the query does not find is none: it is not judged itself.
    """
    above_base = {ref: one for ref, one in initiatives.items() if one.level > 0 and not one.context}
    parentless = {ref: one for ref, one in initiatives.items() if one.level == 0 and _is_parentless(one, initiatives)}
    projects = set(map(_project, above_base.values())) if parentless else set()
    return frozenset((*above_base, *(ref for ref, one in parentless.items() if _project(one) not in projects)))


def _is_parentless(one: Initiative, initiatives: Initiatives) -> bool:
    parent = None if one.parent is None else initiatives.get(one.parent)
    return not one.context and (parent is None or parent.context)


def _project(one: Initiative) -> tuple[str, str]:
    return one.ref.connector, one.containers[-1] if one.containers else ""


def _exempt(
    initiatives: Initiatives, team_of: Mapping[Ref, str], teams: Mapping[str, Team], said: Mapping[Ref, str]
) -> dict[Ref, str]:
    """What is exempt for itself, and everything below it."""
    found: dict[Ref, str] = dict(said)
    for ref, one in initiatives.items():
        if ref not in found and not one.context:
            reason = exempt_reason(one, teams.get(team_of.get(ref, "")))
            if reason is not None:
                found[ref] = reason
    if found:
        for ref, one in initiatives.items():
            if one.parent is not None and ref not in found and not one.context:
                above = next((found[top] for top in ancestors(ref, initiatives) if top in found), None)
                if above is not None:
                    found[ref] = above
    return found


def exempt_reason(initiative: Initiative, team: Team | None) -> str | None:
    """Why the ticket is exempt: its label, its team's list or its connector's; None when it is not."""
    labels = [same(label) for label in initiative.labels] if initiative.labels else []
    if EXEMPT in labels:
        return f"it carries the label {EXEMPT}"
    for kind in () if team is None else team.exempt:
        by_label = kind.label is not None and bool(labels) and same(kind.label) in labels
        if by_label or (kind.kind is not None and same(kind.kind) == same(initiative.kind)):
            return kind.reason
    return initiative.exempt or None
