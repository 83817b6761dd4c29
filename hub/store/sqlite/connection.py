"""Opens the file of the state, brings its tables to the current version, and shares connections."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hub.model.errors import StoreError
from hub.store.sql.copy import OWN_TABLES
from hub.store.sql.database import check_lease
from hub.store.sqlite.lock import create_for_owner_only

if TYPE_CHECKING:
    from sqlite_utils import Database

# Counted up with each step: a state of a newer version is refused, not guessed at.
VERSION = 25


def upgrade(db: "Database", path: str) -> None:
    """Today's tables under one write lock, so that two that open a new file at once do not build it twice."""
    connection = db.conn
    if _version(connection, path) == VERSION:
        return
    from hub.store.sqlite.upgrades import make_tables, migrations

    connection.execute("begin immediate")
    with connection:
        # Another may have done it while we waited for the lock.
        if _version(connection, path) == VERSION:
            return
        if connection.execute("select 1 from sqlite_master").fetchone() is None:
            make_tables(db)
        else:
            migrations().apply(db)
        connection.execute(f"pragma user_version = {VERSION}")


def _version(connection: sqlite3.Connection, path: str) -> int:
    """StoreError where the file is of a newer hub."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    if version > VERSION:
        raise StoreError(f"the state {path} is of version {version}, newer than this hub's {VERSION}: update the hub")
    return version


def damage_of(path: Path) -> str:
    """What is wrong with the pages of a file; empty where it is a whole database."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = str(db.execute("pragma quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    return "" if found == "ok" else "its pages are damaged"


def foreign_tables(path: Path) -> tuple[str, ...]:
    """The tables of the file that are none of the hub's; StoreError where it is no database."""
    if not path.is_file():
        return ()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute("select name from sqlite_master where type = 'table' order by name").fetchall()
    except sqlite3.Error as error:
        raise StoreError(f"the state {path} cannot be opened: {error}") from error
    return tuple(name for (name,) in rows if name not in OWN_TABLES)


def _remedy(error: Exception) -> str:
    """What to do where the file is none of ours, or damaged; no other reason tells."""
    if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return ". Move it away and restore a backup with `hub state restore`, or name another file in `state`"
    return ""


BUSY_MILLISECONDS = 10_000
TRANSIENT_PATH = ":memory:"


class SharedConnection:
    """One connection in write-ahead mode, shared by the publishing threads under a lock; upgrades the file's tables.

    `run` is the run that the connection belongs to: once its lease is another's, it writes nothing any more.
    """

    def __init__(self, path: Path | str) -> None:
        self.run: int | None = None
        from sqlite_utils import Database

        self._path = str(path)
        self._lock = threading.RLock()
        try:
            if self._path != TRANSIENT_PATH:
                create_for_owner_only(self._path)
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._db = Database(connection)
            connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
            _enable_write_ahead(connection)
            connection.execute("pragma synchronous = normal")
            upgrade(self._db, self._path)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the state {self._path} cannot be opened: {error}{_remedy(error)}") from error

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
            check_lease(db, self.run)
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
                    from sqlite_utils import Database

                    upgrade(Database(db), str(self._path))
                db.execute(begin)
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} cannot be written: {error}") from error


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _enable_write_ahead(connection: sqlite3.Connection) -> None:
    """Several that turn a new file to write-ahead mode at once would wait for each other: SQLite refuses all but one
    at once, whatever `busy_timeout` says.
    """
    if connection.execute("pragma journal_mode").fetchone()[0] == "wal":
        return
    import tenacity

    for attempt in tenacity.Retrying(
        retry=tenacity.retry_if_exception(_is_busy),
        wait=tenacity.wait_random(0.01, 0.1),
        stop=tenacity.stop_after_delay(BUSY_MILLISECONDS / 1000),
        reraise=True,
    ):
        with attempt:
            connection.execute("pragma journal_mode = wal")
