"""Which runs there were and which one may write: one at a time, by a lease whose number is the fence."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from hub.model.errors import StoreError
from hub.model.run import Run
from hub.store.base import MAX_REPORTS, MAX_SUMMARIES, RunLog
from hub.store.sqlite.connection import LEASE_LOST, SharedConnection, SqliteRole

PRUNE_SPAN = 100
"""How far back it is looked for what is let go: a little further than one run, for some end without an end."""


class SqliteRunLog(SqliteRole, RunLog):
    """Each run keeps a small summary for ever, the last ones their whole report, too."""

    def __init__(self, connection: SharedConnection, *, owner_is_gone: Callable[[str], bool]) -> None:
        super().__init__(connection)
        self._connection = connection
        self._owner_is_gone = owner_is_gone

    def begin_run(self, owner: str, now: datetime, *, lease_seconds: float) -> int:
        self._connection.run = None
        with self._claimed() as db:
            run = _take_lease(db, owner, now, lease_seconds, self._owner_is_gone)
        self._connection.run = run
        return run

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        until = (now + timedelta(seconds=lease_seconds)).isoformat()
        with self._atomic() as db:
            extended = db.execute("update lease set until = ? where name = 'run' and run = ?", [until, run]).rowcount
            if extended != 1:
                raise StoreError(LEASE_LOST)

    def finish_run(
        self, run: int, now: datetime, status: str, report: Mapping[str, Any], summary: Mapping[str, Any] | None = None
    ) -> None:
        self._connection.run = None
        short = json.dumps(summary or {}, default=str, separators=(",", ":"))
        with self._atomic() as db:
            db.execute(
                "update run set finished = ?, status = ?, report = ?, summary = ? where id = ?",
                [now.isoformat(), status, _serialize(report), short, run],
            )
            # A lease that another run has taken stays.
            db.execute("delete from lease where name = 'run' and run = ?", [run])
            _prune(db, run)

    def runs(self, limit: int) -> Sequence[Run]:
        with self._atomic() as db:
            return _latest(db, limit, "report")

    def history(self, limit: int) -> Sequence[Run]:
        # Without the reports in a fraction of the time.
        with self._atomic() as db:
            return _latest(db, limit, "'{}'")

    def sampled_history(self, limit: int) -> Sequence[Run]:
        with self._atomic() as db:
            ids = [row[0] for row in db.execute("select id from run where summary != '{}' order by id")]
            latest = limit - limit // 2
            early = ids[:-latest]
            step = max(1, -(-len(early) // max(1, limit - latest)))
            rows = (
                db.execute(
                    "select id, started, finished, status, '{}', summary, fingerprint from run where id = ?", [id_]
                ).fetchone()
                for id_ in early[::step] + ids[-latest:]
            )
            return [_run(row) for row in rows]

    def last_finished_run(self) -> int:
        with self._atomic() as db:
            return int(db.execute("select coalesce(max(id), 0) from run where finished is not null").fetchone()[0])


def _take_lease(
    db: sqlite3.Connection, owner: str, now: datetime, lease_seconds: float, is_gone: Callable[[str], bool]
) -> int:
    """Open a run under a new number, unless another's lease lives."""
    lease = db.execute("select owner, until from lease where name = 'run'").fetchone()
    if lease is not None and datetime.fromisoformat(lease[1]) > now and not is_gone(lease[0]):
        raise StoreError(f"another run holds the state: {lease[0]}, until {lease[1]}. Wait for it, or stop it")
    db.execute("update run set status = 'lost' where status = 'running'")
    cursor = db.execute("insert into run (started, status) values (?, 'running')", [now.isoformat()])
    run = int(cursor.lastrowid or 0)
    until = (now + timedelta(seconds=lease_seconds)).isoformat()
    db.execute("insert or replace into lease values ('run', ?, ?, ?)", [owner, run, until])
    return run


def _latest(db: sqlite3.Connection, limit: int, report: str) -> Sequence[Run]:
    rows = db.execute(
        f"select id, started, finished, status, {report}, summary, fingerprint from run order by id desc limit ?",  # noqa: S608
        [limit],
    )
    return [_run(row) for row in rows.fetchall()]


def _serialize(report: Mapping[str, Any]) -> str:
    """With many tickets this is long, and all threads wait for it: the quick way, unless a text was cut in a letter."""
    try:
        return orjson.dumps(report, default=str).decode()
    except TypeError:
        return json.dumps(report, default=str)


def _prune(db: sqlite3.Connection, run: int) -> None:
    last = run - MAX_REPORTS
    db.execute("update run set report = '{}' where id between ? and ?", [last - PRUNE_SPAN, last])
    span = [run - MAX_SUMMARIES - PRUNE_SPAN, run - MAX_SUMMARIES]
    db.execute(
        "update run set summary = '{}' where id between ? and ? and summary != '{}' and id not in"
        " (select max(id) from run where id between ? and ? and summary != '{}' group by substr(started, 1, 10))",
        [*span, *span],
    )


def _run(row: tuple[int, str, str | None, str, str, str, str]) -> Run:
    id_, started, finished, status, report, summary, fingerprint = row
    ended = datetime.fromisoformat(finished) if finished else None
    return Run(
        id_, datetime.fromisoformat(started), ended, status, json.loads(report), json.loads(summary), fingerprint
    )
