"""The hub's links on tickets, one row each."""

from collections.abc import Sequence

from hub.model.action import Target
from hub.model.initiative import Ref
from hub.model.remote_link import PostedRemoteLink
from hub.store.remote_links import RemoteLinks
from hub.store.sql.database import SqlRole, upsert

_ROWS = (
    "select connector, ticket_id, ticket_key, global_id, digest from remote_link"
    " order by connector, ticket_key, global_id"
)


class SqlRemoteLinks(SqlRole, RemoteLinks):
    """Every change is a transaction of its own within the run's fence."""

    def remote_links(self) -> Sequence[PostedRemoteLink]:
        with self._atomic() as db:
            rows = db.execute(_ROWS).fetchall()
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
