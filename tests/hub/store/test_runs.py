"""What stays of runs: a summary of each, the report of the last ones, and since when findings are known."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.model.errors import StoreError
from hub.store.run_rows import FINGERPRINT_COLUMN, REPORTS_KEPT, SUMMARIES_KEPT, SUMMARY_COLUMNS, load_runs
from hub.store.sqlite import SqliteStore
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def many_runs(store: SqliteStore, count: int, *, apart: timedelta = timedelta(hours=1)) -> None:
    for number in range(count):
        when = NOW + number * apart
        run = store.begin_run("a", when, lease_seconds=60)
        store.finish_run(run, when, "done", {"run": run}, {"of": run})


def test_every_run_keeps_its_summary_and_the_last_ones_their_report() -> None:
    store = a_store()
    many_runs(store, REPORTS_KEPT + 5)
    runs = store.runs(100)
    assert [run.report for run in runs] == [{"run": n} for n in range(REPORTS_KEPT + 5, 5, -1)] + [{}] * 5
    assert [run.summary["of"] for run in runs] == list(range(REPORTS_KEPT + 5, 0, -1))


def test_the_history_leaves_the_reports_where_they_are() -> None:
    store = a_store()
    many_runs(store, 3)
    assert [(run.id, run.report, run.summary) for run in store.history(2)] == [(3, {}, {"of": 3}), (2, {}, {"of": 2})]


def test_long_ago_only_the_last_run_of_a_day_keeps_its_summary() -> None:
    store = a_store()
    many_runs(store, SUMMARIES_KEPT + 30, apart=timedelta(hours=6))
    told = sorted(run.id for run in store.history(10_000) if run.summary)
    # Runs at 9, 15, 21 and 3 o'clock: the third is the last one of the first day.
    assert told[:9] == [3, 7, 11, 15, 19, 23, 27, 30, 31]
    assert len(told) == 7 + SUMMARIES_KEPT + 1


def test_a_spread_takes_the_latest_runs_and_some_of_the_earlier_ones() -> None:
    store = a_store()
    many_runs(store, 100)
    ids = [run.id for run in store.spread(20)]
    assert ids[-10:] == list(range(91, 101))
    assert ids[:-10] == list(range(1, 91, 9))
    assert [run.id for run in store.spread(1000)] == list(range(1, 101))


def test_runs_without_a_summary_are_no_part_of_a_spread() -> None:
    store = a_store()
    many_runs(store, 2)
    store.finish_run(store.begin_run("a", LATER, lease_seconds=60), LATER, "failed", {})
    assert [run.id for run in store.spread(20)] == [1, 2]


def test_a_finding_is_known_since_the_run_that_first_saw_it(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "hub.db")
    store.saw({"f1": "stale"}, NOW, unsure=())
    store.saw({"f1": "stale", "f2": "stale"}, LATER, unsure=())
    store.close()
    assert SqliteStore(tmp_path / "hub.db").seen_since() == {"f1": NOW, "f2": LATER}


def test_a_finding_that_is_gone_is_forgotten_and_is_new_when_it_comes_back() -> None:
    store = a_store()
    store.saw({"f1": "stale"}, NOW, unsure=())
    store.saw({}, LATER, unsure=())
    assert store.seen_since() == {}
    store.saw({"f1": "stale"}, LATER, unsure=())
    assert store.seen_since() == {"f1": LATER}


def test_what_could_not_be_judged_is_not_forgotten() -> None:
    store = a_store()
    store.saw({"f1": "stale", "f2": "broken"}, NOW, unsure=())
    store.saw({}, LATER, unsure={"stale"})
    assert store.seen_since() == {"f1": NOW}
    store.saw({}, LATER, unsure=None)
    assert store.seen_since() == {"f1": NOW}


def test_a_finding_that_nobody_saw_for_months_is_forgotten_in_any_case() -> None:
    store = a_store()
    store.saw({"f1": "stale"}, NOW, unsure=None)
    store.saw({}, NOW + timedelta(days=91), unsure=None)
    assert store.seen_since() == {}


def test_a_run_that_was_taken_over_says_nothing_of_findings(tmp_path: Path) -> None:
    old, new = SqliteStore(tmp_path / "hub.db"), SqliteStore(tmp_path / "hub.db")
    old.begin_run("old", NOW, lease_seconds=1)
    new.begin_run("new", LATER, lease_seconds=60)
    with pytest.raises(StoreError, match="taken over"):
        old.saw({"f1": "stale"}, LATER, unsure=())
    assert new.seen_since() == {}


def test_the_counts_of_runs_from_before_summaries_are_taken_over(tmp_path: Path) -> None:
    report = {"counts": {"errors": 3}, "seconds": {"pull": 1.5}, "findings": [{"rule": "stale"}]}
    with closing(sqlite3.connect(tmp_path / "hub.db")) as old:
        old.execute(
            "create table run (id integer primary key, started, finished, status, report not null default '{}')"
        )
        rows = [(n, NOW.isoformat(), NOW.isoformat(), "done", json.dumps(report)) for n in range(1, 41)]
        old.executemany("insert into run values (?, ?, ?, ?, ?)", rows)
        for statement in (*SUMMARY_COLUMNS.split(";"), FINGERPRINT_COLUMN):
            old.execute(statement)
        runs = load_runs(old, 100)
    assert [run.report for run in runs] == [report] * REPORTS_KEPT + [{}] * 10
    assert {str(run.summary) for run in runs} == {"{'counts': {'errors': 3}, 'seconds': {'pull': 1.5}}"}
