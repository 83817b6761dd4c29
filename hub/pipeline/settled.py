"""Whether the ledger and a ticket agree, so that a run that finds no change there has nothing to look at."""

from hub.core.planning.write_refusals import updated_at
from hub.model.action import HUB_LABELS, LedgerEntry
from hub.model.initiative import Initiative


def is_settled(entry: LedgerEntry, ticket: Initiative | None) -> bool:
    """Nothing under way, the comment compared as of the ticket's last change, the labels those that we left."""
    if entry.create_pending or entry.added or entry.removed:
        return False
    if ticket is None:
        return True
    compared = entry.comment_id is None or entry.verified_at == updated_at(ticket)
    return compared and ticket.labels & frozenset(HUB_LABELS) == entry.labels & frozenset(HUB_LABELS)
