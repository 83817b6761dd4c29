"""Everything that one state holds, taken over by another: for backups, and for the way to another database."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from hub.model.errors import StoreError
from hub.store.sql.database import Database
from hub.store.sql.lease import lease_text

TABLES = (
    # Before `source` and `snapshot`: a ticket's row leaves no way back where nothing was read before.
    "initiative",
    "ledger",
    "deferred_comment",
    "okr_ticket",
    "work_answer",
    "measure_answer",
    "remote_link",
    "absent_ticket",
    "command",
    "dependency_first_seen",
    "finding_history",
    "digest",
    "created_label",
    "delivery",
    "pending_refresh",
    "ended_session",
    "write_reservation",
    "rate_limit_state",
    "rate_limit_budget",
    "host_pause",
    "host_limit",
    "run",
    "snapshot",
    "snapshot_diff",
    "source",
    "secret_key",
)
"""Every table but the lease, which belongs to a process, and each database's own of versions."""
OWN_TABLES = frozenset((*TABLES, "lease", "schema_step", "_sqlite_migrations", "sqlite_sequence"))
NUMBERED = ("pending_refresh", "run", "snapshot")
"""Tables whose rows have numbers that are never used twice."""
BATCH_SIZE = 5_000


def check_idle(db: Database, now: datetime) -> None:
    """StoreError where a run holds the state by a lease that lives."""
    lease = db.execute("select owner, until from lease where name = 'run'").fetchone()
    if lease is not None and datetime.fromisoformat(lease[1]) > now:
        raise StoreError(f"a run holds the state: {lease_text(lease[0], lease[1])}. Wait for it, or stop it")


def is_unused(db: Database) -> bool:
    """Whether no run was ever recorded there and nothing was posted."""
    return not any(db.execute(f"select 1 from {name} limit 1").fetchone() for name in ("run", "ledger", "source"))  # noqa: S608


def copy_tables(source: Database, target: Database) -> int:
    """Put every row of the source in the place of the target's; returns how many there are."""
    for name in reversed(TABLES):
        target.execute(f"delete from {name}")  # noqa: S608 - names of ours
    target.execute("delete from lease")
    rows = sum(_copy_table(source, target, name) for name in TABLES)
    # A run that was under way in the source ended without an end, as far as the copy knows.
    target.execute("update run set status = 'lost' where status = 'running'")
    return rows


def _copy_table(source: Database, target: Database, name: str) -> int:
    cursor = source.execute(f"select * from {name}")  # noqa: S608
    columns = [column[0] for column in cursor.description]
    marks = ", ".join("?" * len(columns))
    statement = f"insert into {name} ({', '.join(columns)}) values ({marks})"  # noqa: S608
    count = 0
    for batch in _batches(iter(cursor)):
        target.executemany(statement, batch)
        count += len(batch)
    return count


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH_SIZE)):
        yield batch
