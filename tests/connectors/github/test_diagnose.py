"""What the diagnosis says of a GitHub, with one thing after another switched off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import ConnectorContext
from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from hub.model.errors import Check, Health
from hub.sandbox.github.site import BOT, TOKEN
from tests.connectors.github.served import Served, a_site, served
from tests.sandbox_support.faults import Fault

SECRET = "hook-s3cr3t"


@pytest.fixture
def github() -> Iterator[Served]:
    with served() as each_served:
        yield each_served


def diagnosed(github: Served, *, ahead: float = 0, **changes: Any) -> list[Check]:
    """The checks of a connector whose clock is so many seconds ahead."""
    given = {"url": github.url, "token": TOKEN, "repositories": ["acme/app"], "projects": ["acme/5"]}
    form = given | {"webhook_secret": SECRET} | changes
    now = lambda: datetime.now(UTC) + timedelta(seconds=ahead)  # noqa: E731
    world = ConnectorContext(now, lambda _: None, "acme", now().date())
    connector = GitHubConnector("github", GitHubSettings(**form), world)
    try:
        checks = list(connector.diagnose())
    finally:
        connector.close()
    assert not [check for check in checks if SECRET in str(check) or TOKEN in str(check)]
    return checks


def told(checks: list[Check], outcome: Health = Health.FAIL) -> list[str]:
    return [check.message for check in checks if check.outcome is outcome]


def test_a_github_that_is_set_up_has_no_fault(github: Served) -> None:
    checks = diagnosed(github)
    assert told(checks) == told(checks, Health.WARN) == []
    assert told(checks, Health.SKIP) == ["could not check what this token may do: GitHub doesn't list its permissions"]
    assert [(c.container, c.shared) for c in checks if c.container] == [("acme/app", False), ("acme/5", True)]
    said = "\n".join(told(checks, Health.OK))
    for words in (f"signed in as {BOT}", "the clocks match", "REST calls left", "GraphQL points"):
        assert words in said


def test_a_repository_that_is_not_there_names_the_closest(github: Served) -> None:
    github.sandbox.faults.add(Fault("status", path="/orgs/acme/repos", status=200, body=[{"full_name": "acme/app"}]))
    (check,) = [c for c in diagnosed(github, repositories=["acme/apps"]) if c.outcome is Health.FAIL]
    assert "repository acme/apps doesn't exist" in check.message
    assert check.remedy == "Did you mean acme/app?"
    assert check.configured


@pytest.mark.parametrize(
    ("said", "words", "configured"),
    [
        ({"permissions": {"pull": True, "push": False, "triage": False}}, "not set labels", False),
        ({"has_issues": False}, "issues disabled", True),
        ({"archived": True}, "is archived", True),
    ],
)
def test_a_repository_that_cannot_be_written_to_fails(
    github: Served, said: dict[str, object], words: str, configured: bool
) -> None:
    body = {"full_name": "acme/app", "permissions": {"push": True}} | said
    github.sandbox.faults.add(Fault("status", path="/repos/acme/app$", status=200, body=body))
    (check,) = [c for c in diagnosed(github) if c.outcome is Health.FAIL]
    assert words in check.message
    assert check.configured == configured


def test_a_renamed_repository_is_told_by_its_new_name(github: Served) -> None:
    body = {"full_name": "acme/product", "permissions": {"push": True}}
    github.sandbox.faults.add(Fault("status", path="/repos/acme/app$", status=200, body=body))
    checks = diagnosed(github)
    assert told(checks, Health.WARN) == ["acme/app was renamed to acme/product"]
    assert "acme/product" in [check.container for check in checks]


def test_a_project_that_is_not_there_is_mended_in_the_configuration(github: Served) -> None:
    (check,) = [c for c in diagnosed(github, projects=["acme/9"]) if c.outcome is Health.FAIL]
    assert "project acme/9 doesn't exist" in check.message
    assert check.configured


def test_a_renamed_project_field_warns_and_names_the_closest() -> None:
    site = a_site()
    site.add_project("acme", 7, "Other", [{"name": "Key Results", "type": "TEXT"}, {"name": "State", "type": "TEXT"}])
    with served(site) as github:
        checks = diagnosed(github, projects=["acme/7"], fields={"start": ["Begin"]})
    warned = {c.message: c.remedy for c in checks if c.outcome is Health.WARN}
    assert warned == {
        "project acme/7 has no field 'Status' (fields.status)": "Did you mean State?",
        "project acme/7 has no field 'Begin' (fields.start)": "Name another under fields.start, "
        "if the project has one for it",
        "project acme/7 has no field 'Key Result' (key_results.field)": "Did you mean Key Results?",
    }


def test_fields_of_a_kind_that_says_nothing_there_are_warned_of() -> None:
    site = a_site()
    fields = [
        {"name": "Status", "type": "SINGLE_SELECT", "options": ["Todo"]},
        {"name": "Key Result", "type": "DATE"},
        {"name": "Target date", "type": "NUMBER"},
        {"name": "Start date", "type": "DATE"},
    ]
    site.add_project("acme", 7, "Other", fields)
    with served(site) as github:
        warned = told(diagnosed(github, projects=["acme/7"]), Health.WARN)
    assert warned == [
        "project acme/7: the field 'Target date' is of the kind number, which is not read as fields.target",
        "project acme/7: the field 'Key Result' is of the kind date, which is not read as key_results.field",
    ]


def test_options_that_stand_for_nothing_are_warned_of() -> None:
    site = a_site()
    fields = [
        {"name": "Status", "type": "SINGLE_SELECT", "options": ["Todo", "Waiting for legal"]},
        {"name": "Priority", "type": "SINGLE_SELECT", "options": ["Now", "P1"]},
        {"name": "Key Result", "type": "TEXT"},
    ]
    site.add_project("acme", 7, "Other", fields)
    with served(site) as github:
        checks = diagnosed(github, projects=["acme/7"])
    assert told(checks, Health.WARN) == [
        "project acme/7 has status options that count as to do: Waiting for legal",
        "project acme/7 has priorities without a number from 1 to 4: Now",
    ]


def test_a_label_that_no_repository_has_names_the_closest(github: Served) -> None:
    github.site.add_issue("acme/app", "Work", labels=["initiative"])
    (check,) = [c for c in diagnosed(github, labels=["initiatives"]) if c.outcome is Health.FAIL]
    assert check.remedy == "Did you mean initiative?"
    assert check.configured
    assert "the label 'initiative' exists in acme/app" in told(diagnosed(github, labels=["initiative"]), Health.OK)


@pytest.mark.parametrize(
    ("scopes", "outcome", "words"),
    [
        ("repo, read:project", Health.OK, "has the scopes read:project, repo"),
        ("repo", Health.FAIL, "lacks the scope read:project"),
        ("gist", Health.FAIL, "lacks the scope repo, read:project"),
    ],
)
def test_the_scopes_of_a_classic_token_are_compared(github: Served, scopes: str, outcome: Health, words: str) -> None:
    body = {"resources": {"core": {"limit": 5000, "remaining": 4999, "reset": 1_800_000_000}}}
    headers = {"x-oauth-scopes": scopes}
    github.sandbox.faults.add(Fault("status", path="/rate_limit", status=200, headers=headers, body=body))
    (check,) = [c for c in diagnosed(github) if "scope" in c.message]
    assert check.outcome is outcome
    assert words in check.message


@pytest.mark.parametrize(("ahead", "outcome"), [(30, Health.OK), (120, Health.WARN), (-400, Health.FAIL)])
def test_a_clock_that_is_off_is_told_by_how_much(github: Served, ahead: float, outcome: Health) -> None:
    (check,) = [c for c in diagnosed(github, ahead=ahead) if "clock" in c.message]
    assert check.outcome is outcome


def test_an_allowance_that_is_used_up_says_when_it_is_full_again(github: Served) -> None:
    github.site.limits.exhaust("core", BOT)
    checks = diagnosed(github)
    first = next(c for c in checks if c.outcome is Health.FAIL)
    assert first.message.startswith("0 of 5,000 REST calls left, resets at ")
    assert told(checks, Health.SKIP) == ["permissions and configuration were not checked"]


def test_a_server_without_limits_is_no_fault(github: Served) -> None:
    missing = {"message": "Rate limiting is not enabled."}
    github.sandbox.faults.add(Fault("status", path="/rate_limit", status=404, body=missing))
    checks = diagnosed(github)
    assert told(checks) == []
    assert "this server sets no limits" in told(checks, Health.OK)


def test_a_server_of_ones_own_tells_its_version() -> None:
    with served(base="/api/v3") as github:
        headers = {"x-github-enterprise-version": "3.19.2"}
        github.sandbox.faults.add(Fault("status", path="/rate_limit", status=200, headers=headers, body={}))
        checks = diagnosed(github)
    assert told(checks) == []
    assert checks[1].message.startswith("GitHub Enterprise Server 3.19.2 answers in")


def test_a_wrong_token_leaves_the_rest_unlooked_at(github: Served) -> None:
    checks = diagnosed(github, token="wrong")
    assert [what.partition(":")[0] for what in told(checks)] == ["sign-in failed"]
    assert told(checks, Health.SKIP) == ["nothing else at this GitHub was checked"]


def test_a_github_that_is_not_there_is_one_fault(github: Served) -> None:
    assert len(told(diagnosed(github, url="http://127.0.0.1:9"))) == 1


def test_one_question_that_fails_hides_no_other(github: Served) -> None:
    github.sandbox.faults.add(Fault("html", path="/graphql", times=None))
    checks = diagnosed(github)
    assert [message.partition(":")[0] for message in told(checks)] == ["issue fields", "project acme/5"]
    assert "in acme/app the account can comment and set labels" in told(checks, Health.OK)


def test_without_a_webhook_secret_the_variable_is_named(github: Served) -> None:
    (check,) = [c for c in diagnosed(github, webhook_secret=None) if c.outcome is Health.WARN]
    assert "HUB_CONNECTORS__GITHUB__WEBHOOK_SECRET" in check.remedy


def test_without_webhooks_it_is_told_when_dependencies_show(github: Served) -> None:
    (check,) = [c for c in diagnosed(github, webhook_secret=None, full_resync_hours=6) if c.outcome is Health.WARN]
    assert "dependencies and sub-issues show within 6 hours" in check.message


def with_issue_fields(github: Served) -> None:
    for definition in (
        {"name": "Key Result", "type": "MULTI_SELECT", "options": ["dau"]},
        {"name": "Priority", "type": "SINGLE_SELECT", "options": ["Urgent", "Whenever"]},
        {"name": "Start date", "type": "NUMBER"},
        {"name": "Effort", "type": "NUMBER"},
    ):
        github.site.add_issue_field("acme", definition)


def test_issue_fields_are_listed_with_what_they_are_read_as(github: Served) -> None:
    with_issue_fields(github)
    checks = diagnosed(github, projects=[])
    messages = told(checks, Health.OK)
    used = "Start date (fields.start), Priority (fields.priority), Key Result (key_results.field)"
    assert [message for message in messages if message.startswith("issue fields")] == [
        f"issue fields of acme that are read: {used}",
        "issue fields of acme that are not read: Effort",
    ]
    assert told(checks, Health.WARN) == [
        "organization acme: the field 'Start date' is of the kind number, which is not read as fields.start",
        "organization acme has priorities without a number from 1 to 4: Whenever",
    ]


def test_a_project_needs_no_column_for_what_issue_fields_say(github: Served) -> None:
    github.site.add_project("acme", 7, "Bare", [{"name": "Status", "type": "SINGLE_SELECT", "options": ["Todo"]}])
    assert [w for w in told(diagnosed(github, projects=["acme/7"]), Health.WARN) if "Key Result" in w]
    with_issue_fields(github)
    assert not [w for w in told(diagnosed(github, projects=["acme/7"]), Health.WARN) if "no field" in w]


def test_outside_projects_a_written_name_that_no_issue_field_has_is_warned_of(github: Served) -> None:
    assert told(diagnosed(github, projects=[]), Health.WARN) == []
    with_issue_fields(github)
    checks = diagnosed(github, projects=[], key_results={"field": "Key Results"})
    (check,) = [check for check in checks if "no organization has" in check.message]
    assert (check.outcome, check.remedy) == (Health.WARN, "Did you mean Key Result?")


def test_a_token_that_may_not_list_issue_fields_is_told_and_still_reads_them(github: Served) -> None:
    with_issue_fields(github)
    github.site.tokens[TOKEN] = replace(github.site.tokens[TOKEN], reads_issue_fields=False)
    checks = diagnosed(github, projects=[], key_results={"field": "Goal"})
    (check,) = [check for check in checks if "issue fields" in check.message]
    assert (check.outcome, check.message.partition(":")[0]) == (
        Health.SKIP,
        "could not list the issue fields of acme",
    )
    assert "Issue Fields: read" in check.remedy
    assert told(checks) == told(checks, Health.WARN) == []


def test_a_user_and_an_older_server_have_no_issue_fields(github: Served) -> None:
    message = "Field 'issueFields' doesn't exist on type 'Organization'"
    github.sandbox.faults.add(Fault("status", path="/graphql", status=200, body={"errors": [{"message": message}]}))
    assert "acme has no issue fields" in told(diagnosed(github, projects=[]), Health.OK)


def test_an_issue_type_that_no_organization_has_names_the_closest(github: Served) -> None:
    github.site.issue_type("Feature")
    checks = diagnosed(github, types=["Features"], initiative_types=["feature"])
    (check,) = [check for check in checks if "issue type" in check.message and check.outcome is not Health.OK]
    assert (check.message, check.remedy) == ("no organization has the issue type 'Features'", "Did you mean Feature?")
    message = "Field 'issueTypes' doesn't exist on type 'Organization'"
    refused = {"data": {"organization": None}, "errors": [{"message": message}]}
    change = lambda answer: refused if "issueTypes" in str(answer) else answer  # noqa: E731
    github.sandbox.faults.add(Fault("rewrite", path="/graphql", times=None, change=change))
    told_as_skipped = told(diagnosed(github, types=["Features"]), Health.SKIP)
    assert "could not check whether the issue types in the configuration exist" in told_as_skipped
