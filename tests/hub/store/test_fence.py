"""A run whose lease was taken over writes nothing any more: neither in the state nor on a ticket."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.base import Actor
from hub.model.action import Comment, Target
from hub.model.errors import StoreError
from hub.model.initiative import PullResult
from hub.store.sqlite import SqliteStore
from tests.builders import a_ref, an_initiative
from tests.fakes.connector import FakeConnector
from tests.hub.pipeline.desk import a_desk

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TARGET = Target(a_ref(), "10001")
COMMENT = Comment("c1", "account-1")
WRITES: dict[str, Callable[[SqliteStore], object]] = {
    "intend": lambda store: store.record_intent(TARGET, "digest"),
    "intend_labels": lambda store: store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset()),
    "commented": lambda store: store.record_comment(TARGET, COMMENT, "digest", (), resolved=False),
    "muted": lambda store: store.record_mute(TARGET, "m1", ()),
    "adopted": lambda store: store.record_adopted(TARGET, COMMENT, frozenset()),
    "looked": lambda store: store.record_verified(TARGET, "now", "form"),
    "contested": lambda store: store.record_human_edit(TARGET, "now"),
    "label_barred": lambda store: store.record_unsettable_label(TARGET, "okr-stale", "x"),
    "comment_refused": lambda store: store.record_comment_removed_by_human(TARGET, "x"),
    "comment_gone": lambda store: store.record_comment_absent(TARGET),
    "labelled": lambda store: store.record_label(TARGET, "okr-stale", present=True),
    "label_refused": lambda store: store.record_label_removed_by_human(TARGET, "okr-stale", "x"),
    "forget": lambda store: store.delete_entry(TARGET),
    "deferred": lambda store: store.record_deferred(1, [TARGET]),
    "save_snapshot": lambda store: store.save_snapshot([PullResult("jira", (an_initiative(),))], NOW),
    "remember": lambda store: store.save_dependency_history({}, is_complete=True),
}


def taken_over(path: Path) -> tuple[SqliteStore, SqliteStore]:
    """A run that slept through its lease, and the one that has the lease now."""
    old, new = SqliteStore(path), SqliteStore(path)
    old.begin_run("host:1", NOW, lease_seconds=60)
    new.begin_run("host:2", NOW + timedelta(seconds=61), lease_seconds=60)
    return old, new


@pytest.mark.parametrize("write", WRITES)
def test_a_run_that_was_taken_over_writes_nothing_in_the_state(write: str, tmp_path: Path) -> None:
    old, new = taken_over(tmp_path / "hub.db")
    WRITES["intend"](new)
    before = new.ledger_entries(), new.deferred_comments(), new.sources()
    with pytest.raises(StoreError, match="taken over"):
        WRITES[write](old)
    assert (new.ledger_entries(), new.deferred_comments(), new.sources()) == before
    WRITES[write](new)


def test_a_run_that_was_taken_over_stays_out_after_its_successor_has_ended(tmp_path: Path) -> None:
    old, new = taken_over(tmp_path / "hub.db")
    new.finish_run(2, NOW, "done", {})
    with pytest.raises(StoreError, match="taken over"):
        WRITES["intend"](old)
    old.finish_run(1, NOW, "failed", {})
    assert new.begin_run("host:3", NOW, lease_seconds=60) == 3


def test_a_lease_that_nobody_took_is_still_its_runs(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "hub.db")
    store.begin_run("host:1", NOW, lease_seconds=60)
    WRITES["intend"](store)
    assert store.ledger_entries()["jira", "10001"].create_pending


class Overtaken(FakeConnector):
    """Another run takes the state over after this one has decided what to write."""

    def __init__(self, take_over: Callable[[], object]) -> None:
        super().__init__()
        self._take_over = take_over

    def whoami(self) -> Actor:
        self._take_over()
        return super().whoami()


def test_a_run_that_is_taken_over_while_it_publishes_touches_no_ticket(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    desk = a_desk(store=SqliteStore(path))
    later = desk.clock.now() + timedelta(hours=1)
    desk.jira = Overtaken(lambda: SqliteStore(path).begin_run("host:2", later, lease_seconds=60))
    desk.jira.put(an_initiative("jira:ACME-1", title="bad one"))
    with pytest.raises(StoreError, match="taken over"):
        desk.run()
    assert desk.written == 0
    assert desk.store.ledger_entries() == {}
