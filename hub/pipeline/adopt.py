"""Look, before planning, at labels of ours on tickets that the ledger does not know, or knows only half."""

from collections.abc import Mapping
from dataclasses import replace

from connectors.base import Connector
from hub.core.labels import HUB_LABELS
from hub.core.one_comment import OwnComments, classify_comments
from hub.core.planning.shut import updated_at
from hub.model.action import LedgerEntry, Target
from hub.model.errors import SourceError, TicketNotFound
from hub.model.initiative import Initiative, Snapshot
from hub.store.base import Store


def recover_ledger(
    snapshot: Snapshot,
    ledger: Mapping[tuple[str, str], LedgerEntry],
    connectors: Mapping[str, Connector],
    store: Store | None,
) -> dict[tuple[str, str], LedgerEntry]:
    """The ledger, completed by our comments that were found; a label without our comment is a person's.

    This is how a lost ledger heals: at one look a labelled ticket. Without a store nothing is remembered (dry run).
    """
    known = {
        key: _with_pending_comment(ledger_entry, connectors.get(key[0]), store) for key, ledger_entry in ledger.items()
    }
    hub_labels = frozenset(HUB_LABELS)
    for pulled in snapshot.pulled:
        connector = connectors.get(pulled.connector)
        for initiative in pulled.initiatives if connector is not None else ():
            if initiative.reference_only:
                continue
            key = (pulled.connector, initiative.id)
            labels = initiative.labels & hub_labels
            target = Target(initiative.ref, initiative.id)
            if key in known:
                known[key] = _with_replacement(
                    _with_label_changes(known[key], target, labels, store), target, connector, store
                )
            before = known.get(key, LedgerEntry(target, labels=labels))
            if connector is not None and labels and (key not in known or _has_unknown_text(before)):
                adopted = _adopt(initiative, before, connector, store)
                known |= {} if adopted is None else {key: adopted}
    return known


def _with_pending_comment(known: LedgerEntry, connector: Connector | None, store: Store | None) -> LedgerEntry:
    """With the first comment of which nobody knew whether it arrived, wherever the ticket is by now; else it never did.

    What it stood for may be settled since, or the ticket may have left the query: nothing else would look there again.
    """
    if connector is None or not known.create_pending or known.comment_id:
        return known
    try:
        own_comments = classify_comments(connector.find_comments(known.target), connector.whoami().id, known)
    except TicketNotFound:
        own_comments = OwnComments()
    except SourceError:
        return known
    if own_comments.primary is None:
        if store is not None:
            store.record_unsent_comment(known.target)
        return replace(known, create_pending=False, create_attempts=0)
    if store is not None:
        store.record_adopted(known.target, own_comments.primary, known.labels)
    duplicates = tuple(comment.id for comment in own_comments.duplicates)
    primary = own_comments.primary
    entry = replace(
        known,
        comment_id=primary.id,
        author=primary.author,
        body_hash=primary.body_hash,
        rendered_text=primary.rendered_text,
        duplicates=duplicates,
    )
    return replace(entry, digest="", create_pending=False, resolved=False)


def _has_unknown_text(known: LedgerEntry) -> bool:
    """Whether the comment was found by an earlier run that went no further: nobody knows what it says."""
    return bool(known.comment_id) and not (known.digest or known.body_hash or known.replaces)


def _adopt(initiative: Initiative, known: LedgerEntry, connector: Connector, store: Store | None) -> LedgerEntry | None:
    """Our comment there, with what it says, and those of ours that stand beside it."""
    own_comments = _find_own_comments(known.target, connector, known)
    if own_comments is None or own_comments.primary is None:
        return None
    primary, duplicates = own_comments.primary, tuple(comment.id for comment in own_comments.duplicates)
    if store is not None:
        store.record_adopted(known.target, primary, known.labels)
    verified_at = "" if duplicates else updated_at(initiative)
    entry = replace(
        known,
        comment_id=primary.id,
        author=primary.author,
        body_hash=primary.body_hash,
        rendered_text=primary.rendered_text,
    )
    return replace(entry, duplicates=duplicates, verified_at=verified_at)


def _find_own_comments(target: Target, connector: Connector, known: LedgerEntry | None) -> OwnComments | None:
    try:
        return classify_comments(connector.find_comments(target), connector.whoami().id, known)
    except SourceError:
        return None


def _with_replacement(
    known: LedgerEntry, target: Target, connector: Connector | None, store: Store | None
) -> LedgerEntry:
    """With the new comment of a replacement whose receipt never came: from here on the old one is to go."""
    if connector is None or known.replaces is None or known.replaces != known.comment_id:
        return known
    own_comments = _find_own_comments(target, connector, known)
    if own_comments is None or own_comments.primary is None or not own_comments.arrived:
        return known
    sent = own_comments.primary
    if store is not None:
        store.record_adopted(target, sent, known.labels)
    return replace(
        known,
        comment_id=sent.id,
        author=sent.author,
        digest="",
        body_hash="",
        verified_at="",
        create_pending=False,
        create_attempts=0,
        resolved=False,
        resolved_on=None,
        edited_by_human=False,
    )


def _with_label_changes(known: LedgerEntry, target: Target, labels: frozenset[str], store: Store | None) -> LedgerEntry:
    """With the labels of a write whose receipt never came: the wish for them was remembered, so it was ours."""
    added, removed = (known.added & labels) - known.labels, (known.removed & known.labels) - labels
    if store is not None:
        for label in sorted(added | removed):
            store.record_label(target, label, present=label in added)
    return replace(known, labels=(known.labels | added) - removed)
