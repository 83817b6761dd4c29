"""The count of recent writes, and what hosts said is left: shared by all processes with the same state."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from hub.model.errors import StoreError
from hub.model.pacing import HOUR, MINUTE, RateLimitBudget, RateLimitStatus, next_slot

BUSY_MILLISECONDS = 10_000

RATE_LIMIT_TABLES = """
create table spending (
  connector text primary key,
  host text not null,
  told text not null,
  lane text not null,
  per_minute real not null,
  per_hour integer not null
) without rowid;
create table allowance (
  connector text not null,
  host text not null,
  kind text not null,
  quota integer not null,
  remaining integer not null,
  resets_at text not null,
  primary key (connector, kind)
) without rowid
"""


class SqliteRateLimitStore:
    """See `connectors.base.Throttle`. The state must be there; it is opened for each place, as writes are seldom."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def reserve(self, bucket: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        """See `Throttle.reserve`. The write lock is taken before anything is read: nobody gets the same place."""
        timestamp = now.timestamp()
        if not (per_minute or per_hour):
            return 0.0
        with self._claimed() as db:
            # Kept for longer than they count: another process may have read its clock a little earlier.
            db.execute("delete from recent_write where at <= ?", [timestamp - 2 * HOUR])
            rows = db.execute("select at from recent_write where lane = ? order by at", [bucket])
            slot = next_slot([at for (at,) in rows], timestamp, per_minute=per_minute, per_hour=per_hour)
            if slot - timestamp <= longest:
                db.execute("insert into recent_write values (?, ?)", [bucket, slot])
            return slot - timestamp

    def save_status(self, status: RateLimitStatus) -> None:
        """See `Throttle.note`. What was told of another host goes; an account that is not known stays as it was."""
        name, host, bucket = status.connector, status.host, status.bucket
        with self._claimed() as db:
            db.execute("delete from allowance where connector = ? and host != ?", [name, host])
            db.execute("delete from spending where connector = ? and host != ?", [name, host])
            db.execute(
                "insert into spending values (?, ?, ?, ?, ?, ?) on conflict (connector) do update set told ="
                " excluded.told, lane = case excluded.lane when '' then lane else excluded.lane end,"
                " per_minute = excluded.per_minute, per_hour = excluded.per_hour",
                [name, host, status.reported_at.isoformat(), bucket, status.per_minute, status.per_hour],
            )
            db.executemany(
                "insert or replace into allowance values (?, ?, ?, ?, ?, ?)",
                [
                    (
                        name,
                        host,
                        rate_limit_budget.kind,
                        rate_limit_budget.limit,
                        rate_limit_budget.remaining,
                        rate_limit_budget.resets_at.isoformat(),
                    )
                    for rate_limit_budget in status.budgets
                ],
            )

    @contextmanager
    def _claimed(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._open()) as db, db:
                db.execute("begin immediate")
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} cannot count writes: {error}") from error

    def _open(self) -> sqlite3.Connection:
        """Never a new file: whoever made one without its tables would spoil it for the store."""
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        db = sqlite3.connect(address, uri=True, isolation_level=None)
        db.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
        return db


def load_rate_limits(db: sqlite3.Connection, now: datetime) -> Sequence[RateLimitStatus]:
    """What each connector may still spend, with the writes of its account in the last minute and hour."""
    statuses = []
    rows = db.execute("select connector, host, told, lane, per_minute, per_hour from spending order by connector")
    for name, host, reported, bucket, per_minute, per_hour in rows.fetchall():
        minute, hour = (_writes_since(db, bucket, now.timestamp() - seconds) for seconds in (MINUTE, HOUR))
        budgets = tuple(
            RateLimitBudget(kind, limit, remaining, datetime.fromisoformat(resets))
            for kind, limit, remaining, resets in db.execute(
                "select kind, quota, remaining, resets_at from allowance where connector = ? order by kind", [name]
            )
        )
        reported_at = datetime.fromisoformat(reported)
        statuses.append(
            RateLimitStatus(name, host, reported_at, budgets, bucket, per_minute, int(per_hour), minute, hour)
        )
    return statuses


def _writes_since(db: sqlite3.Connection, bucket: str, since: float) -> int:
    row = db.execute("select count(*) from recent_write where lane = ? and at > ?", [bucket, since]).fetchone()
    return int(row[0])
