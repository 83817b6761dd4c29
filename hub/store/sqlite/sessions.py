"""Which sessions of the pages ended before their time: shared by all copies of the service."""

from datetime import datetime
from pathlib import Path

from hub.store.base import EndedSessions
from hub.store.sqlite.connection import BriefConnections, SharedConnection


class StoredEndedSessions(EndedSessions):
    """Of a session only its random name. The state is opened for each question, by whichever thread."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._connections = BriefConnections(path)

    def end(self, session: str, until: datetime, now: datetime) -> None:
        # Makes the state where there is none yet, and its table where an earlier version made it.
        SharedConnection(self._path).close()
        with self._connections.claimed() as db:
            db.execute("delete from ended_session where until <= ?", [now.timestamp()])
            db.execute("insert or replace into ended_session values (?, ?)", [session, until.timestamp()])

    def has_ended(self, session: str) -> bool:
        # Where no state has the table yet, nobody signed out.
        if not self._path.exists():
            return False
        with self._connections.atomic() as db:
            if db.execute("select 1 from sqlite_master where name = 'ended_session'").fetchone() is None:
                return False
            return db.execute("select 1 from ended_session where id = ?", [session]).fetchone() is not None
