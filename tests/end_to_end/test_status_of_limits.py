"""`hub status` tells what remains of every limit, from what all processes with the same state have told."""

import json
from typing import Any

from tests.end_to_end.workspace import Desk


def limits(desk: Desk) -> dict[str, dict[str, Any]]:
    said = json.loads(desk.hub("status", "--format", "json").out)
    return {item["connector"]: item for item in said["limits"]}


def test_writes_of_a_sync_are_taken_off_what_is_left_this_hour(desk: Desk) -> None:
    desk.configure("writes_per_hour = 0", "writes_per_hour = 450")
    assert desk.sync().code == 0
    found = limits(desk)
    assert found["github"]["host"].startswith("127.0.0.1:")
    for name in ("github", "jira"):
        hour = found[name]["writes"]["hour"]
        written = sum(ticket.startswith(name) for ticket in desk.marks())
        assert 0 < written <= hour["limit"] - hour["remaining"]
    assert any("writes: " in line and "remaining this hour" in line for line in desk.hub("status").out.splitlines())


def test_limits_that_the_host_told_are_shown_by_kind_of_call(told: Desk) -> None:
    kinds = {limit["kind"]: limit for limit in limits(told)["github"]["calls"]}
    assert {"core", "graphql"} <= kinds.keys()
    assert 0 < kinds["graphql"]["remaining"] < kinds["graphql"]["limit"]
    lines = told.hub("status").out.splitlines()
    assert any("graphql: " in line and "remaining, resets on" in line for line in lines)
    assert any("writes: no limit set" in line for line in lines)


def test_a_preview_leaves_what_is_known_of_limits_as_it_was(told: Desk) -> None:
    before = limits(told)
    assert told.sync("--dry-run").code == 0
    after = limits(told)
    assert [row["reported_at"] for row in after.values()] == [row["reported_at"] for row in before.values()]
