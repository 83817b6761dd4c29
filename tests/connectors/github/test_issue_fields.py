"""Fields of the organization: read on the issue and through a project's column, over real HTTP."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from hub.model.initiative import Initiative, KeyResultMention, MentionSource, PriorityBand, StatusCategory
from hub.sandbox.github.site import GitHubSite
from tests.connectors.github.served import Served, a_site, served
from tests.sandbox_support.faults import Fault

ISSUE_FIELDS = (
    {"name": "Key Result", "type": "MULTI_SELECT", "options": ["dau", "5 % conversion, free to paid", "nps"]},
    {"name": "Priority", "type": "SINGLE_SELECT", "options": ["Urgent", "High", "Medium", "Low"]},
    {"name": "Status", "type": "SINGLE_SELECT", "options": ["In progress", "Done"]},
    {"name": "Start date", "type": "DATE"},
    {"name": "Target date", "type": "DATE"},
    {"name": "Effort", "type": "NUMBER"},
    {"name": "Goal", "type": "TEXT"},
)
SAID = {
    "Key Result": ["dau", "5 % conversion, free to paid"],
    "Priority": "High",
    "Start date": "2026-10-05",
    "Target date": "2026-11-30",
    "Effort": 3,
}


def with_fields(site: GitHubSite) -> GitHubSite:
    for definition in ISSUE_FIELDS:
        site.add_issue_field("acme", definition)
    return site


@pytest.fixture
def there() -> Iterator[Served]:
    with served(with_fields(a_site())) as running:
        yield running


def add(site: GitHubSite, said: dict[str, Any], **details: Any) -> str:
    issue = site.add_issue("acme/app", "Work", **details)
    for name, value in said.items():
        site.set_issue_field(issue, name, value)
    return issue.key


def read(there: Served, **settings: Any) -> Initiative:
    pulled = there.connector(**settings).pull()
    assert pulled.gaps == ()
    (ticket,) = pulled.initiatives
    return ticket


def named(ticket: Initiative) -> list[str]:
    return [mention.raw for mention in ticket.key_result_mentions]


def test_an_issue_outside_projects_says_all_in_its_own_fields(there: Served) -> None:
    add(there.site, SAID, milestone={"title": "Q4", "due": "2026-12-15"})
    ticket = read(there)
    assert ticket.key_result_mentions == (
        KeyResultMention(MentionSource.FIELD, "dau"),
        KeyResultMention(MentionSource.FIELD, "5 % conversion, free to paid"),
    )
    assert (ticket.priority, ticket.priority_name) == (PriorityBand.HIGH, "High")
    assert (ticket.start, ticket.due) == (date(2026, 10, 5), date(2026, 11, 30))
    assert (ticket.status, ticket.status_name) == (StatusCategory.TO_DO, "Open")
    assert (ticket.containers, ticket.rank) == (("acme/app",), None)
    assert ticket.missing_fields == frozenset()


@pytest.mark.parametrize(("name", "value"), [("Goal", "dau, nps"), ("Effort", 7), ("Priority", "Low")])
def test_a_key_result_may_stand_in_a_field_of_any_kind(there: Served, name: str, value: Any) -> None:
    add(there.site, {name: value})
    ticket = read(there, key_results={"field": name.upper()})
    assert named(ticket) == (str(value).split(", "))


def test_a_status_of_the_organization_counts_more_than_who_is_assigned(there: Served) -> None:
    add(there.site, {"Status": "Done"}, assignees=["ann"])
    assert (read(there).status, read(there).status_name) == (StatusCategory.DONE, "Done")


def test_a_column_that_shows_an_issue_field_says_what_the_issue_says(there: Served) -> None:
    key = add(there.site, SAID)
    for definition in ISSUE_FIELDS[:2]:
        there.site.add_field("acme/5", {**definition, "name": definition["name"], "issue_field": True})
    there.site.add_item("acme/5", key, {"Target date": "2026-12-01"})
    ticket = read(there, projects=["acme/5"])
    assert named(ticket) == SAID["Key Result"]
    assert ticket.priority is PriorityBand.HIGH
    assert ticket.due == date(2026, 12, 1)
    assert ticket.containers == ("acme/app", "acme/5")


def test_a_projects_own_column_counts_and_what_it_overrules_is_told(there: Served) -> None:
    key = add(there.site, SAID | {"Status": "Done"})
    there.site.add_item(
        "acme/5", key, {"Priority": "P0", "Target date": "2026-12-01", "Key Result": "nps", "Status": "In Progress"}
    )
    ticket = read(there, projects=["acme/5"])
    assert (ticket.priority, ticket.due, ticket.start) == (
        PriorityBand.HIGHEST,
        date(2026, 12, 1),
        date(2026, 10, 5),
    )
    assert ticket.status is StatusCategory.IN_PROGRESS
    assert named(ticket) == ["nps", *SAID["Key Result"]]
    assert [(value.field, value.raw, value.setting) for value in ticket.not_understood] == [
        ("status in the issue field", "Done", ""),
        ("due date in the issue field", "2026-11-30", ""),
        ("priority in the issue field", "High", ""),
    ]
    assert "says 2026-12-01, which counts before the issue field" in ticket.not_understood[1].reason


def test_the_same_said_in_other_words_is_no_contradiction(there: Served) -> None:
    key = add(there.site, {"Priority": "Urgent", "Status": "In progress"})
    there.site.add_item("acme/5", key, {"Priority": "P0", "Status": "In Progress"})
    assert read(there, projects=["acme/5"]).not_understood == ()


def test_more_fields_than_fit_are_read_to_their_end() -> None:
    site = a_site()
    names = [f"Field {number}" for number in range(130)]
    for name in names:
        site.add_issue_field("acme", {"name": name, "type": "TEXT"})
    site.add_issue_field("acme", {"name": "Key Result", "type": "TEXT"})
    add(site, dict.fromkeys(names, "x") | {"Key Result": "dau"})
    with served(site) as there:
        assert named(read(there)) == ["dau"]
        nowhere = {"data": {"node": None}, "errors": [{"type": "NOT_FOUND", "message": "gone"}]}
        change = lambda answer: nowhere if "node" in answer["data"] else answer  # noqa: E731
        there.sandbox.faults.add(Fault("rewrite", path="/graphql", times=None, change=change))
        (ticket,) = there.connector().pull().initiatives
    assert ticket.missing_fields == {"fields", "status"}


def replaced(node: Any, change: Any) -> Any:
    """The answer with every object as `change` gives it."""
    if isinstance(node, dict):
        return change({key: replaced(value, change) for key, value in node.items()})
    return [replaced(value, change) for value in node] if isinstance(node, list) else node


def of_another_kind(field: str) -> Fault:
    """As if values of this field were of a kind that came to GitHub later."""

    def change(node: dict[str, Any]) -> dict[str, Any]:
        if (node.get("field") or {}).get("name") != field or "IssueField" not in str(node.get("__typename")):
            return node
        if node["__typename"] == "ProjectV2ItemIssueFieldValue":
            return {**node, "issueFieldValue": {"__typename": "IssueFieldPeopleValue"}}
        return {"__typename": "IssueFieldPeopleValue", "field": node["field"]}

    return Fault("rewrite", path="/graphql", times=None, change=lambda answer: replaced(answer, change))


@pytest.mark.parametrize("projects", [[], ["acme/5"]], ids=["outside projects", "in a project"])
def test_a_value_of_an_unknown_kind_was_not_read_and_is_never_empty(there: Served, projects: list[str]) -> None:
    key = add(there.site, {"Key Result": ["dau"], "Effort": 3})
    there.site.add_field("acme/5", {**ISSUE_FIELDS[0], "issue_field": True})
    there.site.add_item("acme/5", key)
    there.sandbox.faults.add(of_another_kind("Effort"))
    assert read(there, projects=projects).missing_fields == frozenset()
    there.sandbox.faults.clear()
    there.sandbox.faults.add(of_another_kind("Key Result"))
    ticket = read(there, projects=projects)
    assert named(ticket) == []
    assert ticket.missing_fields == {"fields", "status"}


def test_a_value_whose_field_is_hidden_was_not_read(there: Served) -> None:
    add(there.site, {"Key Result": ["dau"]})

    def change(node: dict[str, Any]) -> dict[str, Any]:
        return {**node, "field": None} if "options" in node else node

    there.sandbox.faults.add(Fault("rewrite", path="/graphql", change=lambda answer: replaced(answer, change)))
    assert read(there).missing_fields == {"fields", "status"}


def test_values_that_may_not_be_seen_leave_the_issue_unread_in_part(there: Served) -> None:
    add(there.site, SAID)

    def change(answer: Any) -> Any:
        nodes = answer["data"]["repository"]["issues"]["nodes"]
        path = ["repository", "issues", "nodes", 0, "issueFieldValues"]
        if nodes:
            nodes[0]["issueFieldValues"] = None
            answer["errors"] = [{"type": "FORBIDDEN", "message": "Resource not accessible", "path": path}]
        return answer

    there.sandbox.faults.add(Fault("rewrite", path="/graphql", times=None, change=change))
    assert read(there).missing_fields == {"fields"}


def test_a_repository_of_a_user_has_no_such_fields_and_nothing_is_missing(there: Served) -> None:
    add(there.site, {})

    def change(node: dict[str, Any]) -> dict[str, Any]:
        return {**node, "issueFieldValues": None} if "issueFieldValues" in node else node

    there.sandbox.faults.add(Fault("rewrite", path="/graphql", times=None, change=lambda a: replaced(a, change)))
    assert read(there).missing_fields == frozenset()


UNKNOWN = {
    "fields": "Field 'issueFieldValues' doesn't exist on type 'Issue'",
    "choices of several": "No such type IssueFieldMultiSelectValue, so it can't be a fragment condition",
    "columns": "No such type ProjectV2ItemIssueFieldValue, so it can't be a fragment condition",
    "options": "Field 'options' doesn't exist on type 'IssueFieldMultiSelectValue'",
}


@pytest.mark.parametrize("lack", UNKNOWN)
def test_a_server_that_lacks_a_part_is_asked_without_it(there: Served, lack: str) -> None:
    key = add(there.site, {"Key Result": ["dau"], "Priority": "High"}, labels=["kr-nps"])
    there.site.add_item("acme/5", key)
    there.sandbox.faults.add(
        Fault("status", path="/graphql", status=200, body={"errors": [{"message": UNKNOWN[lack]}]})
    )
    ticket = read(there, projects=["acme/5"], max_concurrent_requests=1)
    whole = ["nps", "dau"] if lack == "columns" else ["nps"]
    assert named(ticket) == whole
    is_hidden = lack in {"choices of several", "options"}
    assert ticket.missing_fields == ({"fields", "status"} if is_hidden else frozenset())
