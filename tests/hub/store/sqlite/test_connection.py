"""States of earlier versions: the ledger and what people answered stay, and what trackers hold is read again."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.model.action import LedgerEntry, PostedFinding, Target, WriteRefusal
from hub.model.initiative import Gap, PullResult, Ref
from hub.model.service_state import DigestBaseline, WebhookDelivery
from hub.model.ticket_input import Command, OkrKind, OkrTicket, Verb
from hub.store.base import MAX_REPORTS
from hub.store.sql.rate_limits import SqlRateLimits
from hub.store.sqlite.connection import BriefConnections
from hub.store.sqlite.store import SqliteStore
from hub.store.sqlite.upgrade_statements import SUMMARY_COLUMNS
from hub.store.sqlite.upgrades import RENAMED_COLUMNS, RENAMED_TABLES
from tests.builders import an_initiative

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 17, 9, tzinfo=UTC)
OURS, OTHER = Ref("jira", "ACME-1"), Ref("github", "acme/app#1")
POSTED = LedgerEntry(
    Target(OURS, "10001"),
    comment_id="c1",
    author="account-1",
    digest="d1",
    body_hash="f1",
    findings=(
        PostedFinding("stale-initiative", "warning", "abc", (OURS, OTHER), "okr-stale", "owner"),
        PostedFinding("unlinked-work", "error", "def", (OURS,)),
    ),
    labels=frozenset({"okr-stale"}),
    labels_removed_by_human={"okr-unaligned": "abc"},
    unsettable_labels={"okr-late": "def"},
)
INTENDED = LedgerEntry(
    Target(OTHER, "I_1"),
    create_pending=True,
    create_attempts=1,
    added=frozenset({"okr-stale"}),
    write_refusal=WriteRefusal({"comment": "locked"}, "monday", NOW.date()),
    other_hub_seen_on=NOW.date(),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state as version 22 left it."""
    path = tmp_path / "hub.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(Path(__file__).with_name("state_22.sql").read_text(encoding="utf-8"))
    return path


@pytest.fixture
def store(path: Path) -> SqliteStore:
    """The same state, opened by today's code."""
    return SqliteStore(path)


