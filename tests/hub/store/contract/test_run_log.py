"""Runs: one at a time may write, and what stays of each."""

from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest

from hub.model.errors import StoreError
from hub.store.base import MAX_REPORTS, MAX_SUMMARIES, RunLog
from tests.hub.store.contract.states import State, process

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def many_runs(store: RunLog, count: int, *, apart: timedelta = timedelta(hours=1)) -> None:
    for number in range(count):
        when = NOW + number * apart
        run = store.begin_run("a", when, lease_seconds=60)
        store.finish_run(run, when, "done", {"run": run}, {"of": run})


def test_every_run_keeps_its_summary_and_the_last_ones_their_report(store: RunLog) -> None:
    many_runs(store, MAX_REPORTS + 5)
    runs = store.runs(100)
    assert [run.report for run in runs] == [{"run": n} for n in range(MAX_REPORTS + 5, 5, -1)] + [{}] * 5
    assert [run.summary["of"] for run in runs] == list(range(MAX_REPORTS + 5, 0, -1))


def test_the_history_leaves_the_reports_where_they_are(store: RunLog) -> None:
    many_runs(store, 3)
    assert [(run.id, run.report, run.summary) for run in store.history(2)] == [(3, {}, {"of": 3}), (2, {}, {"of": 2})]


def test_long_ago_only_the_last_run_of_a_day_keeps_its_summary(store: RunLog) -> None:
    many_runs(store, MAX_SUMMARIES + 30, apart=timedelta(hours=6))
    with_summary = sorted(run.id for run in store.history(10_000) if run.summary)
    # Runs at 9, 15, 21 and 3 o'clock: the third is the last one of the first day.
    assert with_summary[:9] == [3, 7, 11, 15, 19, 23, 27, 30, 31]
    assert len(with_summary) == 7 + MAX_SUMMARIES + 1


def test_a_spread_takes_the_latest_runs_and_some_of_the_earlier_ones(store: RunLog) -> None:
    many_runs(store, 100)
    ids = [run.id for run in store.sampled_history(20)]
    assert ids[-10:] == list(range(91, 101))
    assert ids[:-10] == list(range(1, 91, 9))
    assert [run.id for run in store.sampled_history(1000)] == list(range(1, 101))


def test_runs_without_a_summary_are_no_part_of_a_spread(store: RunLog) -> None:
    many_runs(store, 2)
    store.finish_run(store.begin_run("a", LATER, lease_seconds=60), LATER, "failed", {})
    assert [run.id for run in store.sampled_history(20)] == [1, 2]


def test_runs_are_told_newest_first_with_their_reports(store: RunLog) -> None:
    first = store.begin_run("a", NOW, lease_seconds=60)
    store.finish_run(first, NOW + timedelta(seconds=5), "done", {"counts": {"done": 1}, "day": NOW.date()})
    second = store.begin_run("b", NOW, lease_seconds=60)
    latest, oldest = store.runs(5)
    assert (latest.id, latest.status, latest.finished) == (second, "running", None)
    assert (oldest.status, oldest.report) == ("done", {"counts": {"done": 1}, "day": "2026-11-16"})
    assert len(store.runs(1)) == 1


def test_a_live_lease_names_its_holder(store: RunLog) -> None:
    store.begin_run("host:1", NOW, lease_seconds=60)
    with pytest.raises(StoreError, match="another run holds the state: host:1"):
        store.begin_run("host:2", NOW + timedelta(seconds=59), lease_seconds=60)
    assert len(store.runs(5)) == 1


def test_an_expired_lease_is_taken_over_and_the_old_run_stops(store: RunLog) -> None:
    old = store.begin_run("host:1", NOW, lease_seconds=60)
    new = store.begin_run("host:2", NOW + timedelta(seconds=60), lease_seconds=60)
    assert new > old
    with pytest.raises(StoreError, match="taken over"):
        store.extend_lease(old, NOW, lease_seconds=60)
    store.finish_run(old, NOW, "done", {})
    with pytest.raises(StoreError, match="host:2"):
        store.begin_run("host:3", NOW + timedelta(seconds=61), lease_seconds=60)


HOLDS_AND_WAITS = """
from datetime import UTC, datetime
store.begin_run("host:1", datetime(2026, 11, 16, 9, tzinfo=UTC), lease_seconds=3600)
print("holds", flush=True)
input()
"""


def test_a_lease_whose_process_was_killed_is_free_at_once(state: State) -> None:
    store = state.open()
    with process(state, HOLDS_AND_WAITS) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "holds\n"
        with pytest.raises(StoreError, match="host:1"):
            store.begin_run("host:2", NOW, lease_seconds=60)
        child.kill()
        child.wait()
    assert begin_when_free(store, "host:2") == 2


def begin_when_free(store: RunLog, owner: str) -> int:
    """A database server notices within moments that the process at the other end is gone."""
    end = monotonic() + 60
    while True:
        try:
            return store.begin_run(owner, NOW, lease_seconds=60)
        except StoreError:
            if monotonic() > end:
                raise
            sleep(0.01)


def test_two_processes_of_one_name_are_not_taken_for_each_other(state: State) -> None:
    store = state.open()
    with process(state, HOLDS_AND_WAITS) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(StoreError, match="host:1"):
            store.begin_run("host:1", NOW, lease_seconds=60)
        child.kill()


def test_who_took_over_from_a_run_that_slept_is_not_taken_for_gone(state: State) -> None:
    asleep, awake, third = state.open(), state.open(), state.open()
    old = asleep.begin_run("host:1", NOW, lease_seconds=60)
    later = NOW + timedelta(seconds=60)
    new = awake.begin_run("host:2", later, lease_seconds=60)
    asleep.finish_run(old, later, "failed", {})
    with pytest.raises(StoreError, match="host:2"):
        third.begin_run("host:3", later, lease_seconds=60)
    awake.extend_lease(new, later, lease_seconds=60)
    awake.close()
    assert third.begin_run("host:3", later, lease_seconds=60) == 3


def test_a_run_that_never_ended_is_told_as_lost(store: RunLog) -> None:
    store.begin_run("host:1", NOW, lease_seconds=60)
    store.begin_run("host:2", NOW + timedelta(seconds=61), lease_seconds=60)
    assert [run.status for run in store.runs(2)] == ["running", "lost"]


def test_a_lease_lives_on_while_it_is_extended(store: RunLog) -> None:
    run = store.begin_run("host:1", NOW, lease_seconds=60)
    store.extend_lease(run, NOW + timedelta(seconds=50), lease_seconds=60)
    with pytest.raises(StoreError, match="host:1"):
        store.begin_run("host:2", NOW + timedelta(seconds=100), lease_seconds=60)


def test_a_finished_run_gives_the_lease_back(store: RunLog) -> None:
    store.finish_run(store.begin_run("a", NOW, lease_seconds=60), NOW, "done", {})
    assert store.begin_run("b", NOW, lease_seconds=60) == 2


def test_the_last_run_that_ended_is_known_by_its_number(store: RunLog) -> None:
    assert store.last_finished_run() == 0
    many_runs(store, 2)
    store.begin_run("a", LATER, lease_seconds=60)
    assert store.last_finished_run() == 2
