"""The state's secret: made once, never shown, and gone with the state."""

import secrets
import sqlite3

from sqlite_utils import Database

BYTES = 32


def make_key(db: Database) -> None:
    """The step that gives a state its secret."""
    db.execute("create table secret_key (id integer primary key check (id = 1), value blob not null)")
    db.execute("insert into secret_key values (1, ?)", [secrets.token_bytes(BYTES)])


def load_key(db: sqlite3.Connection) -> bytes:
    """The secret."""
    return bytes(db.execute("select value from secret_key").fetchone()[0])
