"""The plan that takes back everything of ours: pure, from the ledger and what is on the tickets."""

from collections.abc import Mapping

from hub.core.labels import OURS
from hub.model.action import Action, ActionKind, Published

WHY = "everything that the hub posted is taken back"


def retraction(
    ledger: Mapping[tuple[str, str], Published],
    present: Mapping[tuple[str, str], frozenset[str]],
    connectors: frozenset[str],
) -> tuple[Action, ...]:
    """Labels that the hub applied and that are still there, then its comment, ticket by ticket.

    `present` holds the labels of tickets that were just read; for others the ledger is believed.
    """
    actions: list[Action] = []
    for key, known in ledger.items():
        if key[0] not in connectors:
            continue
        there = present.get(key, known.labels)
        ours = (label for label in OURS if label in known.labels and label in there)
        actions += [Action(ActionKind.REMOVE_LABEL, known.target, WHY, label=label) for label in ours]
        if known.comment_id is not None:
            actions.append(Action(ActionKind.DELETE_COMMENT, known.target, WHY, comment_id=known.comment_id))
    return tuple(actions)
