"""Which deliveries of webhooks came, and which tickets are to be read again because of them."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.model.knock import PendingRefresh, WebhookDelivery
from hub.store.base import WebhookInbox
from hub.store.sqlite.connection import SqliteRole

# Trackers send a delivery again for three days at the most.
MAX_RECENT = timedelta(days=7)


class SqliteWebhookInbox(SqliteRole, WebhookInbox):
    """Deliveries by id and by hash of the body; what is to be read again by ticket."""

    def record_deliveries(self, deliveries: Sequence[WebhookDelivery]) -> Sequence[bool]:
        with self._claimed() as db:
            return [_save_delivery(db, delivery) for delivery in deliveries]

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        with self._atomic() as db:
            rows = db.execute("select id, connector, ticket, received from pending_refresh order by id")
            return tuple(
                PendingRefresh(id_, name, ticket, datetime.fromisoformat(at)) for id_, name, ticket, at in rows
            )

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str] = frozenset()) -> None:
        with self._claimed() as db:
            due = db.execute("select id, connector from pending_refresh where id <= ?", [up_to_event]).fetchall()
            db.executemany(
                "delete from pending_refresh where id = ?",
                [(id_,) for id_, name in due if name not in except_connectors],
            )


def _save_delivery(db: sqlite3.Connection, delivery: WebhookDelivery) -> bool:
    """False where the delivery, or one with the same body, was known already."""
    received_at = delivery.received.isoformat()
    db.execute("delete from delivery where received < ?", [(delivery.received - MAX_RECENT).isoformat()])
    row = [delivery.connector, delivery.delivery_id, delivery.digest, received_at]
    if db.execute("insert or ignore into delivery values (?, ?, ?, ?)", row).rowcount != 1:
        return False
    for ticket in dict.fromkeys(delivery.tickets):
        # A new number each time: whoever answers what came before does not answer this.
        query = "select received from pending_refresh where connector = ? and ticket = ?"
        first = db.execute(query, [delivery.connector, ticket]).fetchone()
        since = received_at if first is None else first[0]
        insert = "insert or replace into pending_refresh (connector, ticket, received) values (?, ?, ?)"
        db.execute(insert, [delivery.connector, ticket, since])
    return True
