"""The work behind a key result: whether there is any, and the one ticket that stands for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from rules.shared.chains import aligned_key_results
from rules.shared.once import once

_UNSTATED_PRIORITY = 5


def work_on(portfolio: Portfolio, key_result: str) -> Iterator[Initiative]:
    """Active and finished tickets that serve the key result."""
    for link in portfolio.served_by.get(key_result, ()):
        initiative = portfolio.initiatives[link.initiative]
        if portfolio.is_active(link.initiative) or initiative.status is StatusCategory.DONE:
            yield initiative


def planning_ticket(portfolio: Portfolio, key_result: KeyResult) -> tuple[Ref, ...]:
    """The lead initiative of the key result among its teams' active work; none without one."""
    teams = portfolio.teams_of(key_result.id)
    refs = (link.initiative for link in portfolio.served_by.get(key_result.id, ()))
    active = [ref for ref in refs if portfolio.is_active(ref) and (not teams or portfolio.team_of.get(ref) in teams)]
    return choose_planning_ticket(portfolio, (portfolio.top_of.get(ref, ref) for ref in active))


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


def possible_planning_tickets(portfolio: Portfolio, key_result: KeyResult) -> tuple[Ref, ...]:
    """Every ticket that a finding about the key result may stand on, so that none is withdrawn for a gap."""
    return tuple(sorted({link.initiative for link in portfolio.served_by.get(key_result.id, ())}))


@once
def unaligned_work(portfolio: Portfolio) -> dict[str, tuple[Ref, ...]]:
    """For each key result that is not aligned: the active initiatives that serve it and no aligned one.

    Nothing where alignment or work is not judged: without organization key results, or once the cycle is over.
    """
    tickets: dict[str, list[Ref]] = defaultdict(list)
    if portfolio.outdated or not portfolio.organization:
        return {}
    aligned = aligned_key_results(portfolio)
    for ref in portfolio.active:
        served = [link.key_result for link in portfolio.serves.get(ref, ())]
        if aligned.isdisjoint(served):
            for key_result in dict.fromkeys(served):
                tickets[key_result].append(ref)
    return {key_result: tuple(refs) for key_result, refs in tickets.items()}


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
