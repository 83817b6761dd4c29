"""An Enterprise Server that does not know parts of an issue is asked without them, and nothing counts as missing."""

from dataclasses import replace

import pytest
from graphql import parse, validate

from connectors.github import queries
from connectors.github.api import graphql
from connectors.github.graphql import OPTIONAL, without_features
from hub.model.errors import Health
from tests.connectors.github.served import a_site, served
from tests.contract.github_schema import current_schema
from tests.sandbox_support.faults import Fault


def refused(*fields: str) -> Fault:
    """As GitHub answers a query that names what it does not know."""
    errors = [
        {"message": f"Field '{field}' doesn't exist on type 'Issue'", "extensions": {"code": "undefinedField"}}
        for field in fields
    ]
    return Fault("status", path="/graphql", status=200, body={"errors": errors})


def test_a_server_without_dependencies_is_read_all_the_same() -> None:
    site = a_site()
    first, second = (site.add_issue("acme/app", title, type="Epic") for title in ("Waits", "Needed"))
    site.block(first, second)
    with served(site) as there:
        connector = there.connector(max_concurrent_requests=1)
        there.sandbox.faults.add(refused("blockedBy", "blocking"))
        pulled = connector.pull()
        assert pulled.gaps == ()
        assert {(ticket.title, ticket.kind, ticket.blocked_by) for ticket in pulled.initiatives} == {
            ("Waits", "Epic", ()),
            ("Needed", "Epic", ()),
        }
        assert all(not ticket.missing_fields for ticket in pulled.initiatives)


def test_what_no_server_may_lack_is_a_gap() -> None:
    with served() as there:
        there.sandbox.faults.add(Fault("status", path="/graphql", times=None, status=200, body=refused("title").body))
        (gap,) = there.connector().pull().gaps
        assert "Field 'title' doesn't exist" in gap.reason


WITHOUT_FILTER = Fault(
    "status",
    path="/graphql",
    status=200,
    body={
        "errors": [
            {
                "message": "Variable $filter of type IssueFilters was provided invalid value for type"
                " (Field is not defined on IssueFilters)"
            }
        ]
    },
)


def test_a_server_that_cannot_choose_by_type_is_read_without_and_sorted_here() -> None:
    site = a_site()
    site.add_issue("acme/app", "Wanted", type="Epic")
    site.add_issue("acme/app", "Not wanted", type="Bug")
    with served(site) as there:
        connector = there.connector(max_concurrent_requests=1, types=["Epic"])
        there.sandbox.faults.add(WITHOUT_FILTER)
        pulled = connector.pull()
    assert pulled.gaps == ()
    assert [ticket.title for ticket in pulled.initiatives] == ["Wanted"]


def test_a_server_without_issue_types_is_a_gap_rather_than_nothing() -> None:
    with served() as there:
        connector = there.connector(max_concurrent_requests=1, types=["Epic"])
        there.sandbox.faults.add(refused("issueType"))
        there.sandbox.faults.add(replace(WITHOUT_FILTER, times=None))
        pulled = connector.pull()
        told = [(check.outcome, check.remedy) for check in connector.diagnose() if "no issue types" in check.message]
    assert "IssueFilters" in pulled.gaps[0].reason
    assert told == [(Health.FAIL, "Use `labels` instead")]


@pytest.mark.parametrize("lacks", [{"blockedBy", "blocking"}, OPTIONAL], ids=["3.18", "3.16"])
@pytest.mark.parametrize("document", [queries.ISSUES, queries.ITEMS, queries.ISSUES_BY_ID], ids=["I", "Items", "Whole"])
def test_a_question_without_those_parts_is_still_valid(document: str, lacks: set[str]) -> None:
    asked = without_features(graphql(document, {}), lacks).body["query"]
    assert validate(current_schema(), parse(asked)) == []
    assert not [lack for lack in lacks if f" {lack}" in asked.partition("fragment Work")[2]]
