"""How the roles reach the file: over one shared connection within a run's fence, or by a new one each time."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import tenacity
from sqlite_utils import Database

from hub.model.errors import StoreError
from hub.store.sqlite.migrations import VERSION, upgrade

BUSY_MILLISECONDS = 10_000
TRANSIENT_PATH = ":memory:"
LEASE_LOST = "another run has taken over the state: this one stops"


class Transactions(Protocol):
    """What a role needs of a database. Both end in a commit, or in a rollback and StoreError."""

    def atomic(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction of its own, or a part of the one that is open."""
        ...

    def claimed(self) -> AbstractContextManager[sqlite3.Connection]:
        """The same with the write lock taken before anything is read: what was read stays true."""
        ...


class SqliteRole:
    """The part that all roles share: where their transactions come from."""

    def __init__(self, transactions: Transactions) -> None:
        self._atomic = transactions.atomic
        self._claimed = transactions.claimed


class SharedConnection:
    """One connection in write-ahead mode, shared by the publishing threads under a lock; upgrades the file's tables.

    `run` is the run that the connection belongs to: once its lease is another's, it writes nothing any more.
    """

    def __init__(self, path: Path | str) -> None:
        self.run: int | None = None
        self._path = str(path)
        self._lock = threading.RLock()
        try:
            _create_for_owner_only(self._path)
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._db = Database(connection)
            connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
            _enable_write_ahead(connection)
            connection.execute("pragma synchronous = normal")
            upgrade(self._db, self._path)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the state {self._path} cannot be opened: {error}") from error

    @contextmanager
    def atomic(self) -> Iterator[sqlite3.Connection]:
        """See `Transactions.atomic`."""
        with self._lock:
            try:
                with self._db.atomic():
                    yield self._db.conn
            except sqlite3.Error as error:
                raise StoreError(f"the state {self._path} cannot be written: {error}") from error

    @contextmanager
    def claimed(self) -> Iterator[sqlite3.Connection]:
        """See `Transactions.claimed`; within a run, its lease is checked first."""
        with self.atomic() as db:
            db.execute("update lease set owner = owner")
            if self.run is not None:
                _check_lease(db, self.run)
            yield db

    def close(self) -> None:
        """Close the connection once the transaction of another thread has ended."""
        with self._lock:
            self._db.close()


class BriefConnections:
    """A new connection for each transaction, from any thread and outside every run. The file must be there.

    Tables of an earlier version are upgraded before they are used.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def atomic(self) -> AbstractContextManager[sqlite3.Connection]:
        """See `Transactions.atomic`."""
        return self._begun("begin")

    def claimed(self) -> AbstractContextManager[sqlite3.Connection]:
        """See `Transactions.claimed`."""
        return self._begun("begin immediate")

    @contextmanager
    def _begun(self, begin: str) -> Iterator[sqlite3.Connection]:
        """Never makes a file: one without its tables would spoil it for the store."""
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as db, db:
                db.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
                if db.execute("pragma user_version").fetchone()[0] not in (0, VERSION):
                    upgrade(Database(db), str(self._path))
                db.execute(begin)
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} cannot be written: {error}") from error


def _check_lease(db: sqlite3.Connection, run: int) -> None:
    """StoreError where the run's lease is another's by now. Nothing that such a run writes is true any more."""
    if db.execute("select 1 from lease where name = 'run' and run = ?", [run]).fetchone() is None:
        raise StoreError(LEASE_LOST)


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


@tenacity.retry(
    retry=tenacity.retry_if_exception(_is_busy),
    wait=tenacity.wait_random(0.01, 0.1),
    stop=tenacity.stop_after_delay(BUSY_MILLISECONDS / 1000),
    reraise=True,
)
def _enable_write_ahead(connection: sqlite3.Connection) -> None:
    """Several that turn a new file to write-ahead mode at once would wait for each other: SQLite refuses all but one
    at once, whatever `busy_timeout` says.
    """
    connection.execute("pragma journal_mode = wal")


def _create_for_owner_only(path: str) -> None:
    """A new file is readable by its owner alone, even while it is empty; SQLite gives the files beside it the same
    rights. One that is there is not opened: closing it would end the locks of other connections in this process.
    """
    if path != TRANSIENT_PATH:
        with suppress(FileExistsError):
            os.close(os.open(os.path.realpath(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
