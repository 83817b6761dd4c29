"""Which of the hub's comments are verified, what it means when they are missing, and tickets closed to writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from hub.core.planning.comment import OwnComments
from hub.core.planning.comment_plan import findings_key
from hub.core.planning.write_refusals import updated_at
from hub.model.action import (
    Comment,
    CommentAdopted,
    CommentDeleted,
    CommentEdited,
    CommentNotSent,
    CommentVerified,
    LabelChanged,
    LedgerChange,
    LedgerEntries,
    LedgerEntry,
    OtherHubDetected,
    Target,
)
from hub.model.initiative import Initiative

MAX_VERIFIED = 50
LOST_ACCESS_THRESHOLD = 3
"""From so many of our comments on, none of which is to be seen, nobody believes that people deleted them all."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The ledger as the tickets confirm it: what is planned on.

    `changes` are what the stored ledger has to record of that, in their order. `blocked_connectors` must not be
    written, each with the reason; `complete` ones were read to their end: writes are planned for them alone.
    """

    ledger: LedgerEntries
    changes: tuple[LedgerChange, ...] = ()
    blocked_connectors: Mapping[str, str] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ObservedEntry:
    """One ledger entry as its ticket confirms it, and what the stored ledger has to record of that."""

    entry: LedgerEntry
    changes: tuple[LedgerChange, ...] = ()


def comments_to_verify(
    connector: str, ledger: LedgerEntries, tickets: Mapping[tuple[str, str], Initiative]
) -> list[LedgerEntry]:
    """Comments on tickets that changed since they were last compared: the tracker counts an edited comment as one."""
    changed = [
        ledger_entry
        for key, ledger_entry in ledger.items()
        if key[0] == connector
        and ledger_entry.comment_id
        and (ticket := tickets.get(key)) is not None
        and ledger_entry.verified_at != updated_at(ticket)
    ]
    return sorted(changed, key=lambda ledger_entry: (ledger_entry.verified_at, ledger_entry.target))[:MAX_VERIFIED]


def control_sample(connector: str, ledger: LedgerEntries, verified: list[LedgerEntry]) -> list[LedgerEntry]:
    """A few others of our comments, for when those that were looked at are all gone."""
    known = {ledger_entry.target for ledger_entry in verified}
    candidates = [
        ledger_entry
        for key, ledger_entry in ledger.items()
        if key[0] == connector and ledger_entry.comment_id and ledger_entry.target not in known
    ]
    return candidates[: LOST_ACCESS_THRESHOLD + 2]


def implies_lost_access(own_comments: Mapping[tuple[str, str], OwnComments]) -> bool:
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


def with_unknown_outcome(known: LedgerEntry, own_comments: OwnComments) -> ObservedEntry:
    """The entry of a first comment without a receipt, once it was looked for: it arrived, or was never sent."""
    comment = own_comments.primary
    if comment is None:
        return ObservedEntry(replace(known, create_pending=False, create_attempts=0), (CommentNotSent(known.target),))
    entry = replace(
        known,
        comment_id=comment.id,
        author=comment.author,
        body_hash=comment.body_hash,
        rendered_text=comment.rendered_text,
        duplicates=tuple(double.id for double in own_comments.duplicates),
        digest="",
        create_pending=False,
        resolved=False,
    )
    return ObservedEntry(entry, (CommentAdopted(known.target, comment, known.labels),))


def with_label_changes(known: LedgerEntry, target: Target, labels: frozenset[str]) -> ObservedEntry:
    """With the labels of a write whose receipt never came: the wish for them was remembered, so it was ours."""
    added, removed = (known.added & labels) - known.labels, (known.removed & known.labels) - labels
    if not (added or removed):
        return ObservedEntry(known)
    changes = tuple(LabelChanged(target, label, present=label in added) for label in sorted(added | removed))
    return ObservedEntry(replace(known, labels=(known.labels | added) - removed), changes)


def with_replacement(known: LedgerEntry, target: Target, own_comments: OwnComments) -> ObservedEntry:
    """With the new comment of a replacement whose receipt never came, if it arrived: the old one is then to go."""
    sent = own_comments.primary
    if sent is None or not own_comments.arrived:
        return ObservedEntry(known)
    entry = replace(
        known,
        comment_id=sent.id,
        author=sent.author,
        digest="",
        body_hash="",
        verified_at="",
        create_pending=False,
        create_attempts=0,
        findings=known.open_findings,
        resolved=False,
        resolved_on=None,
        edited_by_human=False,
    )
    return ObservedEntry(entry, (CommentAdopted(target, sent, known.labels),))


def with_adopted(known: LedgerEntry, own_comments: OwnComments, updated_at: str) -> ObservedEntry | None:
    """With our comment that the ledger does not know; None where there is none."""
    comment = own_comments.primary
    if comment is None:
        return None
    doubles = tuple(double.id for double in own_comments.duplicates)
    entry = replace(
        known,
        comment_id=comment.id,
        author=comment.author,
        body_hash=comment.body_hash,
        rendered_text=comment.rendered_text,
        duplicates=doubles,
        verified_at="" if doubles else updated_at,
    )
    return ObservedEntry(entry, (CommentAdopted(known.target, comment, known.labels),))


def has_unknown_text(known: LedgerEntry) -> bool:
    """Whether the comment was found by an earlier run that went no further: nobody knows what it says."""
    return bool(known.comment_id) and not (known.digest or known.body_hash or known.replaces)


def verified(known: LedgerEntry, own_comments: OwnComments, updated_at: str, day: date) -> ObservedEntry:
    """The entry compared with what stands there: as it was, edited by somebody, another one of ours, or deleted.

    While there are doubles, the ticket is read again until they are gone.
    """
    comment, doubles = own_comments.primary, tuple(double.id for double in own_comments.duplicates)
    if comment is None:
        key = findings_key(known.open_findings)
        entry = replace(known, comment_id=None, digest="", edited_by_human=False, comment_removed_by_human=key)
        return ObservedEntry(entry, (CommentDeleted(known.target, key),))
    other = comment.id != known.comment_id
    changes = (OtherHubDetected(known.target, day),) if doubles or other else ()
    if other:
        # What we want now is written over what stands there, unless it says so already.
        entry = replace(
            known,
            comment_id=comment.id,
            author=comment.author,
            body_hash=comment.body_hash,
            rendered_text=comment.rendered_text,
            duplicates=doubles,
            digest="",
            edited_by_human=False,
            create_pending=False,
            findings=known.open_findings,
            resolved=False,
        )
        return ObservedEntry(entry, (*changes, CommentAdopted(known.target, comment, known.labels)))
    compared = _compare(replace(known, duplicates=doubles), comment, "" if doubles else updated_at)
    return replace(compared, changes=(*changes, *compared.changes))


def _compare(known: LedgerEntry, current: Comment, updated_at: str) -> ObservedEntry:
    if known.create_pending and known.body_hash != current.body_hash:
        # An edit of ours whose receipt never came, or none of ours: what we want now is written over it.
        return ObservedEntry(
            replace(
                known,
                digest="",
                body_hash=current.body_hash,
                rendered_text=current.rendered_text,
                edited_by_human=False,
            )
        )
    if known.body_hash in ("", current.body_hash):
        # Without a form it comes from an older state or was adopted: it counts from here on.
        rendered_text = known.rendered_text if known.body_hash or known.digest else current.rendered_text
        entry = replace(
            known,
            verified_at=updated_at,
            body_hash=current.body_hash,
            edited_by_human=False,
            rendered_text=rendered_text,
        )
        return ObservedEntry(entry, (CommentVerified(known.target, updated_at, current.body_hash),))
    entry = replace(
        known,
        verified_at=updated_at,
        edited_by_human=True,
        edit_conflicts=known.edit_conflicts + (not known.edited_by_human),
    )
    return ObservedEntry(entry, (CommentEdited(known.target, updated_at),))
