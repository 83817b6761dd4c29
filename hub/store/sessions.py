"""The part of the state that holds which sessions of the pages ended before their time: shared by all copies."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from hub.model.errors import StoreError
from hub.store.sqlite import SqliteStore

BUSY_MILLISECONDS = 5_000


class StoredEndedSessions:
    """See `hub.web.access.sessions.EndedSessions`. The state is opened for each question, by whichever thread."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def end(self, session: str, until: datetime, now: datetime) -> None:
        """See `EndedSessions.end`; makes the state where there is none yet."""
        SqliteStore(self._path).close()
        with self._open() as db:
            db.execute("delete from ended_session where until <= ?", [now.timestamp()])
            db.execute("insert or replace into ended_session values (?, ?)", [session, until.timestamp()])

    def has_ended(self, session: str) -> bool:
        """See `EndedSessions.has_ended`; where no state has the table yet, nobody signed out."""
        if not self._path.exists():
            return False
        with self._open() as db:
            if db.execute("select 1 from sqlite_master where name = 'ended_session'").fetchone() is None:
                return False
            return db.execute("select 1 from ended_session where id = ?", [session]).fetchone() is not None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Never a new file: whoever made one without its tables would spoil it for the store."""
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True)) as db, db:
                db.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} cannot say who signed out: {error}") from error
