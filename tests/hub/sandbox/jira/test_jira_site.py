"""Seeding a site, editing it as people do, and looking at it in a browser."""

from typing import Any

import httpx
import pytest

from hub.sandbox.jira.adf import from_text
from hub.sandbox.jira.seed import seed
from hub.sandbox.jira.site import JiraSite

ROWS: list[dict[str, Any]] = [
    {
        "key": "ACME-2",
        "type": "Epic",
        "summary": "Free <b>sign-up</b>",
        "description": "First line\n\nKR: launch-dau",
        "status": "In Progress",
        "labels": ["kr-launch-dau", "okr-unaligned"],
        "parent": "ACME-1",
        "blocks": ["PLAT-1"],
        "priority": "High",
        "start": "2026-10-05",
        "due": "2026-12-11",
        "fields": {"Key Result": "launch-dau"},
        "comments": [{"author": "Mina Okafor", "text": "See <script>alert(1)</script>"}],
        "created": "2026-10-01T09:00:00+00:00",
        "updated": "2026-11-02T09:00:00+00:00",
    },
    {"key": "ACME-1", "type": "Initiative", "summary": "Launch"},
    {"key": "PLAT-1", "summary": "Scale"},
]


@pytest.fixture
def seeded(site: JiraSite) -> JiraSite:
    seed(site, ROWS)
    return site


def test_a_seeded_issue_is_read_back_over_http(seeded: JiraSite, client: httpx.Client) -> None:
    issue = client.get("/issue/ACME-2").json()["fields"]
    names = {field["name"]: field["id"] for field in client.get("/field").json()}
    assert issue["description"] == from_text("First line\n\nKR: launch-dau")
    assert issue["status"]["statusCategory"]["key"] == "indeterminate"
    assert (issue["issuetype"]["hierarchyLevel"], issue["priority"]["name"]) == (1, "High")
    assert (issue["parent"]["key"], issue["parent"]["fields"]["summary"]) == ("ACME-1", "Launch")
    assert issue["issuelinks"][0]["outwardIssue"]["key"] == "PLAT-1"
    assert (issue["duedate"], issue[names["Start date"]]) == ("2026-12-11", "2026-10-05")
    assert (issue["updated"], issue[names["Key Result"]]) == ("2026-11-02T09:00:00.000+0000", "launch-dau")
    blocked = client.get("/issue/PLAT-1", params={"fields": "issuelinks"}).json()["fields"]["issuelinks"][0]
    assert (blocked["inwardIssue"]["key"], blocked["type"]["inward"]) == ("ACME-2", "is blocked by")


def test_fields_are_told_apart_by_their_schema(site: JiraSite, client: httpx.Client) -> None:
    customs = {f["name"]: f["schema"]["custom"] for f in client.get("/field").json() if f["custom"]}
    assert customs["Rank"] == "com.pyxis.greenhopper.jira:gh-lexo-rank"
    assert customs["Start date"].endswith(":datepicker")
    made = site.add_field("Budget", "number")
    site.add_issue("ACME-1", fields={"Budget": 5})
    assert client.get("/issue/ACME-1").json()["fields"][made.id] == 5


@pytest.mark.parametrize("row", [{"key": "A-1", "colour": "red"}, {"key": "A-1", "status": "Maybe"}])
def test_a_seed_with_an_unknown_word_is_refused(site: JiraSite, row: dict[str, Any]) -> None:
    with pytest.raises(KeyError, match=r"colour|Maybe"):
        seed(site, [row])


def test_a_change_of_a_parent_shows_on_its_children(seeded: JiraSite, client: httpx.Client) -> None:
    client.get("/issue/ACME-2")
    seeded.edit("ACME-1", summary="Relaunch", status="Done")
    parent = client.get("/issue/ACME-2").json()["fields"]["parent"]["fields"]
    assert (parent["summary"], parent["status"]["name"]) == ("Relaunch", "Done")
    assert client.get("/issue/ACME-1").json()["fields"]["resolutiondate"] is not None


def test_a_deleted_issue_leaves_nothing_that_points_to_it(seeded: JiraSite, client: httpx.Client) -> None:
    seeded.delete_issue("ACME-1")
    seeded.delete_issue("PLAT-1")
    fields = client.get("/issue/ACME-2").json()["fields"]
    assert ("parent" in fields, fields["issuelinks"]) == (False, [])
    assert client.get("/issue/ACME-1").status_code == 404


