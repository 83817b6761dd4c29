"""The part of the state that holds which deliveries of webhooks came, and what is to be looked at because of them."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hub.model.knock import Knock

# Trackers send a delivery again for three days at the most.
REMEMBERED = timedelta(days=7)


def save_delivery(
    db: sqlite3.Connection, connector: str, delivery: str, digest: str, *, tickets: Sequence[str], now: datetime
) -> bool:
    """Remember the delivery and what it asks for; False where it, or the same body, was known already."""
    moment = now.isoformat()
    db.execute("delete from delivery where received < ?", [(now - REMEMBERED).isoformat()])
    row = [connector, delivery, digest, moment]
    if db.execute("insert or ignore into delivery values (?, ?, ?, ?)", row).rowcount != 1:
        return False
    for ticket in dict.fromkeys(tickets):
        # A new number each time: whoever answers what came before does not answer this.
        first = db.execute("select received from knock where connector = ? and ticket = ?", [connector, ticket])
        since = (first.fetchone() or [moment])[0]
        db.execute(
            "insert or replace into knock (connector, ticket, received) values (?, ?, ?)", [connector, ticket, since]
        )
    return True


def load_knocks(db: sqlite3.Connection) -> tuple[Knock, ...]:
    """Everything that waits, in the order it came."""
    rows = db.execute("select id, connector, ticket, received from knock order by id")
    return tuple(Knock(id_, connector, ticket, datetime.fromisoformat(at)) for id_, connector, ticket, at in rows)


def answer(db: sqlite3.Connection, upto: int, but: Iterable[str] = ()) -> None:
    """What came up to this number was looked at, but for what these connectors sent."""
    asked = db.execute("select id, connector from knock where id <= ?", [upto]).fetchall()
    db.executemany("delete from knock where id = ?", [(id_,) for id_, connector in asked if connector not in but])
