"""Search by JQL over HTTP: what is found, in which order, on which page, and what is refused."""

from dataclasses import replace

import httpx
import pytest

from hub.sandbox.jira.site import JiraSite


def found(client: httpx.Client, jql: str) -> list[str]:
    answer = client.post("/search/jql", json={"jql": jql, "fields": ["key"], "maxResults": 5000})
    assert answer.status_code == 200, answer.text
    return [issue["key"] for issue in answer.json()["issues"]]


@pytest.fixture
def tickets(site: JiraSite) -> JiraSite:
    site.add_issue("ACME-1", "Launch", type="Initiative", updated="2026-11-01T10:00:00+00:00", created="2026-10-01")
    site.add_issue(
        "ACME-2", "Build it", parent="ACME-1", labels=["kr-dau", "x"], status="In Progress", due="2026-12-01"
    )
    site.add_issue("ACME-10", "Sell it", parent="ACME-1", labels=["x"], status="Done", priority="Highest")
    site.add_issue("PLAT-1", "Scale it", type="Story", fields={"Key Result": "launch-dau"})
    return site


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = ACME ORDER BY key", ["ACME-1", "ACME-2", "ACME-10"]),
        ("project in (acme, PLAT) AND issuetype in (Epic, Initiative) ORDER BY id", ["ACME-1", "ACME-2", "ACME-10"]),
        ("project = ACME", ["ACME-10", "ACME-2", "ACME-1"]),
        ("key in (PLAT-1, ACME-2) ORDER BY id", ["ACME-2", "PLAT-1"]),
        ("parent = ACME-1 ORDER BY id", ["ACME-2", "ACME-10"]),
        ("parent is EMPTY ORDER BY id", ["ACME-1", "PLAT-1"]),
        ("labels = kr-dau", ["ACME-2"]),
        ("labels in (kr-dau, x) ORDER BY id", ["ACME-2", "ACME-10"]),
        ("labels not in (kr-dau)", ["ACME-10"]),
        ("labels is empty ORDER BY id", ["ACME-1", "PLAT-1"]),
        ("statusCategory = Done", ["ACME-10"]),
        ('statusCategory != "Done" AND NOT (project = PLAT OR type = Initiative)', ["ACME-2"]),
        ("statusCategory in (new, indeterminate) ORDER BY id", ["ACME-1", "ACME-2", "PLAT-1"]),
        ('"Key Result" ~ "launch-dau"', ["PLAT-1"]),
        ("cf[10040] is not empty", ["PLAT-1"]),
        ('summary ~ "build"', ["ACME-2"]),
        ("duedate <= 2026-12-31", ["ACME-2"]),
        ("project = ACME ORDER BY priority DESC, id ASC", ["ACME-10", "ACME-1", "ACME-2"]),
        ("resolution is not EMPTY", ["ACME-10"]),
    ],
)
def test_a_query_finds_what_the_vendor_would(
    tickets: JiraSite, client: httpx.Client, jql: str, keys: list[str]
) -> None:
    assert found(client, jql) == keys


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("", "Unbounded"),
        ("ORDER BY updated", "Unbounded"),
        ("colour = red", "Field 'colour' does not exist"),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'"),
        ("issuetype = Epicc", "does not exist for the field 'issuetype'"),
        ("key = ACME-99", "An issue with key 'ACME-99' does not exist"),
        ("project > ACME", "is not supported by the 'project' field"),
        ('"Key Result" = dau', "is not supported"),
        ("project ACME", "Expecting operator but got 'ACME'"),
        ("project = ACME updated", "Expecting either 'OR' or 'AND' but got 'updated'"),
        ("project in (ACME", "Expecting"),
        ("project = ACME AND updated >= yesterday", "Date value 'yesterday' for field 'updated' is invalid"),
        ("updated >= startOfDay()", "Unable to find JQL function"),
        ("project = ACME ORDER BY labels", "Not able to sort"),
        ("project = ACME ORDER BY " + ", ".join(["id"] * 8), "maximum number of fields"),
        ('project = "ACME', "reserved JQL character"),
    ],
)
def test_a_query_that_is_not_known_is_refused(tickets: JiraSite, client: httpx.Client, jql: str, words: str) -> None:
    for answer in (
        client.get("/search/jql", params={"jql": jql}),
        client.post("/search/jql", json={"jql": jql}),
        client.post("/search/approximate-count", json={"jql": jql}),
    ):
        assert answer.status_code == 400
        assert words in answer.json()["errorMessages"][0]


