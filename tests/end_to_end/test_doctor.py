"""The doctor at the Acme example: from the outside, over HTTP, with things switched off."""

import json
import re
from dataclasses import replace

import pytest

from hub.sandbox.jira.adf import from_text, to_text
from tests.connectors.tls_server import a_certificate, secured
from tests.end_to_end.test_okrs_in_trackers import keep
from tests.end_to_end.workspace import AS_OF, Desk
from tests.sandbox_support.faults import Fault

OUR_TOKENS = ("sandbox-token",)


def test_the_example_is_healthy_and_nothing_is_written(desk: Desk) -> None:
    ran = desk.hub("doctor", "-v")
    assert ran.code == 0, ran.said
    assert "fail" not in ran.out
    assert "7 projects and repositories of teams are read" in ran.out
    assert desk.writes == 0
    assert not desk.has_state()


def test_missing_rights_end_with_3_and_name_the_right(desk: Desk) -> None:
    bot = desk.jira.bot
    desk.jira.accounts[bot.id] = replace(bot, permissions=bot.permissions - {"ADD_COMMENTS"})
    ran = desk.hub("doctor", "--format", "json")
    assert ran.code == 3
    failed = [check for check in json.loads(ran.out)["checks"] if check["outcome"] == "fail"]
    assert {check["subject"] for check in failed} == {"jira"}
    assert all("ADD_COMMENTS" in check["remedy"] for check in failed)


def test_a_missing_project_ends_with_2_and_the_other_tracker_is_looked_at(desk: Desk) -> None:
    desk.configure("ACME, BIZ", "ACMEX, BIZ")
    ran = desk.hub("doctor", "-v")
    assert ran.code == 2
    assert "Project ACMEX doesn't exist" in ran.out
    assert "Did you mean ACME?" in ran.out
    assert "acme/app exists" in ran.out


def test_a_tracker_with_a_wrong_token_does_not_hide_the_other(desk: Desk) -> None:
    (desk.folder / "secrets" / "github-token").write_text("another-token")
    ran = desk.hub("doctor", "-v")
    assert ran.code == 3
    assert "Signed in as Alignment Hub" in ran.out
    assert "Bad credentials" in ran.out
    assert not [token for token in (*OUR_TOKENS, "another-token") if token in ran.said]


def test_a_connector_without_credentials_does_not_hide_the_other(desk: Desk) -> None:
    desk.configure('token_file = "secrets/jira-token"\n', "")
    ran = desk.hub("doctor", "-v")
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


def test_a_site_with_a_certificate_of_the_company_says_so(desk: Desk) -> None:
    with secured(lambda handler: handler.reply(200), a_certificate(desk.folder)) as (url, _):
        desk.configure(desk.here.jira_url, url)
        for command in (("doctor",), ("sync", *AS_OF)):
            ran = desk.hub(*command)
            assert ran.code == 3
            assert "the site's certificate is not trusted: self-signed certificate" in ran.said
            assert "`ca_file`" in ran.said


def test_a_path_of_authorities_that_does_not_exist_is_named_with_its_line(desk: Desk) -> None:
    desk.configure('kind = "jira"', 'kind = "jira"\nca_file = "nowhere.pem"')
    ran = desk.sync()
    assert ran.code == 2
    assert "ca_file: no certificates can be read from" in ran.err
    assert str(desk.folder / "nowhere.pem") in ran.err


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nowhere.pem", "no certificates can be read from /nowhere.pem: No such file or directory"),
        ("REQUESTS_CA_BUNDLE", "/nowhere.pem", "no certificates can be read from /nowhere.pem: No such file"),
        ("ALL_PROXY", "socks5://127.0.0.1:1", "names a SOCKS proxy"),
    ],
)
def test_a_variable_that_cannot_be_used_is_one_line(
    desk: Desk, variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    ran = desk.sync()
    assert ran.code == 2
    assert ran.err.count(f"hub: {variable}: {said}") == len(ran.err.strip().splitlines()) == 1
    assert desk.hub("doctor").code == 2


def test_an_ipv6_address_in_no_proxy_stops_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1,::1,[::1],fe80::/10")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    assert desk.hub("doctor").code == 0
    assert desk.sync("--dry-run").code == 0


@pytest.mark.parametrize("command", [("doctor",), ("sync", *AS_OF)])
def test_a_cloud_token_without_an_email_is_told_before_any_request(desk: Desk, command: tuple[str, ...]) -> None:
    desk.configure(desk.here.jira_url, "https://acme.atlassian.net")
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text("".join(line for line in text.splitlines(True) if not line.startswith("email")))
    ran = desk.hub(*command)
    assert ran.code == 2
    said = " ".join(ran.said.split())
    assert "a Jira Cloud token works only with the e-mail address of its account: set `email` beside it" in said
    assert "401" not in said
    assert desk.here.jira.traffic.requests == 0


def test_okrs_on_tickets_are_looked_at_and_the_unread_ones_named(desk: Desk) -> None:
    kept = keep(desk, "jira")
    assert "OKRs on tickets of jira were not read yet" in desk.hub("doctor", "-v").out

    def add(id_: str, line: str) -> None:
        text = to_text(desk.jira.issue(kept.tickets[id_]).description)
        desk.jira.edit(kept.tickets[id_], description=from_text(f"{text}\n\n{line}"))

    add("uptime", "Measure: sum of Story pointz: project = ACME")
    add("incident-time", "Objective: no-such-objective")
    assert desk.sync("--yes").code == 3
    ran = desk.hub("doctor", "-v")
    assert ran.code == 2, ran.said
    assert f"jira: the OKR {kept.tickets['incident-time']} could not be read: no objective has the id" in ran.out
    assert "`measure` of uptime could not be read: the field 'Story pointz'" in ran.out
    assert re.search(r"\d\d key results in 2026-Q4 kept on tickets", ran.out)
