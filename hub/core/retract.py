"""The plan that takes back everything of ours: pure, from the ledger and what is on the tickets."""

from collections.abc import Mapping, Sequence

from hub.core.planning.comment import WITHDRAWN, digest
from hub.model.action import Action, ActionKind, Comment, LedgerEntries, Published, Target
from hub.model.labels import OURS

WHY = "everything that the hub posted is taken back"


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
    for key, known in ledger.items():
        if key[0] not in connectors:
            continue
        there = present.get(key, known.labels)
        ours = (label for label in OURS if label in known.labels and label in there)
        actions += [Action(ActionKind.REMOVE_LABEL, known.target, WHY, label=label) for label in ours]
        if known.replaces is not None and known.replaces != known.comment_id:
            actions.append(Action(ActionKind.DELETE_COMMENT, known.target, WHY, comment_id=known.replaces))
        doubles = known.doubles
        actions += [Action(ActionKind.DELETE_COMMENT, known.target, WHY, comment_id=double) for double in doubles]
        if known.comment_id is not None and not _withdrawn(known):
            actions.append(Action(ActionKind.DELETE_COMMENT, known.target, WHY, comment_id=known.comment_id))
    return tuple(actions)


def further(
    actions: Sequence[Action], found: Sequence[tuple[Target, Comment]], ledger: LedgerEntries
) -> tuple[Action, ...]:
    """Comments of ours that were found on the tickets and that the ledger does not know."""
    known = {(action.target, action.comment_id) for action in actions}
    known |= {(one.target, one.comment_id) for one in ledger.values() if _withdrawn(one)}
    new = dict.fromkeys((target, comment.id) for target, comment in found if (target, comment.id) not in known)
    return tuple(Action(ActionKind.DELETE_COMMENT, target, WHY, comment_id=id_) for target, id_ in new)


def unknown_labels(present: Mapping[Target, frozenset[str]], ledger: LedgerEntries) -> tuple[Action, ...]:
    """The hub's labels on tickets that the ledger does not know: some tickets carry a label and no comment."""
    known = {one.target for one in ledger.values()}
    return tuple(
        Action(ActionKind.REMOVE_LABEL, target, WHY, label=label)
        for target, labels in present.items()
        if target not in known
        for label in OURS
        if label in labels
    )


def _withdrawn(known: Published) -> bool:
    return known.digest == digest(WITHDRAWN)
