"""Earlier snapshots: what each reading changed is kept as it was before, and undone step by step."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

from hub.model.initiative import Gap, Initiative, PullResult, Snapshot
from hub.store.base import SNAPSHOT_LIMIT
from hub.store.serialization import initiative_format

# Rows of another format are not read: their source is read again from its tracker instead.
ROW_FORMAT = f"arrays 2: {Initiative.__slots__}"


def begin_snapshot(db: sqlite3.Connection, pulled: Sequence[PullResult], now: datetime) -> None:
    """Whatever is saved after this belongs to a new reading; the oldest ones are let go."""
    gaps = {pull_result.connector: [(gap.reason, gap.key) for gap in pull_result.gaps] for pull_result in pulled}
    cursor = db.execute("insert into snapshot (pulled_at, gaps) values (?, ?)", [now.isoformat(), json.dumps(gaps)])
    oldest = int(cursor.lastrowid or 0) - SNAPSHOT_LIMIT
    db.execute("delete from snapshot where id <= ?", [oldest])
    db.execute("delete from snapshot_diff where snapshot_id <= ?", [oldest])


def delete_source_history(db: sqlite3.Connection, connector: str) -> None:
    """Rows of another format cannot be read any more: there is no way back past them."""
    db.execute("delete from snapshot_diff where connector = ?", [connector])


def earlier_snapshots(db: sqlite3.Connection) -> Iterator[Snapshot]:
    """What was known after each reading, the latest first."""
    readable = {row[0] for row in db.execute("select connector from source where row_format = ?", [ROW_FORMAT])}
    rows = db.execute("select connector, ticket_id, body from initiative").fetchall()
    now: dict[tuple[str, str], str | None] = {(row[0], row[1]): row[2] for row in rows if row[0] in readable}
    for snapshot_id, pulled_at, gaps in db.execute(
        "select id, pulled_at, gaps from snapshot order by id desc"
    ).fetchall():
        yield _snapshot(now, datetime.fromisoformat(pulled_at), json.loads(gaps))
        diff = db.execute("select connector, ticket_id, body from snapshot_diff where snapshot_id = ?", [snapshot_id])
        now.update({(row[0], row[1]): row[2] for row in diff if row[0] in readable})


def _snapshot(
    now: dict[tuple[str, str], str | None], pulled_at: datetime, gaps: dict[str, list[list[str]]]
) -> Snapshot:
    texts: dict[str, list[str]] = {name: [] for name in gaps}
    for (connector, _), body in sorted(now.items()):
        if body is not None:
            texts.setdefault(connector, []).append(body)
    pulled = tuple(
        PullResult(
            name,
            tuple(map(initiative_format().decode, bodies)),
            tuple(Gap(name, reason, key) for reason, key in gaps.get(name, ())),
        )
        for name, bodies in sorted(texts.items())
    )
    return Snapshot(pulled, pulled_at)
