"""What the hub wrote on each ticket, what it is about to write, what people answered, and what it still owes."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.model.action import COMMENT, EARLIER, LABELS, Comment, LedgerEntry, PostedFinding, Target, WriteRefusal
from hub.model.initiative import Ref
from hub.store.base import Ledger
from hub.store.sql.database import Database, SqlRole
from hub.store.sql.rows import findings_format


class SqlLedger(SqlRole, Ledger):
    """One row a ticket; every change is a transaction of its own within the run's fence."""

    def ledger_entries(self, tickets: Collection[tuple[str, str]] | None = None) -> dict[tuple[str, str], LedgerEntry]:
        with self._atomic() as db:
            if tickets is None:
                entries = _read_entries(db, "")
            else:
                condition = " where connector = ? and ticket_id = ?"
                entries = [entry for key in tickets for entry in _read_entries(db, condition, *key)]
            return {(entry.target.ref.connector, entry.target.id): entry for entry in entries}

    def record_intent(self, target: Target, digest: str) -> None:
        with self._claimed() as db:
            _set(db, target, create_pending=digest, create_attempts=_entry(db, target).create_attempts + 1)

    def record_replacement_intent(self, target: Target, digest: str) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            _set(
                db, target, create_pending=digest, create_attempts=known.create_attempts + 1, replaces=known.comment_id
            )

    def record_replaced(self, target: Target) -> None:
        self._put(target, replaces=None)

    def record_comment(
        self,
        target: Target,
        comment: Comment,
        digest: str,
        findings: Sequence[PostedFinding],
        *,
        resolved: bool,
        mute_comment_id: str = "",
        day: date | None = None,
    ) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            since = (known.resolved_on if known.resolved else day) if resolved else None
            _set(
                db,
                target,
                **_receipt(comment, digest, findings),
                resolved=int(resolved),
                resolved_on=None if since is None else since.isoformat(),
                comment_removed_by_human=None,
                body_hash=comment.body_hash,
                edit_conflicts=0 if resolved else known.edit_conflicts,
                restored_for_findings=None if resolved else _restored_for(known, findings),
                write_refusal=_without_part(known.write_refusal, COMMENT),
                mute_comment_id=mute_comment_id,
            )

    def record_mute(self, target: Target, comment_id: str, findings: Sequence[PostedFinding]) -> None:
        self._put(target, mute_comment_id=comment_id, findings=findings_format().encode_all(findings), resolved=0)

    def record_adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        # What the comment stands for is not known: no message has an empty digest.
        known = {"comment_id": comment.id, "author": comment.author, "digest": "", "labels": _sorted(labels)}
        unverified = {"body_hash": "", "verified_at": "", "edited_by_human": 0, "resolved": 0, "resolved_on": None}
        with self._claimed() as db:
            open_findings = findings_format().encode_all(_entry(db, target).open_findings)
            _set(db, target, **known, **unverified, findings=open_findings, create_pending=None, create_attempts=0)

    def record_other_hub(self, target: Target, day: date) -> None:
        self._put(target, other_hub_seen_on=day.isoformat())

    def record_verified(self, target: Target, ticket_updated_at: str, body_hash: str) -> None:
        self._put(target, verified_at=ticket_updated_at, body_hash=body_hash)

    def record_human_edit(self, target: Target, ticket_updated_at: str) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            _set(
                db,
                target,
                verified_at=ticket_updated_at,
                edited_by_human=1,
                edit_conflicts=known.edit_conflicts + (not known.edited_by_human),
            )

    def record_write_refusal(
        self, target: Target, part: str, reason: str, *, ticket_updated_at: str, day: date
    ) -> None:
        with self._claimed() as db:
            known = _entry(db, target).write_refusal
            # What the ticket did not take before it changed is over.
            before = known.reasons if known is not None and known.ticket_updated_at == ticket_updated_at else {}
            refusal = WriteRefusal({**before, part: reason}, ticket_updated_at, day)
            _set(db, target, write_refusal=_write_refusal_to_text(refusal))

    def record_unsent_comment(self, target: Target) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            replacement = {"replaces": None} if known.replaces == known.comment_id else {}
            _set(db, target, create_pending=None, create_attempts=0, **replacement)

    def record_comment_removed_by_human(self, target: Target, findings_key: str) -> None:
        self._put(target, **_NO_COMMENT, comment_removed_by_human=findings_key)

    def record_comment_absent(self, target: Target) -> None:
        self._put(target, **_NO_COMMENT, findings="[]")

    def record_label_intent(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        # An intent of before without a receipt is kept.
        with self._claimed() as db:
            known = _entry(db, target)
            _set(
                db,
                target,
                added=_sorted((known.added - remove) | add),
                removed=_sorted((known.removed - add) | remove),
            )

    def record_label(self, target: Target, label: str, *, present: bool) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            # Whatever was answered to the label before is over.
            _set(
                db,
                target,
                labels=_sorted(known.labels | {label} if present else known.labels - {label}),
                labels_removed_by_human=json.dumps(_without_label(known.labels_removed_by_human, label)),
                unsettable_labels=json.dumps(_without_label(known.unsettable_labels, label)),
                added=_sorted(known.added - {label}),
                removed=_sorted(known.removed - {label}),
                write_refusal=_without_part(known.write_refusal, LABELS),
            )

    def label_refused(self, target: Target, label: str, findings_key: str) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            removed = json.dumps({**known.labels_removed_by_human, label: findings_key})
            _set(db, target, labels=_sorted(known.labels - {label}), labels_removed_by_human=removed)

    def record_unsettable_label(self, target: Target, label: str, findings_key: str) -> None:
        with self._claimed() as db:
            unsettable = {**_entry(db, target).unsettable_labels, label: findings_key}
            _set(db, target, unsettable_labels=json.dumps(unsettable), added="[]", removed="[]")

    def delete_entry(self, target: Target) -> None:
        with self._claimed() as db:
            db.execute("delete from ledger where connector = ? and ticket_id = ?", [target.ref.connector, target.id])

    def deferred_comments(self) -> Mapping[tuple[str, str], int]:
        with self._atomic() as db:
            return {
                (row[0], row[1]): row[2] for row in db.execute("select connector, ticket_id, run from deferred_comment")
            }

    def record_deferred(
        self, run: int, targets: Sequence[Target], checked_connectors: Collection[str] | None = None
    ) -> None:
        keys = [(target.ref.connector, target.id) for target in targets]
        with self._claimed() as db:
            before = self.deferred_comments()
            over = [key for key in before if checked_connectors is None or key[0] in checked_connectors]
            db.executemany("delete from deferred_comment where connector = ? and ticket_id = ?", over)
            db.executemany(
                "insert into deferred_comment values (?, ?, ?) on conflict do nothing",
                [(*k, before.get(k, run)) for k in keys],
            )

    def label_created(self, connector: str, names: Sequence[str]) -> None:
        with self._claimed() as db:
            rows = [(connector, name) for name in names]
            db.executemany("insert into created_label values (?, ?) on conflict do nothing", rows)

    def created_labels(self, connector: str) -> Sequence[str]:
        with self._atomic() as db:
            rows = db.execute("select name from created_label where connector = ? order by name", [connector])
            return tuple(name for (name,) in rows)

    def label_definition_gone(self, connector: str, name: str) -> None:
        with self._claimed() as db:
            db.execute("delete from created_label where connector = ? and name = ?", [connector, name])

    def _put(self, target: Target, **columns: Any) -> None:
        with self._claimed() as db:
            _set(db, target, **columns)


_NO_COMMENT = {"comment_id": None, "digest": "", "create_pending": None, "create_attempts": 0, "edited_by_human": 0}


def _entry(db: Database, target: Target) -> LedgerEntry:
    """What is known of one ticket; an empty entry where nothing is."""
    entries = _read_entries(db, " where connector = ? and ticket_id = ?", target.ref.connector, target.id)
    return entries[0] if entries else LedgerEntry(target)


def _set(db: Database, target: Target, **columns: Any) -> None:
    """Put these columns into the ticket's entry, which is made where there is none."""
    names = list(columns)
    assignments = ", ".join(f"{name} = excluded.{name}" for name in ["ticket_key", *names])
    column_list = ", ".join(["connector", "ticket_id", "ticket_key", *names])
    marks = ", ".join("?" * (len(names) + 3))
    db.execute(
        f"insert into ledger ({column_list}) values ({marks})"  # noqa: S608 - only names of columns and marks
        f" on conflict (connector, ticket_id) do update set {assignments}",
        [target.ref.connector, target.id, target.ref.key, *columns.values()],
    )


def _receipt(comment: Comment, digest: str, findings: Sequence[PostedFinding]) -> dict[str, Any]:
    """A comment that arrived; one that somebody had changed counts as put right for what it says now."""
    return {
        "comment_id": comment.id,
        "author": comment.author,
        "digest": digest,
        "findings": findings_format().encode_all(findings),
        "create_pending": None,
        "create_attempts": 0,
        "edited_by_human": 0,
    }


def _restored_for(known: LedgerEntry, findings: Sequence[PostedFinding]) -> str | None:
    if not (known.edited_by_human or known.restored_for_findings == EARLIER):
        return known.restored_for_findings
    return ",".join(sorted({finding.fingerprint for finding in findings}))


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


def _sorted(labels: frozenset[str]) -> str:
    return json.dumps(sorted(labels))


def _without_label(labels: Mapping[str, str], label: str) -> dict[str, str]:
    return {name: findings_key for name, findings_key in labels.items() if name != label}


def _read_entries(db: Database, condition: str, *values: str) -> list[LedgerEntry]:
    cursor = db.execute(f"select * from ledger{condition}", values)  # noqa: S608 - the condition is one of ours
    names = [column[0] for column in cursor.description]
    return [_entry_from_row(dict(zip(names, row, strict=True))) for row in cursor]


def _entry_from_row(row: Mapping[str, Any]) -> LedgerEntry:
    return LedgerEntry(
        target=Target(Ref(row["connector"], row["ticket_key"]), row["ticket_id"]),
        comment_id=row["comment_id"],
        author=row["author"],
        digest=row["digest"],
        findings=findings_format().decode_all(row["findings"]),
        labels=frozenset(json.loads(row["labels"])),
        labels_removed_by_human=json.loads(row["labels_removed_by_human"]),
        comment_removed_by_human=row["comment_removed_by_human"],
        create_pending=row["create_pending"] is not None,
        resolved=bool(row["resolved"]),
        absences=row["absences"],
        create_attempts=row["create_attempts"],
        body_hash=row["body_hash"],
        verified_at=row["verified_at"],
        edited_by_human=bool(row["edited_by_human"]),
        edit_conflicts=row["edit_conflicts"],
        restored_for_findings=row["restored_for_findings"],
        unsettable_labels=json.loads(row["unsettable_labels"]),
        added=frozenset(json.loads(row["added"])),
        removed=frozenset(json.loads(row["removed"])),
        mute_comment_id=row["mute_comment_id"],
        resolved_on=date.fromisoformat(row["resolved_on"]) if row["resolved_on"] else None,
        replaces=row["replaces"],
        write_refusal=_write_refusal_from_text(row["write_refusal"]),
        other_hub_seen_on=date.fromisoformat(row["other_hub_seen_on"]) if row["other_hub_seen_on"] else None,
    )
