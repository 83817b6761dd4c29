"""Tickets that the configured queries do not find, and that others lean on: parents, and what blocks or is blocked."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from hub.model.initiative import Initiative

# Trackers nest less deep; a circle of parents ends here as well.
MAX_LEVELS = 12


def fetch_referenced(
    tickets: Iterable[Initiative],
    read: Callable[[Collection[str]], Iterable[Initiative]],
    extra: Iterable[Initiative] = (),
) -> tuple[Initiative, ...]:
    """All that the tickets lean on, level by level; `read` gives those of the keys that may be seen.

    `also` are tickets that were read already, as others name them in their texts.
    """
    all_tickets = list(tickets)
    known_keys = {one.ref.key for one in all_tickets}
    pending = dict.fromkeys(key for one in all_tickets for key in _referenced_keys(one) if key not in known_keys)
    referenced = {one.id: replace(one, reference_only=True) for one in extra}
    known_keys.update(one.ref.key for one in referenced.values())
    pending |= dict.fromkeys(key for one in referenced.values() for key in _parent_keys(one))
    pending = {key: None for key in pending if key not in known_keys}
    for _ in range(MAX_LEVELS):
        if not pending:
            break
        batch, pending = tuple(pending), {}
        known_keys.update(batch)
        for one in read(batch):
            referenced.setdefault(one.id, replace(one, reference_only=True))
            known_keys.add(one.ref.key)
            pending |= dict.fromkeys(key for key in _parent_keys(one) if key not in known_keys)
    return tuple(referenced.values())


def _referenced_keys(one: Initiative) -> Iterator[str]:
    if one.parent is not None:
        yield one.parent.key
    for ref in one.blocked_by:
        yield ref.key
    for ref in one.blocks:
        yield ref.key


def _parent_keys(one: Initiative) -> Iterator[str]:
    if one.parent is not None:
        yield one.parent.key
