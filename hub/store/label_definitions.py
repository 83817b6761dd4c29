"""The part of the state that holds which label definitions the hub itself made, so that it can take them back."""

import sqlite3
from collections.abc import Sequence

CREATED_LABEL_TABLES = """
create table label_definition (
  connector text not null,
  name text not null,
  primary key (connector, name)
) without rowid;
alter table command add column quiet integer not null default 0
"""


def load_created_labels(db: sqlite3.Connection, connector: str) -> tuple[str, ...]:
    """`place:label` of every definition that was made and is not known to be gone."""
    rows = db.execute("select name from label_definition where connector = ? order by name", [connector])
    return tuple(name for (name,) in rows)


def save_created_labels(db: sqlite3.Connection, connector: str, names: Sequence[str]) -> None:
    """Remember them; those that are known stay."""
    db.executemany("insert or ignore into label_definition values (?, ?)", [(connector, name) for name in names])


def delete_created_label(db: sqlite3.Connection, connector: str, name: str) -> None:
    """It is gone."""
    db.execute("delete from label_definition where connector = ? and name = ?", [connector, name])
