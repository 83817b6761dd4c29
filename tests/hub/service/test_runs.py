"""Which run comes next: what was missed is made good once, bursts are gathered, and failures wait."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.core.schedule import parse_schedule
from hub.model.service_state import PendingRefresh, RunRequest
from hub.service.runs import NextRun, SourceBackoff, SourceState, SyncSchedule, select_run

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
BOTH = frozenset({"jira", "github"})


def a_plan(jira: str = "every 15m", github: str = "every 15m", full: str = "0 3 * * *") -> SyncSchedule:
    return SyncSchedule({"jira": parse_schedule(jira), "github": parse_schedule(github)}, parse_schedule(full), UTC)


def ago(**span: float) -> SourceState:
    return SourceState(NOON - timedelta(**span), NOON - timedelta(hours=1))


def chosen(
    last: Mapping[str, SourceState], *knocks: PendingRefresh, plan: SyncSchedule | None = None, **more: Any
) -> NextRun:
    given: dict[str, Any] = {
        "since": NOON,
        "now": NOON,
        "debounce": timedelta(seconds=0.5),
        "memory": SourceBackoff(),
    } | more
    return select_run(plan or a_plan(), last, knocks, given.pop("memory"), **given)


def knock(id_: int, ticket: str, connector: str = "jira", **span: float) -> PendingRefresh:
    return PendingRefresh(id_, connector, ticket, NOON - timedelta(**span))


def test_what_was_never_read_is_read_at_once() -> None:
    assert chosen({}).request == RunRequest(BOTH)


def test_only_connectors_that_are_due_are_read() -> None:
    last = {"jira": ago(minutes=20), "github": ago(seconds=0)}
    assert chosen(last).request == RunRequest(frozenset({"jira"}))


def test_nothing_is_due_until_the_next_time() -> None:
    choice = chosen({"jira": ago(seconds=0), "github": ago(seconds=0)}, plan=a_plan(github="every 1h"))
    assert (choice.request, choice.wait) == (None, 900)
    assert choice.due == {"jira": NOON + timedelta(minutes=15), "github": NOON + timedelta(hours=1)}
    assert choice.full_due == NOON + timedelta(hours=15)


def test_everything_is_read_anew_when_its_time_has_come() -> None:
    old = SourceState(NOON, NOON - timedelta(days=2))
    assert chosen({"jira": old, "github": SourceState(NOON, NOON)}).request == RunRequest(BOTH, full=True)


def test_a_source_that_never_counts_is_not_read_anew_all_the_time() -> None:
    memory, old = SourceBackoff(), SourceState(NOON, NOON - timedelta(days=2))
    memory.record_result(RunRequest(BOTH, full=True), NOON, frozenset(), NOON)
    assert chosen({"jira": old, "github": old}, memory=memory).request is None


def test_the_first_webhook_is_answered_at_once_and_takes_all_connectors_along() -> None:
    fresh = {"jira": ago(seconds=0), "github": ago(seconds=0)}
    first = chosen(fresh, knock(1, "10001"), knock(2, "10002"), knock(3, "", "github"))
    assert first.request == RunRequest(
        BOTH, refresh={"jira": frozenset({"10001", "10002"}), "github": frozenset()}, up_to_event=3
    )


def test_webhooks_during_a_run_and_shortly_after_are_gathered_for_the_next() -> None:
    memory, fresh = SourceBackoff(), {"jira": ago(seconds=0), "github": ago(seconds=0)}
    answered = RunRequest(BOTH, refresh={"jira": frozenset({"10001"})}, up_to_event=1)
    memory.record_result(answered, NOON - timedelta(seconds=2), frozenset(), NOON - timedelta(seconds=0.2))
    during, after = knock(2, "10002", seconds=1), knock(3, "10003", seconds=0.1)
    choice = chosen(fresh, during, after, memory=memory)
    assert (choice.request, choice.wait) == (None, 0.3)
    later = {"now": NOON + timedelta(seconds=0.3), "memory": memory}
    assert chosen(fresh, during, after, **later).request == RunRequest(
        BOTH, refresh={"jira": frozenset({"10002", "10003"})}, up_to_event=3
    )


def test_a_run_without_webhooks_makes_none_wait() -> None:
    memory, fresh = SourceBackoff(), {"jira": ago(seconds=0), "github": ago(seconds=0)}
    memory.record_result(RunRequest(BOTH), NOON, frozenset(), NOON)
    assert chosen(fresh, knock(1, "1"), memory=memory).request is not None


@given(
    gaps=st.lists(st.floats(0.001, 0.2), min_size=1, max_size=200),
    duration=st.floats(0.01, 1.5),
)
def test_a_burst_however_long_is_answered_by_few_runs_and_completely(gaps: list[float], duration: float) -> None:
    """A clock that moves from event to event: one run at once, then at most one for each run and pause together."""
    memory, debounce = SourceBackoff(), timedelta(seconds=0.5)
    arrivals, at = list[PendingRefresh](), NOON
    for number, gap in enumerate(gaps, 1):
        at += timedelta(seconds=gap)
        arrivals.append(PendingRefresh(number, "jira", str(number), at))
    now, answered, starts = arrivals[0].received, 0, list[datetime]()
    while answered < len(arrivals):
        pending = [arrival for arrival in arrivals if answered < arrival.id and arrival.received <= now]
        states = {"jira": SourceState(now, now), "github": SourceState(now, now)}
        choice = chosen(states, *pending, now=now, memory=memory, debounce=debounce)
        if choice.request is None:
            coming = [(arrival.received - now).total_seconds() for arrival in arrivals if arrival.received > now]
            now += timedelta(seconds=max(0.000001, min([choice.wait, *coming])))
            continue
        starts.append(now)
        answered = choice.request.up_to_event
        ended = now + timedelta(seconds=duration)
        memory.record_result(choice.request, now, frozenset(), ended)
        now = ended
    assert starts[0] == arrivals[0].received
    pause = timedelta(seconds=duration) + debounce
    assert all(later - earlier >= pause for earlier, later in pairwise(starts))
    assert len(starts) <= (arrivals[-1].received - arrivals[0].received) / pause + 2


def test_knocks_at_a_source_that_failed_wait_ever_longer() -> None:
    memory, fresh = SourceBackoff(), {"jira": ago(seconds=0), "github": ago(seconds=0)}
    round_ = RunRequest(BOTH, refresh={"jira": frozenset({"1"})}, up_to_event=1)
    waits = []
    for _ in range(8):
        memory.record_result(round_, NOON, frozenset({"jira"}), NOON)
        choice = chosen(fresh, knock(1, "1", seconds=9), memory=memory)
        assert choice.request is None
        waits.append(choice.wait)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    memory.record_result(round_, NOON, frozenset(), NOON - timedelta(seconds=1))
    assert chosen(fresh, knock(1, "1", seconds=9), memory=memory).request == round_


def test_knocks_at_other_sources_do_not_wait_for_one_that_failed() -> None:
    memory, fresh = SourceBackoff(), {"jira": ago(seconds=0), "github": ago(seconds=0)}
    memory.record_result(RunRequest(BOTH), NOON, frozenset({"jira"}), NOON)
    choice = chosen(fresh, knock(1, "1", seconds=9), knock(2, "2", "github", seconds=9), memory=memory)
    assert choice.request == RunRequest(BOTH, refresh={"github": frozenset({"2"})}, up_to_event=2)


def test_knocks_of_a_connector_that_is_gone_start_nothing() -> None:
    assert chosen({"jira": ago(seconds=0), "github": ago(seconds=0)}, knock(1, "1", "linear", hours=1)).request is None


@given(
    texts=st.tuples(*[st.sampled_from(["every 15m", "every 1h", "*/10 * * * *", "0 9 * * 1-5", "never"])] * 2),
    gaps=st.lists(st.integers(1, 400), min_size=1, max_size=30),
    interrupted=st.sets(st.integers(0, 29)),
)
def test_however_long_the_service_was_away_each_time_is_made_good_once(
    texts: tuple[str, str], gaps: list[int], interrupted: set[int]
) -> None:
    """A run that is interrupted tells nothing to the state; at the next look it is due again, and once."""
    plan, last, now = a_plan(*texts, full="never"), dict[str, SourceState](), NOON
    for at, minutes in enumerate(gaps):
        now += timedelta(minutes=minutes)
        choice = chosen(last, plan=plan, since=now, now=now)
        if choice.request is None:
            assert choice.wait > 0
            continue
        assert all(choice.due[name] <= now for name in choice.request.connectors)
        if at in interrupted:
            assert chosen(last, plan=plan, since=now, now=now).request == choice.request
        last |= {name: SourceState(now) for name in choice.request.connectors}
        again = chosen(last, plan=plan, since=now, now=now)
        assert again.request is None
        assert again.wait > 0
