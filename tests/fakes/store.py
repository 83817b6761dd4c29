"""Stores for tests: the real one in memory, and the end of a process."""

from hub.store.sqlite.store import SqliteStore


class PowerCut(BaseException):
    """The process ends here: nothing that comes after in it happens."""


def a_store() -> SqliteStore:
    """Empty, and forgotten at the end of the test."""
    return SqliteStore(":memory:")
