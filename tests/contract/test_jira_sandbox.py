"""What the sandbox Jira is asked and what it answers, held to the vendor's description."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hub.sandbox.jira.adf import from_text
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.contract.adf import adf_faults
from tests.contract.openapi import Checker, Pair, jira_checker
from tests.sandbox_support.apps import jira_app


@pytest.fixture
def checker() -> Checker:
    return jira_checker()


@pytest.fixture
def site() -> JiraSite:
    site = JiraSite()
    site.add_issue("ACME-1", "Launch", type="Initiative", description="Words\n\nKR: dau", labels=["kr-dau"])
    site.add_issue("ACME-2", parent="ACME-1", start="2026-10-01", due="2026-12-01", fields={"Key Result": "dau"})
    site.edit("ACME-2", fields={"Sprint": [{"id": 1, "name": "S1", "state": "active", "boardId": 2}]})
    site.edit("ACME-1", status="Done")
    site.link("ACME-1", "ACME-2")
    site.comment("ACME-1", "A person's words")
    link = {"globalId": "wiki", "object": {"url": "https://wiki.test/plan", "title": "The plan"}}
    site.remote_links.add(site.issue("ACME-1").id, link)
    return site


@pytest.fixture
def client(site: JiraSite, checker: Checker) -> Iterator[httpx.Client]:
    sandbox = jira_app(site, middleware=checker.watch)
    auth = (site.bot.email, site.bot.token)
    with serve(sandbox.app) as running, httpx.Client(base_url=f"{running.url}/rest/api/3", auth=auth) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "serverInfo",
        "myself",
        "field",
        "issueLinkType",
        "issuetype",
        "status",
        "statuscategory",
        "priority",
        "label",
        "project/search?keys=ACME",
        "project/ACME",
        "mypermissions?permissions=EDIT_ISSUES,ADD_COMMENTS",
        "search/jql?jql=project%20%3D%20ACME",
        "search/jql?jql=project%20%3D%20ACME&fields=*all&maxResults=1",
        "issue/ACME-1",
        "issue/ACME-2?fields=summary,parent",
        "issue/ACME-1/editmeta",
        "issue/ACME-1/comment?orderBy=-created&maxResults=1",
        "issue/ACME-1/remotelink",
        "issue/ACME-1/remotelink?globalId=wiki",
    ],
)
def test_what_is_read_is_as_described(client: httpx.Client, checker: Checker, path: str) -> None:
    assert client.get(f"/{path}").status_code == 200
    assert checker.violations() == []
    assert len(checker.pairs) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("search/jql", {"jql": "project = ACME ORDER BY updated, id", "fields": ["summary"], "maxResults": 1}),
        ("search/jql", {"jql": "project = ACME", "reconcileIssues": [10001]}),
        ("search/approximate-count", {"jql": "project = ACME"}),
        ("issue/bulkfetch", {"issueIdsOrKeys": ["ACME-1", "ACME-2"], "fields": ["*all"]}),
        ("comment/list?expand=properties", {"ids": [10004]}),
    ],
)
def test_what_is_read_by_post_is_as_described(
    client: httpx.Client, checker: Checker, path: str, body: dict[str, Any]
) -> None:
    assert client.post(f"/{path}", json=body).status_code == 200
    assert checker.violations() == []


def test_every_write_is_as_described(client: httpx.Client, checker: Checker) -> None:
    mark = {"key": "alignment-hub", "value": {"v": 1}}
    body = from_text("Hello")
    comment = client.post("/issue/ACME-1/comment", json={"body": body, "properties": [mark]}).json()["id"]
    at = f"/issue/ACME-1/comment/{comment}"
    labels = {"update": {"labels": [{"add": "okr-unaligned"}, {"remove": "kr-dau"}]}}
    new = {"fields": {"project": {"key": "ACME"}, "issuetype": {"name": "Epic"}, "summary": "New"}}
    link = {"globalId": "hub", "object": {"url": "https://hub.test", "title": "A key result"}}
    answers = [
        client.put(at, params={"notifyUsers": "false"}, json={"body": body}),
        client.get(at),
        client.get(f"/comment/{comment}/properties"),
        client.get(f"/comment/{comment}/properties/alignment-hub"),
        client.put(f"/comment/{comment}/properties/alignment-hub", json={"v": 2}),
        client.put(f"/comment/{comment}/properties/other", json={"v": 2}),
        client.put("/issue/ACME-1", params={"notifyUsers": "false"}, json=labels),
        client.put("/issue/ACME-1", params={"returnIssue": "true"}, json={"fields": {"summary": "Other"}}),
        client.post("/issue", json=new),
        client.delete(at),
        client.post("/issue/ACME-1/remotelink", json=link),
        client.post("/issue/ACME-1/remotelink", json=link),
        client.delete("/issue/ACME-1/remotelink", params={"globalId": "hub"}),
    ]
    statuses = [200, 200, 200, 200, 200, 201, 204, 200, 201, 204, 201, 200, 204]
    assert [answer.status_code for answer in answers] == statuses
    assert checker.violations() == []


@pytest.mark.parametrize(
    ("request_line", "body", "status"),
    [
        ("GET issue/ACME-9", None, 404),
        ("GET search/jql?jql=colour%20%3D%20red", None, 400),
        ("POST search/jql", {"jql": "order by updated"}, 400),
        ("POST issue/bulkfetch", {"issueIdsOrKeys": [str(n) for n in range(101)]}, 400),
        ("PUT issue/ACME-1", {"update": {"labels": [{"add": "two words"}]}}, 400),
        ("POST issue/ACME-1/comment", {"body": from_text("x" * 40_000)}, 400),
        ("POST issue/ACME-9/comment", {"body": from_text("x")}, 404),
        ("DELETE issue/ACME-1/comment/10004", None, 400),
        ("GET issue/ACME-1/comment/1", None, 404),
        ("GET comment/10004/properties/none", None, 404),
        ("PUT comment/10004/properties/mine", {"v": 1}, 403),
        ("POST issue/ACME-1/remotelink", {"object": {"title": "No address"}}, 400),
        ("DELETE issue/ACME-1/remotelink?globalId=none", None, 404),
        ("DELETE issue/ACME-1/remotelink", None, 400),
    ],
)
def test_every_refusal_has_the_vendors_two_kinds_of_messages(
    client: httpx.Client, checker: Checker, request_line: str, body: Any, status: int
) -> None:
    method, path = request_line.split(" ", 1)
    answer = client.request(method, f"/{path}", json=body)
    assert answer.status_code == status
    said = answer.json()
    assert said.keys() == {"errorMessages", "errors"}
    assert said["errorMessages"] or said["errors"]
    assert checker.violations() == []


def test_documents_in_answers_are_valid(client: httpx.Client) -> None:
    issue = client.get("/issue/ACME-1").json()["fields"]
    assert adf_faults(issue["description"]) == []
    assert adf_faults(issue["comment"]["comments"][0]["body"]) == []
    assert adf_faults({"type": "doc", "version": 1, "content": [{"type": "listItem"}]}) != []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"answer": b'{"accountId": 5}'}, "accountId"),
        ({"answer": b"<html>"}, "deserialize"),
        ({"status": 302}, "302"),
        ({"path": "/rest/api/3/nothing"}, "Path not found"),
        ({"query": "colour=red"}, "colour"),
        ({"method": "POST", "path": "/rest/api/3/issue/bulkfetch", "body": b'{"fields": 5}'}, "issueIdsOrKeys"),
    ],
)
def test_the_checker_itself_notices_what_is_wrong(checker: Checker, change: dict[str, Any], wrong: str) -> None:
    right: dict[str, Any] = {
        "method": "GET",
        "path": "/rest/api/3/myself",
        "query": "",
        "content_type": "application/json",
        "body": b"",
        "status": 200,
        "answer_type": "application/json",
        "answer": b"{}",
    }
    assert checker.check(Pair(**right)) == []
    assert wrong in " ".join(checker.check(Pair(**(right | change))))
