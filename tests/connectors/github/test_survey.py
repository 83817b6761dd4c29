"""What a survey says of a GitHub organization, small and large, and the settings that follow from it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from connectors.github.connector import GitHubConnector
from connectors.github.survey import SurveySettings, guide, site_of
from hub.model.errors import ConfigError, Health
from hub.model.survey import Survey
from hub.report.survey import survey_lines
from hub.sandbox.github.site import BOT, TOKEN
from tests.connectors.github.served import Served, served
from tests.fakes.connector_context import a_world
from tests.sandbox_support.faults import Fault


@pytest.fixture
def github() -> Iterator[Served]:
    with served() as each_served:
        site = each_served.site
        repository = site.repository("acme/app")
        issue = site.add_issue(repository, "Work")
        site.add_label(repository, "kr-revenue")
        site.add_label(repository, "type: bug")
        site.add_item("acme/5", issue)
        site.add_repository("acme/empty")
        site.issue_type("Feature")
        site.issue_type("Bug")
        yield each_served


def connector_of(github: Served, owner: str = "acme") -> GitHubConnector:
    settings = SurveySettings.model_validate({"url": github.url, "token": TOKEN, "owner": owner})
    return GitHubConnector("github", settings, a_world(github.time))


def surveyed(github: Served, *places: str, owner: str = "acme") -> Survey:
    with closing(connector_of(github, owner)) as connector:
        return connector.survey(places)


def settings_of(github: Served, survey: Survey) -> dict[str, object]:
    with closing(connector_of(github)) as connector:
        places = [place for place in survey.places if not place.skip_reason]
        return {setting.key: setting.value for setting in connector.propose(survey, places)}


def test_repositories_and_projects_have_their_counts(github: Served) -> None:
    survey = surveyed(github)
    assert survey.totals == (("repository", 2), ("Project", 1))
    assert {(place.id, place.noun): (place.tickets, place.skip_reason) for place in survey.places} == {
        ("acme/app", "repository"): (1, ""),
        ("acme/empty", "repository"): (0, "no open issues"),
        ("acme/5", "Project"): (1, ""),
    }
    assert survey.account == BOT
    assert {kind.name: kind.exempt for kind in survey.types} == {"Feature": False, "Bug": True}


def test_the_proposal_reads_what_is_used_and_names_what_is_there(github: Served) -> None:
    settings = settings_of(github, surveyed(github))
    assert settings["projects"] == ("acme/5",)
    assert settings["repositories"] == ("acme/app",)
    assert settings["field"] == "Key Result"
    assert settings["label"] == "kr-{id}"
    assert settings["exempt_types"] == ("Bug",)
    assert settings["exempt_labels"] == ("type: bug", "bug", "incident", "dependencies", "chore", "support")


def test_issue_fields_name_key_results_where_no_project_does(github: Served) -> None:
    github.site.projects.clear()
    assert settings_of(github, surveyed(github))["field"] == ""
    github.site.add_issue_field("acme", {"name": "Key result", "type": "MULTI_SELECT", "options": ["dau"]})
    github.site.add_issue_field("acme", {"name": "Start date", "type": "DATE"})
    survey = surveyed(github)
    assert (survey.fields, survey.field_count) == (("Key result",), 2)
    settings = settings_of(github, survey)
    assert settings["field"] == "Key result"
    assert settings["repositories"] == ("acme/app",)
    assert "projects" not in settings
    github.site.tokens[TOKEN] = replace(github.site.tokens[TOKEN], reads_issue_fields=False)
    assert surveyed(github).fields == ()


def test_a_token_without_projects_is_told_and_reads_the_repositories(github: Served) -> None:
    site = github.site
    site.tokens[TOKEN] = replace(site.tokens[TOKEN], reads_projects=False)
    survey = surveyed(github)
    check = next(check for check in survey.checks if check.outcome is Health.FAIL)
    assert check.message.startswith("these credentials can't read Projects: INSUFFICIENT_SCOPES")
    assert check.remedy == "Give it the permission Projects: read, or a classic token the scope read:project"
    assert [place.id for place in survey.places] == ["acme/empty", "acme/app"]


def test_a_classic_token_without_a_scope_is_told_which(github: Served) -> None:
    fault = Fault("status", path="/rate_limit", status=200, body={"resources": {}}, headers={"X-OAuth-Scopes": "gist"})
    github.sandbox.faults.add(fault)
    check = next(check for check in surveyed(github).checks if check.outcome is Health.FAIL)
    assert "the token lacks the scope repo" in check.message


def test_an_unknown_owner_is_an_error_of_the_answer(github: Served) -> None:
    with pytest.raises(ConfigError, match="GitHub has no organization or user 'nobody'"):
        surveyed(github, owner="nobody")


def test_five_thousand_repositories_are_looked_at_in_few_requests_and_named_by_name(github: Served) -> None:
    for number in range(5_000):
        github.site.add_repository(f"acme/r{number}")
    github.sandbox.traffic.clear()
    survey = surveyed(github, "acme/r0", "acme/app")
    assert len(github.sandbox.traffic.log) <= 8
    assert survey.totals[0] == ("repository", 5_002)
    assert {"acme/r0", "acme/app"} <= {place.id for place in survey.places}
    lines = [line.text for line in survey_lines(survey)]
    assert "    and 4,990 more, which you can name by key" in lines
    assert len(lines) < 40


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://git.acme.test/api/v3", "https://git.acme.test"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
    ],
)
def test_the_guide_leads_to_the_pages_of_each_kind_of_github(url: str, site: str) -> None:
    assert site_of(url) == site
    assert f"{site}/settings/personal-access-tokens/new" in guide(url, "acme")[0]
    assert guide(url, "acme")[1].endswith("Issues: read and write, Metadata: read, Pull requests: read, Projects: read")
