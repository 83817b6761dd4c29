"""Look again, before planning, at comments of ours on tickets that changed: they may be edited, deleted or unseen."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

from connectors.base import Connector
from connectors.carried import with_context
from hub.core.looking import (
    Ledger,
    VerifiedLedger,
    comments_to_verify,
    control_sample,
    implies_lost_access,
    lost_access_reason,
)
from hub.core.one_comment import OwnComments, classify_comments
from hub.core.planning.comment_plan import findings_key
from hub.core.planning.shut import updated_at
from hub.model.action import Comment, LedgerEntry
from hub.model.errors import SourceError
from hub.model.initiative import Initiative, Snapshot
from hub.store.base import Store

MAX_CONCURRENT = 8
Tickets = Mapping[tuple[str, str], Initiative]
OwnCommentsById = dict[str, OwnComments]


def verify_comments(
    snapshot: Snapshot,
    ledger: Ledger,
    connectors: Mapping[str, Connector],
    store: Store | None,
    *,
    confirmed: bool,
    retry_refused: bool,
) -> VerifiedLedger:
    """The ledger with what people did to our comments. `confirmed` believes that even all of them were deleted.

    `anew` tries again what a screen or a ticket did not take. Without a store nothing is remembered (dry run).
    """
    tickets = {
        (pull_result.connector, i.id): i
        for pull_result in snapshot.pulled
        for i in pull_result.initiatives
        if not i.reference_only
    }
    known = {
        key: replace(ledger_entry, unsettable_labels={}, write_refusal=None) if retry_refused else ledger_entry
        for key, ledger_entry in ledger.items()
    }
    blocked: dict[str, str] = {}
    for name, connector in connectors.items():
        to_verify = comments_to_verify(name, known, tickets)
        own_comments = _read(connector, to_verify)
        if own_comments and not any(comments.primary for comments in own_comments.values()):
            sampled = own_comments | _read(connector, control_sample(name, known, to_verify))
            if implies_lost_access(sampled) and not confirmed:
                blocked[name] = lost_access_reason(
                    len(sampled),
                    sum(key[0] == name and bool(ledger_entry.comment_id) for key, ledger_entry in known.items()),
                )
                continue
        for ledger_entry in to_verify:
            if ledger_entry.comment_id in own_comments:
                key = (name, ledger_entry.target.id)
                now = updated_at(tickets[key])
                known[key] = _observe(
                    ledger_entry, own_comments[ledger_entry.comment_id], now, snapshot.pulled_at.date(), store
                )
    return VerifiedLedger(known, blocked)


def _read(connector: Connector, to_verify: Sequence[LedgerEntry]) -> OwnCommentsById:
    """Each comment as it stands, and ours beside it; those that could not be asked for are left out."""

    def read(ledger_entry: LedgerEntry) -> tuple[str, OwnComments] | None:
        comment_id = ledger_entry.comment_id or ""
        try:
            listed = connector.find_comments(ledger_entry.target)
            if all(comment.id != comment_id for comment in listed):
                # It is ours by its id, although somebody may have edited the mark away.
                unmarked = connector.read_comment(ledger_entry.target, comment_id)
                listed = [*listed, *([unmarked] if unmarked is not None else [])]
            return comment_id, classify_comments(listed, ledger_entry.author or connector.whoami().id, ledger_entry)
        except SourceError:
            return None

    if not to_verify:
        return {}
    with ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="look") as pool:
        return dict(entry for entry in pool.map(with_context(read), to_verify) if entry is not None)


def _observe(
    ledger_entry: LedgerEntry, own_comments: OwnComments, now: str, day: date, store: Store | None
) -> LedgerEntry:
    """What the ledger says from here on: as it was, changed by somebody, another one of ours, or deleted by a person.

    While there are doubles, the ticket is looked at again until they are gone.
    """
    primary, duplicates = own_comments.primary, tuple(comment.id for comment in own_comments.duplicates)
    if primary is None:
        return _with_deletion(ledger_entry, store)
    is_contested = duplicates or primary.id != ledger_entry.comment_id
    if is_contested and store is not None:
        store.record_other_hub(ledger_entry.target, day)
    if primary.id != ledger_entry.comment_id:
        if store is not None:
            store.record_adopted(ledger_entry.target, primary, ledger_entry.labels)
        return _with_unknown_text(
            replace(ledger_entry, comment_id=primary.id, author=primary.author, duplicates=duplicates), primary
        )
    return _compare(replace(ledger_entry, duplicates=duplicates), primary, "" if duplicates else now, store)


def _with_deletion(ledger_entry: LedgerEntry, store: Store | None) -> LedgerEntry:
    deleted_key = findings_key(ledger_entry.findings)
    if store is not None:
        store.record_comment_removed_by_human(ledger_entry.target, deleted_key)
    return replace(
        ledger_entry, comment_id=None, digest="", edited_by_human=False, comment_removed_by_human=deleted_key
    )


def _with_unknown_text(ledger_entry: LedgerEntry, current: Comment) -> LedgerEntry:
    """What we want now is written over what stands there, unless it says so already."""
    return replace(
        ledger_entry,
        digest="",
        body_hash=current.body_hash,
        rendered_text=current.rendered_text,
        edited_by_human=False,
        create_pending=False,
        resolved=False,
    )


def _compare(ledger_entry: LedgerEntry, current: Comment, now: str, store: Store | None) -> LedgerEntry:
    if ledger_entry.create_pending and ledger_entry.body_hash != current.body_hash:
        # An edit of ours whose receipt never came, or none of ours: what we want now is written over it.
        return replace(
            ledger_entry,
            digest="",
            body_hash=current.body_hash,
            rendered_text=current.rendered_text,
            edited_by_human=False,
        )
    if ledger_entry.body_hash in ("", current.body_hash):
        # Without a form it comes from an older state or was adopted: it counts from here on.
        if store is not None:
            store.record_verified(ledger_entry.target, now, current.body_hash)
        rendered_text = (
            ledger_entry.rendered_text if ledger_entry.body_hash or ledger_entry.digest else current.rendered_text
        )
        return replace(
            ledger_entry,
            verified_at=now,
            body_hash=current.body_hash,
            edited_by_human=False,
            rendered_text=rendered_text,
        )
    if store is not None:
        store.record_human_edit(ledger_entry.target, now)
    return replace(
        ledger_entry,
        verified_at=now,
        edited_by_human=True,
        edit_conflicts=ledger_entry.edit_conflicts + (not ledger_entry.edited_by_human),
    )
