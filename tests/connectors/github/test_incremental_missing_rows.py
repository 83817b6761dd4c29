"""One row that a page drops once is asked for; an issue that is no more, or is not configured, is gone at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.github.test_incremental import Stage, staged
from tests.sandbox_support.faults import Fault


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        for number in range(1, 4):
            stage.site.add_item("acme/5", stage.site.add_issue("acme/app", f"Work {number}"), {"Status": "Todo"})
        stage.site.add_item("acme/5", stage.site.add_issue("acme/web", "Elsewhere"))
        stage.site.block("acme/app#3", stage.site.add_issue("acme/web", "On no board"))
        stage.sync()
        stage.wait(hours=1)
        yield stage


def without(id_: str) -> Any:
    """A page that lacks one issue, and counts as if that had never been."""

    def change(answer: Any) -> Any:
        for connection in _connections(answer.get("data") or {}):
            nodes = [
                item for item in connection["nodes"] if id_ not in (item["id"], (item.get("content") or {}).get("id"))
            ]
            lost = len(connection["nodes"]) - len(nodes)
            connection |= {"nodes": nodes, "totalCount": connection.get("totalCount", lost) - lost}
        return answer

    return change


def _connections(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for holder, name in (("repository", "issues"), ("node", "items")):
        connection = (data.get(holder) or {}).get(name)
        if connection and all(isinstance(item, dict) for item in connection["nodes"]):
            yield connection


def drop(stage: Stage, key: str) -> None:
    id_ = stage.site.issue(key).node_id
    stage.sandbox.faults.add(Fault("rewrite", path="graphql", times=5, change=without(id_)))


HOWS = pytest.mark.parametrize("how", [{"full": True}, {"full_resync_hours": 0}], ids=["full", "census"])


@HOWS
@pytest.mark.parametrize("key", ["acme/app#3", "acme/web#1"])
def test_a_row_that_one_answer_lacks_is_still_there(stage: Stage, how: Any, key: str) -> None:
    before = stage.memory.kept()
    drop(stage, key)
    assert stage.sync(**how) == before
    assert stage.memory.fresh.gaps == ()
    stage.sandbox.faults.clear()
    assert stage.memory.kept() == before
    assert stage.sync() == before


def test_a_row_that_comes_back_names_others_by_their_keys_of_today(stage: Stage) -> None:
    stage.site.add_repository("acme/old")
    old = stage.site.add_issue("acme/old", "Moved")
    stage.site.transfer(old, "acme/web")
    stage.site.edit_issue("acme/app#2", body=f"Depends on {old.key}\n\nDepends on acme/app#1")
    before = stage.sync()
    drop(stage, "acme/app#2")
    assert stage.sync(full=True) == before
    assert "acme/web#3" in {ticket.ref.key for ticket in before.values()}


@HOWS
def test_an_issue_that_is_no_more_is_gone_at_once(stage: Stage, how: Any) -> None:
    stage.site.delete_issue("acme/app#2")
    found = stage.sync(**how)
    assert "acme/app#2" not in {ticket.ref.key for ticket in found.values()}
    assert stage.memory.fresh.notes == ()


def test_an_issue_that_no_project_holds_any_more_is_gone_at_once(stage: Stage) -> None:
    (item,) = stage.site.issue("acme/web#1").items
    stage.site.remove_item(item)
    found = stage.sync(full=True)
    assert "acme/web#1" not in {ticket.ref.key for ticket in found.values()}


def test_an_issue_that_cannot_be_asked_for_stays_and_is_a_gap(stage: Stage) -> None:
    before, lacks = stage.memory.kept(), without(stage.site.issue("acme/app#1").node_id)

    def change(answer: Any) -> Any:
        asked = "nodes" in (answer.get("data") or {})
        return {"data": None, "errors": [{"message": "not now"}]} if asked else lacks(answer)

    stage.sandbox.faults.add(Fault("rewrite", path="graphql", times=None, change=change))
    found = stage.sync(full=True)
    stage.sandbox.faults.clear()
    assert {id_: ticket for id_, ticket in found.items() if not ticket.reference_only}.keys() == {
        id_ for id_, ticket in before.items() if not ticket.reference_only
    }
    assert [gap.reason for gap in stage.memory.fresh.gaps if "acme/app#1" in gap.reason] == [
        "acme/app#1 was missing from the full sync, and looking it up failed: not now"
    ]
    assert stage.sync() == before
