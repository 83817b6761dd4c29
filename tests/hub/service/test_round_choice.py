"""Which run comes next: what was missed is made good once, bursts settle, and failures wait."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.core.rhythm import rhythm
from hub.model.knock import Knock
from hub.model.service_state import Round
from hub.service.round_choice import Choice, Memory, choose
from hub.service.schedule import Last, Plan

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
BOTH = frozenset({"jira", "github"})


def a_plan(jira: str = "every 15m", github: str = "every 15m", full: str = "0 3 * * *") -> Plan:
    return Plan({"jira": rhythm(jira), "github": rhythm(github)}, rhythm(full), UTC)


def ago(**span: float) -> Last:
    return Last(NOON - timedelta(**span), NOON - timedelta(hours=1))


def chosen(last: Mapping[str, Last], *knocks: Knock, plan: Plan | None = None, **more: Any) -> Choice:
    given: dict[str, Any] = {"since": NOON, "now": NOON, "settle": timedelta(seconds=0.5), "memory": Memory()} | more
    return choose(plan or a_plan(), last, knocks, given.pop("memory"), **given)


def knock(id_: int, ticket: str, connector: str = "jira", **span: float) -> Knock:
    return Knock(id_, connector, ticket, NOON - timedelta(**span))


def test_what_was_never_read_is_read_at_once() -> None:
    assert chosen({}).round == Round(BOTH)


def test_only_connectors_that_are_due_are_read() -> None:
    last = {"jira": ago(minutes=20), "github": ago(seconds=0)}
    assert chosen(last).round == Round(frozenset({"jira"}))


def test_nothing_is_due_until_the_next_time() -> None:
    choice = chosen({"jira": ago(seconds=0), "github": ago(seconds=0)}, plan=a_plan(github="every 1h"))
    assert (choice.round, choice.wait) == (None, 900)
    assert choice.due == {"jira": NOON + timedelta(minutes=15), "github": NOON + timedelta(hours=1)}
    assert choice.full_due == NOON + timedelta(hours=15)


def test_everything_is_read_anew_when_its_time_has_come() -> None:
    old = Last(NOON, NOON - timedelta(days=2))
    assert chosen({"jira": old, "github": Last(NOON, NOON)}).round == Round(BOTH, full=True)


def test_a_source_that_never_counts_is_not_read_anew_all_the_time() -> None:
    memory, old = Memory(), Last(NOON, NOON - timedelta(days=2))
    memory.came_out(Round(BOTH, full=True), NOON, frozenset())
    assert chosen({"jira": old, "github": old}, memory=memory).round is None


def test_a_knock_waits_for_its_burst_and_takes_all_connectors_along() -> None:
    fresh = {"jira": ago(seconds=0), "github": ago(seconds=0)}
    assert chosen(fresh, knock(1, "10001", seconds=0.2)).wait == 0.3
    settled = chosen(fresh, knock(1, "10001", seconds=0.5), knock(2, "10002", seconds=0.1), knock(3, "", "github"))
    assert settled.round == Round(BOTH, knocked={"jira": frozenset({"10001", "10002"}), "github": frozenset()}, upto=3)


def test_knocks_at_a_source_that_failed_wait_ever_longer() -> None:
    memory, fresh = Memory(), {"jira": ago(seconds=0), "github": ago(seconds=0)}
    round_ = Round(BOTH, knocked={"jira": frozenset({"1"})}, upto=1)
    waits = []
    for _ in range(8):
        memory.came_out(round_, NOON, frozenset({"jira"}))
        choice = chosen(fresh, knock(1, "1", seconds=9), memory=memory)
        assert choice.round is None
        waits.append(choice.wait)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    memory.came_out(round_, NOON, frozenset())
    assert chosen(fresh, knock(1, "1", seconds=9), memory=memory).round == round_


def test_knocks_at_other_sources_do_not_wait_for_one_that_failed() -> None:
    memory, fresh = Memory(), {"jira": ago(seconds=0), "github": ago(seconds=0)}
    memory.came_out(Round(BOTH), NOON, frozenset({"jira"}))
    choice = chosen(fresh, knock(1, "1", seconds=9), knock(2, "2", "github", seconds=9), memory=memory)
    assert choice.round == Round(BOTH, knocked={"github": frozenset({"2"})}, upto=2)


def test_knocks_of_a_connector_that_is_gone_start_nothing() -> None:
    assert chosen({"jira": ago(seconds=0), "github": ago(seconds=0)}, knock(1, "1", "linear", hours=1)).round is None


@given(
    texts=st.tuples(*[st.sampled_from(["every 15m", "every 1h", "*/10 * * * *", "0 9 * * 1-5", "never"])] * 2),
    gaps=st.lists(st.integers(1, 400), min_size=1, max_size=30),
    interrupted=st.sets(st.integers(0, 29)),
)
def test_however_long_the_service_was_away_each_time_is_made_good_once(
    texts: tuple[str, str], gaps: list[int], interrupted: set[int]
) -> None:
    """A run that is interrupted tells nothing to the state; at the next look it is due again, and once."""
    plan, last, now = a_plan(*texts, full="never"), dict[str, Last](), NOON
    for at, minutes in enumerate(gaps):
        now += timedelta(minutes=minutes)
        choice = chosen(last, plan=plan, since=now, now=now)
        if choice.round is None:
            assert choice.wait > 0
            continue
        assert all(choice.due[name] <= now for name in choice.round.connectors)
        if at in interrupted:
            assert chosen(last, plan=plan, since=now, now=now).round == choice.round
        last |= {name: Last(now) for name in choice.round.connectors}
        again = chosen(last, plan=plan, since=now, now=now)
        assert again.round is None
        assert again.wait > 0
