"""The part of the state that says whether a workspace is at rest, and shows single tickets without loading all."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from hub.model.initiative import Initiative
from hub.model.rest import RunFingerprint
from hub.store.codec import initiative_from_text
from hub.store.runs import SqliteRuns
from hub.store.stir import invalidate


class SqliteUnchangedRuns(SqliteRuns):
    """The part of `hub.store.base.Store` about rest."""

    def save_run_fingerprint(self, fingerprint: RunFingerprint) -> None:
        """See `Store.keep_rest`."""
        with self._claimed() as db:
            invalidate(db)
            latest = "select ?, ?, ? where not exists (select 1 from run where id > ?)"
            db.execute(
                f"insert into rest {latest}",
                [fingerprint.run, fingerprint.fingerprint, json.dumps(fingerprint.context_refs), fingerprint.run],
            )

    def touch_sources(self, connectors: Collection[str], now: datetime) -> None:
        """See `Store.still_so`."""
        checked_at = now.isoformat()
        with self._atomic() as db:
            db.executemany(
                "update source set read = ? where connector = ? and read < ?",
                [(checked_at, connector, checked_at) for connector in connectors],
            )

    def run_fingerprint(self) -> RunFingerprint | None:
        """See `Store.rest`."""
        with self._atomic() as db:
            row = db.execute("select run, print, leans from rest").fetchone()
        return None if row is None else RunFingerprint(row[0], row[1], json.loads(row[2]))

    def lazy_tickets(self, connector: str) -> Mapping[str, Initiative]:
        """See `Store.kept_tickets`."""
        return _LazyTickets(self._atomic, connector)


class _LazyTickets(Mapping[str, Initiative]):
    """One connector's tickets by id, each read when it is asked for."""

    def __init__(self, open_database: Callable[[], AbstractContextManager[sqlite3.Connection]], connector: str) -> None:
        self._open_database = open_database
        self._connector = connector

    def __getitem__(self, id_: str) -> Initiative:
        query = "select body from initiative where connector = ? and ticket_id = ?"
        with self._open_database() as db:
            row = db.execute(query, [self._connector, id_]).fetchone()
        if row is None:
            raise KeyError(id_)
        return initiative_from_text(self._connector, row[0])

    def __iter__(self) -> Iterator[str]:
        with self._open_database() as db:
            rows = db.execute("select ticket_id from initiative where connector = ?", [self._connector]).fetchall()
        return (row[0] for row in rows)

    def __len__(self) -> int:
        with self._open_database() as db:
            count = db.execute("select count(*) from initiative where connector = ?", [self._connector]).fetchone()
        return int(count[0])
