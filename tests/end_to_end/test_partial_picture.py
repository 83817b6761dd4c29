"""A run that could not read everything places, moves and withdraws nothing because of what it did not read."""

import pytest

from tests.end_to_end.workspace import Desk, Marks
from tests.sandbox_support.faults import Fault

TRACKERS = ("jira", "github")


def down(desk: Desk, tracker: str) -> None:
    """The tracker refuses every request, at once."""
    desk.sandbox[tracker].faults.add(Fault("status", status=403, times=None))


def changed(before: dict[str, Marks], now: dict[str, Marks]) -> set[str]:
    """Tickets whose comment or labels are not those of before."""
    return {ticket for ticket in before.keys() | now.keys() if before.get(ticket) != now.get(ticket)}


def test_schedules_of_one_tracker_each_write_nothing_on_unchanged_trackers(synced: Desk) -> None:
    before, written = synced.marks(), synced.writes
    for name in TRACKERS * 3:
        assert synced.sync("--only", name).code == 0
    assert synced.writes == written
    assert synced.marks() == before


@pytest.mark.parametrize("first", TRACKERS)
def test_what_the_first_run_of_one_tracker_posts_stands_after_the_whole_run(desk: Desk, first: str) -> None:
    assert desk.sync("--only", first).code == 0
    placed = desk.marks()
    assert placed
    assert all(ticket.startswith(first) for ticket in placed)
    assert desk.sync().code == 0
    whole = desk.marks()
    assert all(marks.labels <= whole[ticket].labels for ticket, marks in placed.items())
    ids = {ticket: [id_ for id_, _ in marks.comments] for ticket, marks in placed.items() if marks.comments}
    assert {ticket: [id_ for id_, _ in whole[ticket].comments] for ticket in ids} == ids


@pytest.mark.parametrize("gone", TRACKERS)
def test_a_tracker_that_is_down_changes_nothing_on_the_other(synced: Desk, gone: str) -> None:
    before, written = synced.marks(), synced.writes
    down(synced, gone)
    synced.impatient_sync()
    synced.sandbox[gone].faults.clear()
    assert changed(before, synced.marks()) == set()
    assert synced.writes == written
    synced.sync()
    assert synced.writes == written


def test_a_new_dependency_on_a_tracker_that_is_down_waits_until_it_is_read(synced: Desk) -> None:
    down(synced, "github")
    synced.jira.edit("GTM-1", description="Depends on acme/platform#12")
    before = synced.marks()
    synced.impatient_sync()
    assert changed(before, synced.marks()) == set()
    synced.sandbox["github"].faults.clear()
    synced.sync()
    assert "okr-dependency" in synced.marks()["jira:GTM-1"].labels


def test_a_value_that_is_mistyped_is_told_whatever_else_was_not_read(synced: Desk) -> None:
    down(synced, "github")
    synced.jira.edit("ACME-2", labels=["kr-no-such-thing"])
    synced.impatient_sync()
    assert "key result not found" in synced.marks()["jira:ACME-2"].text


def test_a_finding_that_would_move_stays_where_it_stands_while_a_tracker_is_down(synced: Desk) -> None:
    lead, other = "jira:GTM-4", "jira:GTM-1"
    before = synced.marks()
    assert "key result not linked upward yet" in before[lead].text
    down(synced, "github")
    synced.jira.edit("GTM-1", labels=["kr-agency-desk"], priority="Highest")
    synced.impatient_sync()
    assert changed(before, synced.marks()) == set()
    synced.sandbox["github"].faults.clear()
    synced.sync()
    assert "key result not linked upward yet" in synced.marks()[other].text
    assert "resolved" in synced.marks()[lead].text
