"""The part of the state that says whether a workspace is at rest."""

import json

from hub.model.rest import Rest
from hub.store.base import Rests
from hub.store.sqlite.connection import SqliteRole
from hub.store.stir import stir


class RestInSqlite(SqliteRole, Rests):
    """The part of `hub.store.base.Store` about rest."""

    def keep_rest(self, rest: Rest) -> None:
        """See `Store.keep_rest`."""
        with self._claimed() as db:
            stir(db)
            latest = "select ?, ?, ? where not exists (select 1 from run where id > ?)"
            db.execute(f"insert into rest {latest}", [rest.run, rest.print, json.dumps(rest.leans), rest.run])

    def rest(self) -> Rest | None:
        """See `Store.rest`."""
        with self._atomic() as db:
            row = db.execute("select run, print, leans from rest").fetchone()
        return None if row is None else Rest(row[0], row[1], json.loads(row[2]))
