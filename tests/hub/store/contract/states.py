"""The databases that the promises are held against."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import psycopg

from hub.store.base import EndedSessions, Store
from hub.store.postgres.connection import PostgresReconnecting
from hub.store.postgres.store import PostgresEndedSessions, PostgresServiceLease, PostgresStore
from hub.store.shared import RateLimits, ServiceLease
from hub.store.sql.rate_limits import SqlRateLimits
from hub.store.sqlite.connection import BriefConnections
from hub.store.sqlite.store import SqliteEndedSessions, SqliteServiceLease, SqliteStore

ROOT = Path(__file__).parents[4]


class State(Protocol):
    """One state: empty at first, and shared by everything that is opened over it, from any process."""

    @property
    def opening(self) -> str:
        """Lines of Python by which another process opens it as `store`, and its rate limits as `limits`, its lease of
        services as `lease`."""
        ...

    def open(self) -> Store:
        """The whole store over a connection of its own."""
        ...

    def rate_limits(self) -> RateLimits:
        """As connectors have them, outside of runs; the state is not made by that."""
        ...

    def lease(self) -> ServiceLease:
        """As each service has it."""
        ...

    def sessions(self) -> EndedSessions:
        """As the pages have them; the state is made when a session ends."""
        ...

    def exists(self) -> bool:
        """Whether anything is there yet."""
        ...

    def close(self) -> None:
        """Close all that was opened here."""
        ...


class SqliteState:
    """A file in the test's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "hub.db"
        self._opened: list[SqliteStore] = []

    @property
    def opening(self) -> str:
        return (
            "from hub.store.sqlite.connection import BriefConnections\n"
            "from hub.store.sql.rate_limits import SqlRateLimits\n"
            "from hub.store.sqlite.store import SqliteServiceLease, SqliteStore\n"
            "from pathlib import Path\n"
            f"store, limits = SqliteStore({str(self.path)!r}), SqlRateLimits(BriefConnections({str(self.path)!r}))\n"
            f"lease = SqliteServiceLease(Path({str(self.path)!r}))\n"
        )

    def open(self) -> Store:
        self._opened.append(SqliteStore(self.path))
        return self._opened[-1]

    def rate_limits(self) -> RateLimits:
        return SqlRateLimits(BriefConnections(self.path))

    def lease(self) -> ServiceLease:
        return SqliteServiceLease(self.path)

    def sessions(self) -> EndedSessions:
        return SqliteEndedSessions(self.path)

    def exists(self) -> bool:
        return self.path.exists()

    def close(self) -> None:
        for store in self._opened:
            store.close()


class PostgresState:
    """A schema of its own on the server of the tests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened: list[PostgresStore] = []
        self._connections = PostgresReconnecting(url)

    @property
    def opening(self) -> str:
        return (
            "from hub.store.postgres.connection import PostgresReconnecting\n"
            "from hub.store.postgres.store import PostgresServiceLease, PostgresStore\n"
            "from hub.store.sql.rate_limits import SqlRateLimits\n"
            f"store, limits = PostgresStore({self.url!r}), SqlRateLimits(PostgresReconnecting({self.url!r}))\n"
            f"lease = PostgresServiceLease({self.url!r})\n"
        )

    def open(self) -> Store:
        self._opened.append(PostgresStore(self.url))
        return self._opened[-1]

    def rate_limits(self) -> RateLimits:
        return SqlRateLimits(self._connections)

    def lease(self) -> ServiceLease:
        return PostgresServiceLease(self.url)

    def sessions(self) -> EndedSessions:
        return PostgresEndedSessions(self.url)

    def exists(self) -> bool:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("select to_regclass('lease') is not null").fetchone()
            return bool(row and row[0])

    def close(self) -> None:
        self._connections.close()
        for store in self._opened:
            store.close()


def process(state: State, script: str) -> subprocess.Popen[str]:
    """Another process over the same state, with its input and output as pipes."""
    command = [sys.executable, "-c", state.opening + script]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


KILL = "import os, signal\ndef die():\n    os.kill(os.getpid(), signal.SIGKILL)\n"


def killed(state: State, script: str) -> None:
    """Another process over the same state, which ends by calling `die()`: nothing that comes after in it happens."""
    with process(state, KILL + script) as child:
        child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
