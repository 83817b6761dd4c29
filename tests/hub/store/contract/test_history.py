"""What one run leaves for the next: since when findings and dependencies are known, and commands in comments."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.initiative import PullResult
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command, Verb
from hub.store.base import History, Store
from tests.hub.store.contract.states import State

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ONE, OTHER = ("jira:1", "github:I_2"), ("kr/2026-Q4/dau", "kr/platform/p99")
DAY, LATER_DAY = date(2026, 11, 2), date(2026, 11, 16)
RULE_OF = {f"f{number}": rule for number, rule in enumerate(("stale", "broken", "crowded", "stale", "broken"))}
RUNS = st.lists(
    st.tuples(st.frozensets(st.sampled_from([*RULE_OF])), st.frozensets(st.sampled_from([*RULE_OF.values()])))
)
"""Of each run the findings that are there, and the rules that could not be judged as a whole."""


def test_an_empty_state_has_seen_no_dependency(store: History) -> None:
    assert store.dependency_history() == DependencyHistory()


def test_what_was_seen_is_known_to_the_next_process(state: State) -> None:
    first = state.open()
    first.save_dependency_history({ONE: DAY, OTHER: LATER_DAY}, is_complete=True)
    assert state.open().dependency_history() == DependencyHistory({ONE: DAY, OTHER: LATER_DAY})


def test_what_is_gone_is_forgotten_only_after_a_whole_look(store: History) -> None:
    store.save_dependency_history({ONE: DAY, OTHER: DAY}, is_complete=True)
    store.save_dependency_history({OTHER: DAY}, is_complete=False)
    assert store.dependency_history() == DependencyHistory({ONE: DAY, OTHER: DAY})
    store.save_dependency_history({OTHER: DAY}, is_complete=True)
    assert store.dependency_history() == DependencyHistory({OTHER: DAY})


def test_a_day_that_a_file_states_replaces_the_one_remembered(store: History) -> None:
    store.save_dependency_history({OTHER: LATER_DAY}, is_complete=True)
    store.save_dependency_history({OTHER: DAY}, is_complete=True)
    assert store.dependency_history() == DependencyHistory({OTHER: DAY})


def test_a_finding_is_known_since_the_run_that_first_saw_it(store: History, state: State) -> None:
    store.record_findings({"f1": "stale"}, NOW, unevaluated_rules=())
    store.record_findings({"f1": "stale", "f2": "stale"}, LATER, unevaluated_rules=())
    assert state.open().first_seen() == {"f1": NOW, "f2": LATER}


def test_a_finding_that_is_gone_is_forgotten_and_is_new_when_it_comes_back(store: History) -> None:
    store.record_findings({"f1": "stale"}, NOW, unevaluated_rules=())
    store.record_findings({}, LATER, unevaluated_rules=())
    assert store.first_seen() == {}
    store.record_findings({"f1": "stale"}, LATER, unevaluated_rules=())
    assert store.first_seen() == {"f1": LATER}


def test_what_could_not_be_judged_is_not_forgotten(store: History) -> None:
    store.record_findings({"f1": "stale", "f2": "broken"}, NOW, unevaluated_rules=())
    store.record_findings({}, LATER, unevaluated_rules={"stale"})
    assert store.first_seen() == {"f1": NOW}
    store.record_findings({}, LATER, unevaluated_rules=None)
    assert store.first_seen() == {"f1": NOW}


def test_a_finding_that_nobody_saw_for_months_is_forgotten_in_any_case(store: History) -> None:
    store.record_findings({"f1": "stale"}, NOW, unevaluated_rules=None)
    store.record_findings({}, NOW + timedelta(days=91), unevaluated_rules=None)
    assert store.first_seen() == {}


def test_a_difference_adds_what_is_new_and_forgets_what_is_resolved(store: History, state: State) -> None:
    store.record_findings({"f1": "stale", "f2": "broken"}, NOW, unevaluated_rules=())
    assert store.update_findings({"f3": "stale"}, {"f2"}, LATER, unevaluated_rules=()) == {"f2"}
    assert state.open().first_seen() == {"f1": NOW, "f3": LATER}


def test_a_difference_leaves_what_it_does_not_name(store: History) -> None:
    store.record_findings({"f1": "stale"}, NOW, unevaluated_rules=())
    assert store.update_findings({}, (), LATER, unevaluated_rules=()) == frozenset()
    assert store.update_findings({"f1": "stale"}, {"never-seen"}, LATER, unevaluated_rules={"broken"}) == frozenset()
    assert store.first_seen() == {"f1": NOW}


def test_a_difference_forgets_nothing_that_could_not_be_judged(store: History) -> None:
    store.record_findings({"f1": "stale", "f2": "broken", "f3": "crowded"}, NOW, unevaluated_rules=())
    resolved = ["f1", "f2", "f3"]
    assert store.update_findings({}, resolved, LATER, unevaluated_rules={"stale", "crowded"}) == {"f2"}
    assert store.first_seen() == {"f1": NOW, "f3": NOW}
    assert store.update_findings({}, resolved, LATER, unevaluated_rules={"crowded"}) == {"f1"}
    assert store.first_seen() == {"f3": NOW}


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(runs=RUNS)
def test_differences_leave_what_whole_runs_leave(
    new_state: Callable[[], State], runs: list[tuple[frozenset[str], frozenset[str]]]
) -> None:
    with closing(new_state()) as one, closing(new_state()) as other:
        by_whole, by_difference = one.open(), other.open()
        for hour, (found, unevaluated) in enumerate(runs):
            now, before = NOW + timedelta(hours=hour), by_difference.first_seen()
            added = {name: RULE_OF[name] for name in found - before.keys()}
            by_whole.record_findings({name: RULE_OF[name] for name in found}, now, unevaluated_rules=unevaluated)
            forgotten = by_difference.update_findings(added, before.keys() - found, now, unevaluated_rules=unevaluated)
            assert by_difference.first_seen() == by_whole.first_seen()
            assert forgotten == before.keys() - by_whole.first_seen().keys()


def a_command(comment: str, verb: Verb = Verb.MUTE) -> Command:
    return Command("10001", comment, "account-1", verb, "", NOW)


def test_a_command_counts_as_its_comment_first_said_it(store: Store) -> None:
    first, second = a_command("c1"), a_command("c2")
    store.save_snapshot([PullResult("jira", commands=(first,))], NOW)
    store.save_snapshot([PullResult("jira", commands=(replace(first, argument="edited"), second))], NOW)
    assert store.dependency_history().commands == {"jira": (first, second)}


def test_hushed_commands_count_and_are_not_answered(store: Store) -> None:
    store.mark_commands_acknowledged([PullResult("jira", commands=(a_command("c1"),))])
    assert store.dependency_history().commands == {"jira": (replace(a_command("c1"), predates_retraction=True),)}


def test_the_secret_of_a_state_stays_and_is_its_own(state: State, new_state: Callable[[], State]) -> None:
    with closing(new_state()) as other:
        keys = [store.dependency_history().key for store in (state.open(), state.open(), other.open())]
    assert keys[0] == keys[1] != keys[2]
    assert len(keys[0]) >= 32


def test_an_empty_state_knows_nothing(store: Store) -> None:
    assert (store.ledger_entries(), store.runs(5), store.deferred_comments(), store.snapshot()) == ({}, [], {}, [])
    assert (store.first_seen(), store.requested_refreshes(), store.sources(), store.historical_snapshots(5)) == (
        {},
        (),
        [],
        (),
    )
    assert (store.rate_limits(NOW), store.last_finished_run(), store.created_labels("jira")) == ([], 0, ())
