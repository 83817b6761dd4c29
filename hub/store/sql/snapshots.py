"""What was last read of each source: rows written only where they changed, and the way back to earlier snapshots."""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from hub.model.initiative import Gap, Initiative, PullResult, Snapshot, SyncMode, ticket_order
from hub.store.base import SnapshotStore, StoredSource
from hub.store.sql.database import Database, SqlRole, upsert
from hub.store.sql.rows import (
    ROW_FORMAT,
    begin_snapshot,
    delete_source_history,
    earlier_snapshots,
    initiative_format,
    load_absent,
    load_answers,
    load_measures,
    load_okrs,
    save_absent,
    save_answers,
    save_measures,
    save_okrs,
)
from hub.store.sql.run_log import save_commands

BATCH_SIZE = 500


class SqlSnapshots(SqlRole, SnapshotStore):
    """One row a source and one row a ticket, which holds the ticket as an array."""

    def save_snapshot(self, pulled: Sequence[PullResult], now: datetime) -> Mapping[str, tuple[int, int]]:
        with self._claimed() as db:
            begin_snapshot(db, pulled, now)
            return {pull_result.connector: _save_source(db, pull_result, now) for pull_result in pulled}

    def snapshot(self) -> Sequence[StoredSource]:
        with self._atomic() as db:
            return _load_sources(db)

    def sources(self) -> Sequence[StoredSource]:
        with self._atomic() as db:
            return _load_sources(db, tickets=False)

    def historical_snapshots(self, limit: int) -> Sequence[Snapshot]:
        with self._atomic() as db:
            return tuple(islice(earlier_snapshots(db), limit))

    def lazy_tickets(self, connector: str) -> Mapping[str, Initiative]:
        with self._atomic() as db:
            query = "select 1 from source where connector = ? and row_format = ?"
            readable = db.execute(query, [connector, ROW_FORMAT]).fetchone() is not None
        return _LazyTickets(self._atomic, connector) if readable else {}

    def record_fingerprint(self, run: int, fingerprint: str) -> None:
        with self._claimed() as db:
            db.execute("update run set fingerprint = ? where id = ?", [fingerprint, run])

    def touch_sources(self, run: int, cursors: Mapping[str, str], now: datetime) -> bool:
        rows = [(cursor, now.isoformat(), now.isoformat(), connector) for connector, cursor in cursors.items()]
        with self._claimed() as db:
            latest = db.execute(
                "select coalesce(max(id), 0), exists (select 1 from pending_refresh) from run"
            ).fetchone()
            if tuple(latest) != (run, 0):
                return False
            db.executemany(
                "update source set cursor = ?, read = case when read < ? then ? else read end where connector = ?", rows
            )
        return True


class _LazyTickets(Mapping[str, Initiative]):
    """One connector's tickets by id, each read once when it is looked up, all of them when they are walked."""

    def __init__(self, atomic: Callable[[], AbstractContextManager[Database]], connector: str) -> None:
        self._atomic = atomic
        self._connector = connector
        self._all: dict[str, Initiative] | None = None
        self._read: dict[str, Initiative | None] = {}

    def __getitem__(self, id_: str) -> Initiative:
        if self._all is not None:
            return self._all[id_]
        if id_ not in self._read:
            self._read[id_] = self._read_one(id_)
        if (ticket := self._read[id_]) is None:
            raise KeyError(id_)
        return ticket

    def _read_one(self, id_: str) -> Initiative | None:
        query = "select body from initiative where connector = ? and ticket_id = ?"
        with self._atomic() as db:
            row = db.execute(query, [self._connector, id_]).fetchone()
        return None if row is None else initiative_format().decode(row[0])

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

    def _loaded(self) -> dict[str, Initiative]:
        if self._all is None:
            with self._atomic() as db:
                self._all = {ticket.id: ticket for ticket in _tickets(db, self._connector)}
        return self._all


def _save_source(db: Database, pulled: PullResult, now: datetime) -> tuple[int, int]:
    """Keep one connector's tickets; returns (changed, removed).

    A ticket that a complete enumeration did not show is removed here and counts a miss in the ledger;
    one that is there again counts none.
    """
    _drop_old_format(db, pulled.connector)
    changed = _save_changed(db, pulled)
    removed = _remove(db, pulled)
    _save_source_row(db, pulled, now)
    save_okrs(db, pulled)
    save_answers(db, pulled)
    save_measures(db, pulled)
    save_absent(db, pulled)
    _count_absences(db, pulled)
    save_commands(db, pulled)
    return changed, removed


def _drop_old_format(db: Database, name: str) -> None:
    if db.execute("select 1 from source where connector = ? and row_format != ?", [name, ROW_FORMAT]).fetchone():
        db.execute("delete from initiative where connector = ?", [name])
        # Even where this pull breaks off, the next one reads everything.
        db.execute("update source set cursor = null where connector = ?", [name])
        delete_source_history(db, name)


def _save_changed(db: Database, pulled: PullResult) -> int:
    name, text = pulled.connector, initiative_format().encode
    tickets = {ticket.id: ticket for ticket in pulled.initiatives}
    before = _bodies(db, name, None if pulled.mode is SyncMode.FULL else tickets)
    changed = [
        (name, id_, ticket.ref.key, body, int(ticket.reference_only))
        for id_, ticket in tickets.items()
        if before.get(id_) != (body := text(ticket))
    ]
    columns = ("ticket_key", "body", "reference_only")
    db.executemany(upsert("initiative", ("connector", "ticket_id"), columns), changed)
    return sum(not row[4] for row in changed)


