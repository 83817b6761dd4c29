"""The store over one database, which many processes and machines may share."""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from hub.store.postgres.connection import NoTablesError, PostgresConnection, PostgresReconnecting
from hub.store.sql.copy import NUMBERED
from hub.store.sql.database import Database
from hub.store.sql.service import SqlEndedSessions, SqlStore

__all__ = ["PostgresEndedSessions", "PostgresReconnecting", "PostgresStore", "has_tables"]

# A session holds this lock as long as its run lasts: the server lets go of it as soon as the process is gone, on
# whichever machine it was. The first number differs from that of the write lock.
_HOLD = "select pg_try_advisory_lock(1095320648, hashtext(current_schema()))"
_LET_GO = "select pg_advisory_unlock_all()"


class PostgresStore(SqlStore):
    """All roles together."""

    def __init__(self, url: str, *, owner_is_gone: Callable[[str], bool] = lambda _owner: False) -> None:
        self._session = PostgresConnection(url)
        self._held_for: int | None = None
        super().__init__(self._session, owner_is_gone=lambda owner: owner_is_gone(owner) or self._is_free())

    def begin_run(self, owner: str, now: datetime, *, lease_seconds: float) -> int:
        self._session.run = None
        # In one transaction, so that nobody finds the new lease without its lock.
        with self._session.claimed() as db:
            run = super().begin_run(owner, now, lease_seconds=lease_seconds)
            self._held_for = run if _hold(db) else None
        return run

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        super().extend_lease(run, now, lease_seconds=lease_seconds)
        # A run that took over from one that slept gets the lock once that one's session has ended.
        if self._held_for is None and self._is_free():
            self._held_for = run

    def finish_run(
        self, run: int, now: datetime, status: str, report: Mapping[str, Any], summary: Mapping[str, Any] | None = None
    ) -> None:
        super().finish_run(run, now, status, report, summary)
        if self._held_for == run:
            self._held_for = None
            with self._session.atomic() as db:
                db.execute(_LET_GO)

    def _continue_numbers(self, db: Database) -> None:
        for table in NUMBERED:
            last = f"select coalesce(max(id), 0) + 1 from {table}"  # noqa: S608 - a name of ours
            db.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), ({last}), false)")

    def _is_free(self) -> bool:
        """Whether the process that took the lease is gone: its lock is to be had."""
        if self._held_for is not None:
            return False
        with self._session.atomic() as db:
            return _hold(db)


def _hold(db: Database) -> bool:
    return bool(db.execute(_HOLD).fetchone()[0])


def has_tables(url: str) -> bool:
    """Whether a hub made its tables there; raises StoreError where the database can't be asked."""
    try:
        with closing(PostgresConnection(url, create=False)):
            return True
    except NoTablesError:
        return False


class PostgresEndedSessions(SqlEndedSessions):
    """Where there are no tables, nobody signed out yet."""

    def __init__(self, url: str) -> None:
        super().__init__(PostgresReconnecting(url))
        self._url = url

    def end(self, session: str, until: datetime, now: datetime) -> None:
        PostgresConnection(self._url).close()
        super().end(session, until, now)

    def has_ended(self, session: str) -> bool:
        try:
            return super().has_ended(session)
        except NoTablesError:
            return False
