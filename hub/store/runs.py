"""The opened state and its runs: who may write, which runs there were, and since when each finding is known."""

import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import tenacity
from sqlite_utils import Database

from hub.model.errors import StoreError
from hub.model.initiative import Initiative
from hub.model.run import Run
from hub.store import lease
from hub.store.run_rows import load_runs, load_spread, save_summary
from hub.store.schema import upgrade
from hub.store.seen import load_seen, save_seen
from hub.store.snapshot import LazyTickets, touch_sources

BUSY_MILLISECONDS = 10_000
IN_MEMORY = ":memory:"


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


@tenacity.retry(
    retry=tenacity.retry_if_exception(_is_busy),
    wait=tenacity.wait_random(0.01, 0.1),
    stop=tenacity.stop_after_delay(BUSY_MILLISECONDS / 1000),
    reraise=True,
)
def _write_ahead(connection: sqlite3.Connection) -> None:
    """Several that turn a new file to write-ahead mode at once would wait for each other: SQLite refuses all but one
    at once, whatever `busy_timeout` says.
    """
    connection.execute("pragma journal_mode = wal")


def _make_for_the_owner_alone(path: str) -> None:
    """A new file is readable by its owner alone, even while it is empty; SQLite gives the files beside it the same
    rights. One that is there is not opened: closing it would end the locks of other connections in this process.
    """
    if path != IN_MEMORY:
        with suppress(FileExistsError):
            os.close(os.open(os.path.realpath(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


class RunsInSqlite:
    """The part of `hub.store.base.Store` about runs. One connection, shared by the publishing threads under a lock."""

    def __init__(self, path: Path | str, *, holder_is_gone: Callable[[str], bool] = lambda _owner: False) -> None:
        self._path = str(path)
        self._holder_is_gone = holder_is_gone
        self._lock = threading.RLock()
        self._run: int | None = None
        try:
            _make_for_the_owner_alone(self._path)
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._db = Database(connection)
            connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
            _write_ahead(connection)
            connection.execute("pragma synchronous = normal")
            upgrade(self._db, self._path)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the state {self._path} cannot be opened: {error}") from error

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
        """Atomic, and the write lock is taken before anything is read: what was read stays true.

        Within a run, its lease is looked at first: a run that was taken over writes nothing any more.
        """
        with self._atomic() as db:
            db.execute("update lease set owner = owner")
            if self._run is not None:
                lease.check(db, self._run)
            yield db

    def begin_run(self, owner: str, now: datetime, *, lease_seconds: float) -> int:
        """See `Store.begin_run`."""
        self._run = None
        with self._claimed() as db:
            run = lease.take(db, owner, now, lease_seconds, self._holder_is_gone)
        self._run = run
        return run

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        """See `Store.extend_lease`."""
        with self._atomic() as db:
            lease.extend(db, run, now, lease_seconds)

    def finish_run(
        self, run: int, now: datetime, status: str, report: Mapping[str, Any], summary: Mapping[str, Any] | None = None
    ) -> None:
        """See `Store.finish_run`."""
        self._run = None
        with self._atomic() as db:
            lease.give_back(db, run, now, status, report)
            save_summary(db, run, summary or {})

    def record_fingerprint(self, run: int, fingerprint: str) -> None:
        """See `Store.record_fingerprint`."""
        with self._claimed() as db:
            db.execute("update run set fingerprint = ? where id = ?", [fingerprint, run])

    def touch_sources(self, run: int, cursors: Mapping[str, str], now: datetime) -> bool:
        """See `Store.touch_sources`."""
        with self._claimed() as db:
            return touch_sources(db, run, cursors, now)

    def kept_tickets(self, connector: str) -> Mapping[str, Initiative]:
        """See `Store.kept_tickets`."""
        return LazyTickets(self._atomic, connector)

    def runs(self, limit: int) -> Sequence[Run]:
        """See `Store.runs`."""
        with self._atomic() as db:
            return load_runs(db, limit)

    def history(self, limit: int) -> Sequence[Run]:
        """See `Store.history`."""
        with self._atomic() as db:
            return load_runs(db, limit, reports=False)

    def spread(self, most: int) -> Sequence[Run]:
        """See `Store.spread`."""
        with self._atomic() as db:
            return load_spread(db, most)

    def saw(self, findings: Mapping[str, str], now: datetime, *, unsure: Collection[str] | None) -> None:
        """See `Store.saw`."""
        with self._claimed() as db:
            save_seen(db, findings, now, unsure=unsure)

    def seen_since(self) -> Mapping[str, datetime]:
        """See `Store.seen_since`."""
        with self._atomic() as db:
            return load_seen(db)

    def last_ended(self) -> int:
        """See `Store.last_ended`."""
        with self._atomic() as db:
            return int(db.execute("select coalesce(max(id), 0) from run where finished is not null").fetchone()[0])

    def close(self) -> None:
        """See `Store.close`."""
        with self._lock:
            self._db.close()
