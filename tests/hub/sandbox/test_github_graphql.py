"""The sandbox GitHub's GraphQL: executed over a schema, with the vendor's limits, errors and partial answers."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from graphql import execute_sync

from hub.sandbox.github.execute import parse_query, run
from hub.sandbox.github.schema import schema
from hub.sandbox.github.site import BOT, TOKEN
from hub.sandbox.github.viewer import View
from tests.hub.sandbox.github_site import a_site, ask, served
from tests.sandbox_support.apps import GitHubSandbox, github_app


@pytest.fixture
def sandbox() -> GitHubSandbox:
    return github_app(a_site())


@pytest.fixture
def github(sandbox: GitHubSandbox) -> Iterator[httpx.Client]:
    with served(sandbox) as client:
        yield client


ISSUE = """
query($number: Int!) { repository(owner: "acme", name: "app") { issue(number: $number) { ...Whole } } }
fragment Whole on Issue {
  __typename id databaseId fullDatabaseId number title body url state stateReason closed createdAt updatedAt closedAt
  repository { id nameWithOwner owner { login } } author { __typename login } viewerDidAuthor
  issueType { id name } milestone { title dueOn } parent { number repository { nameWithOwner } }
  subIssues(first: 10) { totalCount nodes { number state } } subIssuesSummary { total completed percentCompleted }
  issueDependenciesSummary { blockedBy blocking totalBlockedBy totalBlocking }
  blockedBy(first: 10) { nodes { number } } blocking(last: 10) { nodes { number } }
  labels(first: 10) { edges { cursor node { name color description isDefault url } } }
  comments(first: 10, orderBy: {field: UPDATED_AT, direction: DESC}) {
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    nodes { id fullDatabaseId body author { login } viewerDidAuthor viewerCanUpdate isMinimized minimizedReason
      includesCreatedEdit lastEditedAt issue { number } repository { name } } }
  projectItems(first: 10) { nodes { ...Card } }
}
fragment Card on ProjectV2Item {
  id type isArchived updatedAt project { title number owner { id } }
  status: fieldValueByName(name: "Status") { ... on ProjectV2ItemFieldSingleSelectValue { name optionId color } }
  fieldValues(first: 20) { totalCount nodes { __typename
    ... on ProjectV2ItemFieldValueCommon { updatedAt field { ... on ProjectV2FieldCommon { id name dataType } } }
    ... on ProjectV2ItemFieldTextValue { text } ... on ProjectV2ItemFieldNumberValue { number }
    ... on ProjectV2ItemFieldDateValue { date } ... on ProjectV2ItemFieldSingleSelectValue { name }
    ... on ProjectV2ItemFieldIterationValue { title startDate duration iterationId }
    ... on ProjectV2ItemFieldLabelValue { labels(first: 5) { nodes { name } } }
    ... on ProjectV2ItemFieldRepositoryValue { repository { nameWithOwner } } } }
}
"""
PROJECT = """
query($login: String!, $number: Int!, $query: String) { organization(login: $login) { projectV2(number: $number) {
  id number title closed updatedAt url
  fields(first: 20) { nodes { __typename ... on ProjectV2FieldCommon { name dataType }
    ... on ProjectV2SingleSelectField { options { id name color } }
    ... on ProjectV2IterationField { configuration { duration iterations { title startDate }
      completedIterations { title } } } } }
  items(first: 50, query: $query) { totalCount nodes { id type content { __typename ... on DraftIssue { title }
    ... on Issue { number } } } } } } }
