"""What is read after the first time: as much as changed, and together with what is remembered the same as all."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.action import Comment, Target
from hub.model.initiative import SyncMode
from tests.connectors.jira.incremental import AUTUMN, CENTER, EDITS, ZONES, Stage, edit, staged
from tests.sandbox_support.faults import Fault


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        for number in range(1, 6):
            stage.site.add_issue(f"ACME-{number}", f"Work {number}")
            stage.wait(seconds=1)
        stage.sync()
        stage.wait(hours=1)
        yield stage


def test_a_sync_without_changes_costs_three_requests(stage: Stage) -> None:
    before = stage.memory.kept()
    assert len(stage.sync()) == 5
    assert stage.sandbox.traffic.requests == 3
    assert stage.memory.fresh.mode is SyncMode.INCREMENTAL
    assert stage.memory.fresh.initiatives == ()
    assert stage.memory.kept() == before


@pytest.mark.parametrize("edited", [True, False])
def test_a_project_whose_key_was_changed_goes_on_under_both(stage: Stage, *, edited: bool) -> None:
    stage.site.rename_project("ACME", "SHOP")
    if edited:
        stage.site.edit("SHOP-2", summary="New words")
    known = stage.sync(full=not edited)
    assert {ticket.containers for ticket in known.values()} == {("ACME", "SHOP")}
    assert known == stage.all()
    assert len(stage.memory.fresh.notes) == 1
    stage.wait(hours=1)
    stage.site.edit("SHOP-3", summary="More words")
    assert stage.sync() == stage.all()
    assert stage.memory.fresh.mode is SyncMode.INCREMENTAL


UNTOLD: dict[str, dict[str, Any]] = {
    "no right": {"effect": "status", "status": 403},
    "down": {"effect": "status", "status": 503},
    "limit": {"effect": "status", "status": 429, "headers": {"Retry-After": "3600"}},
    "no project": {"effect": "rewrite", "change": lambda _answer: []},
    "no key": {"effect": "rewrite", "change": lambda answer: answer | {"key": None}},
}


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("fault", UNTOLD.values(), ids=UNTOLD)
def test_a_project_whose_key_of_today_is_not_told_is_asked_for_again(
    stage: Stage, fault: dict[str, Any], *, full: bool
) -> None:
    before = stage.memory.kept()
    stage.site.rename_project("ACME", "SHOP")
    stage.site.edit("SHOP-2", summary="New words")
    stage.sandbox.faults.add(Fault(**fault, path=r"/project/ACME", times=None))
    assert stage.sync(full=full) == before
    assert ["project ACME has a new key could not be checked" in gap.reason for gap in stage.memory.fresh.gaps] == [
        True
    ]
    stage.sandbox.faults.clear()
    stage.wait(hours=2)
    assert {ticket.containers for ticket in stage.sync().values()} == {("ACME", "SHOP")}
    assert stage.memory.fresh.gaps == ()


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_project_that_is_not_there_has_no_other_key(stage: Stage, status: int) -> None:
    stage.site.rename_project("ACME", "SHOP")
    stage.sandbox.faults.add(Fault("status", path=r"/project/ACME", times=None, status=status))
    assert {ticket.containers for ticket in stage.sync(full=True).values()} == {("SHOP",)}
    assert stage.memory.fresh.gaps == ()


@pytest.mark.parametrize("edit", [{"parent": "PLAT-1"}, {"description": "Depends on PLAT-1"}], ids=["parent", "text"])
def test_a_ticket_beyond_the_query_that_did_not_come_once_is_none_of_ours(stage: Stage, edit: dict[str, str]) -> None:
    stage.site.add_issue("PLAT-1", "Beyond the query")
    for _ in range(2):
        stage.sync(query="project = ACME")
        stage.wait(hours=1)
    stage.site.edit("ACME-3", **edit)
    limit = {"status": 429, "headers": {"Retry-After": "3600"}}
    stage.sandbox.faults.add(Fault("status", path="/bulkfetch", times=None, after=1, **limit))
    stage.sync(query="project = ACME")
    assert "PLAT-1" in {gap.key for gap in stage.memory.fresh.gaps}
    stage.sandbox.faults.clear()
    stage.wait(hours=2)
    assert stage.sync(query="project = ACME") == stage.all(query="project = ACME")
    assert {ticket.ref.key for ticket in stage.memory.kept().values() if ticket.reference_only} == {"PLAT-1"}
    assert stage.memory.fresh.gaps == ()


def test_a_row_that_made_no_sense_once_is_read_again(stage: Stage) -> None:
    before = stage.memory.kept()

    def garbled(answer: Any) -> Any:
        rows = [row | {"fields": None} if row.get("key") == "ACME-3" else row for row in answer["issues"]]
        return answer | {"issues": rows}

    stage.site.edit("ACME-3", summary="New words")
    stage.sandbox.faults.add(Fault("rewrite", path="/bulkfetch", change=garbled))
    stage.sync()
    assert [gap.key for gap in stage.memory.fresh.gaps] == ["ACME-3"]
    stage.wait(hours=1)
    assert stage.sync() == stage.all() != before
    assert stage.memory.fresh.gaps == ()


def test_only_what_changed_is_read_again(stage: Stage) -> None:
    stage.site.edit("ACME-2", summary="New words")
    stage.site.add_issue("ACME-6", "New work")
    assert stage.sync() == stage.all()
    assert {ticket.title for ticket in stage.memory.fresh.initiatives} == {"New words", "New work"}
    assert stage.sync() == stage.all()
    assert stage.memory.fresh.initiatives == ()


def test_the_option_for_all_ignores_the_cursor(stage: Stage) -> None:
    stage.sync(full=True)
    assert stage.memory.fresh.mode is SyncMode.FULL


@pytest.mark.parametrize("change", [{"query": "project in (ACME)"}, {"start_field": "Due date"}])
def test_other_settings_read_everything_anew(stage: Stage, change: dict[str, str]) -> None:
    stage.sync(**change)
    assert stage.memory.fresh.mode is SyncMode.FULL
    assert stage.memory.fresh.complete


def test_a_query_with_or_and_an_order_is_narrowed_as_a_whole(stage: Stage) -> None:
    stage.site.add_issue("PLAT-1")
    query = "project = ACME OR project = PLAT ORDER BY key DESC"
    stage.sync(query=query)
    stage.wait(hours=1)
    stage.site.edit("PLAT-1", summary="Changed")
    assert stage.sync(query=query) == stage.all(query=query)
    assert len(stage.memory.fresh.initiatives) == 1


def test_a_ticket_that_leaves_the_query_is_noticed_at_once(stage: Stage) -> None:
    query = "project = ACME AND labels = initiative"
    for number in (1, 2):
        stage.site.add_label(f"ACME-{number}", "initiative")
    assert len(stage.sync(query=query)) == 2
    stage.wait(hours=1)
    stage.site.remove_label("ACME-1", "initiative")
    assert [ticket.ref.key for ticket in stage.sync(query=query).values()] == ["ACME-2"]
    assert stage.memory.fresh.mode is SyncMode.INCREMENTAL


def test_tickets_of_the_same_moment_are_not_lost_at_a_page_edge(stage: Stage) -> None:
    moment = stage.time.now()
    for number in range(10, 260):
        issue = stage.site.add_issue(f"ACME-{number}")
        stage.site.put(replace(issue, updated=int(moment.timestamp() * 1000)))
    assert stage.sync(id_page_size=7) == stage.all()
    assert len(stage.memory.fresh.initiatives) == 250


def test_a_ticket_that_the_index_shows_late_is_found_within_the_overlap(stage: Stage) -> None:
    stage.site.index_lag = 60
    stage.site.edit("ACME-3", summary="Late")
    stage.wait(seconds=30)
    stage.site.add_issue("ACME-7", "Later")
    stage.sync()
    stage.site.index_lag = 0
    stage.wait(seconds=60)
    assert stage.sync() == stage.all()


def test_the_census_finds_what_vanished_and_what_the_cursor_missed(stage: Stage) -> None:
    stage.site.delete_issue("ACME-1")
    born = stage.site.add_issue("ACME-8", "Old when it came")
    stage.site.put(replace(born, updated=born.updated - 86_400_000 * 9))
    assert "Work 1" in {ticket.title for ticket in stage.sync().values()}
    stage.wait(hours=25)
    assert stage.sync() == stage.all()
    assert (stage.memory.fresh.mode, stage.memory.fresh.missed_by_cursor) == (SyncMode.RECONCILE, 1)
    assert stage.memory.store.sources()[0].missed_by_cursor == 1


def test_a_ticket_absent_from_one_answer_is_asked_for_again(stage: Stage) -> None:
    stage.wait(hours=25)
    shown = [{"id": id_} for id_ in sorted(stage.memory.kept())[1:]]
    stage.sandbox.faults.add(Fault("status", path="search/jql", after=1, status=200, body={"issues": shown}))
    assert len(stage.sync()) == 5
    assert stage.memory.fresh.deleted == frozenset()


def test_only_a_census_counts_a_ticket_as_missed(stage: Stage) -> None:
    issue = stage.site.issue("ACME-1")
    target = Target(next(iter(stage.memory.kept().values())).ref, str(issue.id))
    stage.memory.store.record_comment(target, Comment("c1", "me"), "d", [], resolved=False)
    stage.site.delete_issue("ACME-1")

    def misses() -> int:
        return next(iter(stage.memory.store.ledger_entries().values())).absences

    counted = []
    for hours in (1, 25, 1, 25):
        stage.wait(hours=hours)
        stage.sync()
        counted.append(misses())
    assert counted == [0, 1, 1, 2]


def test_a_search_that_breaks_off_leaves_the_cursor_where_it_was(stage: Stage) -> None:
    stage.site.edit("ACME-2", summary="New words")
    before = stage.memory.store.sources()[0].cursor
    stage.sandbox.faults.add(Fault("status", path="bulkfetch", times=8, status=500))
    stage.sync()
    assert not stage.memory.whole.complete
    assert stage.memory.store.sources()[0].cursor == before
    assert stage.sync() == stage.all()


def test_a_ticket_that_we_labelled_is_read_again_though_the_index_lags(stage: Stage) -> None:
    issue = stage.site.issue("ACME-2")
    target = Target(stage.memory.kept()[str(issue.id)].ref, str(issue.id))
    stage.site.index_lag = 3600
    stage.site.add_label("ACME-2", "okr-unaligned")
    stage.memory.store.record_label(target, "okr-unaligned", present=True)
    assert stage.sync()[str(issue.id)].labels == {"okr-unaligned"}


def test_parents_and_blockers_outside_of_the_query_come_as_context(stage: Stage) -> None:
    stage.site.add_issue("PLAN-2", "Above all", type="Initiative", labels=["kr-launch-dau"])
    stage.site.add_issue("PLAN-1", "Above", type="Initiative", parent="PLAN-2")
    stage.site.add_issue("PLAT-1", "Needed")
    stage.site.edit("ACME-1", parent="PLAN-1")
    stage.site.link("PLAT-1", "ACME-2")
    known = stage.sync()
    assert {ticket.title for ticket in known.values() if ticket.reference_only} == {"Above all", "Above", "Needed"}
    assert known == stage.all()
    stage.wait(hours=1)
    stage.site.edit("PLAT-1", status="Done")
    assert stage.sync() == stage.all()
    stage.wait(hours=1)
    stage.site.edit("ACME-1", parent=None)
    assert stage.sync() == stage.all()
    assert {ticket.title for ticket in stage.memory.kept().values() if ticket.reference_only} == {"Needed"}


def test_a_moved_ticket_takes_what_names_it_along(stage: Stage) -> None:
    stage.site.edit("ACME-2", parent="ACME-1")
    stage.sync()
    stage.wait(hours=1)
    stage.site.add_project("ACME")
    stage.site.move("ACME-1", "ACME-99")
    known = stage.sync()
    assert known == stage.all()
    assert stage.memory.kept() == known


@pytest.mark.parametrize("kind", [{}, CENTER], ids=["cloud", "center"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.sampled_from(ZONES), st.sampled_from(AUTUMN))
def test_changes_and_memory_make_the_same_picture_as_a_full_pull(
    kind: dict[str, Any], dice: random.Random, zone: str, moment: datetime
) -> None:
    query = "project in (ACME, PLAT)"
    with staged(moment - timedelta(hours=3), **kind) as stage:
        stage.site.add_account(replace(stage.site.bot, zone=zone))
        for number in range(1, 9):
            stage.site.add_issue(f"{'ACME' if number % 2 else 'PLAT'}-{number}")
        stage.site.add_project("AWAY")
        stage.sync(query=query)
        for _ in range(4):
            deleted = False
            for how in dice.choices(EDITS, k=dice.randrange(5)):
                stage.wait(minutes=dice.randrange(20))
                edit(stage.site, dice, how)
                deleted |= how == "delete"
            stage.wait(minutes=dice.randrange(40))
            # What was deleted leaves no trace for a cursor to find: only a census sees that it is not there.
            known = stage.sync(query=query, full_resync_hours=0 if deleted else 24)
            assert known == stage.all(query=query)
            assert stage.memory.kept() == known


def test_after_a_quiet_hour_an_old_bulk_edit_is_not_listed_again(stage: Stage) -> None:
    for number in range(10, 200):
        stage.site.add_issue(f"ACME-{number}")
    stage.sync()
    stage.wait(hours=2)
    stage.sync()
    stage.wait(minutes=10)
    assert stage.sync() == stage.all()
    stage.sync()
    assert stage.sandbox.traffic.requests == 3
