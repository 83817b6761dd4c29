"""Which of the hub's comments are looked at again, and what it means when they are not there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.core.one_comment import OwnComments
from hub.core.planning.comment_plan import MAX_EDIT_CONFLICTS
from hub.core.planning.shut import RETRY_CONDITION, updated_at
from hub.model.action import COMMENT, LABELS, LedgerEntry
from hub.model.initiative import Initiative

MAX_VERIFIED = 50
LOST_ACCESS_THRESHOLD = 3
"""From so many of our comments on, none of which is to be seen, nobody believes that people deleted them all."""

PART_NAMES = {COMMENT: "comment of the hub", LABELS: "label of the hub"}

Ledger = Mapping[tuple[str, str], LedgerEntry]


@dataclass(frozen=True, slots=True)
class VerifiedLedger:
    """The ledger with what was noticed, and connectors that must not be written, each with the reason."""

    ledger: dict[tuple[str, str], LedgerEntry]
    blocked_connectors: Mapping[str, str] = field(default_factory=dict)


def comments_to_verify(
    connector: str, ledger: Ledger, tickets: Mapping[tuple[str, str], Initiative]
) -> list[LedgerEntry]:
    """Comments on tickets that changed since they were last compared: the tracker counts an edited comment as one."""
    changed = [
        ledger_entry
        for key, ledger_entry in ledger.items()
        if key[0] == connector
        and ledger_entry.comment_id
        and key in tickets
        and ledger_entry.verified_at != updated_at(tickets[key])
    ]
    return sorted(changed, key=lambda ledger_entry: (ledger_entry.verified_at, ledger_entry.target))[:MAX_VERIFIED]


def control_sample(connector: str, ledger: Ledger, verified: list[LedgerEntry]) -> list[LedgerEntry]:
    """A few others of our comments, for when those that were looked at are all gone."""
    known = {ledger_entry.target for ledger_entry in verified}
    candidates = [
        ledger_entry
        for key, ledger_entry in ledger.items()
        if key[0] == connector and ledger_entry.comment_id and ledger_entry.target not in known
    ]
    return candidates[: LOST_ACCESS_THRESHOLD + 2]


def implies_lost_access(own_comments: Mapping[str, OwnComments]) -> bool:
    """Whether comments are gone and so many that rights were lost rather than comments deleted."""
    return len(own_comments) >= LOST_ACCESS_THRESHOLD and not any(
        comments.primary for comments in own_comments.values()
    )


def lost_access_reason(checked: int, posted: int) -> str:
    """The reason why nothing is written."""
    return (
        f"the hub has posted {posted} comments, and none of the {checked} that were checked is visible, although their "
        f"tickets are. Did the account lose permissions? If people deleted the comments, confirm with --yes"
    )


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
