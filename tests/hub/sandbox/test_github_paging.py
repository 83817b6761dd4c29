"""Connections of the sandbox GitHub: opaque cursors, both directions, rows that come and go between pages."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.hub.sandbox.github_site import a_site, ask, served
from tests.sandbox_support.apps import GitHubSandbox, github_app

QUERY = """
query($first: Int, $after: String, $last: Int, $before: String, $order: IssueOrder, $filter: IssueFilters) {
  repository(owner: "acme", name: "app") {
    issues(first: $first, after: $after, last: $last, before: $before, orderBy: $order, filterBy: $filter) {
      totalCount nodes { number } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }
"""
FORM = {
    "repositories": ["acme/app"],
    "issues": [
        {
            "repo": "acme/app",
            "number": number,
            "title": f"Issue {number}",
            "created": "2026-10-01T00:00:00Z",
            "updated": f"2026-10-{31 - number:02d}T00:00:00Z",
            "state": "closed" if number % 5 == 0 else "open",
        }
        for number in range(1, 26)
    ],
}


@pytest.fixture
def sandbox() -> GitHubSandbox:
    return github_app(a_site(FORM))


@pytest.fixture
def github(sandbox: GitHubSandbox) -> Iterator[httpx.Client]:
    with served(sandbox) as client:
        yield client


def a_page(github: httpx.Client, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(github, QUERY, **variables)["data"]["repository"]["issues"]
    return found


def numbers(page: dict[str, Any]) -> list[int]:
    return [node["number"] for node in page["nodes"]]


def walk(github: httpx.Client, **variables: Any) -> list[int]:
    seen, after = [], None
    while True:
        page = a_page(github, first=7, after=after, **variables)
        seen += numbers(page)
        if not page["pageInfo"]["hasNextPage"]:
            return seen
        after = page["pageInfo"]["endCursor"]


def walk_back(github: httpx.Client, **variables: Any) -> list[int]:
    seen: list[int] = []
    before = None
    while True:
        page = a_page(github, last=7, before=before, **variables)
        seen = numbers(page) + seen
        if not page["pageInfo"]["hasPreviousPage"]:
            return seen
        before = page["pageInfo"]["startCursor"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (None, list(range(1, 26))),
        ({"field": "CREATED_AT", "direction": "DESC"}, list(range(25, 0, -1))),
        ({"field": "UPDATED_AT", "direction": "ASC"}, list(range(25, 0, -1))),
        ({"field": "UPDATED_AT", "direction": "DESC"}, list(range(1, 26))),
    ],
)
def test_both_directions_see_every_issue_once(
    github: httpx.Client, order: dict[str, str] | None, expected: list[int]
) -> None:
    assert walk(github, order=order) == expected
    assert walk_back(github, order=order) == expected


def test_a_long_list_can_be_read_from_both_ends_at_once(github: httpx.Client) -> None:
    front, back = a_page(github, first=20), a_page(github, last=20)
    assert front["totalCount"] == back["totalCount"] == 25
    assert set(numbers(front)) | set(numbers(back)) == set(range(1, 26))
    assert (front["pageInfo"]["hasNextPage"], back["pageInfo"]["hasPreviousPage"]) == (True, True)
    between = a_page(github, first=100, after=front["pageInfo"]["endCursor"], before=back["pageInfo"]["startCursor"])
    assert numbers(between) == []


def test_filters_narrow_the_pages_and_the_total(github: httpx.Client) -> None:
    closed = a_page(github, first=10, filter={"states": ["CLOSED"]})
    assert (numbers(closed), closed["totalCount"]) == ([5, 10, 15, 20, 25], 5)
    changed = a_page(github, first=10, filter={"since": "2026-10-28T00:00:00Z"})
    assert numbers(changed) == [1, 2, 3]


def test_rows_that_go_between_pages_hide_no_other(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    first = a_page(github, first=10)
    sandbox.site.delete_issue("acme/app#3")
    sandbox.site.delete_issue("acme/app#10")
    rest = a_page(github, first=100, after=first["pageInfo"]["endCursor"])
    assert numbers(rest) == list(range(11, 26))


def test_a_change_between_pages_is_seen_in_the_next(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    first = a_page(github, first=10)
    made = sandbox.site.add_issue("acme/app", "A new one", created="2026-10-02T00:00:00Z")
    rest = a_page(github, first=100, after=first["pageInfo"]["endCursor"])
    assert numbers(rest)[-1] == made.number
    assert rest["totalCount"] == 26


@pytest.mark.parametrize("cursor", ["nonsense", "bm9uc2Vuc2U=", "Y3Vyc29yOnYyOiJ4Ig=="])
def test_a_cursor_that_is_none_is_refused(github: httpx.Client, cursor: str) -> None:
    answer = ask(github, QUERY, first=1, after=cursor)
    assert answer["errors"][0]["type"] == "INVALID_CURSOR_ARGUMENTS"


def test_comments_beyond_a_page_are_reached_from_both_ends(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    for place in range(150):
        sandbox.site.add_comment("acme/app#1", f"Comment {place}")
    query = """query($first: Int, $last: Int, $after: String) { repository(owner: "acme", name: "app") {
      issue(number: 1) { comments(first: $first, last: $last, after: $after) {
        totalCount nodes { body } pageInfo { endCursor hasNextPage } } } } }"""

    def comments(**variables: Any) -> dict[str, Any]:
        found: dict[str, Any] = ask(github, query, **variables)["data"]["repository"]["issue"]["comments"]
        return found

    first = comments(first=100)
    rest = comments(first=100, after=first["pageInfo"]["endCursor"])
    assert [item["body"] for item in first["nodes"] + rest["nodes"]] == [f"Comment {place}" for place in range(150)]
    assert comments(last=1)["nodes"] == [{"body": "Comment 149"}]
