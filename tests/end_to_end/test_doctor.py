"""The doctor at the Acme example: from the outside, over HTTP, with things switched off."""

import json
from dataclasses import replace

from hub.sandbox.faults import Fault
from tests.end_to_end.desk import Desk

OUR_TOKENS = ("sandbox-token",)


def test_the_example_is_healthy_and_nothing_is_written(desk: Desk) -> None:
    ran = desk.hub("doctor")
    assert ran.code == 0, ran.said
    assert "fail" not in ran.out
    assert "7 projects and repositories of teams are read" in ran.out
    assert desk.writes == 0
    assert not desk.state.exists()


def test_missing_rights_end_with_3_and_name_the_right(desk: Desk) -> None:
    bot = desk.jira.bot
    desk.jira.accounts[bot.id] = replace(bot, may=bot.may - {"ADD_COMMENTS"})
    ran = desk.hub("doctor", "--format", "json")
    assert ran.code == 3
    failed = [check for check in json.loads(ran.out)["checks"] if check["outcome"] == "fail"]
    assert {check["subject"] for check in failed} == {"jira"}
    assert all("ADD_COMMENTS" in check["remedy"] for check in failed)


def test_a_missing_project_ends_with_2_and_the_other_tracker_is_looked_at(desk: Desk) -> None:
    desk.configure("ACME, BIZ", "ACMEX, BIZ")
    ran = desk.hub("doctor")
    assert ran.code == 2
    assert "Project ACMEX doesn't exist" in ran.out
    assert "Did you mean ACME?" in ran.out
    assert "acme/app exists" in ran.out


def test_a_tracker_with_a_wrong_token_does_not_hide_the_other(desk: Desk) -> None:
    (desk.folder / "secrets" / "github-token").write_text("another-token")
    ran = desk.hub("doctor")
    assert ran.code == 3
    assert "Signed in as Alignment Hub" in ran.out
    assert "Bad credentials" in ran.out
    assert not [token for token in (*OUR_TOKENS, "another-token") if token in ran.said]


def test_a_connector_without_credentials_does_not_hide_the_other(desk: Desk) -> None:
    desk.configure('token_file = "secrets/jira-token"\n', "")
    ran = desk.hub("doctor")
    assert ran.code == 2
    assert "HUB_CONNECTORS__JIRA__TOKEN" in ran.out
    assert "acme/app exists" in ran.out


def test_a_configuration_that_does_not_load_is_told_as_everywhere(desk: Desk) -> None:
    desk.configure("[publish]", "[publsh]")
    ran = desk.hub("doctor")
    assert ran.code == 2
    assert "publsh" in ran.err


def test_a_login_page_in_front_of_a_tracker_is_said_as_that(desk: Desk) -> None:
    for half in ("jira", "github"):
        desk.sandbox[half].faults.add(Fault("html", times=None))
    ran = desk.hub("doctor")
    assert ran.code == 3
    assert ran.out.count("answered with a web page, not with the tracker's API: a login page?") >= 2
    assert "connection broke" not in ran.out
    assert desk.sandbox["jira"].traffic.requests < 12
