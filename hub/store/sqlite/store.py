"""The store over one file."""

from datetime import datetime
from pathlib import Path

from hub.store.sql.lease import NoLock, ProcessLock, SqlServiceLease
from hub.store.sql.service import SqlEndedSessions, SqlStore
from hub.store.sqlite.connection import TRANSIENT_PATH, BriefConnections, SharedConnection
from hub.store.sqlite.lock import FileLock


class SqliteStore(SqlStore):
    """All roles together."""

    def __init__(self, path: Path | str) -> None:
        lock: ProcessLock = NoLock() if str(path) == TRANSIENT_PATH else FileLock(f"{path}-run-lock")
        super().__init__(SharedConnection(path), lock)


class SqliteServiceLease(SqlServiceLease):
    """The file must be there."""

    def __init__(self, path: Path) -> None:
        super().__init__(BriefConnections(path), FileLock(f"{path}-service-lock"), lambda: None)


class SqliteEndedSessions(SqlEndedSessions):
    """The state is opened for each question, by whichever thread."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(BriefConnections(path))
        self._path = Path(path)

    def end(self, session: str, until: datetime, now: datetime) -> None:
        # Makes the state where there is none yet, and its table where an earlier version made it.
        SharedConnection(self._path).close()
        super().end(session, until, now)

    def has_ended(self, session: str) -> bool:
        # Where no state has the table yet, nobody signed out.
        if not self._path.exists():
            return False
        with self._atomic() as db:
            if db.execute("select 1 from sqlite_master where name = 'ended_session'").fetchone() is None:
                return False
        return super().has_ended(session)
