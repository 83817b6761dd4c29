"""Tickets that do not take the hub's writes: locked, archived, full, or closed to this account."""

from datetime import date, timedelta

from hub.model.action import LedgerEntry
from hub.model.initiative import Initiative

RETRY_AFTER = timedelta(days=7)
RETRY_CONDITION = "when the ticket changes, in a week, or with --full"


def updated_at(ticket: Initiative) -> str:
    """When the ticket last changed, as the ledger remembers it."""
    return ticket.updated.isoformat() if ticket.updated else ""


def refused_parts(entry: LedgerEntry | None, today: date, now: str | None = None) -> frozenset[str]:
    """The parts that the ticket did not take lately; `now` is its last change, None where that is not known."""
    refusal = entry.write_refusal if entry else None
    if refusal is None or today - refusal.day >= RETRY_AFTER or (now is not None and now != refusal.ticket_updated_at):
        return frozenset()
    return frozenset(refusal.reasons)
