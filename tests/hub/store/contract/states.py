"""The databases that the promises are held against. A second one joins by an entry in DATABASES."""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from hub.store.base import EndedSessions, RateLimits, Store
from hub.store.sqlite.connection import BriefConnections
from hub.store.sqlite.store import SqliteRateLimits, SqliteStore, StoredEndedSessions

ROOT = Path(__file__).parents[4]


class State(Protocol):
    """One state: empty at first, and shared by everything that is opened over it, from any process."""

    @property
    def opening(self) -> str:
        """Lines of Python by which another process opens it as `store`, and its rate limits as `limits`."""
        ...

    def open(self, *, owner_is_gone: Callable[[str], bool] = ...) -> Store:
        """The whole store over a connection of its own."""
        ...

    def rate_limits(self) -> RateLimits:
        """As connectors have them, outside of runs; the state is not made by that."""
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
            "from hub.store.sqlite.store import SqliteRateLimits\n"
            "from hub.store.sqlite.store import SqliteStore\n"
            f"store, limits = SqliteStore({str(self.path)!r}), SqliteRateLimits(BriefConnections({str(self.path)!r}))\n"
        )

    def open(self, *, owner_is_gone: Callable[[str], bool] = lambda _owner: False) -> Store:
        self._opened.append(SqliteStore(self.path, owner_is_gone=owner_is_gone))
        return self._opened[-1]

    def rate_limits(self) -> RateLimits:
        return SqliteRateLimits(BriefConnections(self.path))

    def sessions(self) -> EndedSessions:
        return StoredEndedSessions(self.path)

    def exists(self) -> bool:
        return self.path.exists()

    def close(self) -> None:
        for store in self._opened:
            store.close()


DATABASES: Mapping[str, Callable[[Path], State]] = {"sqlite": SqliteState}


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
