"""What teams need of each other: needs that the OKR files state, joined with what the trackers show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from hub.core.insight.audit.audit import key_result_refs, team_ref, ticket_ref
from hub.core.insight.audit.rows import TeamDependency, TicketDependency
from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.link import Answer
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio
from rules.shared.dependencies import Link, State, do_priorities_differ, links_by_teams, needed_by, state_of

DEPENDENCY_RULES = frozenset(
    {
        "dependency-without-shared-okr",
        "late-provider",
        "one-sided-alignment",
        "priority-mismatch",
        "unacknowledged-dependency",
    }
)
"""Rules whose findings speak of a dependency that the audit lists as a row of its own."""


def is_about_dependency(finding: Finding) -> bool:
    """Whether the finding repeats what the row of a dependency says."""
    is_link = finding.subject.kind is SubjectKind.DEPENDENCY and finding.rule != "hidden-dependency"
    return is_link or finding.rule in DEPENDENCY_RULES


def rank_dependencies(
    dependencies: Iterable[TeamDependency], findings: Iterable[Finding]
) -> tuple[TeamDependency, ...]:
    """With the dates of late providers; first those to decide on, then by blocked tickets and by date."""
    late = _late_providers(findings)
    dated = (_with_late_ticket(dependency, late) for dependency in dependencies)
    return tuple(sorted(dated, key=_urgency))


def _late_providers(findings: Iterable[Finding]) -> dict[tuple[str, str], date]:
    """By waiting and providing ticket: the date that the providing one has."""
    late: dict[tuple[str, str], date] = {}
    for finding in findings:
        day = finding.facts.get("due") or finding.facts.get("expected")
        if finding.rule == "late-provider" and isinstance(day, date):
            late |= {(str(waiting), finding.subject.id): day for waiting in finding.affects}
    return late


def _with_late_ticket(dependency: TeamDependency, late: dict[tuple[str, str], date]) -> TeamDependency:
    """The one that comes last, where any is late."""
    found = [
        (day, pair.providing.ref, pair.providing)
        for pair in dependency.tickets
        if (day := late.get((pair.waiting.ref, pair.providing.ref)))
    ]
    if not found:
        return dependency
    day, _, ticket = max(found, key=lambda entry: entry[:2])
    return replace(dependency, late_until=day, late_ticket=ticket)


def _urgency(dependency: TeamDependency) -> tuple[object, ...]:
    return (
        not dependency.needs_decision,
        -dependency.blocked,
        dependency.needed_by or date.max,
        dependency.providing_team.name,
        *(team.name for team in dependency.waiting_teams),
    )


class _DependencyEnds(NamedTuple):
    """Which team waits for which, and the key results that the tickets of each serve."""

    waiting: str
    providing: str
    served: tuple[str, ...]
    provided: tuple[str, ...]


class _StatedNeed(NamedTuple):
    """A need of a key result."""

    key_result: KeyResult
    need: Need


def build_dependencies(portfolio: Portfolio) -> tuple[TeamDependency, ...]:
    """Each need once, with the tickets that show it; then what only tickets show, by teams and key results."""
    stated = _stated_needs(portfolio)
    links_by_need: dict[_StatedNeed, list[Link]] = defaultdict(list)
    undeclared: dict[_DependencyEnds, list[Link]] = defaultdict(list)
    for links in links_by_teams(portfolio).values():
        for link in links:
            ends = _ends_of(portfolio, link)
            known = [entry for entry in stated if _covers(entry, ends)]
            if known:
                links_by_need[known[0]].append(link)
            else:
                undeclared[ends].append(link)
    dependencies = [_from_need(portfolio, entry, links_by_need[entry]) for entry in stated]
    dependencies += [_from_tickets(portfolio, ends, undeclared[ends]) for ends in sorted(undeclared)]
    return tuple(dependencies)


def _ends_of(portfolio: Portfolio, entry: Link) -> _DependencyEnds:
    def served(ref: Ref) -> tuple[str, ...]:
        return tuple(sorted({link.key_result for link in portfolio.serves.get(ref, ())}))

    return _DependencyEnds(*entry.teams, served(entry.waiting), served(entry.providing))


def _stated_needs(portfolio: Portfolio) -> list[_StatedNeed]:
    pairs = (_StatedNeed(k, need) for k in portfolio.okrs.key_results.values() for need in k.depends_on)
    return sorted(pairs, key=lambda entry: (entry.key_result.id, entry.need.team, entry.need.key_result or ""))


def _covers(entry: _StatedNeed, ends: _DependencyEnds) -> bool:
    if entry.need.team != ends.providing or entry.key_result.id not in ends.served:
        return False
    return entry.need.key_result is None or not ends.provided or entry.need.key_result in ends.provided


def _from_need(portfolio: Portfolio, entry: _StatedNeed, tickets: Sequence[Link]) -> TeamDependency:
    key_result, need = entry
    state = state_of(portfolio, key_result, need)
    provider = portfolio.okrs.key_results.get(need.key_result or "")
    priorities = (need.priority, None if provider is None else provider.priority)
    teams = portfolio.teams_of(key_result.id)
    waiting = sorted(set(teams) - {need.team})
    return TeamDependency(
        waiting_teams=tuple(team_ref(portfolio, team) for team in waiting),
        providing_team=team_ref(portfolio, need.team),
        waiting=key_result_refs(portfolio, [key_result.id]),
        providing=key_result_refs(portfolio, [] if need.key_result is None else [need.key_result]),
        declared=True,
        state=state,
        shared=_shared_objective(portfolio, [key_result.id], need.team) if len(teams) > 1 else None,
        confirmed=state is LinkState.ACCEPTED,
        priorities=priorities,
        priorities_match=_do_priorities_match(*priorities),
        needed_by=need.needed_by,
        tickets=_waiting(portfolio, tickets),
    )


def _from_tickets(portfolio: Portfolio, ends: _DependencyEnds, tickets: Sequence[Link]) -> TeamDependency:
    first = [priority for entry in tickets if (priority := portfolio.priorities.get(entry.waiting)) is not None]
    last = [priority for entry in tickets if (priority := portfolio.priorities.get(entry.providing)) is not None]
    priorities = (min(first, default=None), max(last, default=None))
    return TeamDependency(
        waiting_teams=(team_ref(portfolio, ends.waiting),),
        providing_team=team_ref(portfolio, ends.providing),
        waiting=key_result_refs(portfolio, ends.served),
        providing=key_result_refs(portfolio, ends.provided),
        declared=False,
        state=_answer_of(portfolio, tickets),
        shared=_shared_objective(portfolio, ends.served, ends.waiting, ends.providing),
        confirmed=all(entry.state in (State.AGREED, State.PUT_OFF) for entry in tickets),
        priorities=priorities,
        priorities_match=_do_priorities_match(*priorities),
        needed_by=min(
            (day for entry in tickets if (day := needed_by(portfolio, entry, public_only=True))), default=None
        ),
        tickets=_waiting(portfolio, tickets),
    )


def _shared_objective(portfolio: Portfolio, key_results: Iterable[str], *teams: str) -> str | None:
    objectives = {portfolio.objective_of(id_).id: portfolio.objective_of(id_) for id_ in key_results}
    shared = (o for _, o in sorted(objectives.items()) if o.shared and set(teams) <= set(o.teams))
    return next((o.title for o in shared), None)


def _answer_of(portfolio: Portfolio, tickets: Sequence[Link]) -> LinkState | None:
    """A no of one ticket is a no; a yes has to come from all."""
    answers = {portfolio.answers.get(entry.providing) for entry in tickets}
    if any(answer is not None and answer.is_refusal for answer in answers):
        return LinkState.DECLINED
    return LinkState.ACCEPTED if answers == {Answer.ACCEPTED} else None


def _do_priorities_match(waiting: int | None, providing: int | None) -> bool | None:
    return None if waiting is None or providing is None else not do_priorities_differ(waiting, providing)


def _waiting(portfolio: Portfolio, tickets: Iterable[Link]) -> tuple[TicketDependency, ...]:
    ordered = sorted(tickets, key=lambda entry: (entry.waiting, entry.providing))
    source_by_link = (
        {(dependency.waiting, dependency.providing): dependency.source for dependency in portfolio.dependencies}
        if ordered
        else {}
    )
    return tuple(
        TicketDependency(
            ticket_ref(portfolio, entry.waiting),
            ticket_ref(portfolio, entry.providing),
            source_by_link[entry.waiting, entry.providing],
        )
        for entry in ordered
    )
