"""What was posted and which runs there were: remembered, also by the next process."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from hub.model.action import Comment, LedgerEntry, PostedFinding, Target
from hub.model.errors import StoreError
from hub.model.initiative import Ref
from hub.store.sqlite import SqliteStore
from tests.builders import a_ref
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TARGET = Target(a_ref("jira:ACME-1"), "10001")
OTHER = Target(a_ref("github:acme/app#1"), "I_1")
KEY = ("jira", "10001")
FINDING = PostedFinding("some-fault", "warning", "abc", (a_ref("jira:ACME-1"), a_ref("github:acme/app#1")))
COMMENT = Comment("c1", "account-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


def entry(store: SqliteStore) -> LedgerEntry:
    return store.ledger_entries()[KEY]


def test_a_new_state_is_its_owners_alone_with_all_files_beside_it(path: Path) -> None:
    mask = os.umask(0o000)
    try:
        with closing(SqliteStore(path)) as store:
            store.begin_run("host:1", NOW, lease_seconds=60)
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(mask)
    assert modes == {"hub.db": 0o600, "hub.db-wal": 0o600, "hub.db-shm": 0o600}


def test_the_rights_of_a_state_that_is_there_are_left_as_they_are(path: Path) -> None:
    SqliteStore(path).close()
    path.chmod(0o640)
    SqliteStore(path).close()
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_empty_state_knows_nothing() -> None:
    store = a_store()
    assert (store.ledger_entries(), store.runs(5), store.deferred_comments(), store.snapshot()) == ({}, [], {}, [])


def test_a_posted_comment_is_remembered_by_the_next_process(path: Path) -> None:
    first = SqliteStore(path)
    first.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    first.record_label(TARGET, "okr-stale", present=True)
    first.close()
    assert entry(SqliteStore(path)) == LedgerEntry(
        TARGET,
        comment_id="c1",
        author="account-1",
        digest="d1",
        findings=(FINDING,),
        labels=frozenset({"okr-stale"}),
    )


def test_a_wish_is_pending_until_its_receipt() -> None:
    store = a_store()
    store.record_intent(TARGET, "d1")
    assert entry(store) == LedgerEntry(TARGET, create_pending=True, create_attempts=1)
    store.record_comment(TARGET, COMMENT, "d1", [], resolved=True)
    assert (entry(store).create_pending, entry(store).resolved) == (False, True)


def test_a_comment_that_is_to_be_replaced_is_known_until_it_is_gone(path: Path) -> None:
    first = SqliteStore(path)
    first.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    first.record_replacement_intent(TARGET, "d2")
    wished = entry(SqliteStore(path))
    assert (wished.comment_id, wished.replaces, wished.create_pending, wished.create_attempts) == ("c1", "c1", True, 1)
    assert (wished.digest, wished.findings) == ("d1", (FINDING,))
    first.record_comment(TARGET, Comment("c2", "account-1"), "d2", [FINDING], resolved=False)
    arrived = entry(SqliteStore(path))
    assert (arrived.comment_id, arrived.replaces, arrived.create_pending, arrived.create_attempts) == (
        "c2",
        "c1",
        False,
        0,
    )
    first.record_replaced(TARGET)
    assert (entry(first).comment_id, entry(first).replaces) == ("c2", None)


def test_the_day_on_which_nothing_was_open_any_more_stays_until_something_is() -> None:
    store = a_store()
    for day in (NOW.date(), NOW.date() + timedelta(days=3)):
        store.record_comment(TARGET, COMMENT, "d1", [], resolved=True, day=day)
        assert entry(store).resolved_on == NOW.date()
    store.record_comment(TARGET, COMMENT, "d2", [FINDING], resolved=False, day=NOW.date())
    assert entry(store).resolved_on is None


def test_the_request_for_silence_is_remembered_with_the_comment() -> None:
    store = a_store()
    for by in ("c7", "-c7", ""):
        store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False, mute_comment_id=by)
        assert entry(store).mute_comment_id == by


def test_a_mute_is_remembered_where_no_comment_stands(path: Path) -> None:
    store = SqliteStore(path)
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_mute(TARGET, "c7", [FINDING])
    known = entry(SqliteStore(path))
    assert (known.mute_comment_id, known.findings, known.comment_id) == ("c7", (FINDING,), None)
    assert known.labels == {"okr-stale"}


def test_a_wish_for_labels_is_kept_until_each_label_is_known() -> None:
    store = a_store()
    store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset({"okr-unaligned"}))
    store.record_intent(TARGET, "d1")
    assert (entry(store).added, entry(store).removed) == ({"okr-stale"}, {"okr-unaligned"})
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_label(TARGET, "okr-unaligned", present=False)
    assert (entry(store).added, entry(store).removed, entry(store).labels) == (frozenset(), frozenset(), {"okr-stale"})


def test_a_later_wish_takes_the_place_of_its_contrary() -> None:
    store = a_store()
    store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset())
    store.record_label_intent(TARGET, frozenset(), frozenset({"okr-stale"}))
    assert (entry(store).added, entry(store).removed) == (frozenset(), {"okr-stale"})


def test_a_changed_comment_is_contested_once_until_it_is_put_right() -> None:
    store = a_store()
    store.record_comment(TARGET, replace(COMMENT, body_hash="f1"), "d1", [FINDING], resolved=False)
    store.record_verified(TARGET, "monday", "f1")
    store.record_human_edit(TARGET, "tuesday")
    store.record_human_edit(TARGET, "wednesday")
    known = entry(store)
    assert (known.edited_by_human, known.edit_conflicts, known.verified_at, known.body_hash) == (
        True,
        1,
        "wednesday",
        "f1",
    )
    store.record_comment(TARGET, replace(COMMENT, body_hash="f2"), "d1", [FINDING], resolved=False)
    known = entry(store)
    assert (known.edited_by_human, known.edit_conflicts, known.restored_for_findings, known.body_hash) == (
        False,
        1,
        FINDING.fingerprint,
        "f2",
    )
    store.record_comment(TARGET, COMMENT, "d2", [], resolved=True)
    assert (entry(store).edit_conflicts, entry(store).restored_for_findings) == (0, None)


def test_a_label_that_a_screen_does_not_take_is_remembered_with_what_it_stood_for() -> None:
    store = a_store()
    store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset())
    store.record_unsettable_label(TARGET, "okr-stale", "abc")
    assert (entry(store).unsettable_labels, entry(store).added) == ({"okr-stale": "abc"}, frozenset())
    store.record_label(TARGET, "okr-stale", present=True)
    assert entry(store).unsettable_labels == {}


def test_a_wish_leaves_what_stands_there_as_it_is() -> None:
    store = a_store()
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.record_intent(TARGET, "d2")
    assert (entry(store).comment_id, entry(store).digest, entry(store).findings) == ("c1", "d1", (FINDING,))


def test_an_adopted_comment_is_known_without_its_words() -> None:
    store = a_store()
    store.record_intent(TARGET, "d1")
    store.record_adopted(TARGET, COMMENT, frozenset({"okr-stale"}))
    assert entry(store) == LedgerEntry(
        TARGET, comment_id="c1", author="account-1", labels=frozenset({"okr-stale"}), create_pending=False
    )


def test_a_refused_comment_keeps_what_it_stood_for() -> None:
    store = a_store()
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.record_comment_removed_by_human(TARGET, "abc")
    assert (entry(store).comment_id, entry(store).comment_removed_by_human, entry(store).findings) == (
        None,
        "abc",
        (FINDING,),
    )


def test_a_new_comment_ends_a_refusal() -> None:
    store = a_store()
    store.record_comment_removed_by_human(TARGET, "abc")
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    assert entry(store).comment_removed_by_human is None


def test_a_comment_that_is_gone_stands_for_nothing() -> None:
    store = a_store()
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.record_comment_absent(TARGET)
    assert (entry(store).comment_id, entry(store).digest, entry(store).findings) == (None, "", ())


def test_labels_come_and_go_one_by_one() -> None:
    store = a_store()
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_label(TARGET, "okr-unaligned", present=True)
    store.record_label(TARGET, "okr-stale", present=False)
    assert entry(store).labels == {"okr-unaligned"}


def test_a_refused_label_is_forgotten_when_it_is_put_on_again() -> None:
    store = a_store()
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_label_removed_by_human(TARGET, "okr-stale", "abc")
    assert (entry(store).labels, entry(store).labels_removed_by_human) == (frozenset(), {"okr-stale": "abc"})
    store.record_label(TARGET, "okr-stale", present=True)
    assert (entry(store).labels, entry(store).labels_removed_by_human) == ({"okr-stale"}, {})


def test_a_ticket_that_moved_is_known_under_its_new_key() -> None:
    store = a_store()
    store.record_comment(TARGET, COMMENT, "d1", [], resolved=False)
    store.record_label(Target(Ref("jira", "PLAT-9"), "10001"), "okr-stale", present=True)
    assert entry(store).target.ref == Ref("jira", "PLAT-9")
    assert entry(store).comment_id == "c1"


def test_forgetting_one_ticket_leaves_the_others() -> None:
    store = a_store()
    for target in (TARGET, OTHER):
        store.record_comment(target, COMMENT, "d1", [], resolved=False)
    store.delete_entry(TARGET)
    assert set(store.ledger_entries()) == {("github", "I_1")}


def test_whoever_waits_keeps_the_place_and_the_others_lose_it() -> None:
    store = a_store()
    store.record_deferred(3, [TARGET, OTHER])
    store.record_deferred(5, [TARGET])
    store.record_deferred(6, [TARGET, OTHER, OTHER])
    assert store.deferred_comments() == {KEY: 3, ("github", "I_1"): 6}


def test_whoever_waits_at_a_source_that_was_not_looked_at_keeps_the_place() -> None:
    store = a_store()
    store.record_deferred(3, [TARGET, OTHER])
    store.record_deferred(5, [], checked_connectors={TARGET.ref.connector})
    assert store.deferred_comments() == {("github", "I_1"): 3}
    store.record_deferred(6, [TARGET], checked_connectors=set())
    assert store.deferred_comments() == {("github", "I_1"): 3, KEY: 6}


def test_runs_are_told_newest_first_with_their_reports() -> None:
    store = a_store()
    first = store.begin_run("a", NOW, lease_seconds=60)
    store.finish_run(first, NOW + timedelta(seconds=5), "done", {"counts": {"done": 1}, "day": NOW.date()})
    second = store.begin_run("b", NOW, lease_seconds=60)
    latest, oldest = store.runs(5)
    assert (latest.id, latest.status, latest.finished) == (second, "running", None)
    assert (oldest.status, oldest.report) == ("done", {"counts": {"done": 1}, "day": "2026-11-16"})
    assert len(store.runs(1)) == 1


def test_a_live_lease_names_its_holder() -> None:
    store = a_store()
    store.begin_run("host:1", NOW, lease_seconds=60)
    with pytest.raises(StoreError, match="another run holds the state: host:1"):
        store.begin_run("host:2", NOW + timedelta(seconds=59), lease_seconds=60)
    assert len(store.runs(5)) == 1


def test_an_expired_lease_is_taken_over_and_the_old_run_stops() -> None:
    store = a_store()
    old = store.begin_run("host:1", NOW, lease_seconds=60)
    new = store.begin_run("host:2", NOW + timedelta(seconds=60), lease_seconds=60)
    assert new > old
    with pytest.raises(StoreError, match="taken over"):
        store.extend_lease(old, NOW, lease_seconds=60)
    store.finish_run(old, NOW, "done", {})
    with pytest.raises(StoreError, match="host:2"):
        store.begin_run("host:3", NOW + timedelta(seconds=61), lease_seconds=60)


def test_a_lease_whose_holder_is_gone_is_free_at_once(path: Path) -> None:
    SqliteStore(path).begin_run("host:1", NOW, lease_seconds=3600)
    asked: list[str] = []
    store = SqliteStore(path, is_owner_dead=lambda owner: not asked.append(owner))
    assert store.begin_run("host:2", NOW, lease_seconds=60) == 2
    assert asked == ["host:1"]


def test_a_run_that_never_ended_is_told_as_lost() -> None:
    store = a_store()
    store.begin_run("host:1", NOW, lease_seconds=60)
    store.begin_run("host:2", NOW + timedelta(seconds=61), lease_seconds=60)
    assert [run.status for run in store.runs(2)] == ["running", "lost"]


def test_a_lease_lives_on_while_it_is_extended() -> None:
    store = a_store()
    run = store.begin_run("host:1", NOW, lease_seconds=60)
    store.extend_lease(run, NOW + timedelta(seconds=50), lease_seconds=60)
    with pytest.raises(StoreError, match="host:1"):
        store.begin_run("host:2", NOW + timedelta(seconds=100), lease_seconds=60)


def test_a_finished_run_gives_the_lease_back() -> None:
    store = a_store()
    store.finish_run(store.begin_run("a", NOW, lease_seconds=60), NOW, "done", {})
    assert store.begin_run("b", NOW, lease_seconds=60) == 2


def test_only_one_of_many_gets_the_lease(path: Path) -> None:
    SqliteStore(path).close()
    start, won, lost = Barrier(6), [], []

    def contend(number: int) -> None:
        store = SqliteStore(path)
        start.wait()
        try:
            won.append(store.begin_run(f"host:{number}", NOW, lease_seconds=60))
        except StoreError as error:
            lost.append(str(error))
        store.close()

    threads = [Thread(target=contend, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 5)
    assert all("another run holds" in text for text in lost)


def test_many_may_open_a_new_state_at_once(path: Path) -> None:
    start, failed = Barrier(6), []

    def open_it() -> None:
        start.wait()
        try:
            SqliteStore(path).close()
        except StoreError as error:
            failed.append(str(error))

    threads = [Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert SqliteStore(path).ledger_entries() == {}


def test_what_is_written_by_one_is_read_by_another_that_is_open(path: Path) -> None:
    writer, reader = SqliteStore(path), SqliteStore(path)
    assert reader.ledger_entries() == {}
    writer.record_comment(TARGET, COMMENT, "d1", [], resolved=False)
    reader.record_label(TARGET, "okr-stale", present=True)
    assert writer.ledger_entries()[KEY].labels == {"okr-stale"}


def test_a_file_that_is_no_state_is_told_plainly(path: Path) -> None:
    path.write_text("this is a letter, not a database" * 100)
    with pytest.raises(StoreError, match="cannot be opened: file is not a database"):
        SqliteStore(path)


def test_a_folder_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteStore(tmp_path / "nowhere" / "hub.db")


def test_a_state_of_a_newer_version_is_refused(path: Path) -> None:
    SqliteStore(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 99")
    with pytest.raises(StoreError, match="newer than this hub"):
        SqliteStore(path)


def test_a_state_that_cannot_be_written_is_told_plainly(path: Path) -> None:
    store = SqliteStore(path)
    with sqlite3.connect(path) as db:
        db.execute("drop table ledger")
    with pytest.raises(StoreError, match="cannot be written: no such table"):
        store.record_intent(TARGET, "d1")
