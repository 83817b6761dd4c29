"""One service at a time does the runs; the next one takes over at once, or when the other has slept too long."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

from hub.model.service_state import WebhookDelivery
from tests.end_to_end.serving import until
from tests.hub.store.contract.states import State, process

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
SECONDS = 60.0
HOLDS_AND_WAITS = """
from datetime import UTC, datetime
print(lease.acquire("host:1", datetime(2026, 11, 16, 9, tzinfo=UTC), lease_seconds=3600), flush=True)
input()
"""


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_first_has_it_and_keeps_it(state: State) -> None:
    state.open()
    first, second = state.lease(), state.lease()
    for second_of_time in range(0, 200, 20):
        now = later(second_of_time)
        assert first.acquire("a", now, lease_seconds=SECONDS) == "a"
        assert second.acquire("b", now, lease_seconds=SECONDS) == "a"


def test_who_releases_it_leaves_it_to_the_next(state: State) -> None:
    state.open()
    first, second = state.lease(), state.lease()
    first.acquire("a", NOW, lease_seconds=SECONDS)
    second.release("b")
    assert second.acquire("b", NOW, lease_seconds=SECONDS) == "a"
    first.release("a")
    assert second.acquire("b", NOW, lease_seconds=SECONDS) == "b"
    assert first.acquire("a", NOW, lease_seconds=SECONDS) == "b"


def test_who_was_killed_holds_it_no_more_and_an_equal_name_is_no_key(state: State) -> None:
    state.open()
    mine = state.lease()
    with process(state, HOLDS_AND_WAITS) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "host:1\n"
        assert mine.acquire("host:2", NOW, lease_seconds=SECONDS) == "host:1"
        child.kill()
        child.wait()
    # A server notices a moment later that a client's connection is gone.
    until(lambda: mine.acquire("host:2", NOW, lease_seconds=SECONDS) == "host:2")


def test_who_sleeps_over_the_end_loses_it_and_does_not_get_it_back_by_waking_up(state: State) -> None:
    state.open()
    asleep, awake = state.lease(), state.lease()
    asleep.acquire("a", NOW, lease_seconds=SECONDS)
    assert awake.acquire("b", later(61), lease_seconds=SECONDS) == "b"
    for second_of_time in (61, 62, 63):
        assert asleep.acquire("a", later(second_of_time), lease_seconds=SECONDS) == "b"
        assert awake.acquire("b", later(second_of_time), lease_seconds=SECONDS) == "b"
    awake.release("b")
    assert asleep.acquire("a", later(63), lease_seconds=SECONDS) == "a"


def test_a_run_is_begun_beside_it_and_a_copy_of_the_state_leaves_it_to_its_owner(state: State) -> None:
    lease, store = state.lease(), state.open()
    lease.acquire("a", NOW, lease_seconds=SECONDS)
    with closing(state.open()) as other:
        run = other.begin_run("hub sync", NOW, lease_seconds=SECONDS)
        other.finish_run(run, NOW, "done", {})
    assert store.last_finished_run() == run
    assert lease.acquire("a", NOW, lease_seconds=SECONDS) == "a"


def test_what_is_new_is_told_by_numbers(state: State) -> None:
    store, lease = state.open(), state.lease()
    assert lease.latest() == (0, 0)
    store.finish_run(store.begin_run("a", NOW, lease_seconds=SECONDS), NOW, "done", {})
    store.record_deliveries([WebhookDelivery("jira", "d1", "h1", ("1", "2"), NOW)])
    assert lease.latest() == (1, 2)
    store.begin_run("a", NOW, lease_seconds=SECONDS)
    assert lease.latest() == (1, 2)
