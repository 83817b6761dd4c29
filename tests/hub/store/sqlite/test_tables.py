"""A new file gets today's tables at once, and is then as one that went through every step."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from hub.model.errors import StoreError
from hub.store.sqlite.connection import VERSION, upgrade
from hub.store.sqlite.store import SqliteStore
from hub.store.sqlite.upgrades import migrations


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.db"
    SqliteStore(path).close()
    return path


@pytest.fixture
def stepwise(tmp_path: Path) -> Path:
    """A file of version 0 that isn't empty, opened."""
    path = tmp_path / "stepwise.db"
    with closing(Database(path)) as db:
        migrations().apply(db, stop_before="m002_cursors")
    SqliteStore(path).close()
    return path


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def schema(path: Path) -> dict[tuple[object, ...], str | None]:
    """The SQL of every table, index and trigger but for spaces, quotes around names, and upper case."""
    found = rows(path, "select type, name, tbl_name, sql from sqlite_master")
    return {tuple(key): None if sql is None else _normalised(str(sql)) for *key, sql in found}


def _normalised(sql: str) -> str:
    spaced = re.sub(r"\s+", " ", sql.replace('"', "")).lower()
    return re.sub(r" ?([(),]) ?", r"\1", spaced).strip()


def key(path: Path) -> bytes:
    ((value,),) = rows(path, "select value from secret_key")
    assert isinstance(value, bytes)
    return value


def test_a_new_file_has_the_schema_that_all_steps_lead_to(new: Path, stepwise: Path) -> None:
    assert schema(new) == schema(stepwise)
    assert rows(new, "pragma user_version") == rows(stepwise, "pragma user_version") == [(VERSION,)]


def test_a_new_file_holds_no_more_rows_than_one_that_went_through_all_steps(new: Path, stepwise: Path) -> None:
    names = [name for (name,) in rows(new, "select name from sqlite_master where type = 'table' order by name")]
    counts = {path: {name: len(rows(path, f"select * from {name}")) for name in names} for path in (new, stepwise)}
    assert counts[new] == counts[stepwise]


def test_every_step_is_on_record_in_a_new_file(new: Path, stepwise: Path) -> None:
    record = "select id, migration_set, name from _sqlite_migrations order by id"
    assert rows(new, record) == rows(stepwise, record)
    for (moment,) in rows(new, "select applied_at from _sqlite_migrations"):
        assert datetime.fromisoformat(str(moment)).tzinfo is not None


def test_a_later_step_alone_is_applied_to_a_new_file(new: Path) -> None:
    steps, before = migrations(), schema(new)
    steps(name="m999_later")(lambda db: db.execute("create table later (id integer)"))
    with closing(Database(new)) as db:
        assert [step.name for step in steps.pending(db)] == ["m999_later"]
        steps.apply(db)
        assert steps.pending(db) == []
    assert schema(new) == {**before, ("table", "later", "later"): "create table later(id integer)"}


def test_each_new_file_has_a_secret_of_its_own(new: Path, tmp_path: Path) -> None:
    SqliteStore(tmp_path / "other.db").close()
    assert len(key(new)) == 32
    assert key(new) != key(tmp_path / "other.db")


def opened_late(path: Path, meanwhile: Callable[[], object]) -> None:
    """Open a new file; something else happens to it after its version was read, and before its lock was taken."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        db = Database(connection)
        connection.set_trace_callback(lambda statement: meanwhile() if statement == "begin immediate" else None)
        upgrade(db, str(path))


def test_tables_that_another_made_meanwhile_are_left_as_they_are(tmp_path: Path) -> None:
    path, made = tmp_path / "hub.db", []

    def make() -> None:
        SqliteStore(path).close()
        made.append(key(path))

    opened_late(path, make)
    assert made == [key(path)]


def test_a_file_that_a_newer_hub_made_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    with pytest.raises(StoreError, match="newer than this hub"):
        opened_late(path, lambda: rows(path, "pragma user_version = 99"))
    assert rows(path, "pragma user_version") == [(99,)]
    assert schema(path) == {}
