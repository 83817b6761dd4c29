"""Look, before planning, at labels of ours on tickets that the ledger does not know, or knows only half."""

from collections.abc import Mapping
from dataclasses import replace

from connectors.base import Connector
from hub.core.labels import OURS
from hub.model.action import Published, Target
from hub.model.errors import SourceError
from hub.model.initiative import Snapshot
from hub.store.base import Store


def adopt_unknown(
    snapshot: Snapshot,
    ledger: Mapping[tuple[str, str], Published],
    connectors: Mapping[str, Connector],
    store: Store | None,
) -> dict[tuple[str, str], Published]:
    """The ledger, completed by our comments that were found; a label without our comment is a person's.

    This is how a lost ledger heals: at one look a labelled ticket. Without a store nothing is remembered (dry run).
    """
    known = dict(ledger)
    ours = frozenset(OURS)
    for pulled in snapshot.pulled:
        connector = connectors.get(pulled.connector)
        for initiative in pulled.initiatives if connector is not None else ():
            if initiative.context:
                continue
            key = (pulled.connector, initiative.id)
            labels = initiative.labels & ours
            target = Target(initiative.ref, initiative.id)
            if key in known:
                known[key] = _arrived(_completed(known[key], target, labels, store), target, connector, store)
            if not labels or key in known:
                continue
            try:
                comment = connector.find_comment(target) if connector is not None else None
            except SourceError:
                continue
            if comment is not None:
                known[key] = Published(target, comment.id, comment.author, labels=labels)
                if store is not None:
                    store.adopted(target, comment, labels)
    return known


def _arrived(known: Published, target: Target, connector: Connector | None, store: Store | None) -> Published:
    """With the new comment of a replacement whose receipt never came: from here on the old one is to go."""
    if connector is None or known.replaces is None or known.replaces != known.comment_id:
        return known
    try:
        sent = connector.find_comment(target, after=known.replaces)
    except SourceError:
        return known
    if sent is None:
        return known
    if store is not None:
        store.adopted(target, sent, known.labels)
    return replace(
        known,
        comment_id=sent.id,
        author=sent.author,
        digest="",
        form="",
        looked="",
        pending=False,
        attempts=0,
        resolved=False,
        resolved_on=None,
        drifted=False,
    )


def _completed(known: Published, target: Target, labels: frozenset[str], store: Store | None) -> Published:
    """With the labels of a write whose receipt never came: the wish for them was remembered, so it was ours."""
    came, went = (known.added & labels) - known.labels, (known.removed & known.labels) - labels
    if store is not None:
        for label in sorted(came | went):
            store.labelled(target, label, present=label in came)
    return replace(known, labels=(known.labels | came) - went)
