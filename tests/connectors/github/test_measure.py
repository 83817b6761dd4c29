"""Values of key results, read from GitHub over HTTP: whole, or not at all."""

from collections.abc import Iterator

import pytest

from hub.model.errors import SourceError
from hub.model.measure import Measure
from tests.connectors.github.served import Served, a_site, served
from tests.sandbox_support.faults import Fault

POINTS = {"name": "Points", "type": "NUMBER"}


@pytest.fixture
def github() -> Iterator[Served]:
    site = a_site()
    site.add_project("acme", 6, "Plan", (POINTS, {"name": "Quarter", "type": "TEXT"}))
    for number in range(1, 6):
        issue = site.add_issue("acme/app", f"Issue {number}", labels=["growth"] if number < 5 else [])
        if number < 4:
            site.add_item("acme/6", issue, {"Points": number * 1.5, "Quarter": "Q4"})
    with served(site) as here:
        yield here


def a_measure(query: str = "repo:acme/app is:issue label:growth", **how: str) -> Measure:
    return Measure("github", query, **how)


def test_issues_are_counted_in_one_request(github: Served) -> None:
    connector = github.connector()
    assert connector.capabilities.measures is not None
    github.sandbox.traffic.clear()
    assert connector.measure(a_measure()) == 4
    assert github.sandbox.traffic.requests == 1
    assert connector.measure(a_measure("repo:acme/app label:nobody")) == 0


def test_a_number_field_is_added_up_and_an_empty_one_adds_nothing(github: Served) -> None:
    assert github.connector().measure(a_measure(sum="Points")) == 9.0


def test_a_number_field_of_the_only_issue_is_its_value(github: Served) -> None:
    assert github.connector().measure(a_measure('repo:acme/app "Issue 2"', field="Points")) == 3.0


