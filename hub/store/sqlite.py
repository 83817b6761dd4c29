"""The default memory: one SQLite file through sqlite-utils, in write-ahead mode."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hub.model.action import Comment, PostedFinding, Published, Target
from hub.model.errors import StoreError
from hub.model.initiative import Pulled, Ref
from hub.model.memory import Memory, Waits
from hub.model.run import Run
from hub.store.base import StoredSource
from hub.store.codec import findings_from_text, findings_to_text
from hub.store.memory import load_memory, save_memory
from hub.store.schema import VERSION, migrations
from hub.store.snapshot import load_sources, save_source

BUSY_MILLISECONDS = 10_000


class SqliteStore:
    """See `hub.store.base.Store`. One connection, shared by the publishing threads under a lock."""

    def __init__(self, path: Path | str, *, holder_is_gone: Callable[[str], bool] = lambda _owner: False) -> None:
        self._path = str(path)
        self._holder_is_gone = holder_is_gone
        self._lock = threading.RLock()
        try:
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._db = Database(connection)
            connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            self._migrate(connection)
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} cannot be opened: {error}") from error

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """All steps under one write lock, so that two that open a new file at once do not build it twice."""
        found = connection.execute("pragma user_version").fetchone()[0]
        if found > VERSION:
            raise StoreError(
                f"the state {self._path} is of version {found}, newer than this hub's {VERSION}: update it"
            )
        if found < VERSION:
            connection.execute("begin immediate")
            with connection:
                migrations().apply(self._db)
                connection.execute(f"pragma user_version = {VERSION}")

    @contextmanager
    def _atomic(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with self._db.atomic():
                    yield self._db.conn
            except sqlite3.Error as error:
                raise StoreError(f"the state {self._path} cannot be written: {error}") from error

    @contextmanager
    def _claimed(self) -> Iterator[sqlite3.Connection]:
        """Atomic, and the write lock is taken before anything is read: what was read stays true."""
        with self._atomic() as db:
            db.execute("update lease set owner = owner")
            yield db

    def begin_run(self, owner: str, now: datetime, *, lease_seconds: float) -> int:
        """See `Store.begin_run`."""
        with self._claimed() as db:
            held = db.execute("select owner, until from lease where name = 'run'").fetchone()
            if held is not None and datetime.fromisoformat(held[1]) > now and not self._holder_is_gone(held[0]):
                raise StoreError(f"another run holds the state: {held[0]}, until {held[1]}. Wait for it, or stop it")
            db.execute("update run set status = 'lost' where status = 'running'")
            cursor = db.execute("insert into run (started, status) values (?, 'running')", [now.isoformat()])
            run = int(cursor.lastrowid or 0)
            until = (now + timedelta(seconds=lease_seconds)).isoformat()
            db.execute("insert or replace into lease values ('run', ?, ?, ?)", [owner, run, until])
            return run

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        """See `Store.extend_lease`."""
        until = (now + timedelta(seconds=lease_seconds)).isoformat()
        with self._atomic() as db:
            if db.execute("update lease set until = ? where name = 'run' and run = ?", [until, run]).rowcount != 1:
                raise StoreError("another run has taken over the state: this one stops")

    def finish_run(self, run: int, now: datetime, status: str, report: Mapping[str, Any]) -> None:
        """See `Store.finish_run`."""
        text = json.dumps(report, default=str)
        with self._atomic() as db:
            db.execute(
                "update run set finished = ?, status = ?, report = ? where id = ?", [now.isoformat(), status, text, run]
            )
            db.execute("delete from lease where name = 'run' and run = ?", [run])

    def runs(self, limit: int) -> Sequence[Run]:
        """See `Store.runs`."""
        with self._atomic() as db:
            rows = db.execute(
                "select id, started, finished, status, report from run order by id desc limit ?", [limit]
            ).fetchall()
        return [
            Run(i, datetime.fromisoformat(a), datetime.fromisoformat(b) if b else None, status, json.loads(report))
            for i, a, b, status, report in rows
        ]

    def published(self) -> dict[tuple[str, str], Published]:
        """See `Store.published`."""
        with self._atomic() as db:
            cursor = db.execute("select * from ledger")
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        return {(row["connector"], row["ticket_id"]): _published(row) for row in rows}

    def _set(self, target: Target, **columns: Any) -> None:
        names = list(columns)
        values = [columns[name] for name in names]
        sets = ", ".join(f"{name} = excluded.{name}" for name in ["ticket_key", *names])
        into = ", ".join(["connector", "ticket_id", "ticket_key", *names])
        marks = ", ".join("?" * (len(names) + 3))
        with self._atomic() as db:
            db.execute(
                f"insert into ledger ({into}) values ({marks}) on conflict (connector, ticket_id) do update set {sets}",  # noqa: S608
                [target.ref.connector, target.id, target.ref.key, *values],
            )

    def intend(self, target: Target, digest: str) -> None:
        """See `Store.intend`."""
        self._set(target, pending=digest)

    def commented(
        self, target: Target, comment: Comment, digest: str, findings: Sequence[PostedFinding], *, resolved: bool
    ) -> None:
        """See `Store.commented`."""
        self._set(
            target,
            comment_id=comment.id,
            author=comment.author,
            digest=digest,
            findings=findings_to_text(tuple(findings)),
            resolved=int(resolved),
            pending=None,
            comment_refused=None,
        )

    def adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        """See `Store.adopted`."""
        text = json.dumps(sorted(labels))
        self._set(target, comment_id=comment.id, author=comment.author, digest="", labels=text, pending=None)

    def comment_refused(self, target: Target, standing_for: str) -> None:
        """See `Store.comment_refused`."""
        self._set(target, comment_id=None, digest="", pending=None, comment_refused=standing_for)

    def comment_gone(self, target: Target) -> None:
        """See `Store.comment_gone`."""
        self._set(target, comment_id=None, digest="", pending=None, findings="[]")

    def labelled(self, target: Target, label: str, *, present: bool) -> None:
        """See `Store.labelled`."""
        with self._claimed():
            labels, refused = self._labels(target)
            labels = labels | {label} if present else labels - {label}
            refused.pop(label, None)
            self._set(target, labels=json.dumps(sorted(labels)), refused_labels=json.dumps(refused), pending=None)

    def label_refused(self, target: Target, label: str, standing_for: str) -> None:
        """See `Store.label_refused`."""
        with self._claimed():
            labels, refused = self._labels(target)
            refused[label] = standing_for
            self._set(target, labels=json.dumps(sorted(labels - {label})), refused_labels=json.dumps(refused))

    def _labels(self, target: Target) -> tuple[set[str], dict[str, str]]:
        row = self._db.conn.execute(
            "select labels, refused_labels from ledger where connector = ? and ticket_id = ?",
            [target.ref.connector, target.id],
        ).fetchone()
        return (set(json.loads(row[0])), json.loads(row[1])) if row else (set(), {})

    def forget(self, target: Target) -> None:
        """See `Store.forget`."""
        with self._atomic() as db:
            db.execute("delete from ledger where connector = ? and ticket_id = ?", [target.ref.connector, target.id])

    def waiting(self) -> Mapping[tuple[str, str], int]:
        """See `Store.waiting`."""
        with self._atomic() as db:
            return {(row[0], row[1]): row[2] for row in db.execute("select connector, ticket_id, run from waiting")}

    def deferred(self, run: int, targets: Sequence[Target]) -> None:
        """See `Store.deferred`."""
        keys = [(target.ref.connector, target.id) for target in targets]
        with self._claimed() as db:
            before = self.waiting()
            db.execute("delete from waiting")
            db.executemany("insert or ignore into waiting values (?, ?, ?)", [(*k, before.get(k, run)) for k in keys])

    def save_snapshot(self, pulled: Sequence[Pulled], now: datetime) -> Mapping[str, tuple[int, int]]:
        """See `Store.save_snapshot`."""
        with self._claimed() as db:
            return {one.connector: save_source(db, one, now) for one in pulled}

    def snapshot(self) -> Sequence[StoredSource]:
        """See `Store.snapshot`."""
        with self._atomic() as db:
            return load_sources(db)

    def sources(self) -> Sequence[StoredSource]:
        """See `Store.sources`."""
        with self._atomic() as db:
            return load_sources(db, tickets=False)

    def memory(self) -> Memory:
        """See `Store.memory`."""
        with self._atomic() as db:
            return load_memory(db)

    def remember(self, first_seen: Mapping[Waits, date], *, whole: bool) -> None:
        """See `Store.remember`."""
        with self._claimed() as db:
            save_memory(db, first_seen, whole=whole)

    def close(self) -> None:
        """See `Store.close`."""
        with self._lock:
            self._db.close()


def _published(row: Mapping[str, Any]) -> Published:
    return Published(
        target=Target(Ref(row["connector"], row["ticket_key"]), row["ticket_id"]),
        comment_id=row["comment_id"],
        author=row["author"],
        digest=row["digest"],
        findings=findings_from_text(row["findings"]),
        labels=frozenset(json.loads(row["labels"])),
        refused_labels=json.loads(row["refused_labels"]),
        comment_refused=row["comment_refused"],
        pending=row["pending"] is not None,
        resolved=bool(row["resolved"]),
        misses=row["misses"],
    )
