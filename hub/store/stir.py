"""The end of rest: something begins or came in, and whoever is next has to look at everything."""

import sqlite3

RUN_FINGERPRINT_TABLE = """
create table rest (
  run integer primary key,
  print text not null,
  leans text not null
)
"""


def invalidate(db: sqlite3.Connection) -> None:
    """Forget that the workspace was at rest."""
    db.execute("delete from rest")
