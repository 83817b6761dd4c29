"""Keys in texts: in any case, of tickets that the query does not find, and of tickets that were moved; over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from hub.model.initiative import Initiative, SyncMode
from hub.sandbox.jira.adf import from_text
from tests.connectors.jira.incremental import CENTER, Stage, staged

QUIET = 3
"""Requests of a pull that finds nothing new."""
BOTH: tuple[dict[str, Any], ...] = ({}, dict(CENTER))


@pytest.fixture(params=BOTH, ids=("cloud", "center"))
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(**request.param) as stage:
        stage.site.add_issue("ACME-1", "Waits")
        stage.site.add_issue("ACME-2", "Work of the same project")
        stage.site.add_issue("OLD-5", "Work of another project")
        yield stage


def says(stage: Stage, text: str, key: str = "ACME-1") -> None:
    stage.site.edit(key, description=from_text(text))


def known(stage: Stage, *, full: bool = False) -> dict[str, Initiative]:
    return {ticket.ref.key: ticket for ticket in stage.sync(full=full).values()}


def needs(stage: Stage, *, full: bool = False) -> tuple[str, ...]:
    return known(stage, full=full)["ACME-1"].depends_on_text


def test_a_ticket_that_only_a_text_names_is_read_as_context(stage: Stage) -> None:
    says(stage, "Depends on old-5")
    found = known(stage)
    assert found["OLD-5"].reference_only
    assert found["ACME-1"].depends_on_text == ("old-5",)


def test_a_key_of_before_leads_to_the_ticket_of_today(stage: Stage) -> None:
    stage.site.move("OLD-5", "PLAT-9")
    says(stage, "Depends on OLD-5 and acme-2")
    assert needs(stage) == ("PLAT-9", "acme-2")
    assert needs(stage, full=True) == ("PLAT-9", "acme-2")


def test_several_that_were_moved_are_told_apart(stage: Stage) -> None:
    stage.site.add_issue("OLD-6", "More of it")
    stage.site.move("OLD-5", "PLAT-9")
    stage.site.move("OLD-6", "PLAT-3")
    says(stage, "Depends on OLD-6, OLD-5, NONE-1")
    assert needs(stage) == ("PLAT-3", "PLAT-9", "NONE-1")


def test_the_address_of_a_page_is_followed_as_well(stage: Stage) -> None:
    stage.site.move("OLD-5", "PLAT-9")
    says(stage, f"Depends on {known(stage)['ACME-1'].url.replace('ACME-1', 'OLD-5')}")
    stage.wait(hours=1)
    assert needs(stage) == ("PLAT-9",)


@pytest.mark.parametrize("moved", ["OLD-5", "ACME-2"])
def test_a_move_after_the_first_read_is_followed_without_an_edit(stage: Stage, moved: str) -> None:
    says(stage, f"Depends on {moved}")
    assert needs(stage) == (moved,)
    stage.wait(hours=1)
    stage.site.move(moved, "PLAT-9")
    assert needs(stage) == ("PLAT-9",)
    assert stage.memory.fresh.mode is SyncMode.INCREMENTAL
    stage.wait(hours=1)
    assert needs(stage) == ("PLAT-9",)
    assert "PLAT-9" in known(stage)


def test_a_key_of_no_ticket_is_asked_for_once(stage: Stage) -> None:
    says(stage, "Depends on SHA-256")
    assert needs(stage) == ("SHA-256",)
    stage.wait(hours=1)
    assert needs(stage) == ("SHA-256",)
    assert (stage.memory.fresh.initiatives, stage.memory.fresh.complete) == ((), True)
    assert stage.sandbox.traffic.requests == QUIET


def test_what_was_followed_is_not_counted_as_missed(stage: Stage) -> None:
    stage.site.move("OLD-5", "PLAT-9")
    says(stage, "Depends on OLD-5")
    needs(stage)
    stage.wait(hours=30)
    assert needs(stage) == ("PLAT-9",)
    assert (stage.memory.fresh.mode, stage.memory.fresh.missed_by_cursor) == (SyncMode.RECONCILE, 0)
