"""Damaged backups, targets that belong to others, folders that are not there: each error names what is meant."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from hub.config.settings import load
from hub.state import open_store
from hub.store.sqlite.connection import VERSION
from hub.wiring import clock_of
from tests.end_to_end.workspace import Desk


@pytest.fixture
def backup(desk: Desk, state_file: Path) -> Path:
    """A backup of a state with a run."""
    assert desk.sync().code == 0
    assert state_file.exists()
    file = desk.folder / "backup.db"
    assert desk.hub("state", "backup", str(file)).code == 0
    return file


@pytest.mark.parametrize("kind", ["garbage", "half", "middle", "newer"])
def test_a_bad_backup_is_named_itself_and_the_state_stays(desk: Desk, backup: Path, kind: str) -> None:
    content = bytearray(backup.read_bytes())
    middle = len(content) // 2
    if kind == "garbage":
        content = bytearray(b"no database" * 500)
    elif kind == "half":
        del content[middle:]
    elif kind == "middle":
        content[middle : middle + 3 * 4096] = b"\xff" * (3 * 4096)
    bad = desk.folder / "bad.db"
    bad.write_bytes(content)
    if kind == "newer":
        with closing(sqlite3.connect(bad)) as db:
            db.execute(f"pragma user_version = {VERSION + 1}")
    ran = desk.hub("state", "restore", "--yes", str(bad))
    assert ran.code == 2, ran.said
    assert str(bad) in ran.said
    assert "hub-restore" not in ran.said
    assert "hub.db" not in ran.said
    assert "he state stays as it is" in ran.said
    assert "1: 16 Nov 2026" in desk.hub("status").out


def test_a_folder_that_is_not_there_is_named(desk: Desk, backup: Path) -> None:
    ran = desk.hub("state", "backup", str(backup.parent / "no" / "such" / "x.db"))
    assert ran.code == 2
    assert f"there is no folder {backup.parent / 'no' / 'such'}" in ran.said
    assert ".part" not in ran.said


def test_a_restore_during_a_run_says_until_when(desk: Desk, backup: Path) -> None:
    config = load(desk.config, {})
    with closing(open_store(config)) as store:
        store.begin_run("host:1", clock_of(config)() + timedelta(seconds=1), lease_seconds=600)
        ran = desk.hub("state", "restore", "--yes", str(backup))
    assert ran.code == 3
    assert "a run holds the state: host:1, until 16 Nov 2026, 10:1" in ran.said
    assert "UTC at the latest" in ran.said


def test_a_target_with_tables_of_others_is_left_alone(desk: Desk, backup: Path) -> None:
    target = backup.parent / "others.db"
    with closing(sqlite3.connect(target)) as db:
        db.execute("create table tickets (x)")
    before = target.read_bytes()
    ran = desk.hub("state", "move", f"sqlite:///{target}")
    assert ran.code == 2
    assert "tables that are not the hub's are there, such as tickets" in ran.said
    assert target.read_bytes() == before
    ran = desk.hub("state", "move", "sqlite:///:memory:")
    assert ran.code == 2
    assert "expected sqlite:///FILE" in ran.said
    assert not (desk.folder / ":memory:").exists()


@pytest.mark.parametrize("address", ["hub:s3cret@127.0.0.1:1/x", "hub@127.0.0.1:1/x?sslmode=disable&password=s3cret"])
def test_no_password_stands_in_the_file(desk: Desk, address: str) -> None:
    desk.keep_state_in(f"postgresql://{address}")
    ran = desk.hub("status")
    assert ran.code == 2
    assert "a password has no place in this file" in ran.said
    assert "s3cret" not in ran.said