"""


def the_issue(github: httpx.Client, number: int = 12) -> dict[str, Any]:
    found: dict[str, Any] = ask(github, ISSUE, number=number)["data"]["repository"]["issue"]
    return found


def test_an_issue_answers_all_that_a_hub_asks(github: httpx.Client) -> None:
    issue = the_issue(github)
    assert (issue["parent"]["number"], issue["milestone"]["dueOn"]) == (3, "2026-12-15T00:00:00Z")
    assert issue["blockedBy"]["nodes"] == [{"number": 4}]
    assert issue["issueDependenciesSummary"] == {"blockedBy": 0, "blocking": 0, "totalBlockedBy": 1, "totalBlocking": 0}
    [card] = issue["projectItems"]["nodes"]
    said = {value["field"]["name"]: value for value in card["fieldValues"]["nodes"] if "field" in value}
    assert said["Key Result"]["text"] == "dau"
    assert (said["Status"]["name"], card["status"]["name"]) == ("In Progress", "In Progress")
    assert (said["Iteration"]["startDate"], said["Iteration"]["duration"]) == ("2026-11-02", 14)
    assert said["Title"]["text"] == "Launch <b>it</b>"


@pytest.mark.parametrize(("query", "variables"), [(ISSUE, {"number": 12}), (PROJECT, {"login": "acme", "number": 5})])
def test_the_quick_way_answers_what_the_library_answers(query: str, variables: dict[str, Any]) -> None:
    site = a_site()
    view = View(site, site.tokens[TOKEN])
    quick = run(view, query, variables)
    document = parse_query(query).document
    assert document is not None
    slow = execute_sync(schema(), document, context_value=view, variable_values=variables)
    assert quick == {"data": slow.data}


def test_a_project_shows_fields_and_all_kinds_of_items(github: httpx.Client) -> None:
    project = ask(github, PROJECT, login="acme", number=5)["data"]["organization"]["projectV2"]
    types = {field["name"]: field["dataType"] for field in project["fields"]["nodes"]}
    assert types["Title"] == "TITLE"
    assert (types["Status"], types["Iteration"], types["Start"]) == ("SINGLE_SELECT", "ITERATION", "DATE")
    assert [item["type"] for item in project["items"]["nodes"]] == ["ISSUE", "ISSUE", "DRAFT_ISSUE"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("is:draft", 1),
        ("-is:draft", 2),
        ('status:"In Progress"', 1),
        ("key-result:dau is:open", 1),
        ("repo:acme/app label:kr-dau", 1),
        ("no:Start", 2),
        ("-last-updated:2days", 2),
        ("last-updated:7days", 1),
    ],
)
def test_items_can_be_filtered_by_the_project_s_language(github: httpx.Client, query: str, count: int) -> None:
    project = ask(github, PROJECT, login="acme", number=5, query=query)["data"]["organization"]["projectV2"]
    assert project["items"]["totalCount"] == count


def test_an_item_whose_issue_is_hidden_is_redacted(github: httpx.Client) -> None:
    project = ask(github, PROJECT, "outsider-token", login="acme", number=5)["data"]["organization"]["projectV2"]
    assert [(item["type"], item["content"] is None) for item in project["items"]["nodes"]] == [
        ("ISSUE", False),
        ("REDACTED", True),
        ("DRAFT_ISSUE", False),
    ]


def test_setting_a_field_moves_the_item_alone(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    issue = sandbox.site.issue("acme/app#12")
    before = (issue.updated, issue.items[0].updated)
    sandbox.site.set_field(issue.items[0], "Status", "Done")
    after = the_issue(github)
    assert after["updatedAt"] == before[0]
    assert after["projectItems"]["nodes"][0]["updatedAt"] > before[1]
    assert after["projectItems"]["nodes"][0]["status"]["name"] == "Done"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer { nothing } }", "undefinedField"),
        ('{ repository(owner: "a", name: "b", size: 1) { id } }', "argumentNotAccepted"),
    ],
)
def test_an_invalid_query_fails_without_data(github: httpx.Client, query: str, code: str) -> None:
    answer = ask(github, query)
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code


def test_a_query_that_cannot_be_parsed_fails(github: httpx.Client) -> None:
    assert "Syntax Error" in ask(github, "{ viewer {")["errors"][0]["message"]
    assert github.post("/graphql", content=b"{").status_code == 400


def test_a_variable_of_the_wrong_type_is_named(github: httpx.Client) -> None:
    [error] = ask(github, "query($id: ID!) { node(id: $id) { id } }")["errors"]
    assert error["message"] == "Variable $id of type ID! was provided invalid value"


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ("(last: 101)", "EXCESSIVE_PAGINATION"),
        ("(first: 0)", "INVALID_PAGINATION_BOUNDARIES"),
        ("(first: 1, last: 1)", "INVALID_PAGINATION_BOUNDARIES"),
    ],
)
def test_a_connection_needs_a_size_within_the_limit(github: httpx.Client, arguments: str, kind: str) -> None:
    query = f'{{ repository(owner: "acme", name: "app") {{ issues{arguments} {{ totalCount }} }} }}'
    assert ask(github, query)["errors"][0]["type"] == kind


def test_a_size_given_as_a_variable_is_checked_too(github: httpx.Client) -> None:
    query = 'query($n: Int = 200) { repository(owner: "acme", name: "app") { issues(first: $n) { totalCount } } }'
    assert ask(github, query)["errors"][0]["type"] == "EXCESSIVE_PAGINATION"
    assert ask(github, query, n=5)["data"]["repository"]["issues"]["totalCount"] == 3


def test_a_query_for_too_many_nodes_is_refused(github: httpx.Client) -> None:
    inner = "subIssues(first: 100) { nodes { comments(first: 100) { nodes { id } } } }"
    query = f'{{ repository(owner: "acme", name: "app") {{ issues(first: 100) {{ nodes {{ {inner} }} }} }} }}'
    assert ask(github, query)["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_points_are_counted_from_the_connections(github: httpx.Client) -> None:
    inner = "labels(first: 50) { nodes { name } } blockedBy(first: 20) { nodes { number } }"
    query = f"""{{ rateLimit {{ cost nodeCount used limit resetAt }}
      repository(owner: "acme", name: "app") {{ issues(first: 100) {{ nodes {{ {inner} }} }} }} }}"""
    spent = ask(github, query)["data"]["rateLimit"]
    assert (spent["cost"], spent["nodeCount"], spent["used"]) == (2, 100 + 100 * 70, 2)


def test_no_points_left_is_a_200_with_an_error(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    sandbox.limits.exhaust("graphql", BOT)
    answer = github.post("/graphql", json={"query": "{ viewer { login } }"})
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (200, "0")
    assert answer.json()["errors"][0]["type"] == "RATE_LIMITED"
    assert "data" not in answer.json()


def test_what_is_not_found_leaves_the_rest_of_the_answer(github: httpx.Client) -> None:
    answer = ask(github, '{ viewer { login } nope: repository(owner: "acme", name: "nope") { id } }')
    assert answer["data"] == {"viewer": {"login": BOT}, "nope": None}
    [error] = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["nope"])
    assert error["message"] == "Could not resolve to a Repository with the name 'acme/nope'."


def test_nodes_that_are_gone_are_null_among_the_others(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    there = sandbox.site.issue("acme/app#3").node_id
    answer = ask(github, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[there, "I_nothing"])
    assert answer["data"]["nodes"] == [{"id": there}, None]
    assert answer["errors"][0]["path"] == ["nodes", 1]


def test_a_forbidden_issue_is_an_error_beside_the_others(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    sandbox.site.forbidden.add(sandbox.site.issue("acme/app#4").node_id)
    query = '{ repository(owner: "acme", name: "app") { issues(first: 10) { nodes { number } } } }'
    answer = ask(github, query)
    assert answer["data"]["repository"]["issues"]["nodes"] == [{"number": 3}, None, {"number": 12}]
    [error] = answer["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["repository", "issues", "nodes", 1])


def test_a_hidden_repository_is_not_found(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    hidden = sandbox.site.issue("acme/secret#1").node_id
    for query, variables in (
        ('{ repository(owner: "acme", name: "secret") { id } }', {}),
        ("query($id: ID!) { node(id: $id) { id } }", {"id": hidden}),
    ):
        assert ask(github, query, "outsider-token", **variables)["errors"][0]["type"] == "NOT_FOUND"
        assert "errors" not in ask(github, query, **variables)


def test_a_comment_is_hidden_and_shown_again(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    comment = sandbox.site.issue("acme/app#12").comments[0]
    hide = 'mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED, clientMutationId: "x"})'
    answer = ask(
        github, hide + " { clientMutationId minimizedComment { isMinimized minimizedReason } } }", id=comment.node_id
    )
    assert answer["data"]["minimizeComment"]["minimizedComment"] == {"isMinimized": True, "minimizedReason": "resolved"}
    show = "mutation($id: ID!) { unminimizeComment(input: {subjectId: $id}) { unminimizedComment { isMinimized } } }"
    assert ask(github, show, id=comment.node_id)["data"]["unminimizeComment"] == {
        "unminimizedComment": {"isMinimized": False}
    }


def test_a_token_that_only_reads_cannot_mutate(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    issue = sandbox.site.issue("acme/app#12")
    add = 'mutation($id: ID!) { addComment(input: {subjectId: $id, body: "x"}) { commentEdge { node { body } } } }'
    refused = ask(github, add, "reader-token", id=issue.node_id)
    assert (refused["data"], refused["errors"][0]["type"]) == ({"addComment": None}, "FORBIDDEN")
    assert ask(github, add, id=issue.node_id)["data"]["addComment"]["commentEdge"]["node"]["body"] == "x"
    assert [comment.body for comment in issue.comments] == ["Hello", "x"]
