"""The commands that only answer: why, status, rules, check and init."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.workspace import AS_OF, ROOT, TRUTH, Desk, hub_in

ACME = ROOT / "examples" / "acme" / "okrs"


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        ("ACME-1", "launch-dau (500,000 daily active users of the free version) by label “launch-dau”: aligned"),
        (
            "jira:ACME-3",
            "launch-dau (500,000 daily active users of the free version) by label “launch-dau” on jira:ACME-2",
        ),
        ("ACME-4", "by text"),
        ("ACME-9", "by field “import-success”"),
        ("acme/app#3", "by field “launch-dau”"),
        ("github:acme/app#2", "on github:acme/app#1"),
        ("acme/data#1", "not linked to an organization key result yet"),
        ("ACME-15", "exempt: "),
        ("ACME-12", "not active in 2026-Q4: "),
        ("ACME-5", "initiative-without-key-result: error"),
        ("acme-5", "labels set by the hub: okr-unaligned"),
    ],
)
def test_why_explains_how_each_key_result_was_found(told: Desk, ticket: str, said: str) -> None:
    ran = told.hub("why", ticket, *AS_OF)
    assert ran.code == 0, ran.err
    assert said in ran.out


def test_why_shows_every_finding_of_a_rule(synced: Desk) -> None:
    synced.jira.add_label("ACME-7", "kr-no-such-thing")
    synced.sync()
    said = synced.hub("why", "ACME-7", *AS_OF).out
    assert "launch-dua" in said
    assert "no-such-thing" in said


def test_why_as_json_holds_the_same(told: Desk) -> None:
    answer = json.loads(told.hub("why", "ACME-3", *AS_OF, "--format", "json").out)
    assert answer["ticket"] == "jira:ACME-3"
    assert answer["serves"][0]["key_result"] == "launch-dau"


def test_status_tells_of_sources_and_runs(told: Desk) -> None:
    ran = told.hub("status")
    assert ran.code == 0
    assert "jira: read" in ran.out
    assert "github: read" in ran.out
    severities = Counter(item["severity"] for item in TRUTH["finding"])
    assert f"done: 58 tickets, {severities['error']} errors, {severities['warning']} warnings, " in ran.out
    assert json.loads(told.hub("status", "--format", "json").out)["runs"][0]["status"] == "done"


def test_every_rule_is_listed_and_has_a_page(told: Desk) -> None:
    listed = told.hub("rules")
    assert listed.code == 0
    for rule in {item["rule"] for item in TRUTH["finding"]}:
        assert rule in listed.out
        page = told.hub("rules", rule)
        assert page.code == 0
        assert len(page.out.splitlines()) > 5


def test_check_finds_what_is_wrong_in_the_example_without_any_tracker(tmp_path: Path) -> None:
    ran = hub_in(tmp_path, "check", str(ACME), *AS_OF)
    assert ran.code == 1
    assert ran.err == ""
    for rule in ("unowned-key-result", "crowded-key-result", "shares-off-total", "team-without-vertical-link"):
        assert rule in ran.out
    assert "initiative-without-key-result" not in ran.out
    assert list(tmp_path.iterdir()) == []


def test_a_new_workspace_checks_clean_and_is_never_overwritten(tmp_path: Path) -> None:
    config = tmp_path / "okr" / "config.toml"
    ran = hub_in(tmp_path, "init", "okr", "--offline")
    assert ran.code == 0
    assert config.is_file()
    checked = hub_in(tmp_path, "check", "--config", str(config), "--fail-on", "warning")
    assert checked.code == 0, checked.said
    config.write_text(config.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    again = hub_in(tmp_path, "init", "okr", "--offline")
    assert again.code == 0
    assert config.read_text(encoding="utf-8").endswith("# mine\n")


def test_a_sync_without_any_tracker_says_what_is_missing(tmp_path: Path) -> None:
    hub_in(tmp_path, "init", "--offline")
    ran = hub_in(tmp_path, "sync", "--dry-run")
    assert ran.code == 2
    assert ran.out == ""
    assert "no tracker is configured" in ran.err
    assert "[connectors.jira]" in ran.err
