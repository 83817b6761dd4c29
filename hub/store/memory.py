"""The part of the state that holds since when dependencies are known."""

import sqlite3
from collections.abc import Mapping
from datetime import date

from hub.model.memory import DependencyHistory, DependencyKey
from hub.store.commands import load_commands
from hub.store.secret_key import load_key


def load_dependency_history(db: sqlite3.Connection) -> DependencyHistory:
    """Everything that earlier runs saw."""
    rows = db.execute("select waiting, providing, day from first_seen")
    first_seen = {(waiting, providing): date.fromisoformat(day) for waiting, providing, day in rows}
    return DependencyHistory(first_seen, load_commands(db), load_key(db))


def save_dependency_history(
    db: sqlite3.Connection, first_seen: Mapping[DependencyKey, date], *, is_complete: bool
) -> None:
    """Keep what is seen; forget what is seen no more, but only where everything was looked at."""
    known = load_dependency_history(db).first_seen
    vanished = [key for key in known if key not in first_seen] if is_complete else []
    db.executemany("delete from first_seen where waiting = ? and providing = ?", vanished)
    rows = [(*key, day.isoformat()) for key, day in first_seen.items() if known.get(key) != day]
    db.executemany("insert or replace into first_seen values (?, ?, ?)", rows)
