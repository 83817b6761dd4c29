"""What the diagnosis says of a Jira site, with one thing after another switched off."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import ConnectorContext
from connectors.jira.connector import JiraConnector
from connectors.jira.diagnose import field_checks
from connectors.jira.diagnose_query import projects_in
from connectors.shared.diagnosis import CheckReporter
from hub.model.errors import Check, Health
from hub.sandbox.jira.records import LinkType
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.connectors.jira.rows import some_settings
from tests.sandbox_support.apps import JiraSandbox, jira_app
from tests.sandbox_support.faults import Fault

SECRET = "hook-s3cr3t"


@contextmanager
def a_site() -> Iterator[tuple[JiraSandbox, str]]:
    sandbox = jira_app(JiraSite())
    sandbox.site.add_issue("ACME-1", "Launch the product")
    with serve(sandbox.app) as running:
        yield sandbox, running.url


def diagnosed(site: tuple[JiraSandbox, str], *, ahead: float = 0, **settings: Any) -> list[Check]:
    """The checks of a connector whose clock is so many seconds ahead."""
    sandbox, url = site
    bot = sandbox.site.bot
    given = {"url": url, "email": bot.email, "token": bot.token, "query": "project = ACME", "webhook_secret": SECRET}
    world = ConnectorContext(
        lambda: datetime.now(UTC) + timedelta(seconds=ahead), lambda _: None, "acme", datetime.now(UTC).date()
    )
    connector = JiraConnector("jira", some_settings(**(given | settings)), world)
    try:
        checks = list(connector.diagnose())
    finally:
        connector.close()
    assert not [check for check in checks if SECRET in str(check) or bot.token in str(check)]
    return checks


def faults(checks: list[Check], outcome: Health = Health.FAIL) -> list[str]:
    return [check.message for check in checks if check.outcome is outcome]


@pytest.fixture
def site() -> Iterator[tuple[JiraSandbox, str]]:
    with a_site() as entry:
        yield entry


def may(site: tuple[JiraSandbox, str], *without: str) -> None:
    rows = site[0].site
    rows.accounts[rows.bot.id] = replace(rows.bot, permissions=rows.bot.permissions - set(without))


def test_a_site_that_is_set_up_has_no_fault(site: tuple[JiraSandbox, str]) -> None:
    checks = diagnosed(site)
    assert {check.outcome for check in checks} == {Health.OK}
    assert [check.container for check in checks if check.container] == ["ACME"]
    said = "\n".join(check.message for check in checks)
    for words in ("signed in as Alignment Hub", "the clocks match", "finds about 1 tickets", "on the edit screen"):
        assert words in said


@pytest.mark.parametrize(
    ("right", "outcome"),
    [
        ("BROWSE_PROJECTS", Health.FAIL),
        ("ADD_COMMENTS", Health.FAIL),
        ("EDIT_OWN_COMMENTS", Health.FAIL),
        ("EDIT_ISSUES", Health.FAIL),
        ("DELETE_OWN_COMMENTS", Health.WARN),
    ],
)
def test_each_missing_right_is_told_with_its_name(site: tuple[JiraSandbox, str], right: str, outcome: Health) -> None:
    may(site, right)
    told = [check for check in diagnosed(site) if right in check.remedy]
    assert [check.outcome for check in told] == [outcome]
    assert not told[0].configured


def test_a_project_that_is_not_there_names_the_closest(site: tuple[JiraSandbox, str]) -> None:
    failed = [c for c in diagnosed(site, query="project in (ACME, ACMEE)") if c.outcome is Health.FAIL]
    assert "project ACMEE doesn't exist" in failed[0].message
    assert failed[0].remedy == "Did you mean ACME?"
    assert failed[0].configured


def test_a_project_may_be_named_by_its_name(site: tuple[JiraSandbox, str]) -> None:
    assert [c.container for c in diagnosed(site, query='project = "acme"') if c.container] == ["ACME"]


def test_a_query_that_the_site_refuses_is_mended_in_the_configuration(site: tuple[JiraSandbox, str]) -> None:
    (check,) = [c for c in diagnosed(site, query="project = ACME AND colour = red") if c.outcome is Health.FAIL]
    assert check.message.startswith("Jira refuses the query")
    assert check.configured


def test_a_query_that_finds_nothing_is_a_warning(site: tuple[JiraSandbox, str]) -> None:
    assert faults(diagnosed(site, query="project = ACME AND labels = none"), Health.WARN) == [
        "the query finds no tickets"
    ]


def test_a_renamed_field_fails_where_named_and_warns_where_usual(site: tuple[JiraSandbox, str]) -> None:
    fields = site[0].site.fields
    for id_, name in (("customfield_10015", "Starting date"), ("customfield_10040", "Key Results")):
        fields[id_] = replace(fields[id_], name=name)
    checks = diagnosed(site, start_field="Start date")
    assert [(c.message, c.remedy) for c in checks if c.outcome is Health.FAIL] == [
        ("start_field: no field is called 'Start date'", "Did you mean Starting date?")
    ]
    (warned,) = [c for c in checks if c.outcome is Health.WARN]
    assert "no field is called 'Key Result'" in warned.message
    assert warned.remedy == "Did you mean Key Results?"


def test_a_site_without_link_types_and_known_priorities_is_warned_of(site: tuple[JiraSandbox, str]) -> None:
    for name in ("Blocks", "Depends", "Requires"):
        site[0].site.link_types.pop(name)
    priorities = [{"id": "1", "name": "Showstopper"}, {"id": "2", "name": "High"}]
    site[0].faults.add(Fault("status", path="/priority", status=200, body=priorities))
    warned = faults(diagnosed(site, priorities={"Show-stopper": 1}), Health.WARN)
    assert warned == [
        "no link type means that a ticket is blocked: Relates, Cloners",
        "priorities without a number from 1 to 4: Showstopper",
        "no priority is called 'Show-stopper'",
    ]


def test_what_is_read_as_a_dependency_exempt_and_the_top_of_the_work_is_told(site: tuple[JiraSandbox, str]) -> None:
    known = diagnosed(site, links={"Cloner": "none"}, initiative_types=["Storry"])
    told = [check.message for check in known]
    assert "links of type Blocks, Depends, Requires are read as dependencies" in told
    assert "links of type Relates, Cloners are not read as dependencies (links)" in told
    assert "issues of type Bug, Sub-task are exempt (exempt_types)" in told
    assert "Medium is the default priority and counts as not set (default_priority)" in told
    wrong = {check.message: check.remedy for check in known if check.outcome is Health.FAIL}
    assert wrong == {
        "links: no link type is called 'Cloner'": "Did you mean Cloners?",
        "initiative_types: no issue type is called 'Storry'": "Did you mean Story?",
    }
    usual = [check.message for check in diagnosed(site)]
    assert "initiatives may be of type Initiative, Epic, Key Result, Objective" in usual


def test_link_types_that_nobody_understands_are_named_with_the_setting(site: tuple[JiraSandbox, str]) -> None:
    types = site[0].site.link_types
    types["Delays"] = LinkType("1", "Delays", "is delayed by", "delays")
    (warned,) = [check for check in diagnosed(site) if check.outcome is Health.WARN]
    assert warned.message == "links of type Delays are not understood, and are no dependencies"
    assert "[connectors.jira.links]" in warned.remedy
    settled = diagnosed(site, links={"Delays": "inward waits"})
    assert faults(settled, Health.WARN) == []
    assert any("Delays" in check.message and "are read as dependencies" in check.message for check in settled)


@pytest.mark.parametrize(
    ("schema", "outcome", "kind"),
    [
        ({"type": "number"}, Health.OK, "a number"),
        ({"type": "date"}, Health.OK, "a date"),
        ({"type": "array", "items": "user"}, Health.OK, "people"),
        ({"type": "option-with-child"}, Health.OK, "a cascading list"),
        ({"type": "votes"}, Health.WARN, "votes"),
        ({"type": "sla"}, Health.WARN, "sla"),
    ],
)
def test_the_kinds_of_the_fields_of_okrs_are_told(schema: dict[str, str], outcome: Health, kind: str) -> None:
    fields = [{"id": "customfield_1", "name": "Goal", "schema": schema}]
    settings = some_settings(okrs={"fields": {"target": "Goal"}})
    (check,) = [
        field_check
        for field_check in field_checks(CheckReporter("jira"), fields, settings)
        if "okrs.fields.target" in field_check.message
    ]
    assert check.outcome is outcome
    assert kind in check.message


def test_labels_that_are_not_on_the_edit_screen_fail(site: tuple[JiraSandbox, str]) -> None:
    shown = {"fields": {"summary": {"operations": ["set"]}}}
    site[0].faults.add(Fault("status", path="/editmeta", status=200, body=shown))
    assert faults(diagnosed(site)) == ["the labels field is not on the edit screen; it has summary"]


@pytest.mark.parametrize(("ahead", "outcome"), [(30, Health.OK), (-120, Health.WARN), (400, Health.FAIL)])
def test_a_clock_that_is_off_is_told_by_how_much(site: tuple[JiraSandbox, str], ahead: float, outcome: Health) -> None:
    (check,) = [c for c in diagnosed(site, ahead=ahead) if "clock" in c.message]
    assert check.outcome is outcome
    assert ("behind" in check.message) == (ahead == -120)


def test_a_budget_that_runs_out_is_a_warning(site: tuple[JiraSandbox, str]) -> None:
    left = {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "4", "x-ratelimit-nearlimit": "true"}
    info = {"deploymentType": "Cloud", "version": "1001"}
    site[0].faults.add(Fault("status", path="/serverInfo", status=200, headers=left, body=info))
    assert faults(diagnosed(site), Health.WARN) == [
        "4 of 100 API calls left",
        "the site reports that a rate limit is nearly reached",
    ]


def test_an_hourly_quota_is_told_by_its_name(site: tuple[JiraSandbox, str]) -> None:
    quota = {"ratelimit-policy": '"global-app-quota";q=65000;w=3600', "ratelimit": '"global-app-quota";r=900;t=1200'}
    info = {"deploymentType": "Cloud", "version": "1001"}
    site[0].faults.add(Fault("status", path="/serverInfo", status=200, headers=quota, body=info))
    (told,) = faults(diagnosed(site), Health.WARN)
    assert told.startswith("900 of 65,000 points of global-app-quota left, resets at")


def test_a_limit_that_is_reached_says_when_to_come_back(site: tuple[JiraSandbox, str]) -> None:
    site[0].faults.add(Fault("status", status=429, times=None, headers={"retry-after": "300"}))
    checks = diagnosed(site)
    assert [(c.outcome, c.remedy) for c in checks] == [(Health.FAIL, "Try again in 300 s"), (Health.SKIP, "")]


def test_a_wrong_token_leaves_the_rest_unlooked_at(site: tuple[JiraSandbox, str]) -> None:
    checks = diagnosed(site, token="wrong")
    assert len(faults(checks)) == 1
    assert faults(checks)[0].startswith("could not read the account:")
    assert faults(checks, Health.SKIP) == ["permissions and configuration were not checked"]


def test_a_site_that_is_not_there_is_one_fault(site: tuple[JiraSandbox, str]) -> None:
    checks = diagnosed(site, url="http://127.0.0.1:9")
    assert [check.outcome for check in checks] == [Health.FAIL, Health.SKIP]


def test_one_question_that_fails_hides_no_other(site: tuple[JiraSandbox, str]) -> None:
    site[0].faults.add(Fault("html", path="/mypermissions", times=None))
    site[0].faults.add(Fault("status", path="/priority", status=200, body={"strange": True}))
    checks = diagnosed(site)
    assert len(faults(checks)) == 2
    assert "the labels field is on the edit screen" in faults(checks, Health.OK)


def test_without_a_webhook_secret_the_variable_is_named(site: tuple[JiraSandbox, str]) -> None:
    (check,) = [c for c in diagnosed(site, webhook_secret=None) if c.outcome is Health.WARN]
    assert "HUB_CONNECTORS__JIRA__WEBHOOK_SECRET" in check.remedy


@pytest.mark.parametrize(
    ("query", "projects"),
    [
        ("project = ACME", ("ACME",)),
        ('project in (ACME, "Plat form") AND x = y', ("ACME", "Plat form")),
        ("project not in (A, B) AND project != C", ()),
        ("project=ACME or PROJECT = 'B'", ("ACME", "B")),
        ("assignee = me", ()),
    ],
)
def test_projects_are_read_out_of_the_query(query: str, projects: tuple[str, ...]) -> None:
    assert projects_in(query) == projects


def test_a_data_center_that_is_set_up_has_no_fault() -> None:
    sandbox = jira_app(JiraSite(deployment="DataCenter"))
    sandbox.site.add_issue("ACME-1", "Launch the product")
    with serve(sandbox.app) as running:
        checks = diagnosed(
            (sandbox, running.url + sandbox.site.deployment.context), email=None, token=sandbox.site.bot.bearer
        )
    assert {check.outcome for check in checks} == {Health.OK}
    said = "\n".join(check.message for check in checks)
    for words in ("Jira DataCenter, version 10.3.24", "the query finds 1 tickets", "on the edit screen"):
        assert words in said


def test_a_project_missing_in_a_data_center_names_the_closest() -> None:
    sandbox = jira_app(JiraSite(deployment="DataCenter"))
    sandbox.site.add_issue("ACME-1", "Launch the product")
    with serve(sandbox.app) as running:
        url = running.url + sandbox.site.deployment.context
        failed = [
            c
            for c in diagnosed((sandbox, url), email=None, token=sandbox.site.bot.bearer, query="project = ACMEE")
            if c.outcome is Health.FAIL
        ]
    assert failed[0].remedy == "Did you mean ACME?"
