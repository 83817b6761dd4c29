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
    tickets = {(one.connector, i.id): i for one in snapshot.pulled for i in one.initiatives if not i.reference_only}
    known = {
        key: replace(one, unsettable_labels={}, write_refusal=None) if retry_refused else one
        for key, one in ledger.items()
    }
    blocked: dict[str, str] = {}
    for name, connector in connectors.items():
        to_verify = comments_to_verify(name, known, tickets)
        own_comments = _read(connector, to_verify)
        if own_comments and not any(one.primary for one in own_comments.values()):
            sampled = own_comments | _read(connector, control_sample(name, known, to_verify))
            if implies_lost_access(sampled) and not confirmed:
                blocked[name] = lost_access_reason(
                    len(sampled), sum(key[0] == name and bool(one.comment_id) for key, one in known.items())
                )
                continue
        for one in to_verify:
            if one.comment_id in own_comments:
                key = (name, one.target.id)
                now = updated_at(tickets[key])
                known[key] = _observe(one, own_comments[one.comment_id], now, snapshot.pulled_at.date(), store)
    return VerifiedLedger(known, blocked)


def _read(connector: Connector, to_verify: Sequence[LedgerEntry]) -> OwnCommentsById:
    """Each comment as it stands, and ours beside it; those that could not be asked for are left out."""

    def read(one: LedgerEntry) -> tuple[str, OwnComments] | None:
        comment_id = one.comment_id or ""
        try:
            listed = connector.find_comments(one.target)
            if all(comment.id != comment_id for comment in listed):
                # It is ours by its id, although somebody may have edited the mark away.
                unmarked = connector.read_comment(one.target, comment_id)
                listed = [*listed, *([unmarked] if unmarked is not None else [])]
            return comment_id, classify_comments(listed, one.author or connector.whoami().id, one)
        except SourceError:
            return None

    if not to_verify:
        return {}
    with ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="look") as pool:
        return dict(one for one in pool.map(with_context(read), to_verify) if one is not None)


def _observe(one: LedgerEntry, own_comments: OwnComments, now: str, day: date, store: Store | None) -> LedgerEntry:
    """What the ledger says from here on: as it was, changed by somebody, another one of ours, or deleted by a person.

    While there are doubles, the ticket is looked at again until they are gone.
    """
    primary, duplicates = own_comments.primary, tuple(comment.id for comment in own_comments.duplicates)
    if primary is None:
        return _with_deletion(one, store)
    is_contested = duplicates or primary.id != one.comment_id
    if is_contested and store is not None:
        store.record_other_hub(one.target, day)
    if primary.id != one.comment_id:
        if store is not None:
            store.record_adopted(one.target, primary, one.labels)
        return _with_unknown_text(
            replace(one, comment_id=primary.id, author=primary.author, duplicates=duplicates), primary
        )
    return _compare(replace(one, duplicates=duplicates), primary, "" if duplicates else now, store)


def _with_deletion(one: LedgerEntry, store: Store | None) -> LedgerEntry:
    deleted_key = findings_key(one.findings)
    if store is not None:
        store.record_comment_removed_by_human(one.target, deleted_key)
    return replace(one, comment_id=None, digest="", edited_by_human=False, comment_removed_by_human=deleted_key)


def _with_unknown_text(one: LedgerEntry, current: Comment) -> LedgerEntry:
    """What we want now is written over what stands there, unless it says so already."""
    return replace(
        one,
        digest="",
        body_hash=current.body_hash,
        rendered_text=current.rendered_text,
        edited_by_human=False,
        create_pending=False,
        resolved=False,
    )


def _compare(one: LedgerEntry, current: Comment, now: str, store: Store | None) -> LedgerEntry:
    if one.create_pending and one.body_hash != current.body_hash:
        # An edit of ours whose receipt never came, or none of ours: what we want now is written over it.
        return replace(
            one, digest="", body_hash=current.body_hash, rendered_text=current.rendered_text, edited_by_human=False
        )
    if one.body_hash in ("", current.body_hash):
        # Without a form it comes from an older state or was adopted: it counts from here on.
        if store is not None:
            store.record_verified(one.target, now, current.body_hash)
        rendered_text = one.rendered_text if one.body_hash or one.digest else current.rendered_text
        return replace(
            one, verified_at=now, body_hash=current.body_hash, edited_by_human=False, rendered_text=rendered_text
        )
    if store is not None:
        store.record_human_edit(one.target, now)
    return replace(
        one, verified_at=now, edited_by_human=True, edit_conflicts=one.edit_conflicts + (not one.edited_by_human)
    )
