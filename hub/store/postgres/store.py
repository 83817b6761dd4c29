"""The store over one database, which many processes and machines may share."""

from collections.abc import Callable
from datetime import datetime

from hub.store.postgres.connection import NoTablesError, PostgresConnection, PostgresReconnecting
from hub.store.sql.service import SqlEndedSessions, SqlStore


class PostgresStore(SqlStore):
    """All roles together."""

    def __init__(self, url: str, *, owner_is_gone: Callable[[str], bool] = lambda _owner: False) -> None:
        super().__init__(PostgresConnection(url), owner_is_gone=owner_is_gone)


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
