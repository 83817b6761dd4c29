"""The part of the state that holds what the hub wrote on each ticket, what it wished for, and what people answered."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.model.action import COMMENT, EARLIER, LABELS, Comment, LedgerEntry, PostedFinding, Target, WriteRefusal
from hub.model.initiative import Ref
from hub.store.codec import findings_from_text, findings_to_text


def load_ledger(db: sqlite3.Connection) -> dict[tuple[str, str], LedgerEntry]:
    """Every entry by (connector, ticket id)."""
    return {
        (ledger_entry.target.ref.connector, ledger_entry.target.id): ledger_entry
        for ledger_entry in _read_entries(db, "")
    }


def load_entry(db: sqlite3.Connection, target: Target) -> LedgerEntry:
    """What is known of one ticket; an empty entry where nothing is."""
    entries = _read_entries(db, " where connector = ? and ticket_id = ?", target.ref.connector, target.id)
    return entries[0] if entries else LedgerEntry(target)


def update_entry(db: sqlite3.Connection, target: Target, **columns: Any) -> None:
    """Put these columns into the ticket's entry, which is made where there is none."""
    names = list(columns)
    assignments = ", ".join(f"{name} = excluded.{name}" for name in ["ticket_key", *names])
    column_list = ", ".join(["connector", "ticket_id", "ticket_key", *names])
    marks = ", ".join("?" * (len(names) + 3))
    db.execute(
        f"insert into ledger ({column_list}) values ({marks}) on conflict (connector, ticket_id) do update set {assignments}",  # noqa: S608
        [target.ref.connector, target.id, target.ref.key, *columns.values()],
    )


def save_comment(
    db: sqlite3.Connection,
    target: Target,
    comment: Comment,
    digest: str,
    findings: Sequence[PostedFinding],
    *,
    resolved: bool,
    day: date | None = None,
) -> None:
    """The receipt of a comment; one that somebody had changed counts as put right for what it says now."""
    known = load_entry(db, target)
    since = (known.resolved_on if known.resolved else day) if resolved else None
    is_earlier = known.restored_for_findings == EARLIER
    findings_key = ",".join(sorted({finding.fingerprint for finding in findings}))
    update_entry(
        db,
        target,
        comment_id=comment.id,
        author=comment.author,
        digest=digest,
        findings=findings_to_text(tuple(findings)),
        resolved=int(resolved),
        resolved_on=None if since is None else since.isoformat(),
        pending=None,
        comment_refused=None,
        attempts=0,
        form=comment.body_hash,
        drifted=0,
        contests=0 if resolved else known.edit_conflicts,
        restored_for=None
        if resolved
        else findings_key
        if known.edited_by_human or is_earlier
        else known.restored_for_findings,
        shut=_without_part(known.write_refusal, COMMENT),
    )


def save_adopted(db: sqlite3.Connection, target: Target, comment: Comment, labels: frozenset[str]) -> None:
    """A comment of ours that was found; what it stands for is not known."""
    known = {"comment_id": comment.id, "author": comment.author, "digest": "", "labels": json.dumps(sorted(labels))}
    unverified = {"form": "", "looked": "", "drifted": 0, "resolved": 0, "resolved_on": None}
    update_entry(db, target, **known, **unverified, pending=None, attempts=0)


def save_label(db: sqlite3.Connection, target: Target, label: str, *, present: bool) -> None:
    """A label of ours is there now, or is gone; whatever was answered to it before is over."""
    known = load_entry(db, target)
    labels = known.labels | {label} if present else known.labels - {label}
    update_entry(
        db,
        target,
        labels=json.dumps(sorted(labels)),
        refused_labels=json.dumps(_without_label(known.labels_removed_by_human, label)),
        barred=json.dumps(_without_label(known.unsettable_labels, label)),
        added=json.dumps(sorted(known.added - {label})),
        removed=json.dumps(sorted(known.removed - {label})),
        shut=_without_part(known.write_refusal, LABELS),
    )


