"""Since when dependencies are known, from one run to the next."""

from datetime import date
from pathlib import Path

from hub.model.memory import DependencyHistory
from hub.store.sqlite import SqliteStore
from tests.fakes.store import a_store

ONE, OTHER = ("jira:1", "github:I_2"), ("kr/2026-Q4/dau", "kr/platform/p99")
DAY, LATER = date(2026, 11, 2), date(2026, 11, 16)


def test_an_empty_state_has_seen_no_dependency() -> None:
    assert a_store().memory() == DependencyHistory()


def test_what_was_seen_is_known_to_the_next_process(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path / "hub.db")
    first.remember({ONE: DAY, OTHER: LATER}, whole=True)
    first.close()
    assert SqliteStore(tmp_path / "hub.db").memory() == DependencyHistory({ONE: DAY, OTHER: LATER})


def test_what_is_gone_is_forgotten_only_after_a_whole_look() -> None:
    store = a_store()
    store.remember({ONE: DAY, OTHER: DAY}, whole=True)
    store.remember({OTHER: DAY}, whole=False)
    assert store.memory() == DependencyHistory({ONE: DAY, OTHER: DAY})
    store.remember({OTHER: DAY}, whole=True)
    assert store.memory() == DependencyHistory({OTHER: DAY})


def test_a_day_that_a_file_states_replaces_the_one_remembered() -> None:
    store = a_store()
    store.remember({OTHER: LATER}, whole=True)
    store.remember({OTHER: DAY}, whole=True)
    assert store.memory() == DependencyHistory({OTHER: DAY})
