"""Leases: who does something alone, until when, and whether whoever took it is still there."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from hub.model.errors import StoreError
from hub.model.message import day
from hub.store.shared import ServiceLease
from hub.store.sql.database import Database, SqlRole, Transactions, upsert

RUN, SERVICE = "run", "service"
_LATEST = """
select
  (select coalesce(max(id), 0) from run where finished is not null),
  (select coalesce(max(id), 0) from pending_refresh)
"""


class ProcessLock(Protocol):
    """A lock that is free again as soon as the process that holds it is gone, however it ended."""

    @property
    def is_held(self) -> bool:
        """Whether it is held here."""
        ...

    def acquire(self) -> bool:
        """Take or keep it; False where it is held elsewhere, or where there can be none."""
        ...

    def release(self) -> None:
        """Let go of it if it is held here."""
        ...


class NoLock:
    """For a state that no other process can see: a lease ends with its time alone."""

    is_held = False

    def acquire(self) -> bool:
        """See `ProcessLock.acquire`."""
        return False

    def release(self) -> None:
        """See `ProcessLock.release`."""


def lease_owner_of(db: Database, name: str, now: datetime, lock: ProcessLock) -> tuple[str, str] | None:
    """The owner of a lease that lives, and until when; None where it may be taken.

    Where the owner holds the lock, a free lock means that its process is gone. One that took the lease from an owner
    that slept does not hold the lock yet: then the time alone counts.
    """
    row = db.execute("select owner, until, locked from lease where name = ?", [name]).fetchone()
    if row is None or datetime.fromisoformat(row[1]) <= now:
        return None
    if row[2] and not lock.is_held and lock.acquire():
        return None
    return row[0], row[1]


def lease_text(owner: str, until: str) -> str:
    """Who holds the lease, and until when at the latest, for people."""
    end = datetime.fromisoformat(until).astimezone(UTC)
    return f"{owner}, until {day(end)}, {end:%H:%M:%S} UTC at the latest"


def save_lease(db: Database, name: str, owner: str, until: datetime, *, lock: ProcessLock, run: int = 0) -> None:
    """The lease is the owner's from now on."""
    values = [name, owner, run, until.isoformat(), int(lock.acquire())]
    db.execute(upsert("lease", ("name",), ("owner", "run", "until", "locked")), values)


class SqlServiceLease(SqlRole, ServiceLease):
    """One row of `lease`. It is written when half of its time is over, and read otherwise."""

    def __init__(self, transactions: Transactions, lock: ProcessLock, close: Callable[[], None]) -> None:
        super().__init__(transactions)
        self._lock = lock
        self._close = close

    def acquire(self, owner: str, now: datetime, *, lease_seconds: float) -> str:
        with self._atomic() as db:
            owner_now, is_fresh = self._read(db, now + timedelta(seconds=lease_seconds / 2))
        if owner_now == owner and is_fresh:
            return owner
        if owner_now != owner:
            self._lock.release()
        with self._claimed() as db:
            living = lease_owner_of(db, SERVICE, now, self._lock)
            if living is not None and living[0] != owner:
                return living[0]
            save_lease(db, SERVICE, owner, now + timedelta(seconds=lease_seconds), lock=self._lock)
        return owner

    def release(self, owner: str) -> None:
        try:
            with self._claimed() as db:
                db.execute("delete from lease where name = ? and owner = ?", [SERVICE, owner])
        finally:
            self.close()

    def latest(self) -> tuple[int, int]:
        with self._atomic() as db:
            ended, refreshed = db.execute(_LATEST).fetchone()
            return int(ended), int(refreshed)

    def close(self) -> None:
        with suppress(StoreError):
            self._lock.release()
        self._close()

    def _read(self, db: Database, until: datetime) -> tuple[str, bool]:
        """Whose lease it is, and whether nothing has to be written: it lasts until then, and the lock is as told."""
        row = db.execute("select owner, until, locked from lease where name = ?", [SERVICE]).fetchone()
        if row is None:
            return "", False
        return row[0], datetime.fromisoformat(row[1]) > until and bool(row[2]) == self._lock.is_held
