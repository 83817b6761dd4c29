"""A state that is lost, a process that is killed: afterwards each ticket has exactly one comment and its labels."""

from collections.abc import Callable
from time import monotonic, sleep

import pytest

from tests.end_to_end.workspace import AS_OF, Desk, expected_tickets, marked_as_told
from tests.sandbox_support.faults import Fault
from tests.write_back.trackers import as_read


def test_a_lost_state_costs_no_second_comment(synced: Desk) -> None:
    before, others = synced.marks(), synced.others()
    synced.lose_the_state()
    assert synced.sync().code == 0
    assert synced.marks() == before
    assert synced.others() == others
    written = synced.writes
    synced.sync()
    assert synced.writes == written


def test_a_lost_state_does_not_make_a_settled_ticket_speak_twice(synced: Desk) -> None:
    before = synced.marks()
    synced.jira.add_label("ACME-5", "kr-launch-conversion")
    synced.sync()
    synced.lose_the_state()
    synced.jira.remove_label("ACME-5", "kr-launch-conversion")
    synced.sync()
    assert synced.marks() == before


@pytest.mark.parametrize("writes", [1, 8, 19])
def test_a_sync_that_is_killed_is_finished_by_the_next(desk: Desk, writes: int) -> None:
    desk.here.jira.faults.latency = desk.here.github.faults.latency = 0.02
    kill_sync_when(desk, lambda: desk.writes >= writes)
    desk.here.jira.faults.latency = desk.here.github.faults.latency = 0.0
    assert set(desk.marks()) < expected_tickets()
    assert_finished_by_the_next_sync(desk)


@pytest.mark.parametrize(
    ("half", "method", "path"),
    [
        ("jira", "POST", "/comment$"),
        ("jira", "PUT", "/issue/[0-9A-Z-]+(\\?|$)"),
        ("github", "POST", "/comments$"),
        ("github", "POST", "/issues/[0-9]+/labels$"),
    ],
)
def test_a_write_whose_receipt_was_lost_with_the_process_is_not_repeated(
    desk: Desk, half: str, method: str, path: str
) -> None:
    desk.sandbox[half].faults.add(Fault("hang_after", method=method, path=path, after=1, seconds=60))
    kill_sync_when(desk, lambda: desk.sandbox[half].faults.hits == 1 and arrived(desk, half) >= 2)
    desk.sandbox[half].faults.clear()
    assert_finished_by_the_next_sync(desk)


def test_a_retraction_that_is_killed_is_finished_by_the_next(synced: Desk) -> None:
    others, written = synced.others(), synced.writes
    synced.here.jira.faults.latency = synced.here.github.faults.latency = 0.02
    kill_when(synced, ("retract", "--yes"), lambda: synced.writes >= written + 9)
    synced.here.jira.faults.latency = synced.here.github.faults.latency = 0.0
    assert synced.hub("retract", "--yes").code == 0
    assert synced.marks() == {}
    assert synced.others() == others


# A week later the providers still owe their answers: a new comment asks them again, in place of the old one.
A_WEEK_LATER = ("--today", "2026-11-24")
ASKED = {"jira": "jira:ACME-16", "github": "github:acme/platform#4"}


@pytest.mark.parametrize("half", ["jira", "github"])
@pytest.mark.parametrize(
    ("step", "effect"),
    [("create", "hang"), ("create", "hang_after"), ("take away", "hang"), ("take away", "hang_after")],
)
def test_a_replacement_that_is_killed_is_finished_by_the_next_sync_and_always_leaves_a_comment(
    synced: Desk, half: str, step: str, effect: str
) -> None:
    ticket = ASKED[half]
    ((old, _),) = synced.marks()[ticket].comments
    issue = {"jira": f"/issue/({synced.jira.issue('ACME-16').id}|ACME-16)", "github": "acme/platform/issues/4"}[half]
    method, path = ("POST", f"{issue}/comments?$") if step == "create" else ("DELETE", f"/comments?/{old}$")
    synced.sandbox[half].faults.add(Fault(effect, method=method, path=path, seconds=60, times=None))
    seen: list[tuple[str, ...]] = []

    def midway() -> bool:
        seen.append(tuple(id_ for id_, _ in synced.marks()[ticket].comments))
        return synced.sandbox[half].faults.hits > 0 and len(seen[-1]) == COMMENTS_MIDWAY[step, effect]

    kill_when(synced, ("sync", *A_WEEK_LATER), midway)
    assert all(seen)
    assert len(seen[-1]) == COMMENTS_MIDWAY[step, effect]
    synced.sandbox[half].faults.clear()
    assert synced.hub("sync", *A_WEEK_LATER).code == 0
    marks = synced.marks()
    assert as_read(marks[ticket].text).startswith(STILL_WAITING[half])
    assert marks[ticket].comments[0][0] != old
    assert {text: len(mark.comments) for text, mark in marks.items() if len(mark.comments) > 1} == {}
    written = synced.writes
    synced.hub("sync", *A_WEEK_LATER)
    assert synced.writes == written
    assert synced.marks() == marks


COMMENTS_MIDWAY = {
    ("create", "hang"): 1,
    ("create", "hang_after"): 2,
    ("take away", "hang"): 2,
    ("take away", "hang_after"): 1,
}
STILL_WAITING = {
    "jira": "OKR check: Business Development is still waiting for an answer",
    "github": "OKR check: Product is still waiting for an answer",
}


def kill_sync_when(desk: Desk, happened: Callable[[], bool]) -> None:
    kill_when(desk, ("sync", *AS_OF), happened)


def kill_when(desk: Desk, words: tuple[str, ...], happened: Callable[[], bool]) -> None:
    process, end = desk.start(*words), monotonic() + 60
    while not happened() and monotonic() < end:
        sleep(0.002)
    process.kill()
    process.communicate()
    assert process.returncode == -9


def arrived(desk: Desk, half: str) -> int:
    """Tickets of the tracker with something of the hub's on them."""
    return sum(ticket.startswith(half) for ticket in desk.marks())


def assert_finished_by_the_next_sync(desk: Desk) -> None:
    assert desk.sync().code == 0
    marks = desk.marks()
    assert set(marks) == expected_tickets()
    assert {ticket for ticket, mark in marks.items() if not marked_as_told(mark, ticket)} == set()
    written = desk.writes
    desk.sync()
    assert desk.writes == written
    assert desk.marks() == marks
