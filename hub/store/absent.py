"""The part of the state that says which tickets the last full read did not show, though they stand as before."""

import sqlite3

from hub.model.initiative import PullResult

ABSENT_TABLE = """
create table absent_ticket (
  connector text not null,
  ticket_id text not null,
  primary key (connector, ticket_id)
) without rowid
"""


def save_absent(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Keep what a pull says of it; one that broke off says nothing."""
    if pulled.complete:
        db.execute("delete from absent_ticket where connector = ?", [pulled.connector])
        rows = [(pulled.connector, id_) for id_ in sorted(pulled.absent)]
        db.executemany("insert into absent_ticket values (?, ?)", rows)


def load_absent(db: sqlite3.Connection, name: str) -> frozenset[str]:
    """Those of one source."""
    return frozenset(id_ for (id_,) in db.execute("select ticket_id from absent_ticket where connector = ?", [name]))
