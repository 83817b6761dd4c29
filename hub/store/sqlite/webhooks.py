"""Which deliveries of webhooks came, and which tickets are to be read again because of them."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.model.knock import Knock, Noted
from hub.store.base import WebhookInbox
from hub.store.sqlite.connection import SqliteRole

# Trackers send a delivery again for three days at the most.
REMEMBERED = timedelta(days=7)


class SqliteWebhookInbox(SqliteRole, WebhookInbox):
    """Deliveries by id and by hash of the body; what is to be read again by ticket."""

    def deliver_all(self, noted: Sequence[Noted]) -> Sequence[bool]:
        with self._claimed() as db:
            return [_save_delivery(db, delivery) for delivery in noted]

    def knocks(self) -> Sequence[Knock]:
        with self._atomic() as db:
            rows = db.execute("select id, connector, ticket, received from knock order by id")
            return tuple(Knock(id_, name, ticket, datetime.fromisoformat(at)) for id_, name, ticket, at in rows)

    def answered(self, upto: int, but: frozenset[str] = frozenset()) -> None:
        with self._claimed() as db:
            due = db.execute("select id, connector from knock where id <= ?", [upto]).fetchall()
            db.executemany("delete from knock where id = ?", [(id_,) for id_, name in due if name not in but])


def _save_delivery(db: sqlite3.Connection, noted: Noted) -> bool:
    """False where the delivery, or one with the same body, was known already."""
    moment = noted.received.isoformat()
    db.execute("delete from delivery where received < ?", [(noted.received - REMEMBERED).isoformat()])
    row = [noted.connector, noted.delivery, noted.digest, moment]
    if db.execute("insert or ignore into delivery values (?, ?, ?, ?)", row).rowcount != 1:
        return False
    for ticket in dict.fromkeys(noted.tickets):
        # A new number each time: whoever answers what came before does not answer this.
        query = "select received from knock where connector = ? and ticket = ?"
        first = db.execute(query, [noted.connector, ticket]).fetchone()
        since = moment if first is None else first[0]
        insert = "insert or replace into knock (connector, ticket, received) values (?, ?, ?)"
        db.execute(insert, [noted.connector, ticket, since])
    return True
