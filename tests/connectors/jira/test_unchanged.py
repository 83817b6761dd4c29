"""A pull finds no difference only where a full one would find none, and with a few requests."""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.errors import SourceError
from tests.connectors.jira.incremental import AUTUMN, CENTER, EDITS, Stage, edit, staged
from tests.connectors.pull_state import is_unchanged
from tests.sandbox_support.faults import Fault

QUERY = "project in (ACME, PLAT)"


def unchanged(stage: Stage, *, walks: bool = True, **changes: Any) -> bool:
    stage.sandbox.traffic.clear()
    connector = stage.connector(**changes)
    try:
        return is_unchanged(stage.memory, connector, walks=walks)
    finally:
        connector.close()


@pytest.fixture(params=[{}, CENTER], ids=["cloud", "center"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(**request.param) as stage:
        stage.site.add_project("AWAY")
        for number in range(1, 6):
            stage.site.add_issue(f"ACME-{number}", f"Work {number}")
            stage.wait(seconds=1)
        stage.site.add_issue("AWAY-1", "What others lean on")
        stage.site.edit("ACME-1", parent="AWAY-1")
        stage.sync()
        stage.wait(minutes=2)
        yield stage


def test_a_site_where_nothing_happened_shows_no_difference_without_a_look_at_all_tickets(stage: Stage) -> None:
    assert unchanged(stage, walks=False)
    stage.wait(hours=5)
    assert unchanged(stage, walks=False)


def test_no_difference_on_a_cloud_site_costs_at_most_three_requests() -> None:
    with staged() as stage:
        for number in range(1, 300):
            stage.site.add_issue(f"ACME-{number}")
        stage.sync()
        for _ in range(2):
            stage.wait(hours=1)
            stage.sync()
        assert unchanged(stage)
        assert stage.sandbox.traffic.requests <= 3


@pytest.mark.parametrize("key", ["ACME-3", "AWAY-1"])
def test_a_change_of_what_is_known_is_a_difference(stage: Stage, key: str) -> None:
    stage.site.edit(key, summary="Other words")
    assert not unchanged(stage)


def test_a_comment_on_a_ticket_is_a_difference(stage: Stage) -> None:
    stage.site.comment("ACME-2", "/okr recheck")
    assert not unchanged(stage)


def test_a_ticket_that_leaves_the_query_is_a_difference(stage: Stage) -> None:
    stage.site.move("ACME-2", "AWAY-77")
    assert not unchanged(stage)


def test_ticket_elsewhere_that_changes_disturbs_nobody(stage: Stage) -> None:
    stage.site.add_issue("AWAY-50", "Nobody's")
    assert unchanged(stage)


@pytest.mark.parametrize(
    "change", [{"query": "project in (ACME)"}, {"start_field": "Due date"}, {"full_resync_hours": 0}]
)
def test_other_settings_and_a_due_reconciliation_are_differences(stage: Stage, change: dict[str, Any]) -> None:
    assert not unchanged(stage, **change)


@pytest.mark.parametrize("path", ["search", "field"])
def test_a_site_that_answers_with_nonsense_is_not_unchanged(stage: Stage, path: str) -> None:
    stage.sandbox.faults.add(Fault("rewrite", path=path, change=lambda _answer: {"what": "else"}, times=None))
    with suppress(SourceError):  # an error is an answer as well: the run tells why
        assert not unchanged(stage)


@pytest.mark.parametrize("kind", [{}, CENTER], ids=["cloud", "center"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.sampled_from(AUTUMN))
def test_where_a_site_shows_no_difference_a_full_pull_shows_what_is_known(
    kind: dict[str, Any], dice: random.Random, moment: Any
) -> None:
    with staged(moment - timedelta(hours=3), **kind) as stage:
        for number in range(1, 9):
            stage.site.add_issue(f"{'ACME' if number % 2 else 'PLAT'}-{number}")
        stage.site.add_project("AWAY")
        stage.site.add_issue("AWAY-1")
        stage.sync(query=QUERY)
        for _ in range(5):
            # What is deleted, and a move of what only others see, leaves no trace for anything but a census.
            for how in dice.choices([text for text in EDITS if text != "delete"], k=dice.randrange(3)):
                stage.wait(minutes=dice.randrange(20))
                edit(stage.site, dice, how)
            stage.wait(minutes=dice.randrange(40))
            if unchanged(stage, query=QUERY):
                assert stage.memory.kept() == stage.all(query=QUERY)
            if dice.random() < 0.5:
                stage.sync(query=QUERY)


def test_a_row_that_was_remembered_otherwise_is_a_difference(stage: Stage) -> None:
    issue = stage.site.issue("ACME-5")
    stage.site.put(replace(issue, summary="Changed behind the clock", updated=issue.updated + 1))
    assert not unchanged(stage)
