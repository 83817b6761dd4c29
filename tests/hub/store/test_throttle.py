"""Writes are counted for all processes together: never more than the limits in any window."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import RateLimitStore
from connectors.pace import HostRateLimiter
from hub.model.errors import StoreError
from hub.model.pacing import RateLimitBudget, RateLimitStatus
from hub.store.sqlite import SqliteStore
from hub.store.throttle import SqliteRateLimitStore

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
FREE = {"per_minute": 0.0, "per_hour": 0, "longest": 60.0}

# Each process takes every place that it can get, in a time of its own that runs from the same moment.
HAMMER = """
import sys
from datetime import UTC, datetime, timedelta
from hub.store.throttle import SqliteThrottle

throttle, now = SqliteThrottle(sys.argv[1]), datetime(2026, 11, 16, 9, tzinfo=UTC)
end = now + timedelta(hours=3)
print("ready", flush=True)
sys.stdin.readline()
while now < end:
    wait = throttle.reserve("host", now, per_minute=6, per_hour=40, longest=60)
    if wait > 60:
        now += timedelta(seconds=wait)
        continue
    now += timedelta(seconds=wait)
    print(now.timestamp())
"""


def in_the_state(path: Path) -> RateLimitStore:
    SqliteStore(path / "hub.db").close()
    return SqliteRateLimitStore(path / "hub.db")


def in_memory(_path: Path) -> RateLimitStore:
    return HostRateLimiter()


@pytest.fixture(params=[in_the_state, in_memory])
def throttle(request: pytest.FixtureRequest, tmp_path: Path) -> RateLimitStore:
    made: Callable[[Path], RateLimitStore] = request.param
    return made(tmp_path)


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(start <= time < start + seconds - 0.001 for time in times) for start in times)


def test_places_are_evenly_spaced_for_whoever_asks(throttle: RateLimitStore) -> None:
    waits = [throttle.reserve("a", NOW, per_minute=30, per_hour=0, longest=60) for _ in range(4)]
    assert waits == pytest.approx([0, 2, 4, 6])
    assert throttle.reserve("b", NOW, per_minute=30, per_hour=0, longest=60) == 0


def test_a_wait_that_nobody_sits_out_takes_no_place(throttle: RateLimitStore) -> None:
    for _ in range(3):
        throttle.reserve("a", NOW, per_minute=0, per_hour=3, longest=60)
    assert throttle.reserve("a", NOW, per_minute=0, per_hour=3, longest=60) == 3600
    assert throttle.reserve("a", NOW, per_minute=0, per_hour=3, longest=60) == 3600
    assert throttle.reserve("a", NOW + timedelta(hours=1), per_minute=0, per_hour=3, longest=60) == 0


def test_no_limit_is_no_wait(throttle: RateLimitStore) -> None:
    assert [throttle.reserve("a", NOW, **FREE) for _ in range(100)] == [0] * 100


def test_two_processes_together_stay_within_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    SqliteStore(path).close()
    line = [sys.executable, "-c", HAMMER, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(line, cwd=ROOT, **pipes) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    times = sorted(float(word) for out in said for word in out.split())
    assert len(times) >= 3 * 40
    assert most_within(times, 60) <= 6
    assert most_within(times, 3600) <= 40


def test_a_state_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        SqliteRateLimitStore(tmp_path / "hub.db").reserve("a", NOW, per_minute=60, per_hour=450, longest=60)
    assert list(tmp_path.iterdir()) == []


def test_what_the_state_keeps_names_no_account(tmp_path: Path) -> None:
    throttle = in_the_state(tmp_path)
    throttle.reserve("0123abcd", NOW, per_minute=60, per_hour=450, longest=60)
    assert throttle.reserve("0123abcd", NOW, per_minute=60, per_hour=450, longest=60) == pytest.approx(1)


def a_spending(**changes: Any) -> RateLimitStatus:
    said = {"connector": "github", "host": "api.github.com", "told": NOW, "per_minute": 80.0, "per_hour": 500}
    return RateLimitStatus(**{**said, **changes})


def spent(path: Path, now: datetime = NOW) -> Sequence[RateLimitStatus]:
    with closing(SqliteStore(path / "hub.db")) as store:
        return store.rate_limits(now)


def test_what_a_host_said_is_kept_with_the_writes_of_the_account(tmp_path: Path) -> None:
    throttle = in_the_state(tmp_path)
    points = RateLimitBudget("graphql", 5000, 4998, NOW + timedelta(hours=1))
    for second in (0, 1, 300):
        throttle.reserve("lane", NOW + timedelta(seconds=second), per_minute=80, per_hour=500, longest=60)
    throttle.save_status(a_spending(budgets=(points,), bucket="lane"))
    assert spent(tmp_path, NOW + timedelta(seconds=301)) == [
        a_spending(budgets=(points,), bucket="lane", minute=1, hour=3)
    ]


def test_an_account_that_a_run_did_not_ask_for_stays_known(tmp_path: Path) -> None:
    throttle = in_the_state(tmp_path)
    core, points = (RateLimitBudget(kind, 5000, 4000, NOW) for kind in ("core", "graphql"))
    throttle.save_status(a_spending(bucket="lane", budgets=(core,)))
    throttle.save_status(a_spending(bucket="", budgets=(points,), reported_at=NOW + timedelta(minutes=1)))
    assert spent(tmp_path) == [
        a_spending(bucket="lane", budgets=(core, points), reported_at=NOW + timedelta(minutes=1))
    ]


def test_another_host_under_the_same_name_begins_anew(tmp_path: Path) -> None:
    throttle = in_the_state(tmp_path)
    throttle.save_status(a_spending(bucket="lane", budgets=(RateLimitBudget("core", 5000, 1, NOW),)))
    throttle.save_status(a_spending(host="ghes.acme.test"))
    assert spent(tmp_path) == [a_spending(host="ghes.acme.test")]
