"""The part of the state that holds which deliveries of webhooks came, and what is to be looked at because of them."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hub.model.knock import PendingRefresh
from hub.store.stir import invalidate

# Trackers send a delivery again for three days at the most.
DELIVERY_RETENTION = timedelta(days=7)


def save_delivery(
    db: sqlite3.Connection, connector: str, delivery_id: str, digest: str, *, tickets: Sequence[str], now: datetime
) -> bool:
    """Remember the delivery and what it asks for; False where it, or the same body, was known already."""
    received_at = now.isoformat()
    db.execute("delete from delivery where received < ?", [(now - DELIVERY_RETENTION).isoformat()])
    row = [connector, delivery_id, digest, received_at]
    if db.execute("insert or ignore into delivery values (?, ?, ?, ?)", row).rowcount != 1:
        return False
    if tickets:
        invalidate(db)
    for ticket in dict.fromkeys(tickets):
        # A new number each time: whoever answers what came before does not answer this.
        first = db.execute("select received from knock where connector = ? and ticket = ?", [connector, ticket])
        since = (first.fetchone() or [received_at])[0]
        db.execute(
            "insert or replace into knock (connector, ticket, received) values (?, ?, ?)", [connector, ticket, since]
        )
    return True


def load_refreshes(db: sqlite3.Connection) -> tuple[PendingRefresh, ...]:
    """Everything that waits, in the order it came."""
    rows = db.execute("select id, connector, ticket, received from knock order by id")
    return tuple(
        PendingRefresh(id_, connector, ticket, datetime.fromisoformat(at)) for id_, connector, ticket, at in rows
    )


def delete_refreshes(db: sqlite3.Connection, up_to_event: int, except_connectors: Iterable[str] = ()) -> None:
    """What came up to this number was looked at, but for what these connectors sent."""
    rows = db.execute("select id, connector from knock where id <= ?", [up_to_event]).fetchall()
    db.executemany(
        "delete from knock where id = ?", [(id_,) for id_, connector in rows if connector not in except_connectors]
    )
