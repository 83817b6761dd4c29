"""The file of the embedded database: whose it is, what it is not, and how it survives its own making."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.model.action import Target
from hub.model.errors import StoreError
from hub.store.sqlite.store import SqliteStore
from tests.builders import a_ref

ROOT = Path(__file__).parents[4]
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TARGET = Target(a_ref("jira:ACME-1"), "10001")
# The number of the version is the last thing that is written while the tables are made.
KILLED_WHILE_MAKING = """
import os, signal, sys
from hub.store.sqlite import connection
from hub.store.sqlite.store import SqliteStore

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

connection.VERSION = type("Deadly", (int,), {"__format__": die})(1)
SqliteStore(sys.argv[1])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


def test_a_new_state_is_its_owners_alone_with_all_files_beside_it(path: Path) -> None:
    mask = os.umask(0o000)
    try:
        with closing(SqliteStore(path)) as store:
            store.begin_run("host:1", NOW, lease_seconds=60)
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(mask)
    assert modes == dict.fromkeys(("hub.db", "hub.db-wal", "hub.db-shm", "hub.db-run-lock"), 0o600)


def test_the_rights_of_a_state_that_is_there_are_left_as_they_are(path: Path) -> None:
    SqliteStore(path).close()
    path.chmod(0o640)
    SqliteStore(path).close()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_is_no_state_is_told_plainly(path: Path) -> None:
    path.write_text("this is a letter, not a database" * 100)
    with pytest.raises(StoreError, match=r"cannot be opened: file is not a database\. Move it away and restore"):
        SqliteStore(path)


def test_a_folder_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteStore(tmp_path / "nowhere" / "hub.db")


def test_a_state_of_a_newer_version_is_refused(path: Path) -> None:
    SqliteStore(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 99")
    with pytest.raises(StoreError, match=r"newer than this hub's [0-9]+: update the hub"):
        SqliteStore(path)


def test_a_state_that_cannot_be_written_is_told_plainly(path: Path) -> None:
    store = SqliteStore(path)
    with sqlite3.connect(path) as db:
        db.execute("drop table ledger")
    with pytest.raises(StoreError, match="cannot be written: no such table"):
        store.record_intent(TARGET, "d1")


def test_a_state_that_was_cut_off_while_it_was_made_is_made_again(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED_WHILE_MAKING, str(path)], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert SqliteStore(path).ledger_entries() == {}


def test_a_change_that_raises_halfway_is_taken_back_whole(path: Path) -> None:
    store = SqliteStore(path)
    store.record_label(TARGET, "okr-stale", present=True)
    with sqlite3.connect(path) as db:
        db.execute("create trigger refuse before update on ledger begin select raise(abort, 'no more'); end")
    with pytest.raises(StoreError, match="no more"):
        store.record_label(TARGET, "okr-late", present=True)
    assert store.ledger_entries()["jira", "10001"].labels == {"okr-stale"}
