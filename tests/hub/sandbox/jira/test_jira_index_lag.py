"""A search index that lags behind, as the vendor's does for seconds or minutes."""

from typing import Any

import httpx
import pytest

from hub.sandbox.jira.site import JiraSite


def search(client: httpx.Client, jql: str = "project = ACME", **asked: Any) -> dict[str, tuple[str, ...]]:
    answer = client.post("/search/jql", json={"jql": jql, "fields": ["labels"], **asked}).json()
    return {issue["key"]: tuple(issue["fields"]["labels"]) for issue in answer["issues"]}


@pytest.fixture
def lagging(site: JiraSite, clock: Any) -> JiraSite:
    site.index_lag = 30
    site.add_issue("ACME-1", labels=["old"])
    clock.forward(60)
    return site


def test_a_change_is_seen_by_search_only_after_the_lag(lagging: JiraSite, client: httpx.Client, clock: Any) -> None:
    lagging.edit("ACME-1", labels=("new",))
    assert search(client) == {"ACME-1": ("old",)}
    assert search(client, "labels = new") == {}
    assert client.get("/issue/ACME-1").json()["fields"]["labels"] == ["new"]
    clock.forward(31)
    assert search(client) == {"ACME-1": ("new",)}


def test_a_new_issue_is_not_found_and_a_deleted_one_still_is(
    lagging: JiraSite, client: httpx.Client, clock: Any
) -> None:
    lagging.add_issue("ACME-2")
    lagging.delete_issue("ACME-1")
    assert search(client) == {"ACME-1": ("old",)}
    clock.forward(31)
    assert search(client) == {"ACME-2": ()}


def test_issues_to_reconcile_are_shown_as_they_are(lagging: JiraSite, client: httpx.Client) -> None:
    lagging.edit("ACME-1", labels=("new",))
    assert search(client, reconcileIssues=[lagging.issue("ACME-1").id]) == {"ACME-1": ("new",)}


def test_bulk_fetch_reads_past_the_index(lagging: JiraSite, client: httpx.Client) -> None:
    lagging.edit("ACME-1", labels=("new",))
    answer = client.post("/issue/bulkfetch", json={"issueIdsOrKeys": ["ACME-1"], "fields": ["labels"]}).json()
    assert answer["issues"][0]["fields"]["labels"] == ["new"]
