"""What the hub wrote on each ticket, what it is about to write, what people answered, and what it still owes."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.model.action import COMMENT, EARLIER, LABELS, Comment, PostedFinding, Published, Shut, Target
from hub.model.initiative import Ref
from hub.store.base import Ledger
from hub.store.serialization import findings_format
from hub.store.sqlite.connection import SqliteRole


class SqliteLedger(SqliteRole, Ledger):
    """One row a ticket; every change is a transaction of its own within the run's fence."""

    def published(self) -> dict[tuple[str, str], Published]:
        with self._atomic() as db:
            return {(one.target.ref.connector, one.target.id): one for one in _read(db, "")}

    def intend(self, target: Target, digest: str) -> None:
        with self._claimed() as db:
            _set(db, target, pending=digest, attempts=_entry(db, target).attempts + 1)

    def replacing(self, target: Target, digest: str) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            _set(db, target, pending=digest, attempts=known.attempts + 1, replaces=known.comment_id)

    def replaced(self, target: Target) -> None:
        self._put(target, replaces=None)

    def commented(
        self,
        target: Target,
        comment: Comment,
        digest: str,
        findings: Sequence[PostedFinding],
        *,
        resolved: bool,
        muted_by: str = "",
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
                comment_refused=None,
                form=comment.form,
                contests=0 if resolved else known.contests,
                restored_for=None if resolved else _restored_for(known, findings),
                shut=_opened(known.shut, COMMENT),
                muted_by=muted_by,
            )

    def muted(self, target: Target, by: str, findings: Sequence[PostedFinding]) -> None:
        self._put(target, muted_by=by, findings=findings_format().encode_all(findings))

    def adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        # What the comment stands for is not known: no message has an empty digest.
        known = {"comment_id": comment.id, "author": comment.author, "digest": "", "labels": _sorted(labels)}
        unread = {"form": "", "looked": "", "drifted": 0, "resolved": 0, "resolved_on": None}
        self._put(target, **known, **unread, pending=None, attempts=0)

    def rivalled(self, target: Target, day: date) -> None:
        self._put(target, rival=day.isoformat())

    def looked(self, target: Target, moment: str, form: str) -> None:
        self._put(target, looked=moment, form=form)

    def contested(self, target: Target, moment: str) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            _set(db, target, looked=moment, drifted=1, contests=known.contests + (not known.drifted))

    def shut(self, target: Target, part: str, words: str, *, moment: str, day: date) -> None:
        with self._claimed() as db:
            known = _entry(db, target).shut
            # What the ticket did not take before it changed is over.
            before = known.words if known is not None and known.moment == moment else {}
            _set(db, target, shut=_shut_text(Shut({**before, part: words}, moment, day)))

    def comment_unsent(self, target: Target) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            begun = {"replaces": None} if known.replaces == known.comment_id else {}
            _set(db, target, pending=None, attempts=0, **begun)

    def comment_refused(self, target: Target, standing_for: str) -> None:
        self._put(target, **_NO_COMMENT, comment_refused=standing_for)

    def comment_gone(self, target: Target) -> None:
        self._put(target, **_NO_COMMENT, findings="[]")

    def intend_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        # An intent of before without a receipt is kept.
        with self._claimed() as db:
            known = _entry(db, target)
            _set(
                db,
                target,
                added=_sorted((known.added - remove) | add),
                removed=_sorted((known.removed - add) | remove),
            )

    def labelled(self, target: Target, label: str, *, present: bool) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            # Whatever was answered to the label before is over.
            _set(
                db,
                target,
                labels=_sorted(known.labels | {label} if present else known.labels - {label}),
                refused_labels=json.dumps(_without(known.refused_labels, label)),
                barred=json.dumps(_without(known.barred, label)),
                added=_sorted(known.added - {label}),
                removed=_sorted(known.removed - {label}),
                shut=_opened(known.shut, LABELS),
            )

    def label_refused(self, target: Target, label: str, standing_for: str) -> None:
        with self._claimed() as db:
            known = _entry(db, target)
            refused = json.dumps({**known.refused_labels, label: standing_for})
            _set(db, target, labels=_sorted(known.labels - {label}), refused_labels=refused)

    def label_barred(self, target: Target, label: str, standing_for: str) -> None:
        with self._claimed() as db:
            barred = {**_entry(db, target).barred, label: standing_for}
            _set(db, target, barred=json.dumps(barred), added="[]", removed="[]")

    def forget(self, target: Target) -> None:
        with self._claimed() as db:
            db.execute("delete from ledger where connector = ? and ticket_id = ?", [target.ref.connector, target.id])

    def waiting(self) -> Mapping[tuple[str, str], int]:
        with self._atomic() as db:
            return {(row[0], row[1]): row[2] for row in db.execute("select connector, ticket_id, run from waiting")}

    def deferred(self, run: int, targets: Sequence[Target], looked_at: Collection[str] | None = None) -> None:
        keys = [(target.ref.connector, target.id) for target in targets]
        with self._claimed() as db:
            before = self.waiting()
            over = [key for key in before if looked_at is None or key[0] in looked_at]
            db.executemany("delete from waiting where connector = ? and ticket_id = ?", over)
            db.executemany("insert or ignore into waiting values (?, ?, ?)", [(*k, before.get(k, run)) for k in keys])

    def defined(self, connector: str, names: Sequence[str]) -> None:
        with self._claimed() as db:
            rows = [(connector, name) for name in names]
            db.executemany("insert or ignore into label_definition values (?, ?)", rows)

    def definitions(self, connector: str) -> Sequence[str]:
        with self._atomic() as db:
            rows = db.execute("select name from label_definition where connector = ? order by name", [connector])
            return tuple(name for (name,) in rows)

    def undefined(self, connector: str, name: str) -> None:
        with self._claimed() as db:
            db.execute("delete from label_definition where connector = ? and name = ?", [connector, name])

    def _put(self, target: Target, **columns: Any) -> None:
        with self._claimed() as db:
            _set(db, target, **columns)


