"""Look, before planning, at labels of ours on tickets that the ledger does not know, or knows only half."""

from collections.abc import Mapping
from dataclasses import replace

from connectors.base import Connector
from hub.core.one_comment import Found, sort_out
from hub.core.planning.shut import moment
from hub.model.action import LedgerEntries, Published, Target
from hub.model.errors import SourceError, TicketGone
from hub.model.initiative import Initiative, Snapshot
from hub.model.labels import OURS
from hub.store.base import Store


def adopt_unknown(
    snapshot: Snapshot,
    ledger: LedgerEntries,
    connectors: Mapping[str, Connector],
    store: Store | None,
) -> dict[tuple[str, str], Published]:
    """The ledger, completed by our comments that were found; a label without our comment is a person's.

    This is how a lost ledger heals: at one look a labelled ticket. Without a store nothing is remembered (dry run).
    """
    known = {key: _looked_for(one, connectors.get(key[0]), store) for key, one in ledger.items()}
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
            before = known.get(key, Published(target, labels=labels))
            if connector is not None and labels and (key not in known or _unread(before)):
                adopted = _adopted(initiative, before, connector, store)
                known |= {} if adopted is None else {key: adopted}
    return known


def _looked_for(known: Published, connector: Connector | None, store: Store | None) -> Published:
    """With the first comment of which nobody knew whether it arrived, wherever the ticket is by now; else it never did.

    What it stood for may be settled since, or the ticket may have left the query: nothing else would look there again.
    """
    if connector is None or not known.pending or known.comment_id:
        return known
    try:
        found = sort_out(connector.find_comments(known.target), connector.whoami().id, known)
    except TicketGone:
        found = Found()
    except SourceError:
        return known
    if found.kept is None:
        if store is not None:
            store.comment_unsent(known.target)
        return replace(known, pending=False, attempts=0)
    if store is not None:
        store.adopted(known.target, found.kept, known.labels)
    doubles = tuple(one.id for one in found.doubles)
    kept = found.kept
    shown = replace(known, comment_id=kept.id, author=kept.author, form=kept.form, says=kept.says, doubles=doubles)
    return replace(shown, digest="", pending=False, resolved=False)


def _unread(known: Published) -> bool:
    """Whether the comment was found by an earlier run that went no further: nobody knows what it says."""
    return bool(known.comment_id) and not (known.digest or known.form or known.replaces)


def _adopted(initiative: Initiative, known: Published, connector: Connector, store: Store | None) -> Published | None:
    """Our comment there, with what it says, and those of ours that stand beside it."""
    found = _found(known.target, connector, known)
    if found is None or found.kept is None:
        return None
    kept, doubles = found.kept, tuple(one.id for one in found.doubles)
    if store is not None:
        store.adopted(known.target, kept, known.labels)
    looked = "" if doubles else moment(initiative)
    shown = replace(known, comment_id=kept.id, author=kept.author, form=kept.form, says=kept.says)
    return replace(shown, doubles=doubles, looked=looked)


def _found(target: Target, connector: Connector, known: Published | None) -> Found | None:
    try:
        return sort_out(connector.find_comments(target), connector.whoami().id, known)
    except SourceError:
        return None


def _arrived(known: Published, target: Target, connector: Connector | None, store: Store | None) -> Published:
    """With the new comment of a replacement whose receipt never came: from here on the old one is to go."""
    if connector is None or known.replaces is None or known.replaces != known.comment_id:
        return known
    found = _found(target, connector, known)
    if found is None or found.kept is None or not found.arrived:
        return known
    sent = found.kept
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