@pytest.mark.parametrize(
    ("query", "how", "reason"),
    [
        ("label:growth", {}, "names no repository, organization or project"),
        ("repo:acme/gone label:growth", {}, "422"),
        ("repo:acme/app label:growth", {"field": "Points"}, "reads one ticket, and the query finds 4"),
        ('repo:acme/app "Issue 5"', {"field": "Points"}, "the field Points of the ticket is empty"),
        ("repo:acme/app label:growth", {"sum": "Quarter"}, "the field Quarter does not hold numbers"),
    ],
)
def test_what_is_no_value_is_not_read(github: Served, query: str, how: dict[str, str], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        github.connector().measure(a_measure(query, **how))


def test_pull_requests_are_counted_and_not_added_up(github: Served) -> None:
    github.site.add_issue("acme/app", "A change", pull_request=True, labels=["growth"])
    assert github.connector().measure(a_measure("repo:acme/app label:growth")) == 5
    with pytest.raises(SourceError, match="add is:issue"):
        github.connector().measure(a_measure("repo:acme/app label:growth", sum="Points"))


def test_a_number_field_of_the_organization_is_added_up_as_one_of_a_project_is(github: Served) -> None:
    with_effort(github, {1: 2, 2: 0.5, 5: 8})
    assert github.connector().measure(a_measure(sum="effort")) == 2.5
    assert github.connector().measure(a_measure('repo:acme/app "Issue 5"', field="Effort")) == 8.0


def test_a_column_that_shows_a_field_of_the_organization_counts_once(github: Served) -> None:
    with_effort(github, {1: 2, 2: 0.5})
    github.site.add_field("acme/6", {"name": "Effort", "type": "NUMBER", "issue_field": True})
    assert github.connector().measure(a_measure(sum="Effort")) == 2.5


def test_a_project_and_a_field_of_the_organization_that_disagree_give_no_value(github: Served) -> None:
    with_effort(github, {1: 2})
    github.site.add_field("acme/6", {"name": "Points of the organization", "type": "NUMBER"})
    github.site.add_issue_field("acme", POINTS)
    github.site.set_issue_field("acme/app#1", "Points", 99)
    with pytest.raises(SourceError, match="differs between"):
        github.connector().measure(a_measure(sum="Points"))


def test_a_server_without_fields_of_organizations_still_adds_up_those_of_projects(github: Served) -> None:
    errors = [
        {"message": "Field 'issueFieldValues' doesn't exist on type 'Issue'"},
        {"message": "No such type ProjectV2ItemIssueFieldValue, so it can't be a fragment condition"},
    ]
    github.sandbox.faults.add(Fault("status", path="/graphql", status=200, body={"errors": errors}))
    assert github.connector().measure(a_measure(sum="Points")) == 9.0


def test_a_field_that_is_nowhere_is_not_taken_for_an_empty_one(github: Served) -> None:
    with pytest.raises(SourceError, match="no number field Pointz"):
        github.connector().measure(a_measure(sum="Pointz"))


def test_a_field_that_a_project_has_and_nobody_filled_adds_up_to_nothing(github: Served) -> None:
    github.site.add_field("acme/6", {"name": "Effort", "type": "NUMBER"})
    assert github.connector().measure(a_measure(sum="Effort")) == 0.0


NOBODY = "repo:acme/app is:issue label:nobody"


def test_no_issue_adds_up_to_nothing_only_where_the_field_is_known(github: Served) -> None:
    assert github.connector().measure(a_measure(NOBODY, sum="Points")) == 0.0
    with pytest.raises(SourceError, match="no number field Pointz"):
        github.connector().measure(a_measure(NOBODY, sum="Pointz"))
    with pytest.raises(SourceError, match="no number field Quarter"):
        github.connector().measure(a_measure(NOBODY, sum="Quarter"))


def test_a_field_of_the_organization_that_nobody_filled_adds_up_to_nothing(github: Served) -> None:
    with_effort(github, {})
    assert github.connector().measure(a_measure(sum="Effort")) == 0.0
    assert github.connector().measure(a_measure(NOBODY, sum="effort")) == 0.0


@pytest.mark.parametrize("kind", ["DATE", "TEXT"])
def test_a_field_without_numbers_that_nobody_filled_is_no_zero(github: Served, kind: str) -> None:
    github.site.add_field("acme/6", {"name": "Begin", "type": kind})
    with pytest.raises(SourceError, match="the field Begin does not hold numbers"):
        github.connector().measure(a_measure(sum="Begin"))
    github.site.add_issue_field("acme", {"name": "End", "type": kind})
    with pytest.raises(SourceError, match="no number field End"):
        github.connector().measure(a_measure(sum="End"))


def test_a_field_that_may_not_be_looked_up_is_not_taken_for_an_empty_one(github: Served) -> None:
    with_effort(github, {})
    github.sandbox.faults.add(
        Fault("status", path="/graphql", status=200, body={"errors": [{"message": "no"}]}, times=9)
    )
    with pytest.raises(SourceError, match="no number field Effort"):
        github.connector().measure(a_measure(NOBODY, sum="Effort"))


def with_effort(github: Served, efforts: dict[int, float]) -> None:
    github.site.add_issue_field("acme", {"name": "Effort", "type": "NUMBER"})
    for number, effort in efforts.items():
        github.site.set_issue_field(f"acme/app#{number}", "Effort", effort)


def test_projects_that_disagree_give_no_value(github: Served) -> None:
    github.site.add_project("acme", 7, "Other plan", (POINTS,))
    github.site.add_item("acme/7", github.site.issue("acme/app#1"), {"Points": 8.0})
    with pytest.raises(SourceError, match="differs between its projects"):
        github.connector().measure(a_measure(sum="Points"))


@pytest.mark.parametrize(
    "body",
    [
        {"total_count": 3, "incomplete_results": True, "items": []},
        {"incomplete_results": False},
        [],
        {"total_count": 0},
    ],
)
def test_a_search_that_did_not_look_everywhere_gives_no_count(github: Served, body: object) -> None:
    github.sandbox.faults.add(Fault("status", path="/search/issues", status=200, body=body, times=99))
    with pytest.raises(SourceError):
        github.connector().measure(a_measure())


def test_a_search_that_shows_less_than_it_counts_gives_no_sum(github: Served) -> None:
    body = {"total_count": 5, "incomplete_results": False, "items": []}
    github.sandbox.faults.add(Fault("status", path="/search/issues", status=200, body=body, times=99))
    with pytest.raises(SourceError, match="counts 5 issues and shows 0"):
        github.connector().measure(a_measure(sum="Points"))


def test_an_issue_that_did_not_come_gives_no_sum(github: Served) -> None:
    body = {"data": {"nodes": [None, None, None, None]}}
    github.sandbox.faults.add(Fault("status", path="/graphql", status=200, body=body))
    with pytest.raises(SourceError, match="the answer is short"):
        github.connector().measure(a_measure(sum="Points"))
