"""What a survey says of a Jira site, small and large, and the settings that follow from it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from connectors.jira.connector import JiraConnector
from connectors.jira.survey import SurveySettings, guide
from hub.model.errors import Health
from hub.model.survey import Survey
from hub.report.survey import survey_lines
from hub.sandbox.jira.app import JiraSandbox, jira_app
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.fakes.connector_context import a_world

Site = tuple[JiraSandbox, str]


@pytest.fixture(params=["Cloud", "DataCenter"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    sandbox = jira_app(JiraSite(deployment=request.param))
    rows = sandbox.site
    for number in range(1, 4):
        rows.add_issue(f"ACME-{number}", "Work", labels=[f"kr_{number}"])
    rows.add_issue("OPS-1", "Broken", type="Bug")
    rows.add_issue("OPS-2", "Grow", type="Objective")
    rows.add_project("NONE", "Empty")
    rows.add_project("DESK", "Help desk", "service_desk")
    rows.add_issue("DESK-1", "A question", type="Task")
    with serve(sandbox.app) as server:
        yield sandbox, server.url


def connector_of(site: Site) -> JiraConnector:
    rows, url = site[0].site, site[1]
    cloud = rows.deployment.cloud
    given = {"email": rows.bot.email, "token": rows.bot.token} if cloud else {"token": rows.bot.bearer}
    return JiraConnector("jira", SurveySettings.model_validate({"url": url, **given}), a_world())


def surveyed(site: Site, *places: str) -> Survey:
    with closing(connector_of(site)) as connector:
        return connector.survey(places)


def settings_of(site: Site, survey: Survey) -> dict[str, object]:
    with closing(connector_of(site)) as connector:
        places = [place for place in survey.places if not place.skip_reason]
        return {setting.key: setting.value for setting in connector.propose(survey, places)}


def test_a_jira_can_be_looked_at_before_it_is_configured(site: Site) -> None:
    with closing(connector_of(site)) as connector:
        assert connector.capabilities.survey is connector


def test_projects_are_counted_and_those_without_initiatives_are_not_proposed(site: Site) -> None:
    survey = surveyed(site)
    assert survey.totals == (("project", 4),)
    assert {place.id: (place.tickets, place.skip_reason) for place in survey.places} == {
        "ACME": (3, ""),
        "OPS": (2, ""),
        "NONE": (0, "no tickets"),
        "DESK": (1, "a service project"),
    }
    assert survey.account == "Alignment Hub"


def test_types_have_their_counts_and_bugs_are_exempt(site: Site) -> None:
    types = {kind.name: kind for kind in surveyed(site).types}
    assert (types["Epic"].tickets, types["Epic"].level > 0, types["Epic"].exempt) == (3, True, False)
    assert types["Bug"].exempt
    assert types["Sub-task"].exempt
    assert types["Objective"].level == 0


def test_the_proposal_reads_what_is_above_the_base_level_and_is_used(site: Site) -> None:
    settings = settings_of(site, surveyed(site))
    assert settings["query"] == 'project in ("ACME", "OPS") AND issuetype in ("Epic")'
    assert settings["exempt_types"] == ("Bug", "Sub-task")
    assert settings["field"] == "Key Result"


def test_the_labels_that_people_use_already_give_the_pattern() -> None:
    sandbox = jira_app(JiraSite())
    for number in range(1, 4):
        sandbox.site.add_issue(f"ACME-{number}", "Work", labels=[f"KR_{number}", "bug"])
    with serve(sandbox.app) as server:
        settings = settings_of((sandbox, server.url), surveyed((sandbox, server.url)))
    assert settings["label"] == "kr_{id}"
    assert settings["exempt_labels"] == ("bug", "incident", "dependencies", "chore", "support")


def test_a_missing_permission_is_named_in_words(site: Site) -> None:
    rows = site[0].site
    rows.accounts[rows.bot.id] = replace(rows.bot, permissions=rows.bot.permissions - {"ADD_COMMENTS"})
    check = next(check for check in surveyed(site).checks if check.outcome is Health.FAIL)
    assert check.message == "in ACME the account can't comment"
    assert check.remedy == "Grant it ADD_COMMENTS in ACME"


def test_five_thousand_projects_are_looked_at_in_few_requests_and_named_by_key(site: Site) -> None:
    rows = site[0].site
    for number in range(5_000):
        rows.add_project(f"P{number}", f"Project {number}")
    site[0].traffic.clear()
    survey = surveyed(site, "p4999")
    assert len(site[0].traffic.log) <= 60
    assert survey.totals == (("project", 5_004),)
    assert survey.places[0].id == "P4999"
    lines = [line.text for line in survey_lines(survey)]
    assert len(lines) < 40
    assert "    and 4,992 more, which you can name by key" in lines


def test_the_guide_names_the_page_and_the_scopes_of_each_kind_of_site() -> None:
    cloud, center = guide("https://acme.atlassian.net", ""), guide("https://jira.acme.test", "")
    assert "https://id.atlassian.com/manage-profile/security/api-tokens" in cloud[0]
    assert "read:jira-work, write:jira-work, read:jira-user" in cloud[1]
    assert "https://jira.acme.test/secure/ViewProfile.jspa" in center[0]
    assert "ADD_COMMENTS" in cloud[-1]
    assert cloud[-1] == center[-1]