def save_label_intent(db: sqlite3.Connection, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
    """What is about to be changed; a wish of before that nobody answered is kept."""
    known = load_entry(db, target)
    added, removed = sorted((known.added - remove) | add), sorted((known.removed - add) | remove)
    update_entry(db, target, added=json.dumps(added), removed=json.dumps(removed))


def save_removed_label(db: sqlite3.Connection, target: Target, label: str, findings_key: str) -> None:
    """A person took the label away while it stood for this."""
    known = load_entry(db, target)
    removed = {**known.labels_removed_by_human, label: findings_key}
    update_entry(db, target, labels=json.dumps(sorted(known.labels - {label})), refused_labels=json.dumps(removed))


def save_unsettable_label(db: sqlite3.Connection, target: Target, label: str, findings_key: str) -> None:
    """The screen does not take the label, which would have stood for this."""
    unsettable = {**load_entry(db, target).unsettable_labels, label: findings_key}
    update_entry(db, target, barred=json.dumps(unsettable), added="[]", removed="[]")


def save_write_refusal(
    db: sqlite3.Connection, target: Target, part: str, reason: str, *, ticket_updated_at: str, day: date
) -> None:
    """The ticket does not take this part; what it did not take before it changed is over."""
    known = load_entry(db, target).write_refusal
    before = known.reasons if known is not None and known.ticket_updated_at == ticket_updated_at else {}
    update_entry(
        db, target, shut=_write_refusal_to_text(WriteRefusal({**before, part: reason}, ticket_updated_at, day))
    )


def save_unsent_comment(db: sqlite3.Connection, target: Target) -> None:
    """The comment was refused: there is no doubt whether it arrived, and nothing to look for."""
    known = load_entry(db, target)
    replacement = {"replaces": None} if known.replaces == known.comment_id else {}
    update_entry(db, target, pending=None, attempts=0, **replacement)


def _without_part(write_refusal: WriteRefusal | None, part: str) -> str | None:
    """Without the part that was just written."""
    reasons = {name: reason for name, reason in write_refusal.reasons.items() if name != part} if write_refusal else {}
    return _write_refusal_to_text(replace(write_refusal, reasons=reasons)) if write_refusal and reasons else None


def _write_refusal_to_text(write_refusal: WriteRefusal) -> str:
    return json.dumps([dict(write_refusal.reasons), write_refusal.ticket_updated_at, write_refusal.day.isoformat()])


def _write_refusal_from_text(text: str | None) -> WriteRefusal | None:
    if text is None:
        return None
    reasons, ticket_updated_at, day = json.loads(text)
    return WriteRefusal(reasons, ticket_updated_at, date.fromisoformat(day))


def _without_label(labels: Mapping[str, str], label: str) -> dict[str, str]:
    return {name: findings_key for name, findings_key in labels.items() if name != label}


def _read_entries(db: sqlite3.Connection, condition: str, *values: str) -> list[LedgerEntry]:
    cursor = db.execute(f"select * from ledger{condition}", values)  # noqa: S608 - the condition is one of ours
    names = [column[0] for column in cursor.description]
    return [_entry_from_row(dict(zip(names, row, strict=True))) for row in cursor]


def _entry_from_row(row: Mapping[str, Any]) -> LedgerEntry:
    return LedgerEntry(
        target=Target(Ref(row["connector"], row["ticket_key"]), row["ticket_id"]),
        comment_id=row["comment_id"],
        author=row["author"],
        digest=row["digest"],
        findings=findings_from_text(row["findings"]),
        labels=frozenset(json.loads(row["labels"])),
        labels_removed_by_human=json.loads(row["refused_labels"]),
        comment_removed_by_human=row["comment_refused"],
        create_pending=row["pending"] is not None,
        resolved=bool(row["resolved"]),
        absences=row["misses"],
        create_attempts=row["attempts"],
        body_hash=row["form"],
        verified_at=row["looked"],
        edited_by_human=bool(row["drifted"]),
        edit_conflicts=row["contests"],
        restored_for_findings=row["restored_for"],
        unsettable_labels=json.loads(row["barred"]),
        added=frozenset(json.loads(row["added"])),
        removed=frozenset(json.loads(row["removed"])),
        mute_comment_id=row["muted_by"],
        resolved_on=date.fromisoformat(row["resolved_on"]) if row["resolved_on"] else None,
        replaces=row["replaces"],
        write_refusal=_write_refusal_from_text(row["shut"]),
        other_hub_seen_on=date.fromisoformat(row["rival"]) if row["rival"] else None,
    )
