"""Stores for tests: the real one in memory or in a file, and the end of a process."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.store.sqlite.store import SqliteStore


class PowerCut(BaseException):
    """The process ends here: nothing that comes after in it happens."""


def a_store() -> SqliteStore:
    """Empty, and forgotten at the end of the test."""
    return SqliteStore(":memory:")


def a_store_at(path: Path) -> SqliteStore:
    """The state of this file; a new one is copied, as all steps from an empty file cost more than a whole sync.

    Every copy has the same secret key, so that it is not for tests of that. Threads and processes may open one state at
    once, but only after the first has made it.
    """
    if not path.exists():
        path.write_bytes(_new_state())
        path.chmod(0o600)
    return SqliteStore(path)


@cache
def _new_state() -> bytes:
    with TemporaryDirectory() as folder:
        SqliteStore(path := Path(folder) / "hub.db").close()
        return path.read_bytes()
