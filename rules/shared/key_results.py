"""What is above and below a key result: the organization key results it leads to, and the work that serves it."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import wraps
from typing import NamedTuple, TypeVar

from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.okr import KeyResult, LinkKind, LinkState, Objective, Phase
from hub.model.portfolio import Portfolio

T = TypeVar("T")


class OkrTable(NamedTuple):
    """The name in `Portfolio.cache` of what follows from the OKRs and the day alone, and stays while these do."""

    compute: Callable[[Portfolio], object]


def once(compute: Callable[[Portfolio], T]) -> Callable[[Portfolio], T]:
    """The function, whose result is kept with the portfolio that it was worked out for."""
    return _cached(compute, compute)


def once_for_okrs(compute: Callable[[Portfolio], T]) -> Callable[[Portfolio], T]:
    """The same for what no ticket changes."""
    return _cached(compute, OkrTable(compute))


def _cached(compute: Callable[[Portfolio], T], name: object) -> Callable[[Portfolio], T]:
    @wraps(compute)
    def cached(portfolio: Portfolio) -> T:
        if name not in portfolio.cache:
            portfolio.cache[name] = compute(portfolio)
        result: T = portfolio.cache[name]
        return result

    return cached


def keep(portfolio: Portfolio, table: Callable[[Portfolio], object], value: object) -> None:
    """Have a function that is worked out `once` say this of the portfolio."""
    portfolio.cache[inspect.unwrap(table)] = value


# The phases from which on the OKRs are agreed.
LOCKED_PHASES = frozenset({Phase.LOCKED, Phase.RUNNING, Phase.CLOSED})


def organization_key_results(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """All key results of the running cycle that the organization holds, in file order."""
    return tuple(k for k in portfolio.okrs.key_results.values() if portfolio.objective_of(k.id).of_organization)


def linkable_key_results(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """Those that a link may lead to: the cycle's, then those of cycles alongside, such as the year's."""
    overlapping = (
        k for k in portfolio.overlapping_key_results.values() if portfolio.objective_of(k.id).of_organization
    )
    return (*organization_key_results(portfolio), *overlapping)


def moved_by(portfolio: Portfolio, key_result: str, *, direct: bool = False) -> tuple[str, ...]:
    """The organization's key results on every accepted vertical chain upwards, the key result itself included.

    A chain goes on through one of the organization's, from the quarter's to the year's. With `direct`, only links by
    which the one is summed into the other count. Circles end nowhere.
    """
    return _climb(portfolio, key_result, through=True, direct=direct)


def first_moved_by(portfolio: Portfolio, key_result: str) -> tuple[str, ...]:
    """The first key result of the organization's on every accepted vertical chain upwards."""
    return _climb(portfolio, key_result, through=False)


def _climb(portfolio: Portfolio, key_result: str, *, through: bool, direct: bool = False) -> tuple[str, ...]:
    top = {key_result.id for key_result in portfolio.organization}
    visited = {key_result}
    todo = [key_result]
    reached = []
    while todo:
        current = todo.pop()
        if current in top:
            reached.append(current)
            if not through:
                continue
        linked = portfolio.linked(current)
        for link in () if linked is None else linked.aligns_to:
            is_unvisited = link.key_result not in visited and portfolio.linked(link.key_result) is not None
            if direct and link.kind is not LinkKind.DIRECT:
                continue
            if is_unvisited and link.state is LinkState.ACCEPTED:
                visited.add(link.key_result)
                todo.append(link.key_result)
    return tuple(sorted(reached))


def all_moved_by(portfolio: Portfolio, key_results: Iterable[str]) -> frozenset[str]:
    """These key results and all that accepted links, vertical or horizontal, lead to from them."""
    upper = _accepted_links(portfolio)
    reached = set(key_results)
    todo = list(reached)
    while todo:
        unvisited = [id_ for id_ in upper.get(todo.pop(), ()) if id_ not in reached]
        reached.update(unvisited)
        todo.extend(unvisited)
    return frozenset(reached)


@once_for_okrs
def _accepted_links(portfolio: Portfolio) -> dict[str, list[str]]:
    upper: dict[str, list[str]] = defaultdict(list)
    for key_result in (*portfolio.okrs.key_results.values(), *portfolio.overlapping_key_results.values()):
        upper[key_result.id] += [link.key_result for link in key_result.aligns_to if link.state is LinkState.ACCEPTED]
        for need in key_result.depends_on:
            if need.key_result is not None and need.state is LinkState.ACCEPTED:
                upper[need.key_result].append(key_result.id)
    return upper


@once_for_okrs
def aligned_key_results(portfolio: Portfolio) -> frozenset[str]:
    """All that are aligned, of the running cycle and of those alongside: for who asks for every ticket."""
    return frozenset(
        id_ for id_ in (*portfolio.okrs.key_results, *portfolio.overlapping_key_results) if portfolio.aligned(id_)
    )


