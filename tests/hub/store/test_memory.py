"""Since when dependencies are known, from one run to the next."""

from datetime import date
from pathlib import Path

from hub.model.memory import DependencyHistory
from hub.store.sqlite import SqliteStore
from tests.fakes.store import a_store

ONE, OTHER = ("jira:1", "github:I_2"), ("kr/2026-Q4/dau", "kr/platform/p99")
DAY, LATER = date(2026, 11, 2), date(2026, 11, 16)


def test_an_empty_state_has_seen_no_dependency() -> None:
    assert a_store().dependency_history() == DependencyHistory()


def test_what_was_seen_is_known_to_the_next_process(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path / "hub.db")
    first.save_dependency_history({ONE: DAY, OTHER: LATER}, is_complete=True)
    first.close()
    assert SqliteStore(tmp_path / "hub.db").dependency_history() == DependencyHistory({ONE: DAY, OTHER: LATER})


def test_what_is_gone_is_forgotten_only_after_a_whole_look() -> None:
    store = a_store()
    store.save_dependency_history({ONE: DAY, OTHER: DAY}, is_complete=True)
    store.save_dependency_history({OTHER: DAY}, is_complete=False)
    assert store.dependency_history() == DependencyHistory({ONE: DAY, OTHER: DAY})
    store.save_dependency_history({OTHER: DAY}, is_complete=True)
    assert store.dependency_history() == DependencyHistory({OTHER: DAY})


def test_a_day_that_a_file_states_replaces_the_one_remembered() -> None:
    store = a_store()
    store.save_dependency_history({OTHER: LATER}, is_complete=True)
    store.save_dependency_history({OTHER: DAY}, is_complete=True)
    assert store.dependency_history() == DependencyHistory({OTHER: DAY})