def rows_of(path: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, under the names of today."""
    with closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
        every = {}
        for name in names:
            table = RENAMED_TABLES.get(name, name)
            columns = RENAMED_COLUMNS.get(table, {})
            rows = db.execute(f"select * from {name}")
            keys = [columns.get(column[0], column[0]) for column in rows.description]
            every[table] = [dict(zip(keys, row, strict=True)) for row in rows]
        return every


def test_no_entry_of_an_earlier_ledger_is_lost(store: SqliteStore) -> None:
    assert store.ledger_entries() == {("jira", "10001"): POSTED, ("github", "I_1"): INTENDED}
    assert (store.deferred_comments(), store.created_labels("jira")) == ({("github", "I_1"): 1}, ("ACME:okr-stale",))


def test_renamed_tables_and_columns_keep_every_row(path: Path) -> None:
    before = rows_of(path)
    SqliteStore(path).close()
    after = rows_of(path)
    renamed = {*RENAMED_TABLES.values(), *RENAMED_COLUMNS}
    assert renamed <= set(before)
    assert {name: after[name] for name in renamed} == {name: before[name] for name in renamed}


def test_no_name_of_before_is_left(path: Path) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as db:
        names = {row[0] for row in db.execute("select name from sqlite_master")}
        columns = {(table, row[1]) for table in RENAMED_COLUMNS for row in db.execute(f"pragma table_info({table})")}
    assert not names & {*RENAMED_TABLES, "rest", "run_told", "recent_write_at"}
    assert {name for name in names if name.startswith(("undo_", "snapshot_diff_"))} == {
        "snapshot_diff_insert",
        "snapshot_diff_update",
        "snapshot_diff_delete",
    }
    assert not columns & {(table, old) for table, every in RENAMED_COLUMNS.items() for old in every}


def test_a_refresh_that_comes_after_the_upgrade_gets_a_new_number(store: SqliteStore) -> None:
    (before,) = store.requested_refreshes()
    store.complete_refreshes(before.id)
    store.record_deliveries([WebhookDelivery("jira", "d2", "h2", ("10001",), LATER)])
    assert [refresh.id for refresh in store.requested_refreshes()] == [before.id + 1]


def test_rate_limits_read_an_earlier_state_before_any_run_does(path: Path) -> None:
    limits = SqlRateLimits(BriefConnections(path))
    assert limits.reserve("account", NOW, per_minute=60, per_hour=0, longest=10) == 0
    assert limits.reserve("account", NOW, per_minute=60, per_hour=0, longest=10) == 1
    assert SqliteStore(path).ledger_entries().keys() == {("jira", "10001"), ("github", "I_1")}


def test_what_people_and_runs_left_in_an_earlier_state_stays(store: SqliteStore) -> None:
    history = store.dependency_history()
    assert history.first_seen == {("jira:1", "github:I_2"): date(2026, 11, 2)}
    assert history.commands == {"jira": (Command("10001", "m1", "account-2", Verb.EXEMPT, "upkeep", NOW),)}
    assert len(history.key) == 32
    assert store.first_seen() == {"abc": NOW}
    assert store.last_digest("product") == (NOW, DigestBaseline(frozenset({"abc"}), 3, 5, {"dau": 2.0}, "t", "b", True))
    assert [(refresh.connector, refresh.ticket) for refresh in store.requested_refreshes()] == [("jira", "10001")]
    assert [(run.status, run.report, run.summary) for run in store.runs(5)] == [
        ("done", {"counts": {"done": 1}}, {"of": 1})
    ]


def test_tickets_in_rows_of_another_format_are_read_again(store: SqliteStore) -> None:
    (source,) = store.snapshot()
    assert (source.connector, source.initiatives, source.cursor) == ("jira", (), None)
    assert (
        dict(store.lazy_tickets("jira")),
        [shot.pulled[0].initiatives for shot in store.historical_snapshots(5)],
    ) == (
        {},
        [(), ()],
    )
    ticket = an_initiative("jira:ACME-1")
    assert store.save_snapshot([PullResult("jira", (ticket,), cursor="tuesday")], LATER) == {"jira": (1, 0)}
    (source,) = store.snapshot()
    assert (source.initiatives, source.cursor) == ((ticket,), "tuesday")
    assert [shot.pulled[0].initiatives for shot in store.historical_snapshots(1)] == [(ticket,)]


def test_rows_of_another_format_are_read_again_even_after_a_pull_that_broke_off(store: SqliteStore) -> None:
    down, ticket = Gap("jira", "the enumeration did not end"), an_initiative("jira:ACME-1")
    store.save_snapshot([PullResult("jira", (ticket,), (down,))], LATER)
    (source,) = store.snapshot()
    assert (source.initiatives, source.cursor) == ((ticket,), None)


def test_okrs_that_trackers_keep_stay_until_they_are_read_again(store: SqliteStore) -> None:
    row = OkrTicket(
        OkrKind.KEY_RESULT,
        "jira",
        "OKR-1",
        "20001",
        "DAU",
        "u",
        ("OKR",),
        "OKR-2",
        values=(("owner", "product"),),
        links=("ACME-1",),
        labels=frozenset({"kr"}),
    )
    assert store.sources()[0].okrs == (row,)
    store.save_snapshot([PullResult("jira", okrs=(replace(row, title="Daily users"),))], LATER)
    assert store.sources()[0].okrs == (replace(row, title="Daily users"),)


def test_the_counts_of_runs_from_before_summaries_are_taken_over(tmp_path: Path) -> None:
    report = {"counts": {"errors": 3}, "seconds": {"pull": 1.5}, "findings": [{"rule": "stale"}]}
    with closing(sqlite3.connect(tmp_path / "hub.db")) as old:
        old.execute(
            "create table run (id integer primary key, started, finished, status, report not null default '{}')"
        )
        rows = [(n, NOW.isoformat(), NOW.isoformat(), "done", json.dumps(report)) for n in range(1, 41)]
        old.executemany("insert into run values (?, ?, ?, ?, ?)", rows)
        for statement in SUMMARY_COLUMNS.split(";"):
            old.execute(statement)
        rows = old.execute("select report, summary from run order by id desc").fetchall()
    assert [json.loads(row[0]) for row in rows] == [report] * MAX_REPORTS + [{}] * 10
    assert {row[1] for row in rows} == {'{"counts":{"errors":3},"seconds":{"pull":1.5}}'}
