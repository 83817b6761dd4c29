"""The part of the state that holds what was read: rows written only where they changed."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from hub.model.initiative import Gap, Pulled
from hub.store.base import StoredSource
from hub.store.codec import initiative_from_text, initiative_to_text


def save_source(db: sqlite3.Connection, pulled: Pulled, now: datetime) -> tuple[int, int]:
    """Keep one connector's tickets; returns (changed, removed).

    A ticket that a complete enumeration did not show is removed here and counts a miss in the ledger;
    one that is there again counts none.
    """
    name = pulled.connector
    before = dict(db.execute("select ticket_id, body from initiative where connector = ?", [name]))
    rows = {i.id: (name, i.id, i.ref.key, initiative_to_text(i)) for i in pulled.initiatives}
    changed = [row for id_, row in rows.items() if before.get(id_) != row[3]]
    db.executemany("insert or replace into initiative values (?, ?, ?, ?)", changed)
    gaps = json.dumps([(gap.reason, gap.key) for gap in pulled.gaps])
    db.execute("insert or replace into source values (?, ?, ?)", [name, now.isoformat(), gaps])
    removed = _remove_unseen(db, pulled, set(before) - set(rows)) if pulled.complete else 0
    _count_misses(db, pulled, set(rows))
    return len(changed), removed


def _remove_unseen(db: sqlite3.Connection, pulled: Pulled, unseen: set[str]) -> int:
    unreadable = {gap.key for gap in pulled.gaps}
    keys = dict(db.execute("select ticket_id, ticket_key from initiative where connector = ?", [pulled.connector]))
    gone = [(pulled.connector, id_) for id_ in sorted(unseen) if keys[id_] not in unreadable and id_ not in unreadable]
    db.executemany("delete from initiative where connector = ? and ticket_id = ?", gone)
    return len(gone)


def _count_misses(db: sqlite3.Connection, pulled: Pulled, seen: set[str]) -> None:
    name = pulled.connector
    unreadable = {gap.key for gap in pulled.gaps}
    for ticket_id, key, misses in db.execute(
        "select ticket_id, ticket_key, misses from ledger where connector = ?", [name]
    ).fetchall():
        if ticket_id in seen:
            count = 0
        elif not pulled.complete or key in unreadable or ticket_id in unreadable:
            continue
        else:
            count = misses + 1
        if count != misses:
            db.execute("update ledger set misses = ? where connector = ? and ticket_id = ?", [count, name, ticket_id])


def load_sources(db: sqlite3.Connection) -> Sequence[StoredSource]:
    """Everything that was last read, connector by connector."""
    found = []
    for name, read, gaps in db.execute("select connector, read, gaps from source order by connector").fetchall():
        rows = db.execute("select body from initiative where connector = ? order by ticket_id", [name])
        found.append(
            StoredSource(
                name,
                datetime.fromisoformat(read),
                tuple(initiative_from_text(name, row[0]) for row in rows),
                tuple(Gap(name, reason, key) for reason, key in json.loads(gaps)),
            )
        )
    return found
