"""Writes are counted for all processes together: never more than the limits in any window; and what hosts said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import RateLimitStore
from connectors.http.host_limiter import HostRateLimiter
from hub.model.errors import StoreError
from hub.model.host_limits import HostLimit, HostLimits, HostPause
from hub.model.service_state import RateLimitBudget, RateLimitStatus
from hub.store.shared import RateLimits
from tests.hub.store.contract.states import State, process

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
FREE = {"per_minute": 0.0, "per_hour": 0, "longest": 60.0}

# Each process takes every place that it can get, in a time of its own that runs from the same moment.
HAMMER = """
import sys
from datetime import UTC, datetime, timedelta

now = datetime(2026, 11, 16, 9, tzinfo=UTC)
end = now + timedelta(hours=3)
print("ready", flush=True)
sys.stdin.readline()
while now < end:
    wait = limits.reserve("host", now, per_minute=6, per_hour=40, longest=60)
    if wait > 60:
        now += timedelta(seconds=wait)
        continue
    now += timedelta(seconds=wait)
    print(now.timestamp())
"""


@pytest.fixture(params=["in a run's store", "outside of runs", "without a state"])
def throttle(request: pytest.FixtureRequest, state: State) -> RateLimitStore:
    if request.param == "without a state":
        return HostRateLimiter()
    store = state.open()
    return state.rate_limits() if request.param == "outside of runs" else store


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


def test_two_processes_together_stay_within_the_limits(state: State) -> None:
    state.open()
    both = [process(state, HAMMER) for _ in range(2)]
    for child in both:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in both:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate(timeout=60)[0] for child in both]
    assert [child.returncode for child in both] == [0, 0]
    times = sorted(float(word) for out in said for word in out.split())
    assert len(times) >= 3 * 40
    assert most_within(times, 60) <= 6
    assert most_within(times, 3600) <= 40


def test_a_state_that_is_not_there_is_not_made(state: State) -> None:
    with pytest.raises(StoreError):
        state.rate_limits().reserve("a", NOW, per_minute=60, per_hour=450, longest=60)
    assert not state.exists()


def a_spending(**changes: Any) -> RateLimitStatus:
    said = {"connector": "github", "host": "api.github.com", "reported_at": NOW, "per_minute": 80.0, "per_hour": 500}
    return RateLimitStatus(**{**said, **changes})


def test_what_a_host_said_is_kept_with_the_writes_of_the_account(store: RateLimits) -> None:
    points = RateLimitBudget("graphql", 5000, 4998, NOW + timedelta(hours=1))
    for second in (0, 1, 300):
        store.reserve("lane", NOW + timedelta(seconds=second), per_minute=80, per_hour=500, longest=60)
    store.save_status(a_spending(budgets=(points,), bucket="lane"))
    assert store.rate_limits(NOW + timedelta(seconds=301)) == [
        a_spending(budgets=(points,), bucket="lane", minute=1, hour=3)
    ]


def test_an_account_that_a_run_did_not_ask_for_stays_known(store: RateLimits) -> None:
    core, points = (RateLimitBudget(kind, 5000, 4000, NOW) for kind in ("core", "graphql"))
    store.save_status(a_spending(bucket="lane", budgets=(core,)))
    store.save_status(a_spending(bucket="", budgets=(points,), reported_at=NOW + timedelta(minutes=1)))
    assert store.rate_limits(NOW) == [
        a_spending(bucket="lane", budgets=(core, points), reported_at=NOW + timedelta(minutes=1))
    ]


def test_another_host_under_the_same_name_begins_anew(store: RateLimits) -> None:
    store.save_status(a_spending(bucket="lane", budgets=(RateLimitBudget("core", 5000, 1, NOW),)))
    store.save_status(a_spending(host="ghes.acme.test"))
    assert store.rate_limits(NOW) == [a_spending(host="ghes.acme.test")]


LEFT = HostLimit("hash", "core", "core", 5000, 300, NOW + timedelta(minutes=30))
PAUSED = HostPause("", NOW + timedelta(seconds=60))


def test_what_one_process_learned_all_know_until_it_is_over(state: State) -> None:
    state.open()
    first, second = state.rate_limits(), state.rate_limits()
    told = HostLimits((PAUSED,), (LEFT,))
    assert first.share_limits("api.github.com", told, NOW) == told
    assert second.share_limits("api.github.com", HostLimits(), NOW) == told
    assert second.share_limits("ghes.acme.test", HostLimits(), NOW) == HostLimits()
    assert second.share_limits("api.github.com", HostLimits(), NOW + timedelta(minutes=1)) == HostLimits((), (LEFT,))
    assert second.share_limits("api.github.com", HostLimits(), NOW + timedelta(minutes=30)) == HostLimits()


def test_what_is_older_replaces_nothing(state: State) -> None:
    state.open()
    limits = state.rate_limits()
    limits.share_limits("h", HostLimits((PAUSED,), (LEFT,)), NOW)
    shorter, fuller = HostPause("", NOW + timedelta(seconds=5)), replace(LEFT, remaining=400)
    assert limits.share_limits("h", HostLimits((shorter,), (fuller,)), NOW) == HostLimits((PAUSED,), (LEFT,))
    new_hour = replace(LEFT, remaining=4999, resets_at=NOW + timedelta(minutes=90))
    assert limits.share_limits("h", HostLimits((), (new_hour,)), NOW).limits == (new_hour,)


def test_pauses_and_limits_are_told_apart_by_lane_account_and_kind(state: State) -> None:
    state.open()
    limits = state.rate_limits()
    ticket = HostPause("ticket ACME-1", NOW + timedelta(seconds=5))
    others = (replace(LEFT, account="other"), replace(LEFT, kind="graphql", scope="graphql"))
    limits.share_limits("h", HostLimits((PAUSED,), (LEFT,)), NOW)
    told = limits.share_limits("h", HostLimits((ticket,), others), NOW)
    assert set(told.pauses) == {PAUSED, ticket}
    assert set(told.limits) == {LEFT, *others}
