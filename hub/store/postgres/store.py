"""The store over one database, which many processes and machines may share."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from hub.store.postgres.connection import NoTablesError, PostgresConnection, PostgresReconnecting, foreign_tables
from hub.store.sql.copy import NUMBERED
from hub.store.sql.database import Database
from hub.store.sql.lease import SqlServiceLease
from hub.store.sql.service import SqlEndedSessions, SqlStore

__all__ = [
    "PostgresEndedSessions",
    "PostgresReconnecting",
    "PostgresServiceLease",
    "PostgresStore",
    "foreign_tables",
    "has_tables",
]

_RUN_LOCK, _SERVICE_LOCK = 1095320648, 1095320649


class SessionLock:
    """An advisory lock of the schema, held by a session: the server frees it when the process is gone, on whichever
    machine that was. `connection` gives the session's connection, which may be another one after a failure.
    """

    def __init__(self, number: int, connection: Callable[[], PostgresConnection]) -> None:
        """The number differs from that of the write lock."""
        self._key = f"{number}, hashtext(current_schema())"
        self._connection = connection
        self._held_on: PostgresConnection | None = None

    @property
    def is_held(self) -> bool:
        """See `ProcessLock.is_held`."""
        return self._held_on is not None and not self._held_on.is_closed and self._held_on is self._connection()

    def acquire(self) -> bool:
        """See `ProcessLock.acquire`."""
        if self.is_held:
            return True
        connection = self._connection()
        with connection.atomic() as db:
            is_free = bool(db.execute(f"select pg_try_advisory_lock({self._key})").fetchone()[0])
        self._held_on = connection if is_free else None
        return is_free

    def release(self) -> None:
        """See `ProcessLock.release`."""
        if self._held_on is not None and not self._held_on.is_closed:
            with self._held_on.atomic() as db:
                db.execute(f"select pg_advisory_unlock({self._key})")
        self._held_on = None


class PostgresStore(SqlStore):
    """All roles together."""

    def __init__(self, url: str) -> None:
        session = PostgresConnection(url)
        super().__init__(session, SessionLock(_RUN_LOCK, lambda: session))

    def _continue_numbers(self, db: Database) -> None:
        for table in NUMBERED:
            last = f"select coalesce(max(id), 0) + 1 from {table}"  # noqa: S608 - a name of ours
            db.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), ({last}), false)")


class PostgresServiceLease(SqlServiceLease):
    """Over one connection, which is opened again where it ended. The tables must be there."""

    def __init__(self, url: str) -> None:
        connections = PostgresReconnecting(url)
        super().__init__(connections, SessionLock(_SERVICE_LOCK, connections.connected), connections.close)


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
