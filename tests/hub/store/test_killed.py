"""A process that is killed in the middle of a transaction leaves nothing half."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.model.initiative import PullResult
from hub.store.sqlite import SqliteStore
from tests.builders import an_initiative

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[3]

# Each child does the named thing and is killed by itself, from inside the transaction.
DIE = """
import os, signal, sys
from datetime import UTC, datetime
from hub.model.action import Target
from hub.model.initiative import Gap, Initiative, Pulled, Ref
from hub.store import schema, snapshot, sqlite

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
"""
IN_A_SNAPSHOT = """
store = sqlite.SqliteStore(sys.argv[1])
tickets = tuple(Initiative(Ref("jira", f"NEW-{n}"), str(n), "t", "u", ("NEW",)) for n in range(5000))
snapshot._count_misses = die
store.save_snapshot([Pulled("jira", tickets)], NOW)
"""
WHILE_LABELLING = """
store = sqlite.SqliteStore(sys.argv[1])
target = Target(Ref("jira", "ACME-1"), "1")
with store._atomic():
    store.labelled(target, "okr-stale", present=True)
    die()
"""
WHILE_BUILDING = """
schema.VERSION = type("Dying", (int,), {"__format__": die})(1)
sqlite.SqliteStore(sys.argv[1])
"""


def killed(script: str, path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DIE + script, str(path)], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


def test_a_snapshot_that_was_cut_off_is_the_old_one(path: Path) -> None:
    old = an_initiative("jira:ACME-1")
    store = SqliteStore(path)
    store.save_snapshot([PullResult("jira", (old,))], NOW)
    store.close()
    killed(IN_A_SNAPSHOT, path)
    assert SqliteStore(path).snapshot()[0].initiatives == (old,)


def test_a_label_that_was_cut_off_is_not_known(path: Path) -> None:
    killed(WHILE_LABELLING, path)
    assert SqliteStore(path).ledger_entries() == {}


def test_a_state_that_was_cut_off_while_it_was_built_is_built_again(path: Path) -> None:
    killed(WHILE_BUILDING, path)
    assert SqliteStore(path).ledger_entries() == {}


def test_what_was_committed_before_the_kill_is_there(path: Path) -> None:
    killed('sqlite.SqliteStore(sys.argv[1]).begin_run("host:1", NOW, lease_seconds=60)\ndie()', path)
    (run,) = SqliteStore(path).runs(5)
    assert run.status == "running"
