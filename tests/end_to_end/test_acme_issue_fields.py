"""The Acme example with everything in the organization's issue fields has the same truth as the original."""

from typing import Any

import pytest

from hub.model.initiative import MentionSource
from hub.sandbox.github.project_state import Item, Value
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.github.state import Issue
from tests.end_to_end.test_acme_truth import TRUTH, Acme, expected, look_at

KEY_RESULT = "Key Result"
MOVED = ("Status", "Priority", "Start date", "Target date")


def text_of(value: Value) -> Any:
    return getattr(value.value, "name", value.value)


def items_of(site: GitHubSite) -> list[Item]:
    return [item for project in site.projects.values() for item in project.items]


def move_to_issue_fields(site: GitHubSite) -> None:
    """Projects keep nothing but their iterations; labels and columns that named key results are gone."""
    for project in site.projects.values():
        for name in MOVED:
            if name in project.fields and name.lower() not in site.issue_fields.get("acme", {}):
                column = project.fields[name]
                options = [option.name for option in column.options]
                site.add_issue_field("acme", {"name": name, "type": column.type, "options": options})
    move_key_results(site)
    for item in items_of(site):
        for name in MOVED:
            if (value := item.values.pop(name, None)) is not None and isinstance(item.content, Issue):
                site.set_issue_field(item.content, name, text_of(value))
    for project in site.projects.values():
        for name in (*MOVED, KEY_RESULT):
            project.fields.pop(name, None)


def move_key_results(site: GitHubSite) -> None:
    issues = [issue for repo in site.repositories.values() for issue in repo.issues.values()]
    names = {issue.node_id: key_results_of(site, issue) for issue in issues}
    options = sorted({name for each in names.values() for name in each})
    site.add_issue_field("acme", {"name": KEY_RESULT, "type": "MULTI_SELECT", "options": options})
    for identity, key_results in names.items():
        if key_results:
            site.set_issue_field(site.nodes[identity], KEY_RESULT, key_results)


def key_results_of(site: GitHubSite, issue: Issue) -> list[str]:
    """What labels and columns name, which is taken off."""
    columns = [text_of(value) for item in issue.items if (value := item.values.pop(KEY_RESULT, None)) is not None]
    labels = [name for name in issue.labels if name.startswith("kr-")]
    for name in labels:
        site.take_label(issue, name)
    return list(dict.fromkeys((*(label.removeprefix("kr-") for label in labels), *columns)))


def show_in_projects(site: GitHubSite) -> None:
    """The same, and the projects show the fields of the organization in columns."""
    move_to_issue_fields(site)
    for project in site.projects.values():
        for field in site.issue_fields["acme"].values():
            site.add_field(project, {"name": field.name, "type": field.type, "issue_field": True})


@pytest.fixture(scope="module", params=[move_to_issue_fields, show_in_projects], ids=["on issues", "in columns"])
def variant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Acme:
    return look_at(tmp_path_factory.mktemp("acme-fields"), request.param)


def test_every_key_result_of_github_stands_in_an_issue_field(variant: Acme) -> None:
    mentions = [
        mention.source
        for ticket in variant.portfolio.initiatives.values()
        for mention in ticket.key_result_mentions
        if ticket.ref.connector == "github"
    ]
    assert mentions.count(MentionSource.FIELD) > 5
    assert MentionSource.LABEL not in mentions


def test_the_truth_is_the_same(variant: Acme) -> None:
    wanted = expected()
    assert set(variant.found) == set(wanted)
    assert len(variant.judgement.findings) == len(TRUTH["finding"])
    for key, row in wanted.items():
        finding = variant.found[key]
        assert (key, str(finding.severity)) == (key, row["severity"])
        for place in ("act_on", "label_on"):
            assert (key, sorted(map(str, getattr(finding, place)))) == (key, sorted(row.get(place, [])))


def test_everything_was_read_and_judged(variant: Acme) -> None:
    assert variant.portfolio.gaps == ()
    assert variant.judgement.not_judged == ()
    assert all(not ticket.missing_fields for ticket in variant.portfolio.initiatives.values())
