"""Remote links, webhook inbox, digests, ended sessions, and the store that has all roles."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from hub.model.action import Target
from hub.model.errors import StoreError
from hub.model.initiative import Ref
from hub.model.remote_link import PostedRemoteLink
from hub.model.service_state import DigestBaseline, PendingRefresh, WebhookDelivery
from hub.store.base import DigestLog, EndedSessions, RemoteLinks, Store, WebhookInbox
from hub.store.sql.copy import check_idle, copy_tables, is_unused
from hub.store.sql.database import Database, SqlRole, upsert
from hub.store.sql.ledger import SqlLedger
from hub.store.sql.rate_limits import SqlRateLimits
from hub.store.sql.run_log import SqlHistory, SqlRunLog
from hub.store.sql.snapshots import SqlSnapshots

# Trackers send a delivery again for three days at the most.
MAX_RECENT = timedelta(days=7)
_REMOTE_LINKS = (
    "select connector, ticket_id, ticket_key, global_id, digest from remote_link"
    " order by connector, ticket_key, global_id"
)


class SqlRemoteLinks(SqlRole, RemoteLinks):
    """One row a link; every change is a transaction of its own within the run's fence."""

    def remote_links(self) -> Sequence[PostedRemoteLink]:
        with self._atomic() as db:
            rows = db.execute(_REMOTE_LINKS).fetchall()
        return tuple(
            PostedRemoteLink(Target(Ref(connector, key), id_), global_id, digest)
            for connector, id_, key, global_id, digest in rows
        )

    def record_remote_link(self, target: Target, global_id: str, digest: str) -> None:
        statement = upsert("remote_link", ("connector", "ticket_id", "global_id"), ("ticket_key", "digest"))
        with self._claimed() as db:
            db.execute(statement, [target.ref.connector, target.id, global_id, target.ref.key, digest])

    def remote_link_gone(self, target: Target, global_id: str) -> None:
        with self._claimed() as db:
            db.execute(
                "delete from remote_link where connector = ? and ticket_id = ? and global_id = ?",
                [target.ref.connector, target.id, global_id],
            )


class SqlWebhookInbox(SqlRole, WebhookInbox):
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


def _save_delivery(db: Database, delivery: WebhookDelivery) -> bool:
    """False where the delivery, or one with the same body, was known already."""
    received_at = delivery.received.isoformat()
    db.execute("delete from delivery where received < ?", [(delivery.received - MAX_RECENT).isoformat()])
    row = [delivery.connector, delivery.delivery_id, delivery.digest, received_at]
    if db.execute("insert into delivery values (?, ?, ?, ?) on conflict do nothing", row).rowcount != 1:
        return False
    for ticket in dict.fromkeys(delivery.tickets):
        # A new number each time: whoever answers what came before does not answer this.
        query = "select received from pending_refresh where connector = ? and ticket = ?"
        first = db.execute(query, [delivery.connector, ticket]).fetchone()
        since = received_at if first is None else first[0]
        db.execute("delete from pending_refresh where connector = ? and ticket = ?", [delivery.connector, ticket])
        insert = "insert into pending_refresh (connector, ticket, received) values (?, ?, ?)"
        db.execute(insert, [delivery.connector, ticket, since])
    return True


class SqlDigests(SqlRole, DigestLog):
    """One row a team. Summaries are sent outside of runs, so that no run's fence holds."""

    def last_digest(self, team: str) -> tuple[datetime, DigestBaseline] | None:
        with self._atomic() as db:
            row = db.execute("select tried, baseline from digest where team = ?", [team]).fetchone()
        return None if row is None else (datetime.fromisoformat(row[0]), _canonical(row[1]))

    def record_digest(self, team: str, baseline: DigestBaseline, now: datetime) -> None:
        with self._claimed() as db:
            db.execute(
                "insert into digest values (?, ?, null, ?) "
                "on conflict (team) do update set tried = excluded.tried, baseline = excluded.baseline",
                [team, now.isoformat(), msgspec.json.encode(baseline, order="deterministic").decode()],
            )

    def record_digest_delivery(self, team: str, now: datetime) -> None:
        with self._claimed() as db:
            db.execute("update digest set sent = ? where team = ?", [now.isoformat(), team])


def _canonical(text: str) -> DigestBaseline:
    baseline = msgspec.json.decode(text, type=DigestBaseline)
    # Before linked tickets were counted, `active` stood for other tickets.
    return baseline if '"linked"' in text else replace(baseline, active=None)


class SqlStore(
    SqlRunLog,
    SqlLedger,
    SqlRemoteLinks,
    SqlSnapshots,
    SqlHistory,
    SqlWebhookInbox,
    SqlRateLimits,
    SqlDigests,
    Store,
):
    """All roles together over one connection."""

    def close(self) -> None:
        # First, as a server takes a moment to notice that a session is over.
        with suppress(StoreError):
            self._lock.release()
        self._connection.close()

    def is_unused(self) -> bool:
        with self._atomic() as db:
            return is_unused(db)

    def replace_with(self, source: Store, now: datetime, *, exclusive: bool = False) -> int:
        if not isinstance(source, SqlStore):
            raise TypeError(f"{type(source).__name__} has no tables to copy")
        with source.reading(exclusive=exclusive) as rows, self._claimed() as db:
            check_idle(db, now)
            if exclusive:
                check_idle(rows, now)
            count = copy_tables(rows, db)
            self._continue_numbers(db)
        return count

    def reading(self, *, exclusive: bool) -> AbstractContextManager[Database]:
        """A transaction that sees one moment; while it is `exclusive`, nobody else writes."""
        return self._claimed() if exclusive else self._atomic()

    def _continue_numbers(self, db: Database) -> None:
        """Let the database number new rows after those that were copied; SQLite does so by itself."""


class SqlEndedSessions(SqlRole, EndedSessions):
    """Of a session only its random name."""

    def end(self, session: str, until: datetime, now: datetime) -> None:
        with self._claimed() as db:
            db.execute("delete from ended_session where until <= ?", [now.timestamp()])
            db.execute(upsert("ended_session", ("id",), ("until",)), [session, until.timestamp()])

    def has_ended(self, session: str) -> bool:
        with self._atomic() as db:
            return db.execute("select 1 from ended_session where id = ?", [session]).fetchone() is not None
