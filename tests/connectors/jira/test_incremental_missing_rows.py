"""One row that a search drops once is asked for; a ticket that left, or is no more, is gone at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from hub.model.initiative import SyncMode
from tests.connectors.jira.incremental import CENTER, Stage, staged
from tests.sandbox_support.faults import Fault

SEARCH = r"/search(/jql)?(\?|$)"


@pytest.fixture(params=[{}, CENTER], ids=["cloud", "center"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(**request.param) as stage:
        for number in range(1, 6):
            stage.site.add_issue(f"ACME-{number}", f"Work {number}")
            stage.wait(seconds=1)
        stage.site.add_issue("PLAT-1", "Beyond the query")
        stage.site.edit("ACME-3", parent="PLAT-1")
        stage.sync(query="project = ACME")
        stage.wait(hours=1)
        yield stage


def without(key: str, site: Any) -> Any:
    """An answer of a search that lacks one row, and counts as if that had never been."""
    id_ = str(site.issue(key).id)

    def change(answer: Any) -> Any:
        rows = [row for row in answer["issues"] if row.get("id") != id_]
        lost = len(answer["issues"]) - len(rows)
        return answer | {"issues": rows} | ({"total": answer["total"] - lost} if "total" in answer else {})

    return change


def drop(stage: Stage, key: str) -> None:
    stage.sandbox.faults.add(Fault("rewrite", path=SEARCH, change=without(key, stage.site)))


@pytest.mark.parametrize("how", [{"full": True}, {"full_resync_hours": 0}], ids=["full", "census"])
def test_a_row_that_one_answer_lacks_is_still_there(stage: Stage, how: Any) -> None:
    before = stage.memory.kept()
    drop(stage, "ACME-3")
    assert stage.sync(query="project = ACME", **how) == before
    assert stage.memory.fresh.gaps == ()
    assert stage.memory.kept() == before
    assert stage.sync(query="project = ACME") == before


def test_what_is_asked_for_is_as_it_is_now(stage: Stage) -> None:
    stage.site.edit("ACME-2", summary="New words")
    drop(stage, "ACME-2")
    found = stage.sync(full=True, query="project = ACME")
    assert "New words" in {ticket.title for ticket in found.values()}


@pytest.mark.parametrize("how", [{"full": True}, {"full_resync_hours": 0}], ids=["full", "census"])
@pytest.mark.parametrize("end", ["delete", "move"])
def test_a_ticket_that_is_no_more_or_left_is_gone_at_once(stage: Stage, how: Any, end: str) -> None:
    if end == "delete":
        stage.site.delete_issue("ACME-2")
    else:
        stage.site.move("ACME-2", "AWAY-1")
    left = {
        ticket.ref.key for ticket in stage.sync(query="project = ACME", **how).values() if not ticket.reference_only
    }
    assert left == {"ACME-1", "ACME-3", "ACME-4", "ACME-5"}
    assert stage.memory.fresh.notes == ()


@pytest.mark.parametrize("stage", [{}], ids=["cloud"], indirect=True)
@pytest.mark.parametrize("learned", [True, False])
def test_a_row_of_a_project_whose_key_was_changed_comes_back_under_both(stage: Stage, *, learned: bool) -> None:
    stage.site.rename_project("ACME", "SHOP")
    stage.site.rename_project("PLAT", "CORE")
    if learned:
        stage.sync(full=True, query="project in (ACME, PLAT)")
    drop(stage, "SHOP-3")
    found = stage.sync(full=True, query="project in (ACME, PLAT)")
    assert {ticket.ref.key: ticket.containers for ticket in found.values()} == {
        **{f"SHOP-{number}": ("ACME", "SHOP") for number in range(1, 6)},
        "CORE-1": ("PLAT", "CORE"),
    }


def test_a_narrower_query_leaves_nothing_behind(stage: Stage) -> None:
    found = stage.sync(query="project = ACME AND key in (ACME-1, ACME-2)")
    assert {ticket.ref.key for ticket in found.values()} == {"ACME-1", "ACME-2"}
    assert stage.memory.fresh.mode is SyncMode.FULL


@pytest.mark.parametrize("stage", [{}], ids=["cloud"], indirect=True)
def test_a_row_that_cannot_be_asked_for_stays_and_is_a_gap(stage: Stage) -> None:
    before = stage.memory.kept()
    drop(stage, "ACME-3")
    stage.sandbox.faults.add(Fault("status", path=SEARCH, times=None, status=403))
    assert stage.sync(full=True, query="project = ACME") == before
    assert stage.memory.fresh.complete
    (gap,) = stage.memory.fresh.gaps
    assert "ACME-3 was missing from the full sync, and looking it up failed" in gap.reason
    stage.sandbox.faults.clear()
    assert stage.sync(query="project = ACME") == before
    assert stage.memory.fresh.gaps == ()


@pytest.mark.parametrize("stage", [{}], ids=["cloud"], indirect=True)
def test_a_row_that_a_site_lets_nobody_search_for_stays_until_a_second_full_read(stage: Stage) -> None:
    before = stage.memory.kept()
    for left in (
        before.keys(),
        before.keys() - {ticket.id for ticket in before.values() if ticket.ref.key == "ACME-2"},
    ):
        drop(stage, "ACME-2")
        stage.sandbox.faults.add(Fault("status", path=SEARCH, times=None, status=400))
        assert stage.sync(full=True, query="project = ACME").keys() == left
        stage.sandbox.faults.clear()
