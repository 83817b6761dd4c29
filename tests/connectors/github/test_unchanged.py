"""A pull finds no difference only where a full one would find none, and with a few requests."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connectors.github.test_incremental import EDITS, GOAL, UNSEEN, Stage, a_work, edit, staged
from tests.connectors.pull_state import by_id, different, is_unchanged
from tests.sandbox_support.faults import Fault


def unchanged(stage: Stage, *, walks: bool = True, **changes: Any) -> bool:
    stage.sandbox.traffic.clear()
    connector = stage.connector(**changes)
    try:
        return is_unchanged(stage.memory, connector, walks=walks)
    finally:
        connector.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        for number in range(1, 4):
            stage.site.add_item("acme/5", stage.site.add_issue("acme/app", f"Work {number}"), {"Status": "Todo"})
        stage.site.add_repository("acme/far")
        stage.site.set_parent(stage.site.issue("acme/app#1"), stage.site.add_issue("acme/far", "What others lean on"))
        stage.sync()
        stage.wait(minutes=2)
        yield stage


def test_a_github_where_nothing_happened_shows_no_difference_without_a_look_at_all_tickets(stage: Stage) -> None:
    assert unchanged(stage, walks=False)
    stage.wait(hours=5)
    assert unchanged(stage, walks=False)


def test_one_repository_without_projects_costs_at_most_two_requests(stage: Stage) -> None:
    for _ in range(2):  # by the second pull the second of the last change is over for certain
        stage.sync(projects=[])
        stage.wait(hours=1)
    assert unchanged(stage, projects=[])
    assert stage.sandbox.traffic.requests <= 2


def test_a_changed_issue_is_a_difference(stage: Stage) -> None:
    stage.site.edit_issue("acme/app#3", title="Other words")
    assert not unchanged(stage)


def test_a_command_in_the_second_of_the_last_change_is_a_difference(stage: Stage) -> None:
    stage.site.edit_issue("acme/app#3", title="Other words")
    stage.sync()
    stage.site.add_comment("acme/app#3", "Lunch?")
    stage.site.add_comment("acme/app#2", "/okr recheck", "mallory")
    stage.site.account("mallory").association = "NONE"
    stage.sync()
    assert unchanged(stage)
    stage.site.add_comment("acme/app#3", "/okr recheck")
    stage.wait(minutes=10)
    assert unchanged(stage, commands={"enabled": False})
    assert not unchanged(stage)
    stage.sync()
    assert [str(command.verb) for command in stage.memory.fresh.commands] == ["recheck"]
    stage.wait(minutes=10)
    stage.sync()
    assert unchanged(stage)


def test_comments_that_cannot_be_read_are_a_difference_while_there_is_doubt(stage: Stage) -> None:
    stage.site.edit_issue("acme/app#3", title="Other words")
    stage.sync()
    assert unchanged(stage)
    stage.sandbox.faults.add(Fault("status", path="/issues/comments", times=9, status=500))
    assert not unchanged(stage)


def test_a_changed_issue_that_others_refer_to_is_a_difference(stage: Stage) -> None:
    stage.site.edit_issue("acme/far#1", title="Other words")
    assert not unchanged(stage)


def test_a_changed_card_of_a_project_is_a_difference(stage: Stage) -> None:
    stage.site.set_field(stage.site.issue("acme/app#1").items[0], "Status", "In Progress")
    assert not unchanged(stage)


def test_a_new_issue_is_a_difference(stage: Stage) -> None:
    stage.site.add_issue("acme/app", "New work")
    assert not unchanged(stage)


@pytest.mark.parametrize("change", [{"types": ["Epic"]}, {"projects": []}, {"full_resync_hours": 0}])
def test_other_settings_and_a_due_reconciliation_are_differences(stage: Stage, change: dict[str, Any]) -> None:
    assert not unchanged(stage, **change)


@pytest.mark.parametrize("fault", [{"effect": "status", "status": 502}, {"effect": "html"}, {"effect": "truncate"}])
def test_a_github_that_cannot_be_read_is_not_unchanged(stage: Stage, fault: dict[str, Any]) -> None:
    stage.sandbox.faults.add(Fault(path="/graphql", times=None, **fault))
    assert not unchanged(stage)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_where_a_github_shows_no_difference_a_full_pull_shows_what_is_known(dice: random.Random) -> None:
    with staged() as stage:
        for number in range(8):
            made = a_work(stage.site, dice, number)
            if number % 3:
                stage.site.add_item("acme/5", made, {"Status": "Todo"})
        stage.sync(key_results=GOAL)
        for _ in range(5):
            # What moves no time is for the census, in a pull as well.
            for how in dice.choices([text for text in EDITS if text not in UNSEEN], k=dice.randrange(3)):
                stage.wait(minutes=dice.randrange(300))
                edit(stage.site, dice, how)
            stage.wait(minutes=dice.randrange(2000))
            if unchanged(stage, full_resync_hours=10_000, key_results=GOAL):
                kept = {ticket.id: ticket for ticket in by_id(stage.memory.whole, ranked=False).values()}
                assert different(kept, stage.all(ranked=False, key_results=GOAL)) == []
            if dice.random() < 0.5:
                stage.sync(ranked=False, full_resync_hours=10_000, key_results=GOAL)
