"""The plan that takes back everything of ours: pure, from the ledger and what is on the tickets."""

from collections.abc import Mapping, Sequence

from hub.core.planning.comment import WITHDRAWN, message_digest
from hub.model.action import Action, ActionKind, Comment, LedgerEntries, LedgerEntry, Target
from hub.model.labels import HUB_LABELS

REASON = "everything the hub posted is retracted"


def retraction(
    ledger: LedgerEntries,
    present: Mapping[tuple[str, str], frozenset[str]],
    connectors: frozenset[str],
) -> tuple[Action, ...]:
    """Labels that the hub applied and that are still there, then its comment, ticket by ticket.

    A comment that says already that it is withdrawn stays, for people answered it.

    `present` holds the labels of tickets that were just read; for others the ledger is believed.
    """
    actions: list[Action] = []
    for key, entry in ledger.items():
        if key[0] not in connectors:
            continue
        present_labels = present.get(key, entry.labels)
        own_labels = (label for label in HUB_LABELS if label in entry.labels and label in present_labels)
        actions += [Action(ActionKind.REMOVE_LABEL, entry.target, REASON, label=label) for label in own_labels]
        if entry.replaces is not None and entry.replaces != entry.comment_id:
            actions.append(Action(ActionKind.DELETE_COMMENT, entry.target, REASON, comment_id=entry.replaces))
        duplicates = entry.duplicates
        actions += [
            Action(ActionKind.DELETE_COMMENT, entry.target, REASON, comment_id=duplicate_id)
            for duplicate_id in duplicates
        ]
        if entry.comment_id is not None and not _withdrawn(entry):
            actions.append(Action(ActionKind.DELETE_COMMENT, entry.target, REASON, comment_id=entry.comment_id))
    return tuple(actions)


def unknown_comments(
    actions: Sequence[Action], comments: Sequence[tuple[Target, Comment]], ledger: LedgerEntries
) -> tuple[Action, ...]:
    """Comments of ours that were found on the tickets and that the ledger does not know."""
    known = {(action.target, action.comment_id) for action in actions}
    known |= {
        (ledger_entry.target, ledger_entry.comment_id) for ledger_entry in ledger.values() if _withdrawn(ledger_entry)
    }
    new = dict.fromkeys((target, comment.id) for target, comment in comments if (target, comment.id) not in known)
    return tuple(Action(ActionKind.DELETE_COMMENT, target, REASON, comment_id=id_) for target, id_ in new)


def unknown_labels(present: Mapping[Target, frozenset[str]], ledger: LedgerEntries) -> tuple[Action, ...]:
    """The hub's labels on tickets that the ledger does not know: some tickets carry a label and no comment."""
    known = {ledger_entry.target for ledger_entry in ledger.values()}
    return tuple(
        Action(ActionKind.REMOVE_LABEL, target, REASON, label=label)
        for target, labels in present.items()
        if target not in known
        for label in HUB_LABELS
        if label in labels
    )


def _withdrawn(entry: LedgerEntry) -> bool:
    return entry.digest == message_digest(WITHDRAWN)
