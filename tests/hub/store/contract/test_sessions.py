"""Whoever signs out is signed out of every copy of the service, with or without a state before."""

from datetime import UTC, datetime, timedelta

from tests.hub.store.contract.states import State

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=8)


def test_nobody_signed_out_where_there_is_no_state(state: State) -> None:
    assert not state.sessions().has_ended("s1")
    assert not state.exists()


def test_a_session_that_ended_is_ended_for_every_copy_of_the_service(state: State) -> None:
    here, there = state.sessions(), state.sessions()
    here.end("s1", UNTIL, NOW)
    assert (there.has_ended("s1"), there.has_ended("s2")) == (True, False)


def test_a_session_that_would_be_over_anyway_is_forgotten(state: State) -> None:
    sessions = state.sessions()
    sessions.end("s1", UNTIL, NOW)
    sessions.end("s2", UNTIL + timedelta(hours=8), UNTIL)
    assert (sessions.has_ended("s1"), sessions.has_ended("s2")) == (False, True)


def test_a_session_may_end_while_a_run_holds_the_lease(state: State) -> None:
    store = state.open()
    store.begin_run("host:1", NOW, lease_seconds=60)
    state.sessions().end("s1", UNTIL, NOW)
    assert state.sessions().has_ended("s1")
