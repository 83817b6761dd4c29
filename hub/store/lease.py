"""The part of the state that says who may write: one run at a time, by a lease whose number is the fence."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from hub.model.errors import StoreError
from hub.store.stir import invalidate

LEASE_LOST = "another run has taken over the state: this one stops"


def acquire(
    db: sqlite3.Connection, owner: str, now: datetime, lease_seconds: float, is_owner_dead: Callable[[str], bool]
) -> int:
    """Open a run under a new number, unless another's lease lives."""
    current = db.execute("select owner, until from lease where name = 'run'").fetchone()
    if current is not None and datetime.fromisoformat(current[1]) > now and not is_owner_dead(current[0]):
        raise StoreError(f"another run is using the state: {current[0]}, until {current[1]}. Wait for it, or stop it")
    db.execute("update run set status = 'lost' where status = 'running'")
    invalidate(db)
    cursor = db.execute("insert into run (started, status) values (?, 'running')", [now.isoformat()])
    run = int(cursor.lastrowid or 0)
    until = (now + timedelta(seconds=lease_seconds)).isoformat()
    db.execute("insert or replace into lease values ('run', ?, ?, ?)", [owner, run, until])
    return run


def check(db: sqlite3.Connection, run: int) -> None:
    """StoreError where the run's lease is another's by now. Nothing that such a run says is true any more."""
    if db.execute("select 1 from lease where name = 'run' and run = ?", [run]).fetchone() is None:
        raise StoreError(LEASE_LOST)


def extend(db: sqlite3.Connection, run: int, now: datetime, lease_seconds: float) -> None:
    """Keep the lease alive; StoreError when it is another's."""
    until = (now + timedelta(seconds=lease_seconds)).isoformat()
    if db.execute("update lease set until = ? where name = 'run' and run = ?", [until, run]).rowcount != 1:
        raise StoreError(LEASE_LOST)


def release(db: sqlite3.Connection, run: int, now: datetime, status: str, report: Mapping[str, Any]) -> None:
    """Close the run; a lease that is another's stays his."""
    text = _serialize(report)
    db.execute("update run set finished = ?, status = ?, report = ? where id = ?", [now.isoformat(), status, text, run])
    db.execute("delete from lease where name = 'run' and run = ?", [run])


def _serialize(report: Mapping[str, Any]) -> str:
    """With many tickets this is long, and all threads wait for it: the quick way, unless a text was cut in a letter."""
    try:
        return orjson.dumps(report, default=str).decode()
    except TypeError:
        return json.dumps(report, default=str)
