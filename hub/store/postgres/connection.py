"""Connects to the database of the state, brings its tables to the current version, and shares connections."""

import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import IsolationLevel

from hub.model.errors import StoreError
from hub.model.urls import display_url
from hub.store.postgres.tables import steps
from hub.store.sql.copy import OWN_TABLES
from hub.store.sql.database import Cursor, Database, check_lease

CONNECT_SECONDS = 10
# A machine that vanished without a word: the server ends its sessions, and with them their locks, after 25 seconds.
KEEPALIVES = "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3"
KEY_BYTES = 32
# One writer at a time in each schema; the first number tells these locks from those of other programs.
LOCK = "select pg_advisory_xact_lock(1095320647, hashtext(current_schema()))"


class PostgresConnection:
    """One connection, shared by the threads of a process under a lock; makes the tables that are missing.

    `run` is the run that the connection belongs to: once its lease is another's, it writes nothing any more.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        self.run: int | None = None
        self._name = display_url(url)
        self._lock = threading.RLock()
        self._open: Database | None = None
        try:
            self._connection = psycopg.connect(
                url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="alignment-hub"
            )
            self._connection.execute(KEEPALIVES)
        except psycopg.Error as error:
            raise StoreError(f"the state {self._name} cannot be opened: {_reason(error)}") from error
        with ExitStack() as failed:
            failed.callback(self._connection.close)
            self._upgrade(create=create)
            failed.pop_all()

    @property
    def is_closed(self) -> bool:
        """Whether the server or we ended the connection."""
        return self._connection.closed

    @contextmanager
    def atomic(self) -> Iterator[Database]:
        """See `Transactions.atomic`: repeatable read, so that many statements see one moment."""
        with self._lock:
            if self._open is not None:
                yield self._open
            else:
                with self._transaction(IsolationLevel.REPEATABLE_READ) as db:
                    yield db

    @contextmanager
    def claimed(self) -> Iterator[Database]:
        """See `Transactions.claimed`; within a run, its lease is checked first."""
        with self._lock:
            if self._open is not None:
                self._open.execute(LOCK)
                check_lease(self._open, self.run)
                yield self._open
                return
            # Each statement sees what was committed before it: the lock is taken first.
            with self._transaction(IsolationLevel.READ_COMMITTED) as db:
                db.execute(LOCK)
                check_lease(db, self.run)
                yield db

    def close(self) -> None:
        """Close the connection once the transaction of another thread has ended."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, isolation: IsolationLevel) -> Iterator[Database]:
        try:
            self._connection.isolation_level = isolation
            with self._connection.transaction():
                self._open = _Transaction(self._connection)
                yield self._open
        except psycopg.Error as error:
            raise StoreError(f"the state {self._name} cannot be read or written: {_reason(error)}") from error
        finally:
            self._open = None

    def _upgrade(self, *, create: bool) -> None:
        """All steps that are missing under the write lock, so that two that open an empty database don't both make it.

        Raises StoreError where the tables are of a newer hub, or where there are none and `create` is False.
        """
        with self.atomic() as db:
            version = _version(db)
        if version > len(steps()):
            raise StoreError(
                f"the state {self._name} is of version {version}, newer than this hub's {len(steps())}: update the hub"
            )
        if not version and not create:
            raise NoTablesError(f"the state {self._name} cannot be written: it has no tables yet")
        if version < len(steps()):
            with self._transaction(IsolationLevel.READ_COMMITTED) as db:
                db.execute(LOCK)
                _apply_steps(db)


def foreign_tables(url: str) -> tuple[str, ...]:
    """The tables of the schema that are none of the hub's; StoreError where the database can't be asked."""
    query = "select tablename::text from pg_tables where schemaname = current_schema() order by 1"
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS, application_name="alignment-hub") as connection:
            rows = connection.execute(query).fetchall()
    except psycopg.Error as error:
        raise StoreError(f"the state {display_url(url)} cannot be opened: {_reason(error)}") from error
    return tuple(name for (name,) in rows if name not in OWN_TABLES)


class NoTablesError(StoreError):
    """The database answers, and no hub has made its tables there yet."""


class PostgresReconnecting:
    """Transactions from any thread and outside every run, over one connection that is opened again where it ended.

    The tables must be there: who has nothing to write yet makes no state.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.RLock()
        self._shared: PostgresConnection | None = None

    @contextmanager
    def atomic(self) -> Iterator[Database]:
        """See `Transactions.atomic`."""
        with self._lock, self.connected().atomic() as db:
            yield db

    @contextmanager
    def claimed(self) -> Iterator[Database]:
        """See `Transactions.claimed`."""
        with self._lock, self.connected().claimed() as db:
            yield db

    def close(self) -> None:
        """Close the connection if there is one."""
        with self._lock:
            if self._shared is not None:
                self._shared.close()
                self._shared = None

    def connected(self) -> PostgresConnection:
        """The connection, opened where there is none."""
        if self._shared is None or self._shared.is_closed:
            self._shared = PostgresConnection(self._url, create=False)
        return self._shared


class _Transaction:
    """See `Database`: psycopg writes `%s` where we write `?`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        return self._connection.execute(_statement(statement), _values(values) or None)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_statement(statement), [_values(row) for row in rows])


@lru_cache(maxsize=256)
def _statement(statement: str) -> bytes:
    if "?" not in statement:
        return statement.encode()
    return statement.replace("%", "%%").replace("?", "%s").encode()


def _values(values: Sequence[Any]) -> list[Any]:
    """PostgreSQL's texts hold no character of number zero: it is shown as one that can't be shown."""
    return [value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in values]


def _version(db: Database) -> int:
    """The number of the last step that was taken; 0 where there are no tables."""
    if not db.execute("select to_regclass('schema_step') is not null").fetchone()[0]:
        return 0
    return int(db.execute("select coalesce(max(version), 0) from schema_step").fetchone()[0])


def _apply_steps(db: Database) -> None:
    db.execute("create table if not exists schema_step (version integer primary key)")
    version = _version(db)
    for number, statements in enumerate(steps()[version:], version + 1):
        for statement in statements:
            db.execute(statement)
        db.execute("insert into schema_step values (?)", [number])
    db.execute("insert into secret_key values (1, ?) on conflict do nothing", [secrets.token_bytes(KEY_BYTES)])


def _reason(error: psycopg.Error) -> str:
    """What the server or the client said, on one line."""
    return " ".join(str(error).split())
