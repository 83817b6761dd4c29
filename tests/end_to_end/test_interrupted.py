"""A run that a person or the system stops is called interrupted, on the terminal and in the status."""

import signal
from collections.abc import Callable
from time import monotonic, sleep

import pytest

from tests.end_to_end.workspace import AS_OF, Desk, ended, expected_tickets
from tests.sandbox_support.faults import Fault


def stop_when(desk: Desk, number: signal.Signals, happened: Callable[[], bool], *words: str) -> None:
    process, end = desk.start(*words), monotonic() + 60
    while not happened() and monotonic() < end:
        sleep(0.002)
    process.send_signal(number)
    ran = ended(process)
    assert ran.code == 130
    assert ran.out == ""
    assert ran.err.strip() == "hub: interrupted; the next run continues from here"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_while_it_reads_is_called_interrupted(desk: Desk, number: signal.Signals) -> None:
    desk.here.jira.faults.add(Fault("hang", path="search/jql", seconds=60))
    stop_when(desk, number, lambda: desk.here.jira.faults.hits == 1, "sync", *AS_OF)
    assert ": interrupted" in desk.hub("status").out
    assert desk.writes == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_while_it_writes_is_called_interrupted(desk: Desk, number: signal.Signals) -> None:
    desk.here.jira.faults.latency = desk.here.github.faults.latency = 0.05
    stop_when(desk, number, lambda: desk.writes >= 3, "sync", *AS_OF)
    desk.here.jira.faults.latency = desk.here.github.faults.latency = 0.0
    assert ": interrupted" in desk.hub("status").out
    assert desk.sync().code == 0
    assert set(desk.marks()) == expected_tickets()


def test_a_retraction_that_is_stopped_is_called_interrupted(synced: Desk) -> None:
    before = synced.writes
    synced.here.jira.faults.latency = synced.here.github.faults.latency = 0.05
    stop_when(synced, signal.SIGINT, lambda: synced.writes >= before + 3, "retract", "--yes")
    assert ": interrupted" in synced.hub("status").out