_NO_COMMENT = {"comment_id": None, "digest": "", "pending": None, "attempts": 0, "drifted": 0}


def _entry(db: sqlite3.Connection, target: Target) -> Published:
    """What is known of one ticket; an empty entry where nothing is."""
    found = _read(db, " where connector = ? and ticket_id = ?", target.ref.connector, target.id)
    return found[0] if found else Published(target)


def _set(db: sqlite3.Connection, target: Target, **columns: Any) -> None:
    """Put these columns into the ticket's entry, which is made where there is none."""
    names = list(columns)
    sets = ", ".join(f"{name} = excluded.{name}" for name in ["ticket_key", *names])
    into = ", ".join(["connector", "ticket_id", "ticket_key", *names])
    marks = ", ".join("?" * (len(names) + 3))
    db.execute(
        f"insert into ledger ({into}) values ({marks}) on conflict (connector, ticket_id) do update set {sets}",  # noqa: S608
        [target.ref.connector, target.id, target.ref.key, *columns.values()],
    )


def _receipt(comment: Comment, digest: str, findings: Sequence[PostedFinding]) -> dict[str, Any]:
    """A comment that arrived; one that somebody had changed counts as put right for what it says now."""
    return {
        "comment_id": comment.id,
        "author": comment.author,
        "digest": digest,
        "findings": findings_format().encode_all(findings),
        "pending": None,
        "attempts": 0,
        "drifted": 0,
    }


def _restored_for(known: Published, findings: Sequence[PostedFinding]) -> str | None:
    if not (known.drifted or known.restored_for == EARLIER):
        return known.restored_for
    return ",".join(sorted({finding.fingerprint for finding in findings}))


def _opened(shut: Shut | None, part: str) -> str | None:
    """Without the part that was just written."""
    words = {name: why for name, why in shut.words.items() if name != part} if shut else {}
    return _shut_text(replace(shut, words=words)) if shut and words else None


def _shut_text(shut: Shut) -> str:
    return json.dumps([dict(shut.words), shut.moment, shut.day.isoformat()])


def _shut(text: str | None) -> Shut | None:
    if text is None:
        return None
    words, moment, day = json.loads(text)
    return Shut(words, moment, date.fromisoformat(day))


def _sorted(labels: frozenset[str]) -> str:
    return json.dumps(sorted(labels))


def _without(answers: Mapping[str, str], label: str) -> dict[str, str]:
    return {name: standing for name, standing in answers.items() if name != label}


def _read(db: sqlite3.Connection, where: str, *values: str) -> list[Published]:
    cursor = db.execute(f"select * from ledger{where}", values)  # noqa: S608 - the condition is one of ours
    names = [column[0] for column in cursor.description]
    return [_published(dict(zip(names, row, strict=True))) for row in cursor]


def _published(row: Mapping[str, Any]) -> Published:
    return Published(
        target=Target(Ref(row["connector"], row["ticket_key"]), row["ticket_id"]),
        comment_id=row["comment_id"],
        author=row["author"],
        digest=row["digest"],
        findings=findings_format().decode_all(row["findings"]),
        labels=frozenset(json.loads(row["labels"])),
        refused_labels=json.loads(row["refused_labels"]),
        comment_refused=row["comment_refused"],
        pending=row["pending"] is not None,
        resolved=bool(row["resolved"]),
        misses=row["misses"],
        attempts=row["attempts"],
        form=row["form"],
        looked=row["looked"],
        drifted=bool(row["drifted"]),
        contests=row["contests"],
        restored_for=row["restored_for"],
        barred=json.loads(row["barred"]),
        added=frozenset(json.loads(row["added"])),
        removed=frozenset(json.loads(row["removed"])),
        muted_by=row["muted_by"],
        resolved_on=date.fromisoformat(row["resolved_on"]) if row["resolved_on"] else None,
        replaces=row["replaces"],
        shut=_shut(row["shut"]),
        rival=date.fromisoformat(row["rival"]) if row["rival"] else None,
    )
