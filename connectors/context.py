"""Tickets that the configured queries do not find, and that others lean on: parents, and what blocks or is blocked."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from hub.model.initiative import Initiative

# Trackers nest less deep; a circle of parents ends here as well.
LEVELS = 12


def around(
    tickets: Iterable[Initiative],
    read: Callable[[Collection[str]], Iterable[Initiative]],
    also: Iterable[Initiative] = (),
) -> tuple[Initiative, ...]:
    """All that the tickets lean on, level by level; `read` gives those of the keys that may be seen.

    `also` are tickets that were read already, as others name them in their texts.
    """
    every = list(tickets)
    there = {one.ref.key for one in every}
    wanted = dict.fromkeys(key for one in every for key in _leans_on(one) if key not in there)
    found = {one.id: replace(one, reference_only=True) for one in also}
    there.update(one.ref.key for one in found.values())
    wanted |= dict.fromkeys(key for one in found.values() for key in _above(one))
    wanted = {key: None for key in wanted if key not in there}
    for _ in range(LEVELS):
        if not wanted:
            break
        asked, wanted = tuple(wanted), {}
        there.update(asked)
        for one in read(asked):
            found.setdefault(one.id, replace(one, reference_only=True))
            there.add(one.ref.key)
            wanted |= dict.fromkeys(key for key in _above(one) if key not in there)
    return tuple(found.values())


def _leans_on(one: Initiative) -> Iterator[str]:
    if one.parent is not None:
        yield one.parent.key
    for ref in one.blocked_by:
        yield ref.key
    for ref in one.blocks:
        yield ref.key


def _above(one: Initiative) -> Iterator[str]:
    if one.parent is not None:
        yield one.parent.key
