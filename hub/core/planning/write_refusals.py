"""Tickets that the hub keeps off, or that take no comment or label of it: why, and when it tries again."""

from collections.abc import Iterator
from datetime import date, timedelta

from hub.model.action import COMMENT, LABELS, LedgerEntry
from hub.model.initiative import Initiative

RETRY_AFTER = timedelta(days=7)
RETRY_CONDITION = "when the ticket changes, in a week, or with --full"
RETRACT_AGAIN = "by the next `hub retract`"
"""A retraction looks at everything each time."""

MAX_EDIT_CONFLICTS = 3
"""So often somebody may change the hub's comment on a ticket before the hub leaves it alone until all is resolved."""

PART_NAMES = {COMMENT: "comment of the hub", LABELS: "label of the hub"}


def updated_at(ticket: Initiative) -> str:
    """When the ticket last changed, as the ledger remembers it."""
    return ticket.updated.isoformat() if ticket.updated else ""


def refused_parts(entry: LedgerEntry | None, today: date, now: str | None = None) -> frozenset[str]:
    """The parts that the ticket did not take lately; `now` is its last change, None where that is not known."""
    refusal = entry.write_refusal if entry else None
    if refusal is None or today - refusal.day >= RETRY_AFTER or (now is not None and now != refusal.ticket_updated_at):
        return frozenset()
    return frozenset(refusal.reasons)


def skip_reasons(entry: LedgerEntry) -> list[str]:
    """Why the hub keeps off a ticket, or off a part of it, as far as the ledger tells."""
    reasons = list(_conflict_reasons(entry))
    reasons += [
        f"the ticket's edit screen doesn't accept the label {label}: run hub doctor"
        for label in sorted(entry.unsettable_labels)
    ]
    if entry.write_refusal is not None:
        reasons += [
            f"the ticket takes no {PART_NAMES[part]}: {words}: tried again {RETRY_CONDITION}"
            for part, words in sorted(entry.write_refusal.reasons.items())
        ]
    if entry.create_pending and entry.create_attempts:
        reasons.append(
            f"a write was sent {entry.create_attempts} times without an answer: checked before it is sent again"
        )
    return reasons


def _conflict_reasons(entry: LedgerEntry) -> Iterator[str]:
    by = "someone, or another hub with its own state, edited the hub's comment"
    if entry.edit_conflicts >= MAX_EDIT_CONFLICTS:
        yield f"{by} {entry.edit_conflicts} times: not edited again until everything is resolved"
    elif entry.edited_by_human and entry.restored_for_findings is not None:
        yield f"{by} again after it was restored: not restored a second time"
    if entry.other_hub_seen_on is not None:
        sighting = (
            f"a comment of this account that this state doesn't know was seen on {entry.other_hub_seen_on.isoformat()}"
        )
        yield f"another hub writes here: {sighting}. Run one hub for each workspace, or give all of them one state"