def test_a_moved_issue_answers_to_its_old_key(seeded: JiraSite, client: httpx.Client) -> None:
    seeded.move("ACME-2", "PLAT-2")
    answer = client.post("/issue/bulkfetch", json={"issueIdsOrKeys": ["ACME-2"], "fields": ["project"]}).json()
    assert [issue["key"] for issue in answer["issues"]] == ["PLAT-2"]


def test_the_picture_of_others_sees_people_and_not_the_bot(seeded: JiraSite, client: httpx.Client) -> None:
    before = seeded.snapshot()
    client.post("/issue/ACME-2/comment", json={"body": from_text("Hub")})
    client.put("/issue/ACME-2", json={"update": {"labels": [{"remove": "okr-unaligned"}, {"add": "okr-stale"}]}})
    assert seeded.snapshot() == before
    comment = seeded.comments_of("ACME-2")[0]
    seeded.edit_comment(comment.id, "Changed", editor="Robin Vale")
    assert seeded.snapshot() != before
    seeded.delete_comment(comment.id)
    assert len(seeded.comments_of("ACME-2")) == 1


def test_version_2_of_the_api_speaks_in_words(seeded: JiraSite, client: httpx.Client) -> None:
    base = str(client.base_url).replace("/3/", "/2/")
    with httpx.Client(base_url=base, auth=client.auth) as older:
        assert older.get("/issue/ACME-2").json()["fields"]["description"] == "First line\nKR: launch-dau"
        assert older.post("/issue/ACME-2/comment", json={"body": "Words"}).status_code == 201


def page(client: httpx.Client, path: str) -> str:
    return httpx.get(client.base_url.copy_with(path=path)).text


def test_the_tickets_page_shows_everything_and_lets_nothing_through(seeded: JiraSite, client: httpx.Client) -> None:
    panel = {
        "type": "panel",
        "attrs": {"panelType": "warning"},
        "content": [
            {
                "type": "paragraph",
                "content": [
                    {"type": "text", "text": "bold", "marks": [{"type": "strong"}]},
                    {
                        "type": "text",
                        "text": "bad",
                        "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}],
                    },
                ],
            }
        ],
    }
    seeded.comment("ACME-2", {"type": "doc", "version": 1, "content": [panel]}, author="Alignment Hub")
    shown = page(client, "/browse/ACME-2")
    assert "Free &lt;b&gt;sign-up&lt;/b&gt;" in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert '<div class="panel warning"><p><strong>bold</strong>bad</p></div>' in shown
    assert '<li class="chip hub">okr-unaligned' in shown
    assert "javascript:" not in shown
    assert "PLAT-1" in shown
    assert "ACME-2" in page(client, "/")
    assert "no ticket ACME-99" in page(client, "/browse/ACME-99")


def test_a_person_fixes_a_label_on_the_page(seeded: JiraSite, client: httpx.Client) -> None:
    form = client.base_url.copy_with(path="/browse/ACME-2/labels")
    assert httpx.post(form, data={"remove": "okr-unaligned"}).status_code == 303
    assert httpx.post(form, data={"add": " kr-revenue "}).headers["location"] == "/browse/ACME-2"
    assert seeded.labels("ACME-2") == ("kr-launch-dau", "kr-revenue")


def test_no_two_issues_bear_the_same_key(seeded: JiraSite) -> None:
    before = seeded.snapshot()
    with pytest.raises(ValueError, match="PLAT-1"):
        seeded.move("ACME-1", "PLAT-1")
    with pytest.raises(ValueError, match="PLAT-1"):
        seeded.add_issue("PLAT-1")
    assert seeded.snapshot() == before


def test_a_key_that_an_issue_was_moved_from_goes_to_no_other(seeded: JiraSite) -> None:
    seeded.move("ACME-1", "PLAT-7")
    with pytest.raises(ValueError, match="ACME-1"):
        seeded.add_issue("ACME-1")
    seeded.move("PLAT-7", "ACME-1")
    assert seeded.issue("PLAT-7").key == "ACME-1"
