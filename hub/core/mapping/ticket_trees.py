"""The trees of tickets that may be different after some tickets changed."""

from collections.abc import Callable, Collection, Iterator, Mapping

from hub.model.initiative import Initiative, Ref

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
