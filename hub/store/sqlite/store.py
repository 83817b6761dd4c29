"""The whole store over one connection to one file: every role that a run, a page or a command needs."""

from collections.abc import Callable
from pathlib import Path

from hub.store.base import Store
from hub.store.sqlite.connection import SharedConnection
from hub.store.sqlite.digests import SqliteDigests
from hub.store.sqlite.history import SqliteHistory
from hub.store.sqlite.ledger import SqliteLedger
from hub.store.sqlite.rate_limits import SqliteRateLimits
from hub.store.sqlite.run_log import SqliteRunLog
from hub.store.sqlite.snapshots import SqliteSnapshots
from hub.store.sqlite.webhooks import SqliteWebhookInbox


class SqliteStore(
    SqliteRunLog,
    SqliteLedger,
    SqliteSnapshots,
    SqliteHistory,
    SqliteWebhookInbox,
    SqliteRateLimits,
    SqliteDigests,
    Store,
):
    """All roles together."""

    def __init__(self, path: Path | str, *, owner_is_gone: Callable[[str], bool] = lambda _owner: False) -> None:
        super().__init__(SharedConnection(path), owner_is_gone=owner_is_gone)

    def close(self) -> None:
        self._connection.close()
