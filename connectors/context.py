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
    known_keys = {ticket.ref.key for ticket in all_tickets}
    pending = dict.fromkeys(key for ticket in all_tickets for key in _referenced_keys(ticket) if key not in known_keys)
    referenced = {ticket.id: replace(ticket, reference_only=True) for ticket in extra}
    known_keys.update(ticket.ref.key for ticket in referenced.values())
    pending |= dict.fromkeys(key for ticket in referenced.values() for key in _parent_keys(ticket))
    pending = {key: None for key in pending if key not in known_keys}
    for _ in range(MAX_LEVELS):
        if not pending:
            break
        batch, pending = tuple(pending), {}
        known_keys.update(batch)
        for ticket in read(batch):
            referenced.setdefault(ticket.id, replace(ticket, reference_only=True))
            known_keys.add(ticket.ref.key)
            pending |= dict.fromkeys(key for key in _parent_keys(ticket) if key not in known_keys)
    return tuple(referenced.values())


def _referenced_keys(ticket: Initiative) -> Iterator[str]:
    if ticket.parent is not None:
        yield ticket.parent.key
    for ref in ticket.blocked_by:
        yield ref.key
    for ref in ticket.blocks:
        yield ref.key


def _parent_keys(ticket: Initiative) -> Iterator[str]:
    if ticket.parent is not None:
        yield ticket.parent.key
