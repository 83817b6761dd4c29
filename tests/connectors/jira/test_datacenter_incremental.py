"""Data Center after the first pull: what changed comes by windows, and a server that gives few rows hides none."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.model.action import Comment, Target
from hub.model.initiative import SyncMode
from tests.connectors.jira.incremental import CENTER, Stage, staged
from tests.connectors.jira.test_unchanged import unchanged
from tests.sandbox_support.faults import Fault


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(**CENTER) as stage:
        for number in range(1, 11):
            stage.site.add_issue(f"ACME-{number}", f"Work {number}")
            stage.wait(seconds=1)
        stage.sync()
        stage.wait(hours=1)
        yield stage


def test_a_sync_without_changes_costs_three_requests_and_reads_no_ticket() -> None:
    with staged(deployment="DataCenter") as stage:
        for number in range(1, 301):
            stage.site.add_issue(f"ACME-{number}", f"Work {number}")
        stage.sync()
        before = stage.memory.kept()
        stage.wait(minutes=1)
        assert len(stage.sync()) == 300
        assert stage.memory.fresh.mode is SyncMode.INCREMENTAL
        assert stage.memory.fresh.initiatives == ()
        assert stage.sandbox.traffic.requests == 3
        assert stage.memory.kept() == before


def test_more_changes_than_a_page_holds_are_all_read(stage: Stage) -> None:
    for number in range(1, 9):
        stage.site.edit(f"ACME-{number}", summary=f"New words {number}")
    stage.site.add_issue("ACME-11", "New work")
    assert stage.sync() == stage.all()
    assert len(stage.memory.fresh.initiatives) == 9
    assert stage.memory.whole.complete


def test_changes_of_one_moment_are_not_lost_at_a_page_edge(stage: Stage) -> None:
    moment = stage.time.now()
    for number in range(20, 60):
        issue = stage.site.add_issue(f"ACME-{number}")
        stage.site.put(replace(issue, updated=int(moment.timestamp() * 1000)))
    assert stage.sync() == stage.all()
    assert len(stage.memory.fresh.initiatives) == 40


def test_a_change_just_before_the_cursor_is_found_within_the_overlap(stage: Stage) -> None:
    stage.site.index_lag = 60
    stage.site.edit("ACME-3", summary="Late")
    stage.wait(seconds=30)
    stage.site.add_issue("ACME-12", "Later")
    stage.sync()
    stage.site.index_lag = 0
    stage.wait(seconds=60)
    assert stage.sync() == stage.all()


def test_tickets_that_are_leaned_on_all_come_from_a_server_that_gives_few(stage: Stage) -> None:
    for number in range(1, 9):
        stage.site.add_issue(f"PLAT-{number}", f"Needed {number}")
        stage.site.link(f"PLAT-{number}", "ACME-1")
    known = stage.sync()
    assert {ticket.title for ticket in known.values() if ticket.reference_only} == {
        f"Needed {number}" for number in range(1, 9)
    }
    assert known == stage.all()


def test_tickets_in_doubt_are_not_taken_for_gone_where_the_server_gives_few(stage: Stage) -> None:
    for ticket in stage.memory.kept().values():
        stage.memory.store.record_comment(Target(ticket.ref, ticket.id), Comment("c", "me"), "d", [], resolved=False)
        stage.memory.store.record_label(Target(ticket.ref, ticket.id), "okr-unaligned", present=True)
    assert len(stage.sync()) == 10
    assert stage.memory.fresh.deleted == frozenset()


def test_living_tickets_stay_when_the_search_for_them_is_refused_for_a_dead_one(stage: Stage) -> None:
    """Ten tickets leave the query, one of them for good: only what the server does not know has no second look."""
    query = "project = ACME AND labels = initiative"
    for number in range(1, 11):
        stage.site.add_label(f"ACME-{number}", "initiative")
    assert len(stage.sync(query=query)) == 10
    stage.wait(hours=25)
    stage.site.delete_issue("ACME-1")
    empty = {"startAt": 0, "maxResults": 3, "total": 0, "issues": []}
    # The index has lost the census for a moment.
    for _ in range(2):
        stage.sandbox.faults.add(Fault("status", path="/search", status=200, body=empty))
    assert sorted(ticket.ref.key for ticket in stage.sync(query=query).values()) == sorted(
        f"ACME-{number}" for number in range(2, 11)
    )


def test_the_census_finds_what_vanished_and_what_the_cursor_missed(stage: Stage) -> None:
    stage.site.delete_issue("ACME-1")
    born = stage.site.add_issue("ACME-13", "Old when it came")
    stage.site.put(replace(born, updated=born.updated - 86_400_000 * 9))
    assert "Work 1" in {ticket.title for ticket in stage.sync().values()}
    stage.wait(hours=25)
    assert stage.sync() == stage.all()
    assert (stage.memory.fresh.mode, stage.memory.fresh.missed_by_cursor) == (SyncMode.RECONCILE, 1)


def test_a_ticket_that_leaves_the_query_is_noticed_at_once(stage: Stage) -> None:
    query = "project = ACME AND labels = initiative"
    for number in (1, 2):
        stage.site.add_label(f"ACME-{number}", "initiative")
    assert len(stage.sync(query=query)) == 2
    stage.wait(hours=1)
    stage.site.remove_label("ACME-1", "initiative")
    assert [ticket.ref.key for ticket in stage.sync(query=query).values()] == ["ACME-2"]
    assert stage.memory.fresh.mode is SyncMode.INCREMENTAL


def test_a_second_change_in_the_second_of_the_first_is_found_where_whole_seconds_are_told(stage: Stage) -> None:
    first = stage.site.edit("ACME-3", summary="First words")
    stage.sync()
    stage.site.put(replace(first, summary="Second words"))
    stage.wait(minutes=10)
    assert stage.sync() == stage.all()
    assert {ticket.title for ticket in stage.memory.fresh.initiatives} == {"Second words"}
    stage.wait(minutes=10)
    stage.sync()
    # By then that second is over for certain, so nothing is read but the list of changes.
    assert stage.sandbox.traffic.requests == 3


@pytest.mark.parametrize("before", [0, 1], ids=["right after", "after another pull"])
def test_a_command_in_the_second_of_the_last_change_is_heard_where_whole_seconds_are_told(
    stage: Stage, before: int
) -> None:
    changed = stage.site.edit("ACME-3", summary="First words")
    for _ in range(1 + before):
        stage.sync()
    stage.site.comment("ACME-3", "/okr recheck")
    stage.site.put(replace(stage.site.issue("ACME-3"), updated=changed.updated))
    assert not unchanged(stage)
    stage.wait(minutes=10)
    assert not unchanged(stage)
    stage.sync()
    assert [str(command.verb) for command in stage.memory.fresh.commands] == ["recheck"]
    stage.wait(minutes=10)
    stage.sync()
    assert stage.memory.fresh.commands == ()
    assert unchanged(stage)