@once_for_okrs
def teams_without_link(portfolio: Portfolio) -> frozenset[str]:
    """Teams none of whose key results leads to an organization key result, unless all of them are declared standalone.

    Nobody is meant while the organization has no key results.
    """
    if not portfolio.organization:
        return frozenset()
    return frozenset(team for team in portfolio.okrs.teams if _has_no_link(portfolio, team))


def _has_no_link(portfolio: Portfolio, team: str) -> bool:
    key_results = portfolio.key_results_of.get(team, ())
    if any(id_ in portfolio.reaching for id_ in key_results):
        return False
    return not key_results or not all(map(portfolio.aligned, key_results))


def objective_only_links(portfolio: Portfolio, objective: Objective) -> tuple[str, ...]:
    """The organization's objectives that a team's objective is linked to, while none of its key results is to any.

    A link that is only proposed is on its way. Empty as well where nothing is wrong: all of them are aligned, or the
    objective stands alone with a reason.
    """
    if (
        objective.of_organization
        or not objective.aligns_to
        or not objective.key_results
        or all(map(portfolio.aligned, objective.key_results))
    ):
        return ()
    links = (link for id_ in objective.key_results for link in portfolio.key_result(id_).aligns_to)
    if any(link.state is not LinkState.DECLINED for link in links):
        return ()
    organization_objectives = {k.objective for k in linkable_key_results(portfolio)}
    organization_objectives |= {
        objective.id for objective in portfolio.okrs.objectives.values() if objective.of_organization
    }
    return tuple(id_ for id_ in objective.aligns_to if id_ in organization_objectives)


MAX_CANDIDATES = 3


def link_candidates(upper: Sequence[KeyResult], teams: tuple[str, ...]) -> tuple[str, ...]:
    """Up to three public ones of the organization's key results: those that the teams own or add to first."""
    near, distant = list[str](), list[str]()
    for key_result in upper:
        if not key_result.private:
            (near if _is_near(key_result, teams) else distant).append(key_result.id)
            if len(near) == MAX_CANDIDATES:
                break
    return tuple((near + distant)[:MAX_CANDIDATES])


def _is_near(key_result: KeyResult, teams: tuple[str, ...]) -> bool:
    for team in teams:
        if team in key_result.owners:
            return True
        for contribution in key_result.contributions:
            if contribution.team == team:
                return True
    return False


_UNSTATED_PRIORITY = 5


def work_on(portfolio: Portfolio, key_result: str) -> Iterator[Initiative]:
    """Active and finished tickets that serve the key result."""
    for link in portfolio.served_by.get(key_result, ()):
        initiative = portfolio.initiatives[link.initiative]
        if portfolio.is_active(link.initiative) or initiative.status is StatusCategory.DONE:
            yield initiative


def choose_planning_ticket(portfolio: Portfolio, refs: Iterable[Ref]) -> tuple[Ref, ...]:
    """The one of highest stated priority, else the one longest in progress, else the first by name; none of none."""

    def order(ref: Ref) -> tuple[int, bool, date, Ref]:
        initiative = portfolio.initiatives[ref]
        waits = initiative.status is not StatusCategory.IN_PROGRESS
        return portfolio.priorities.get(ref, _UNSTATED_PRIORITY), waits, _started_on(initiative), ref

    return tuple(sorted(refs, key=order)[:1])


def okr_ticket_of(portfolio: Portfolio, key_result: str) -> tuple[Ref, ...]:
    """The ticket that the key result is, where OKRs are kept in a tracker."""
    return tuple(ref for ref, id_ in portfolio.okrs.okr_id_by_ticket.items() if id_ == key_result)[:1]


@once
def unaligned_work(portfolio: Portfolio) -> dict[str, tuple[Ref, ...]]:
    """For each key result that is not aligned: the active initiatives that serve it and no aligned one.

    Nothing where alignment or work is not judged: without organization key results, or once the cycle is over.
    """
    if portfolio.outdated or not portfolio.organization:
        return {}
    aligned, serves, tops = aligned_key_results(portfolio), portfolio.serves, portfolio.active_tops
    work = {}
    for key_result, links in portfolio.served_by.items():
        if key_result not in aligned:
            refs = (link.initiative for link in links if link.initiative in tops)
            work[key_result] = tuple(ref for ref in refs if aligned.isdisjoint(x.key_result for x in serves[ref]))
    return {key_result: refs for key_result, refs in work.items() if refs}


def is_work_incomplete(portfolio: Portfolio, *key_results: str) -> bool:
    """Whether work that serves these key results may be among what was not read.

    What a query did not tell is missing only to the key results that declare it.
    """
    return _are_tickets_incomplete(portfolio) or any(id_ in portfolio.okrs.unanswered for id_ in key_results)


@once
def _are_tickets_incomplete(portfolio: Portfolio) -> bool:
    of_queries = set(portfolio.okrs.undetermined_connectors.values())
    gaps = (
        any(not gap.of_query for gap in portfolio.gaps) or portfolio.incomplete_sources or portfolio.incomplete_tickets
    )
    return bool(gaps) or any(reason not in of_queries for reason in portfolio.undetermined.values())


def _started_on(ticket: Initiative) -> date:
    return ticket.start or (date.max if ticket.created is None else ticket.created.date())
