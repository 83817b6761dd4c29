"""What is below, beside and linked to a ticket, looked up instead of searched for."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from hub.model.initiative import Initiative, Ref
from hub.model.portfolio import Portfolio
from rules.shared.key_results import once

Tickets = Mapping[Ref, Collection[Ref]]


@once
def children_of(portfolio: Portfolio) -> Tickets:
    """By ticket, read or not: those whose parent it is."""
    children: dict[Ref, set[Ref]] = defaultdict(set)
    for ref, ticket in portfolio.initiatives.items():
        if ticket.parent is not None:
            children[ticket.parent].add(ref)
    return children


@once
def linked_tickets(portfolio: Portfolio) -> Tickets:
    """By ticket, read or not: the other ends of its dependencies, whichever way they lead."""
    linked: dict[Ref, set[Ref]] = defaultdict(set)
    for dependency in portfolio.dependencies:
        linked[dependency.waiting].add(dependency.providing)
        linked[dependency.providing].add(dependency.waiting)
    return linked


@once
def mentioned_by(portfolio: Portfolio) -> Tickets:
    """By ticket: those that name it anywhere in their text."""
    naming: dict[Ref, set[Ref]] = defaultdict(set)
    for ref, named in portfolio.mentions.items():
        for other in named:
            naming[other].add(ref)
    return naming


def heirs(portfolio: Portfolio, ref: Ref) -> Iterator[Initiative]:
    """The tickets below one that inherit from it, so that it is among their `self_and_ancestors`."""
    children, visited, todo = children_of(portfolio), {ref}, [ref]
    while todo:
        for child in children.get(todo.pop(), ()):
            ticket = portfolio.initiatives[child]
            if ticket.inherits and child not in visited and child not in portfolio.okrs.okr_id_by_ticket:
                visited.add(child)
                todo.append(child)
                yield ticket
