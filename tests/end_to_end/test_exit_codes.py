"""What a command's end says, what it prints where, and what a careful run leaves untouched."""

import json
import re
import signal
from time import sleep
from typing import Any

import pytest

from tests.end_to_end.workspace import AS_OF, Desk, ended, expected_comments, expected_tickets
from tests.sandbox_support.faults import Fault

ACTIONS = {"create_comment", "update_comment", "resolve_comment", "add_label", "remove_label"}
STATUSES = {"planned", "done", "unchanged", "deferred", "refused", "failed"}


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("error", 1), ("warning", 1)])
def test_findings_of_the_named_severity_end_with_one(desk: Desk, fail_on: str, code: int) -> None:
    assert desk.sync("--dry-run", "--fail-on", fail_on).code == code


def test_warnings_alone_are_no_errors(desk: Desk) -> None:
    desk.configure("project in (ACME, BIZ, GTM, CS)", "key = ACME-10")
    rules = json.loads(desk.hub("rules", "--format", "json").out)
    for rule in (rule["rule"] for rule in rules if rule["rule"] != "crowded-key-result"):
        desk.configure("[publish]", f'[rules.{rule}]\nseverity = "off"\n\n[publish]')
    assert desk.sync("--dry-run", "--fail-on", "error").code == 0
    assert desk.sync("--dry-run", "--fail-on", "warning").code == 1


def test_a_plan_that_touches_too_much_is_refused_until_somebody_says_yes(desk: Desk) -> None:
    desk.configure("max_share = 1.0", "max_share = 0.1")
    ran = desk.sync()
    assert ran.code == 4
    assert "publish.max_share" in ran.out
    assert "--yes" in ran.out
    assert desk.writes == 0
    assert desk.sync("--yes").code == 0
    assert desk.writes > 0


def test_a_dry_run_plans_everything_and_leaves_no_trace(desk: Desk) -> None:
    ran = desk.sync("--dry-run")
    assert ran.code == 0
    assert re.search(r"Planned: \d+ changes", ran.out)
    assert desk.writes == 0
    assert desk.stored() == {}


def test_a_dry_run_after_a_sync_leaves_the_state_as_it_was(synced: Desk) -> None:
    synced.jira.add_label("ACME-5", "kr-launch-conversion")
    before, content, written = synced.remembered(), synced.stored(), synced.writes
    ran = synced.sync("--dry-run")
    assert "1 resolved comment" in ran.out
    assert synced.writes == written
    assert (synced.remembered(), synced.stored()) == (before, content)


def test_without_publishing_enabled_the_plan_is_only_shown(desk: Desk) -> None:
    desk.configure("enabled = true", "enabled = false")
    ran = desk.sync()
    assert ran.code == 0
    assert re.search(r"Planned: \d+ changes", ran.out)
    assert "publish.enabled is false" in ran.out
    assert desk.writes == 0
    desk.configure("enabled = false", "enabled = true")
    assert desk.sync().code == 0
    assert set(desk.marks()) == expected_tickets()


def test_new_comments_beyond_the_cap_wait_and_are_posted_later(desk: Desk) -> None:
    desk.configure("max_share = 1.0", "max_share = 1.0\nmax_new_comments = 5")
    assert desk.sync().code == 0
    posted = {ticket for ticket, mark in desk.marks().items() if mark.comments}
    assert len(posted) == 5
    assert posted < expected_comments()
    assert f"{len(expected_comments()) - 5} new comments wait" in desk.hub("status").out
    assert desk.sync().code == 0
    assert desk.sync().code == 0
    assert set(desk.marks()) == expected_tickets()


def test_ctrl_c_at_a_tracker_that_hangs_ends_with_130_at_once(desk: Desk) -> None:
    desk.here.jira.faults.add(Fault("hang", path="search/jql", seconds=60))
    process = desk.start("sync", *AS_OF)
    until(lambda: desk.here.jira.faults.hits == 1)
    process.send_signal(signal.SIGINT)
    ran = ended(process)
    assert ran.code == 130
    assert ran.out == ""
    assert "interrupted" in ran.err
    assert "Traceback" not in ran.err
    assert desk.sync().code == 0
    assert set(desk.marks()) == expected_tickets()


def test_the_json_of_a_sync_holds_what_the_contract_names(desk: Desk) -> None:
    first = json.loads(desk.sync("--format", "json").out)
    assert_shaped(first)
    assert {row["status"] for row in first["plan"]} == {"done"}
    assert {f"{row['connector']}:{row['ticket']}" for row in first["plan"]} == expected_tickets()
    assert first["cycle"] == "2026-Q4"
    second = desk.process("sync", *AS_OF, "--format", "json", "-v")
    assert json.loads(second.out)["plan"] == []
    assert json.loads(second.out)["run"] == first["run"] + 1


def test_the_json_of_a_partial_sync_names_its_gaps(desk: Desk) -> None:
    desk.here.github.faults.add(Fault("status", times=None, status=401))
    ran = desk.sync("--format", "json")
    assert ran.code == 3
    document = json.loads(ran.out)
    assert_shaped(document)
    gaps = {source["connector"]: source["gaps"] for source in document["sources"]}
    assert gaps["jira"] == []
    assert "401" in gaps["github"][0]["reason"]


def assert_shaped(document: dict[str, Any]) -> None:
    assert document["run"] is None or isinstance(document["run"], int)
    for source in document["sources"]:
        assert (
            shape(source) >= {"connector": str, "pulled": int, "changed": int, "removed": int, "requests": int}.items()
        )
        assert all({"reason", "key"} <= gap.keys() for gap in source["gaps"])
    for finding in document["findings"]:
        texts = ("rule", "severity", "message", "remedy", "fingerprint")
        assert shape(finding) >= {**dict.fromkeys(texts, str), "subject": dict, "facts": dict}.items()
        assert {"kind", "id", "url"} <= finding["subject"].keys()
        assert finding["message"]
        assert finding["remedy"]
    for row in document["plan"]:
        assert shape(row) >= dict.fromkeys(("action", "connector", "ticket", "status", "detail"), str).items()
        assert row["action"] in ACTIONS
        assert row["status"] in STATUSES
    assert all(isinstance(count, int) for count in document["counts"].values())
    assert list(document["seconds"]) == ["pull", "observe", "map", "check", "plan", "publish"]


def shape(row: dict[str, Any]) -> Any:
    return {name: type(value) for name, value in row.items()}.items()


def until(happened: Any) -> None:
    while not happened():
        sleep(0.02)
