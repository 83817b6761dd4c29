"""The sandbox GitHub's REST API as a client meets it over HTTP."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from github import Auth, Github

from hub.sandbox.github.limits import Secondary
from hub.sandbox.github.site import BOT, TOKEN
from hub.sandbox.server import serve
from tests.hub.sandbox.github_site import a_site, served
from tests.sandbox_support.apps import GitHubSandbox, github_app

APP = "/repos/acme/app"
EPIC = f"{APP}/issues/12"


@pytest.fixture
def sandbox() -> GitHubSandbox:
    return github_app(a_site())


@pytest.fixture
def github(sandbox: GitHubSandbox) -> Iterator[httpx.Client]:
    with served(sandbox) as client:
        yield client


def test_an_issue_says_all_that_was_seeded(github: httpx.Client) -> None:
    issue = github.get(EPIC).json()
    assert (issue["title"], issue["state"], issue["user"]["login"]) == ("Launch <b>it</b>", "open", "ann")
    assert [label["name"] for label in issue["labels"]] == ["kr-dau"]
    assert issue["type"]["name"] == "Epic"
    assert issue["milestone"]["due_on"] == "2026-12-15T00:00:00Z"
    assert issue["parent_issue_url"].endswith("/repos/acme/app/issues/3")
    assert issue["issue_dependencies_summary"]["total_blocked_by"] == 1
    assert (issue["updated_at"], issue["comments"]) == ("2026-11-02T09:00:00Z", 1)


def test_relations_are_lists_of_whole_issues(github: httpx.Client) -> None:
    assert github.get(f"{EPIC}/parent").json()["number"] == 3
    assert [issue["number"] for issue in github.get(f"{APP}/issues/3/sub_issues").json()] == [12]
    assert [issue["number"] for issue in github.get(f"{EPIC}/dependencies/blocked_by").json()] == [4]
    assert [issue["number"] for issue in github.get(f"{APP}/issues/4/dependencies/blocking").json()] == [12]
    assert github.get(f"{APP}/issues/3/parent").status_code == 404


def test_the_list_holds_open_issues_unless_asked_for_all(github: httpx.Client) -> None:
    assert [issue["number"] for issue in github.get(f"{APP}/issues").json()] == [12, 3]
    everything = github.get(f"{APP}/issues", params={"state": "all", "sort": "updated", "direction": "asc"}).json()
    assert [issue["number"] for issue in everything] == [3, 4, 12]


def test_the_list_of_changes_begins_at_since(github: httpx.Client) -> None:
    for moment, numbers in {"2026-11-02T09:00:00Z": [12], "2026-11-02T10:00:01+01:00": []}.items():
        answer = github.get(f"{APP}/issues", params={"since": moment})
        assert [issue["number"] for issue in answer.json()] == numbers
    assert github.get(f"{APP}/issues", params={"since": "yesterday"}).status_code == 422


def test_pages_lead_on_by_the_link_header(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    for number in range(100, 350):
        sandbox.site.add_issue("acme/app", f"Issue {number}")
    url: str | None = f"{APP}/issues?state=all&per_page=500"
    sizes, seen = [], set()
    while url:
        answer = github.get(url)
        sizes.append(len(answer.json()))
        seen |= {issue["number"] for issue in answer.json()}
        url = answer.links.get("next", {}).get("url")
    assert sizes == [100, 100, 53]
    assert len(seen) == 253


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_a_cursor_holds_its_place_when_issues_come(
    sandbox: GitHubSandbox, github: httpx.Client, direction: str
) -> None:
    before = {sandbox.site.add_issue("acme/app", f"Issue {number}").number for number in range(100, 150)}
    query = {"state": "all", "per_page": "20", "direction": direction}
    seen: list[int] = []
    for _ in range(6):
        answer = github.get(f"{APP}/issues", params=query)
        seen += [issue["number"] for issue in answer.json()]
        if "next" not in answer.links:
            break
        sandbox.site.add_issue("acme/app", "An early one", created="2026-10-01T00:00:00Z")
        sandbox.site.add_issue("acme/app", "A late one", created="2026-12-24T00:00:00Z")
        query["after"] = parse_qs(urlsplit(answer.links["next"]["url"]).query)["after"][0]
    assert len(seen) == len(set(seen))
    assert before <= set(seen)
    assert github.get(f"{APP}/issues", params={"after": "nonsense"}).status_code == 422


def test_a_comment_is_written_edited_and_deleted(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    made = github.post(f"{EPIC}/comments", json={"body": "<!-- mark -->\nOurs"})
    assert (made.status_code, made.json()["user"]["login"]) == (201, BOT)
    here = made.json()["url"]
    assert github.patch(here, json={"body": "Ours, edited"}).json()["body"] == "Ours, edited"
    assert [item["body"] for item in github.get(f"{EPIC}/comments").json()] == ["Hello", "Ours, edited"]
    assert github.delete(here).status_code == 204
    assert github.get(here).status_code == 404
    assert [comment.body for comment in sandbox.site.issue("acme/app#12").comments] == ["Hello"]


def test_a_comment_moves_the_issue_s_time(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    before = sandbox.site.issue("acme/app#12").updated
    github.post(f"{EPIC}/comments", json={"body": "Ours"})
    assert github.get(EPIC).json()["updated_at"] > before


def test_other_people_s_comments_stay_theirs(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    [theirs] = github.get(f"{EPIC}/comments").json()
    assert github.patch(theirs["url"], json={"body": "mine"}).status_code == 403
    assert github.delete(theirs["url"]).status_code == 403
    assert sandbox.site.issue("acme/app#12").comments[0].body == "Hello"


def test_a_comment_longer_than_the_limit_is_refused(github: httpx.Client) -> None:
    assert github.post(f"{EPIC}/comments", json={"body": "x" * 65_536}).status_code == 201
    refused = github.post(f"{EPIC}/comments", json={"body": "x" * 65_537})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "Body is too long (maximum is 65536 characters)"


def test_a_repository_s_comments_are_one_stream(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    sandbox.site.add_comment("acme/app#3", "Second")
    params = {"sort": "updated", "direction": "asc", "per_page": "100"}
    assert [item["body"] for item in github.get(f"{APP}/issues/comments", params=params).json()] == ["Hello", "Second"]
    later = params | {"since": "2100-01-01T00:00:00Z"}
    assert github.get(f"{APP}/issues/comments", params=later).json() == []


def test_labels_are_added_to_those_already_there(github: httpx.Client) -> None:
    added = github.post(f"{EPIC}/labels", json={"labels": ["okr-stale", "KR-DAU"]})
    assert [label["name"] for label in added.json()] == ["kr-dau", "okr-stale"]
    assert github.get(f"{APP}/labels/okr-stale").json()["color"] == "ededed"


def test_adding_a_label_again_changes_nothing(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    before = sandbox.site.issue("acme/app#12").updated
    github.post(f"{EPIC}/labels", json={"labels": ["kr-dau"]})
    assert sandbox.site.issue("acme/app#12").updated == before
    github.post(f"{EPIC}/labels", json={"labels": ["okr-stale"]})
    assert sandbox.site.issue("acme/app#12").updated > before


def test_removing_a_label_that_is_not_there_is_not_found(github: httpx.Client) -> None:
    github.post(f"{EPIC}/labels", json={"labels": ["a b/c"]})
    assert github.delete(f"{EPIC}/labels/a%20b%2Fc").status_code == 200
    gone = github.delete(f"{EPIC}/labels/a%20b%2Fc")
    assert (gone.status_code, gone.json()["message"]) == (404, "Label does not exist")


def test_a_label_of_the_same_name_cannot_be_made_twice(github: httpx.Client) -> None:
    made = github.post(f"{APP}/labels", json={"name": "okr-stale", "color": "ff0000", "description": "old"})
    assert (made.status_code, made.json()["color"]) == (201, "ff0000")
    again = github.post(f"{APP}/labels", json={"name": "OKR-Stale", "color": "00ff00"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "already_exists")


def test_an_issue_is_closed_and_opened_again(github: httpx.Client) -> None:
    closed = github.patch(EPIC, json={"state": "closed", "state_reason": "not_planned"}).json()
    assert (closed["state"], closed["state_reason"], closed["closed_at"] is None) == ("closed", "not_planned", False)
    opened = github.patch(EPIC, json={"state": "open"}).json()
    assert (opened["state"], opened["state_reason"], opened["closed_at"]) == ("open", "reopened", None)


@pytest.mark.parametrize(
    ("authorization", "message"),
    [("Bearer wrong", "Bad credentials"), (f"Basic {TOKEN}", "Bad credentials"), ("", "Requires authentication")],
)
def test_a_wrong_token_is_not_let_in(github: httpx.Client, authorization: str, message: str) -> None:
    for path in ("/user", APP, EPIC):
        refused = github.get(path, headers={"authorization": authorization})
        assert (refused.status_code, refused.json()["message"]) == (401, message)
    assert github.get("/user", headers={"authorization": f"token {TOKEN}"}).json()["login"] == BOT


def test_a_repository_one_may_not_see_is_not_found(github: httpx.Client) -> None:
    outside = {"authorization": "Bearer outsider-token"}
    assert github.get("/repos/acme/secret").status_code == 200
    assert github.get("/repos/acme/secret", headers=outside).status_code == 404
    assert github.get("/repos/acme/secret/issues/1", headers=outside).status_code == 404


def test_a_token_that_only_reads_cannot_write(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    reader = {"authorization": "Bearer reader-token"}
    for path, body in ((f"{EPIC}/comments", {"body": "x"}), (f"{EPIC}/labels", {"labels": ["x"]})):
        assert github.post(path, json=body, headers=reader).status_code == 403
    assert list(sandbox.site.issue("acme/app#12").labels) == ["kr-dau"]


def test_a_moved_issue_redirects_and_a_deleted_one_is_gone(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    sandbox.site.transfer("acme/app#12", "acme/secret")
    moved = github.get(EPIC)
    assert moved.status_code == 301
    assert github.get(moved.headers["location"]).json()["title"] == "Launch <b>it</b>"
    sandbox.site.delete_issue("acme/app#3")
    assert github.get(f"{APP}/issues/3").status_code == 410
    assert github.get(f"{APP}/issues/99").status_code == 404


def test_what_is_left_of_the_hour_stands_on_every_answer(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    first, second = github.get(EPIC), github.get(f"{APP}/issues/99")
    assert int(first.headers["x-ratelimit-remaining"]) == int(second.headers["x-ratelimit-remaining"]) + 1
    assert second.headers["x-ratelimit-resource"] == "core"
    assert github.get("/rate_limit").json()["resources"]["core"]["used"] == 2
    sandbox.limits.exhaust("core", BOT)
    refused = github.get(EPIC)
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert "API rate limit exceeded" in refused.json()["message"]
    assert github.get("/rate_limit").status_code == 200


def test_the_secondary_limit_names_how_long_to_wait(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    sandbox.limits.secondary = Secondary(times=1, retry_after=7)
    refused = github.get(EPIC)
    assert (refused.status_code, refused.headers["retry-after"]) == (403, "7")
    assert "secondary rate limit" in refused.json()["message"]
    assert github.get(EPIC).status_code == 200


def test_only_calls_that_change_something_count_as_writes(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    github.get(EPIC)
    github.post("/graphql", json={"query": "{ viewer { login } }"})
    assert (sandbox.traffic.requests, sandbox.traffic.writes) == (2, 0)
    github.post(f"{EPIC}/labels", json={"labels": ["okr-stale"]})
    github.post("/graphql", json={"query": MINIMIZE, "variables": {"id": "nothing"}})
    assert sandbox.traffic.writes == 2


MINIMIZE = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }"


def test_the_snapshot_leaves_out_what_the_bot_did(sandbox: GitHubSandbox, github: httpx.Client) -> None:
    before = sandbox.site.snapshot()
    github.post(f"{EPIC}/comments", json={"body": "Ours"})
    github.post(f"{EPIC}/labels", json={"labels": ["okr-stale"]})
    assert sandbox.site.snapshot() == before
    sandbox.site.add_label_by_person("acme/app#12", "okr-exempt")
    assert sandbox.site.snapshot() != before


def test_the_vendor_s_python_library_works_against_it(sandbox: GitHubSandbox) -> None:
    with serve(sandbox.app) as running:
        library = Github(base_url=running.url, auth=Auth.Token(TOKEN), retry=None, seconds_between_writes=None)
        repo = library.get_repo("acme/app")
        assert library.get_user().login == BOT
        assert repo.create_label("okr-stale", "ff0000", "old").color == "ff0000"
        assert [issue.number for issue in repo.get_issues(state="all", sort="created", direction="asc")] == [3, 4, 12]
        assert [comment.body for comment in repo.get_issue(12).get_comments()] == ["Hello"]
        library.close()


def test_the_api_may_stand_under_a_server_s_path() -> None:
    with served(github_app(a_site(), base="/api/v3")) as client:
        assert client.get("/api/v3/user").json()["login"] == BOT
        assert client.get(f"/api/v3{EPIC}").json()["url"].endswith(f"/api/v3{EPIC}")
        assert client.post("/api/graphql", json={"query": "{ viewer { login } }"}).json()["data"]
        assert client.get("/user").status_code == 404
