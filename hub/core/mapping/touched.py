"""What may be judged differently after some tickets changed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hub.core.mapping.portfolio_tables import PortfolioTables
from hub.model.initiative import Initiative, Ref
from hub.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class Touched:
    """What may be judged differently now.

    `tickets` are those of the trees and those whose priority changed, `nearby` those that are only compared with one
    of them, `neighbours` the other ends of dependencies, as they were and as they are. `pairs` are teams of which one
    waits for the other, `providers` tickets that others wait for; no `teams` is the empty name.
    """

    tickets: frozenset[Ref]
    nearby: frozenset[Ref]
    neighbours: frozenset[Ref]
    key_results: frozenset[str]
    objectives: frozenset[str]
    teams: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    providers: frozenset[Ref]


class Relations(NamedTuple):
    """What some tickets stand in relation to, at one moment."""

    key_results: frozenset[str]
    teams: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    providers: frozenset[Ref]
    neighbours: frozenset[Ref]
    mentions: frozenset[Ref]


def relations(tables: PortfolioTables, refs: Iterable[Ref]) -> Relations:
    """As the tables are now."""
    tickets, mentions, tops = tuple(refs), tables.rows_of("mentions"), tables.rows_of("top_of")
    dependencies = tables.dependencies_at(tickets)
    ends = {end for x in dependencies for end in (x.waiting, x.providing)}
    mentioned = {other for ref in tickets for other in mentions.get(ref, ())}
    return Relations(
        frozenset(link.key_result for ref in tickets for link in tables.serves.get(ref, ())),
        frozenset(tables.team_of.get(ref, "") for ref in tickets),
        frozenset(pair for x in dependencies if (pair := tables.teams_at(x)) is not None),
        frozenset(x.providing for x in dependencies),
        frozenset(ends.union(tops[end] for end in ends if end in tops)),
        frozenset(mentioned.union(*(tables.mentioned_by.get(ref, ()) for ref in tickets))),
    )


def touched_by(
    portfolio: Portfolio,
    above: Mapping[str, frozenset[str]],
    tickets: frozenset[Ref],
    moments: tuple[Relations, Relations],
    asking: frozenset[Ref],
) -> Touched:
    """From what the tickets were in relation to before and are now."""
    before, now = moments
    key_results = set(before.key_results | now.key_results)
    todo = list(key_results)
    while todo:
        new = above.get(todo.pop(), frozenset()) - key_results
        key_results |= new
        todo += new
    known, objectives = portfolio.okrs.key_results, portfolio.okrs.objectives
    holding = frozenset(known[id_].objective for id_ in key_results if id_ in known)
    return Touched(
        tickets=tickets,
        nearby=asking | before.neighbours | now.neighbours | before.mentions | now.mentions,
        neighbours=before.neighbours | now.neighbours,
        key_results=frozenset(key_results),
        objectives=holding,
        teams=before.teams | now.teams | {team for id_ in holding for team in objectives[id_].teams},
        pairs=before.pairs | now.pairs,
        providers=before.providers | now.providers,
    )


def upward(portfolio: Portfolio) -> dict[str, frozenset[str]]:
    """By key result: those that are judged by work on it: what it is aligned to, and what waits for it."""
    okrs = portfolio.okrs
    upward = {id_: {link.key_result for link in key_result.aligns_to} for id_, key_result in okrs.key_results.items()}
    for id_, key_result in portfolio.overlapping_key_results.items():
        upward.setdefault(id_, set()).update(link.key_result for link in key_result.aligns_to)
    for id_, needs in portfolio.supports.items():
        upward.setdefault(id_, set()).update(waiting for waiting, _ in needs)
    return {id_: frozenset(others) for id_, others in upward.items()}


Changes = Mapping[Ref, Initiative | None]
"""The tickets that changed as they are now; None for one that is gone."""


def touched_trees(
    changes: Changes, initiatives: Mapping[Ref, Initiative], children: Mapping[Ref, Collection[Ref]], limit: int
) -> frozenset[Ref] | None:
    """Every ticket of the trees in which the changed ones were or are; None where these are more than `limit`.

    Tickets below one that was not read are one tree as well.
    """
    adopted: dict[Ref, list[Ref]] = {}
    for ref, ticket in changes.items():
        if ticket is not None and ticket.parent is not None:
            adopted.setdefault(ticket.parent, []).append(ref)
    roots = {root for ref in changes for root in _roots(ref, changes, initiatives)}
    visited, todo = set(roots), list(roots)
    while todo:
        if len(visited) > limit:
            return None
        ref = todo.pop()
        below = {*children.get(ref, ()), *adopted.get(ref, ())} - visited
        visited |= below
        todo += below
    return frozenset(visited)


def _roots(ref: Ref, changes: Changes, initiatives: Mapping[Ref, Initiative]) -> Iterator[Ref]:
    """The topmost ticket above it, as things were and as they are; in a circle, one of the circle."""
    yield _top(ref, initiatives.get)
    yield _top(ref, lambda at: changes[at] if at in changes else initiatives.get(at))


def _top(ref: Ref, ticket_at: Callable[[Ref], Initiative | None]) -> Ref:
    visited = {ref}
    while (ticket := ticket_at(ref)) is not None and ticket.parent is not None and ticket.parent not in visited:
        ref = ticket.parent
        visited.add(ref)
    return ref
