"""Earlier snapshots: what each reading changed is kept as it was before, and undone step by step."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

from hub.model.initiative import Gap, Initiative, Pulled, Snapshot
from hub.store.base import SNAPSHOT_LIMIT
from hub.store.serialization import initiative_format

# Rows of another format are not read: their source is read again from its tracker instead.
ROW_FORMAT = f"arrays 2: {Initiative.__slots__}"


def begin_reading(db: sqlite3.Connection, pulled: Sequence[Pulled], now: datetime) -> None:
    """Whatever is saved after this belongs to a new reading; the oldest ones are let go."""
    gaps = {one.connector: [(gap.reason, gap.key) for gap in one.gaps] for one in pulled}
    cursor = db.execute("insert into reading (taken, gaps) values (?, ?)", [now.isoformat(), json.dumps(gaps)])
    oldest = int(cursor.lastrowid or 0) - SNAPSHOT_LIMIT
    db.execute("delete from reading where id <= ?", [oldest])
    db.execute("delete from undo where reading <= ?", [oldest])


def forget_source(db: sqlite3.Connection, connector: str) -> None:
    """Rows of another format cannot be read any more: there is no way back past them."""
    db.execute("delete from undo where connector = ?", [connector])


def earlier_snapshots(db: sqlite3.Connection) -> Iterator[Snapshot]:
    """What was known after each reading, the latest first."""
    readable = {row[0] for row in db.execute("select connector from source where form = ?", [ROW_FORMAT])}
    rows = db.execute("select connector, ticket_id, body from initiative").fetchall()
    now: dict[tuple[str, str], str | None] = {(row[0], row[1]): row[2] for row in rows if row[0] in readable}
    for reading, taken, gaps in db.execute("select id, taken, gaps from reading order by id desc").fetchall():
        yield _snapshot(now, datetime.fromisoformat(taken), json.loads(gaps))
        undo = db.execute("select connector, ticket_id, body from undo where reading = ?", [reading])
        now.update({(row[0], row[1]): row[2] for row in undo if row[0] in readable})


def _snapshot(now: dict[tuple[str, str], str | None], taken: datetime, gaps: dict[str, list[list[str]]]) -> Snapshot:
    texts: dict[str, list[str]] = {name: [] for name in gaps}
    for (connector, _), body in sorted(now.items()):
        if body is not None:
            texts.setdefault(connector, []).append(body)
    pulled = tuple(
        Pulled(
            name,
            tuple(map(initiative_format().decode, bodies)),
            tuple(Gap(name, reason, key) for reason, key in gaps.get(name, ())),
        )
        for name, bodies in sorted(texts.items())
    )
    return Snapshot(pulled, taken)
