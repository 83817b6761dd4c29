"""Edits, comments and their properties over HTTP: what changes, who may, and how a wrong one is refused."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from hub.sandbox.jira.adf import from_text
from hub.sandbox.jira.site import JiraSite
from tests.sandbox_support.apps import JiraSandbox

MARK = {"key": "alignment-hub", "value": {"v": 1, "ticket": "ACME-1"}}


@pytest.fixture(autouse=True)
def ticket(site: JiraSite) -> None:
    site.add_issue("ACME-1", "Launch", labels=["kr-dau", "mine"])


def edit(client: httpx.Client, **update: Any) -> httpx.Response:
    return client.put("/issue/ACME-1", params={"notifyUsers": "false"}, json={"update": update})


def test_label_verbs_add_remove_and_set(site: JiraSite, client: httpx.Client) -> None:
    assert edit(client, labels=[{"add": "okr-unaligned"}, {"remove": "kr-dau"}, {"remove": "none"}]).status_code == 204
    assert site.labels("ACME-1") == ("mine", "okr-unaligned")
    assert edit(client, labels=[{"set": ["a", "b"]}]).status_code == 204
    assert site.labels("ACME-1") == ("a", "b")


def test_a_write_moves_updated_and_an_empty_one_does_not(site: JiraSite, client: httpx.Client) -> None:
    before = site.issue("ACME-1").updated
    edit(client, labels=[{"add": "mine"}])
    assert site.issue("ACME-1").updated == before
    edit(client, labels=[{"add": "other"}])
    assert site.issue("ACME-1").updated > before


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"update": {"labels": [{"add": "two words"}]}}, "labels", "The label 'two words' can't contain spaces."),
        ({"update": {"labels": [{"add": "x" * 256}]}}, "labels", "255"),
        ({"update": {"labels": [{"copy": "x"}]}}, "labels", "not supported"),
        ({"fields": {"colour": "red"}}, "colour", "cannot be set"),
        ({"fields": {"labels": []}, "update": {"labels": []}}, "labels", "both 'fields' and 'update'"),
        ({"fields": {"description": "words"}}, "description", "Atlassian Document"),
        ({"fields": {"summary": " "}}, "summary", "specify a summary"),
        ({"fields": {"priority": {"name": "Urgent"}}}, "priority", "invalid"),
        ({"fields": {"parent": {"key": "ACME-9"}}}, "parent", "Could not find"),
    ],
)
def test_a_wrong_edit_is_refused_and_changes_nothing(
    site: JiraSite, client: httpx.Client, body: dict[str, Any], field: str, words: str
) -> None:
    before = site.snapshot()
    answer = client.put("/issue/ACME-1", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["errors"][field]
    assert site.snapshot() == before


def test_a_comment_and_its_property_come_in_one_post(site: JiraSite, client: httpx.Client) -> None:
    sent = {"body": from_text("Hello"), "properties": [MARK]}
    made = client.post("/issue/ACME-1/comment", json=sent)
    assert made.status_code == 201
    id_ = made.json()["id"]
    assert site.texts("ACME-1", site.bot.id) == ["Hello"]
    listed = client.post("/comment/list", params={"expand": "properties"}, json={"ids": [int(id_), 99]}).json()
    assert [comment["properties"] for comment in listed["values"]] == [[MARK]]
    assert client.get(f"/comment/{id_}/properties/alignment-hub").json() == MARK
    assert client.put(f"/comment/{id_}/properties/alignment-hub", json={"v": 2}).status_code == 200
    assert client.get(f"/comment/{id_}/properties/alignment-hub").json()["value"] == {"v": 2}
    assert "properties" not in client.post("/comment/list", json={"ids": [int(id_)]}).json()["values"][0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("just words", "not valid"),
        ({"type": "paragraph", "content": []}, "not valid"),
        ({"type": "doc", "content": []}, "not valid"),
        (from_text(""), "can not be empty"),
        ({"type": "doc", "version": 1, "content": [{"type": "blink"}]}, "INVALID_INPUT"),
        ({"type": "doc", "version": 1, "content": [{"type": "text", "text": "bare"}]}, "INVALID_INPUT"),
        (from_text("x" * 32_768), "exceeds the allowed limit of 32,767 characters"),
    ],
)
def test_a_body_that_is_not_a_fitting_document_is_refused(
    site: JiraSite, client: httpx.Client, body: Any, words: str
) -> None:
    answer = client.post("/issue/ACME-1/comment", json={"body": body})
    assert answer.status_code == 400
    assert words in answer.text
    assert site.texts("ACME-1") == []


def test_somebody_elses_comment_can_neither_be_edited_nor_deleted(site: JiraSite, client: httpx.Client) -> None:
    theirs = site.comment("ACME-1", "Mine", author="Mina")
    at = f"/issue/ACME-1/comment/{theirs.id}"
    before = site.snapshot()
    assert client.put(at, json={"body": from_text("Hacked")}).status_code == 400
    assert client.delete(at).status_code == 400
    assert client.put(f"/comment/{theirs.id}/properties/x", json=1).status_code == 403
    assert site.snapshot() == before


def test_ones_own_comment_is_edited_in_place_and_deleted(site: JiraSite, client: httpx.Client) -> None:
    id_ = client.post("/issue/ACME-1/comment", json={"body": from_text("One"), "properties": [MARK]}).json()["id"]
    at = f"/issue/ACME-1/comment/{id_}"
    assert client.put(at, params={"notifyUsers": "false"}, json={"body": from_text("Two")}).json()["id"] == id_
    assert site.texts("ACME-1") == ["Two"]
    assert site.comments_of("ACME-1")[0].properties == {"alignment-hub": MARK["value"]}
    assert client.delete(at).status_code == 204
    assert client.delete(at).status_code == 404
    assert site.texts("ACME-1") == []


def test_comments_are_read_page_by_page(site: JiraSite, client: httpx.Client) -> None:
    for number in range(130):
        site.comment("ACME-1", f"Number {number}")
    first = client.get("/issue/ACME-1/comment").json()
    assert (first["startAt"], first["maxResults"], first["total"], len(first["comments"])) == (0, 100, 130, 100)
    rest = client.get("/issue/ACME-1/comment", params={"startAt": 100}).json()
    assert len(rest["comments"]) == 30
    shown = client.get("/issue/ACME-1").json()["fields"]["comment"]
    assert (shown["total"], len(shown["comments"])) == (130, 20)


@pytest.mark.parametrize("auth", [None, ("hub@acme.test", "wrong"), ("other@acme.test", "sandbox-token")])
def test_wrong_or_no_credentials_are_told_apart_from_nothing(client: httpx.Client, auth: Any) -> None:
    with httpx.Client(base_url=client.base_url, auth=auth) as other:
        answer = other.get("/myself")
        assert (answer.status_code, answer.headers["x-seraph-loginreason"]) == (401, "AUTHENTICATED_FAILED")
        assert "must be authenticated" in answer.text
        if auth is None:
            assert other.get("/serverInfo").json()["deploymentType"] == "Cloud"


def test_an_account_without_the_permission_is_refused(site: JiraSite, client: httpx.Client) -> None:
    site.add_account(replace(site.bot, permissions=frozenset({"BROWSE_PROJECTS"})))
    assert edit(client, labels=[{"add": "x"}]).status_code == 400
    assert client.post("/issue/ACME-1/comment", json={"body": from_text("x")}).status_code == 400
    asked = client.get("/mypermissions", params={"permissions": "EDIT_ISSUES,BROWSE_PROJECTS"}).json()["permissions"]
    assert {key: item["havePermission"] for key, item in asked.items()} == {
        "EDIT_ISSUES": False,
        "BROWSE_PROJECTS": True,
    }
    assert client.get("/issue/ACME-1/editmeta").json() == {"fields": {}}


def test_too_many_calls_in_a_second_meet_the_burst_limit(
    sandbox: JiraSandbox, client: httpx.Client, clock: Any
) -> None:
    assert client.get("/myself").headers["x-ratelimit-limit"] == "100"
    sandbox.limits.enabled = True
    sandbox.limits.per_second["GET"] = 2
    answers = [client.get("/myself") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["ratelimit-reason"] == "jira-burst-based"
    assert answers[2].headers["retry-after"] == "1"
    clock.forward(1)
    assert client.get("/myself").status_code == 200


def test_too_many_writes_to_one_issue_meet_its_own_limit(
    site: JiraSite, sandbox: JiraSandbox, client: httpx.Client
) -> None:
    site.add_issue("ACME-2")
    sandbox.limits.enabled = True
    sandbox.limits.per_issue = 1
    assert edit(client, labels=[{"add": "x"}]).status_code == 204
    refused = edit(client, labels=[{"add": "y"}])
    assert (refused.status_code, refused.headers["ratelimit-reason"]) == (429, "jira-per-issue-on-write")
    assert client.put("/issue/ACME-2", json={"update": {"labels": [{"add": "x"}]}}).status_code == 204


def test_traffic_tells_reading_posts_from_writes(sandbox: JiraSandbox, client: httpx.Client) -> None:
    client.post("/search/jql", json={"jql": "project = ACME"})
    client.post("/issue/bulkfetch", json={"issueIdsOrKeys": ["ACME-1"]})
    client.post("/comment/list", json={"ids": [1]})
    client.get("/issue/ACME-1")
    assert (sandbox.traffic.requests, sandbox.traffic.writes) == (4, 0)
    edit(client, labels=[{"add": "x"}])
    assert sandbox.traffic.writes == 1


def test_the_old_search_is_gone_and_says_so(client: httpx.Client) -> None:
    assert client.get("/search", params={"jql": "project = ACME"}).status_code == 410
