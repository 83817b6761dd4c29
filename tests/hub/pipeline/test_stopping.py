"""A run that is told to stop ends between two tickets, says so, and the next run goes on from there."""

from dataclasses import replace

import pytest

from hub.model.errors import RunCancelled
from hub.pipeline.sync import sync
from tests.builders import an_initiative
from tests.hub.pipeline.workspace import Desk, a_desk

THREE = [an_initiative(f"jira:ACME-{number}", title=f"bad {number}") for number in (1, 2, 3)]


def stopped(desk: Desk, when: int) -> list[int]:
    """A run that is told to stop after so many writes; returns the numbers of the runs that began."""
    began: list[int] = []
    job = replace(desk.job(), stopping=lambda: desk.written >= when, on_start=began.append)
    with pytest.raises(RunCancelled):
        sync(job, lambda _outcome: {})
    return began


def test_a_run_that_is_told_to_stop_finishes_its_ticket_and_nothing_else() -> None:
    desk = a_desk(*THREE)
    assert stopped(desk, 1) == [1]
    assert desk.jira.log == [("create_comment", "ACME-1"), ("update_labels", "ACME-1")]
    (run,) = desk.store.runs(9)
    assert (run.status, run.finished is not None) == ("cancelled", True)
    assert not desk.store.ledger_entries()["jira", THREE[0].id].create_pending


def test_a_run_that_is_told_to_stop_before_it_writes_writes_nothing() -> None:
    desk = a_desk(*THREE)
    stopped(desk, 0)
    assert (desk.written, list(desk.store.sources())) == (0, [])


def test_the_next_run_does_what_is_left_and_has_the_lease_at_once() -> None:
    desk = a_desk(*THREE)
    stopped(desk, 1)
    desk.run()
    assert desk.jira.writes == {"update_labels": 3, "create_comment": 3}
    assert desk.run().receipts == ()
