"""A lock beside the file of the state, which the operating system frees when its process is gone."""

import os
import sqlite3
from contextlib import suppress


class FileLock:
    """The lock is SQLite's own on a file that stays empty: it works wherever the state itself does.

    It is between processes and between two of these in one process; no host name and no process number is asked for,
    as containers that share a file may share both. Calls must not overlap.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._held: sqlite3.Connection | None = None

    @property
    def is_held(self) -> bool:
        """See `ProcessLock.is_held`."""
        return self._held is not None

    def acquire(self) -> bool:
        """See `ProcessLock.acquire`; where no file can be made there is no lock either."""
        if self._held is not None:
            return True
        try:
            create_for_owner_only(self._path)
            connection = sqlite3.connect(self._path, timeout=0, check_same_thread=False, isolation_level=None)
        except (sqlite3.Error, OSError):
            return False
        try:
            connection.execute("pragma journal_mode = memory")
            connection.execute("begin exclusive")
        except sqlite3.Error:
            connection.close()
            return False
        self._held = connection
        return True

    def release(self) -> None:
        """See `ProcessLock.release`."""
        if self._held is not None:
            self._held.close()
            self._held = None


def create_for_owner_only(path: str) -> None:
    """A new file is readable by its owner alone, even while it is empty; SQLite gives the files beside it the same
    rights. One that is there is not opened: closing it would end the locks of other connections in this process.
    """
    with suppress(FileExistsError):
        os.close(os.open(os.path.realpath(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
