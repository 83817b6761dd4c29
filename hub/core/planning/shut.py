"""Tickets that do not take the hub's writes: locked, archived, full, or closed to this account."""

from datetime import date, timedelta

from hub.model.action import Published
from hub.model.initiative import Initiative

TRIED_AGAIN_AFTER = timedelta(days=7)
SHUT_UNTIL = "when the ticket changes, in a week, or with --full"


def moment(ticket: Initiative) -> str:
    """When the ticket last changed, as the ledger remembers it."""
    return ticket.updated.isoformat() if ticket.updated else ""


def shut_parts(known: Published | None, today: date, now: str | None = None) -> frozenset[str]:
    """The parts that the ticket did not take lately; `now` is its last change, None where that is not known."""
    shut = known.shut if known else None
    if shut is None or today - shut.day >= TRIED_AGAIN_AFTER or (now is not None and now != shut.moment):
        return frozenset()
    return frozenset(shut.words)