def test_pages_follow_the_token_and_end_without_one(site: JiraSite, client: httpx.Client) -> None:
    for number in range(1, 251):
        site.add_issue(f"ACME-{number}")
    asked = {"jql": "project = ACME ORDER BY id", "fields": ["summary"], "maxResults": 5000}
    pages = [client.post("/search/jql", json=asked).json()]
    while "nextPageToken" in pages[-1]:
        token = pages[-1]["nextPageToken"]
        pages.append(client.post("/search/jql", json=asked | {"nextPageToken": token}).json())
    assert [len(page["issues"]) for page in pages] == [100, 100, 50]
    assert [page["isLast"] for page in pages] == [False, False, True]
    assert len({issue["key"] for page in pages for issue in page["issues"]}) == 250
    assert client.post("/search/approximate-count", json={"jql": "project = ACME"}).json() == {"count": 250}


def test_a_page_of_ids_is_large_and_holds_ids_alone(site: JiraSite, client: httpx.Client) -> None:
    for number in range(1, 121):
        site.add_issue(f"ACME-{number}")
    assert len(client.get("/search/jql", params={"jql": "project = ACME"}).json()["issues"]) == 50
    page = client.get("/search/jql", params={"jql": "project = ACME", "maxResults": 5000}).json()
    assert len(page["issues"]) == 120
    assert page["isLast"] is True
    assert page["issues"][0].keys() == {"id"}


def test_a_token_serves_its_own_query_only(site: JiraSite, client: httpx.Client) -> None:
    for number in range(1, 4):
        site.add_issue(f"ACME-{number}")
    first = client.get("/search/jql", params={"jql": "project = ACME", "maxResults": 1}).json()
    for jql, token in (("project = ACME ORDER BY id", first["nextPageToken"]), ("project = ACME", "made-up")):
        answer = client.get("/search/jql", params={"jql": jql, "nextPageToken": token})
        assert answer.status_code == 400


def test_a_quoted_date_is_read_in_the_accounts_zone(site: JiraSite, client: httpx.Client) -> None:
    site.add_account(replace(site.bot, zone="Pacific/Honolulu"))
    issue = site.add_issue("ACME-1", created="2026-11-10T00:00:00+00:00", updated="2026-11-16T08:00:00+00:00")
    assert found(client, 'updated >= "2026-11-16 07:00"') == []
    assert found(client, 'updated >= "2026/11/15 22:00"') == ["ACME-1"]
    assert found(client, f"updated >= {issue.updated}") == ["ACME-1"]
    assert found(client, f"updated >= {issue.updated + 1}") == []
    assert found(client, "updated >= -2h") == ["ACME-1"]


def test_the_latest_change_comes_last_after_edits_out_of_order(site: JiraSite, client: httpx.Client) -> None:
    site.add_issue("ACME-1", created="2026-11-03")
    site.add_issue("ACME-2", created="2026-11-01")
    site.add_issue("ACME-3", created="2026-11-02")
    query = "project = ACME AND updated >= 1700000000000 ORDER BY updated ASC, id ASC"
    assert found(client, query) == ["ACME-2", "ACME-3", "ACME-1"]
    site.add_label("ACME-3", "x")
    assert found(client, query) == ["ACME-2", "ACME-1", "ACME-3"]


def test_bulk_fetch_orders_by_id_and_leaves_out_what_is_not_seen(site: JiraSite, client: httpx.Client) -> None:
    site.add_issue("ACME-1")
    site.add_issue("ACME-2")
    site.add_issue("PLAT-1")
    site.add_account(replace(site.bot, projects=frozenset({"ACME"})))
    answer = client.post(
        "/issue/bulkfetch", json={"issueIdsOrKeys": ["ACME-2", "ACME-1", "PLAT-1", "99"], "fields": ["summary"]}
    ).json()
    assert [issue["key"] for issue in answer["issues"]] == ["ACME-1", "ACME-2"]
    assert found(client, "parent is empty") == ["ACME-2", "ACME-1"]
    assert client.get("/issue/PLAT-1").status_code == 404


def test_a_search_expands_transitions_and_the_changelog(client: httpx.Client, tickets: JiraSite) -> None:
    query = {"jql": "key = ACME-2", "fields": "status", "expand": "changelog,transitions,names"}
    [issue] = client.get("/search/jql", params=query).json()["issues"]
    assert issue["changelog"]["histories"] == []
    assert issue["fields"]["status"]["name"] not in {step["to"]["name"] for step in issue["transitions"]}
    assert {step["name"] for step in issue["transitions"]} >= {"Done", "To Do"}
    [plain] = client.get("/search/jql", params=query | {"expand": "names"}).json()["issues"]
    assert "changelog" not in plain
    assert "transitions" not in plain
