"""The sandbox as a Data Center: its doors, its search, its shapes, its limits; and Cloud behind the gateway."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.sandbox_support.apps import JiraSandbox, jira_app

PAT = {"Authorization": "Bearer sandbox-bearer-token"}


@contextmanager
def opened(site: JiraSite, path: str = "/jira/rest/api/2", **client: Any) -> Iterator[tuple[JiraSandbox, httpx.Client]]:
    sandbox = jira_app(site)
    with serve(sandbox.app) as running, httpx.Client(base_url=running.url + path, **client) as http:
        yield sandbox, http


@pytest.fixture
def site() -> JiraSite:
    site = JiraSite(deployment="DataCenter", context="/jira")
    site.add_issue("PLAN-1", type="Initiative")
    site.add_issue("ACME-1", "Launch", parent="PLAN-1")
    site.add_issue("ACME-2", type="Story", parent="ACME-1", description="h1. Words")
    site.add_issue("ACME-3", type="Sub-task", parent="ACME-2")
    return site


@pytest.fixture
def client(site: JiraSite) -> Iterator[httpx.Client]:
    with opened(site, headers=PAT) as (_, http):
        yield http


def test_server_says_what_it_is_and_where_people_find_it(client: httpx.Client) -> None:
    info = client.get("/serverInfo").json()
    assert (info["deploymentType"], info["versionNumbers"]) == ("DataCenter", [10, 3, 24])
    assert info["baseUrl"] == str(client.base_url).removesuffix("/rest/api/2/")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "../3/myself"),
        ("POST", "search/jql"),
        ("POST", "issue/bulkfetch"),
        ("POST", "comment/list"),
        ("GET", "label"),
        ("GET", "project/search"),
    ],
)
def test_what_only_cloud_has_is_not_there(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path, json={} if method == "POST" else None).status_code in (404, 405)


def test_people_are_known_by_name_and_key(site: JiraSite, client: httpx.Client) -> None:
    me = client.get("/myself").json()
    assert (me["name"], me["key"]) == ("alignment.hub", site.bot.id)
    assert "accountId" not in me


def test_each_level_has_a_field_of_its_own_for_what_is_above(client: httpx.Client) -> None:
    ids = {field["schema"].get("custom", "").rpartition(":")[2]: field["id"] for field in client.get("/field").json()}
    epic, plan = ids["gh-epic-link"], ids["jpo-custom-field-parent"]
    fields = {key: client.get(f"/issue/{key}").json()["fields"] for key in ("ACME-1", "ACME-2", "ACME-3")}
    assert (fields["ACME-1"][plan], fields["ACME-1"][epic], "parent" in fields["ACME-1"]) == ("PLAN-1", None, False)
    assert (fields["ACME-2"][plan], fields["ACME-2"][epic], "parent" in fields["ACME-2"]) == (None, "ACME-1", False)
    assert fields["ACME-3"]["parent"]["key"] == "ACME-2"
    assert fields["ACME-2"]["description"] == "h1. Words"


def test_search_has_offsets_a_total_and_a_cap(client: httpx.Client) -> None:
    asked = {"jql": "project = ACME ORDER BY key", "startAt": 1, "maxResults": 5_000, "fields": ["summary"]}
    page = client.post("/search", json=asked).json()
    assert (page["startAt"], page["maxResults"], page["total"]) == (1, 1_000, 3)
    assert [issue["key"] for issue in page["issues"]] == ["ACME-2", "ACME-3"]
    same = client.get("/search", params={**asked, "fields": "summary"}).json()
    assert same == page


def test_search_ends_at_ten_thousand(client: httpx.Client) -> None:
    deep = {"jql": "project = ACME", "startAt": 9_990, "maxResults": 11}
    assert client.post("/search", json=deep).status_code == 500
    assert client.post("/search", json={**deep, "maxResults": 10}).status_code == 200


def test_unknown_tickets_are_refused_unless_the_query_is_not_validated(client: httpx.Client) -> None:
    asked = {"jql": "key in (99999, ACME-1)"}
    assert client.post("/search", json=asked).status_code == 400
    lenient = client.post("/search", json={**asked, "validateQuery": False}).json()
    assert [issue["key"] for issue in lenient["issues"]] == ["ACME-1"]


def test_comment_keeps_its_markup_and_shows_properties_when_asked(client: httpx.Client) -> None:
    mark = {"key": "alignment-hub", "value": {"v": 1}}
    body = "h3. Hello\n\n* {{kr-dau}}\n\n----\nwords"
    made = client.post("/issue/ACME-1/comment", json={"body": body, "properties": [mark]}).json()
    assert made["body"] == body
    path = "/issue/ACME-1/comment"
    assert "properties" not in client.get(path).json()["comments"][0]
    assert client.get(path, params={"expand": "properties"}).json()["comments"][0]["properties"] == [mark]
    assert client.get(f"/comment/{made['id']}/properties/alignment-hub").json() == mark
    adf = {"type": "doc", "version": 1, "content": []}
    assert client.post(path, json={"body": adf | {"type": 5}}).status_code == 400


def test_sprints_are_lines_of_text(site: JiraSite, client: httpx.Client) -> None:
    site.edit("ACME-1", fields={"Sprint": [{"id": 7, "boardId": 3, "name": "S1", "state": "active"}]})
    field = next(item["id"] for item in client.get("/field").json() if item["name"] == "Sprint")
    (sprint,) = client.get("/issue/ACME-1").json()["fields"][field]
    assert sprint.startswith("com.atlassian.greenhopper.service.sprint.Sprint@")
    assert "[id=7,rapidViewId=3,state=ACTIVE,name=S1,startDate=<null>" in sprint


@pytest.mark.parametrize(
    ("credentials", "status"),
    [
        ({"headers": PAT}, 200),
        ({"auth": ("alignment.hub", "sandbox-token")}, 200),
        ({"auth": ("hub@acme.test", "sandbox-token")}, 401),
        ({"headers": {"Authorization": "Bearer wrong"}}, 401),
        ({}, 401),
    ],
)
def test_doors_of_data_center_open_to_a_name_or_a_personal_token(
    site: JiraSite, credentials: dict[str, Any], status: int
) -> None:
    with opened(site, **credentials) as (_, client):
        assert client.get("/myself").status_code == status


def test_empty_bucket_is_said_with_its_numbers(site: JiraSite) -> None:
    with opened(site, headers=PAT) as (sandbox, client):
        assert "x-ratelimit-fillrate" not in client.get("/myself").headers
        sandbox.limits.enabled, sandbox.limits.bucket, sandbox.limits.fill = True, 1, 0.001
        first, second = client.get("/myself"), client.get("/myself")
    assert (first.status_code, first.headers["x-ratelimit-interval-seconds"]) == (200, "1")
    assert (second.status_code, second.headers["x-ratelimit-remaining"]) == (429, "0")
    assert int(second.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("path", "credentials", "status"),
    [
        ("/ex/jira/1a2b/rest/api/3", {"auth": ("hub@acme.test", "sandbox-scoped-token")}, 200),
        ("/ex/jira/1a2b/rest/api/3", {"headers": PAT}, 200),
        ("/ex/jira/1a2b/rest/api/3", {"auth": ("hub@acme.test", "sandbox-token")}, 401),
        ("/ex/jira/other/rest/api/3", {"headers": PAT}, 404),
        ("/rest/api/3", {"auth": ("hub@acme.test", "sandbox-scoped-token")}, 401),
        ("/rest/api/3", {"headers": PAT}, 401),
        ("/rest/api/3", {"auth": ("hub@acme.test", "sandbox-token")}, 200),
    ],
)
def test_each_token_opens_the_door_that_it_is_for(path: str, credentials: dict[str, Any], status: int) -> None:
    with opened(JiraSite(cloud_id="1a2b"), path, **credentials) as (_, client):
        assert client.get("/myself").status_code == status


def test_page_of_a_ticket_lies_under_the_context_path(site: JiraSite) -> None:
    with opened(site, "/jira") as (_, client):
        page = client.get("/browse/ACME-2")
        assert page.status_code == 200
        assert "/jira/browse/ACME-1" in page.text
        fixed = client.post("/browse/ACME-2/labels", data={"add": "kr-dau"})
        assert fixed.headers["location"] == "/jira/browse/ACME-2"
    assert site.labels("ACME-2") == ("kr-dau",)


def test_tickets_come_with_all_of_their_comments(client: httpx.Client, site: JiraSite) -> None:
    for number in range(1, 31):
        site.comment("ACME-1", f"comment {number}")
    found = client.post("/search", json={"jql": "key = ACME-1", "fields": ["comment"]}).json()
    field = found["issues"][0]["fields"]["comment"]
    assert [comment["body"] for comment in field["comments"]] == [f"comment {number}" for number in range(1, 31)]
    assert (field["startAt"], field["total"]) == (0, 30)


def test_field_of_one_project_stands_on_no_ticket_of_another(client: httpx.Client, site: JiraSite) -> None:
    own = site.add_field("Key Result", "select", "PLAN")
    rows = client.post("/search", json={"jql": "project in (ACME, PLAN)", "fields": [own.id]}).json()["issues"]
    assert {row["key"] for row in rows if own.id in row["fields"]} == {"PLAN-1"}
    assert [field["id"] for field in client.get("/field").json() if field["name"] == "Key Result"][-1] == own.id