def _bodies(db: Database, name: str, ids: Iterable[str] | None) -> Mapping[str, str]:
    """What is kept of these tickets, or of all."""
    if ids is None:
        return dict(db.execute("select ticket_id, body from initiative where connector = ?", [name]))
    bodies: dict[str, str] = {}
    for batch in _batches(ids):
        marks = ", ".join("?" * len(batch))
        bodies.update(
            db.execute(
                f"select ticket_id, body from initiative where connector = ? and ticket_id in ({marks})",  # noqa: S608
                [name, *batch],
            )
        )
    return bodies


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    every = list(ids)
    for start in range(0, len(every), BATCH_SIZE):
        yield every[start : start + BATCH_SIZE]


def _remove(db: Database, pulled: PullResult) -> int:
    """What was found to be gone; a full pull that ended has shown everything that there is.

    A ticket that left the query, and that others still refer to, was read for them: it stays.
    """
    name, present = pulled.connector, {i.id for i in pulled.initiatives}
    deleted = set(pulled.deleted) - present
    if pulled.mode is SyncMode.FULL and pulled.complete:
        unreadable = {gap.key for gap in (*pulled.gaps, *pulled.accepted)}
        stored = db.execute("select ticket_id, ticket_key from initiative where connector = ?", [name])
        deleted |= {id_ for id_, key in stored if id_ not in present and not unreadable & {id_, key}}
    tickets = 0
    for id_ in sorted(deleted):
        cursor = db.execute(
            "delete from initiative where connector = ? and ticket_id = ? returning reference_only", [name, id_]
        )
        tickets += sum(not row[0] for row in cursor.fetchall())
    return tickets


def _save_source_row(db: Database, pulled: PullResult, now: datetime) -> None:
    """The source itself: a pull that broke off leaves the cursor where it was."""
    rows = [(gap.reason, gap.key, gap.name, False) for gap in pulled.gaps]
    gaps = json.dumps(rows + [(gap.reason, gap.key, gap.name, True) for gap in pulled.accepted])
    is_reconciled = pulled.complete and pulled.mode is not SyncMode.INCREMENTAL
    db.execute(
        "insert into source (connector, read, gaps, cursor, row_format, missed_by_cursor, reconciled_at)"
        " values (?, ?, ?, ?, ?, ?, ?)"
        " on conflict (connector) do update set read = excluded.read, gaps = excluded.gaps,"
        " row_format = excluded.row_format, cursor = coalesce(excluded.cursor, source.cursor),"
        " missed_by_cursor = coalesce(excluded.missed_by_cursor, source.missed_by_cursor),"
        " reconciled_at = coalesce(excluded.reconciled_at, source.reconciled_at)",
        [
            pulled.connector,
            now.isoformat(),
            gaps,
            pulled.cursor if pulled.complete else None,
            ROW_FORMAT,
            pulled.missed_by_cursor if is_reconciled else None,
            now.isoformat() if is_reconciled else None,
        ],
    )


def _count_absences(db: Database, pulled: PullResult) -> None:
    name = pulled.connector
    unreadable = {gap.key for gap in (*pulled.gaps, *pulled.accepted)} - pulled.absent
    is_reconciled = pulled.complete and pulled.mode is not SyncMode.INCREMENTAL
    present = {i.id for i in pulled.initiatives if not i.reference_only}
    # A pull of changes counts no miss: it can only end one.
    condition = "" if is_reconciled else " and absences != 0"
    query = f"select ticket_id, ticket_key, absences from ledger where connector = ?{condition}"  # noqa: S608 - one of ours
    posted = db.execute(query, [name]).fetchall()
    if is_reconciled and posted:
        stored = db.execute("select ticket_id from initiative where connector = ? and reference_only = 0", [name])
        present |= {row[0] for row in stored} if pulled.mode is SyncMode.RECONCILE else set()
    present -= pulled.absent
    for ticket_id, key, absences in posted:
        if ticket_id in present:
            count = 0
        elif not is_reconciled or key in unreadable or ticket_id in unreadable:
            continue
        else:
            count = absences + 1
        if count != absences:
            db.execute("update ledger set absences = ? where connector = ? and ticket_id = ?", [count, name, ticket_id])


def _load_sources(db: Database, *, tickets: bool = True) -> Sequence[StoredSource]:
    """Everything that was last read, connector by connector."""
    sources = []
    query = (
        "select connector, read, gaps, cursor, missed_by_cursor, reconciled_at, row_format, has_okrs"
        " from source order by connector"
    )
    for name, read, gaps, cursor, missed_by_cursor, reconciled_at, row_format, has_okrs in db.execute(query).fetchall():
        readable, rows = row_format == ROW_FORMAT, json.loads(gaps)
        sources.append(
            StoredSource(
                name,
                datetime.fromisoformat(read),
                _tickets(db, name) if tickets and readable else (),
                _gaps(name, rows, accepted=False),
                cursor if readable else None,
                missed_by_cursor,
                datetime.fromisoformat(reconciled_at) if reconciled_at else None,
                load_okrs(db, name) if has_okrs else None,
                load_answers(db, name),
                load_absent(db, name),
                _gaps(name, rows, accepted=True),
                load_measures(db, name),
            )
        )
    return sources


def _gaps(name: str, rows: Sequence[Sequence[Any]], *, accepted: bool) -> tuple[Gap, ...]:
    """Those that were accepted, or the others; earlier versions gave them no names."""
    every = (row if len(row) > 2 else (*row, "", False) for row in rows)
    return tuple(Gap(name, row[0], row[1], row[2]) for row in every if row[3] is accepted)


def _tickets(db: Database, name: str) -> tuple[Initiative, ...]:
    rows = db.execute("select body from initiative where connector = ?", [name])
    with _gc_paused():
        return tuple(sorted((initiative_format().decode(row[0]) for row in rows), key=ticket_order))


@contextmanager
def _gc_paused() -> Iterator[None]:
    """Millions of new values, none of them garbage: looking for circles among them doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
