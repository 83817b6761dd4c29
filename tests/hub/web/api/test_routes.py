"""The API over HTTP: parts and their neighbours, filters, ETags, refusals, and the same facts as everywhere."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from hub.core.insight.explain import explain
from hub.model.errors import ConfigError, Problem
from hub.model.initiative import Ref
from hub.model.okr import Visibility
from hub.report.explain import explanation_document
from hub.report.run_json import audit_document
from hub.usecases.assess import StoredState
from tests.builders import a_key_result, acme_okrs, an_initiative
from tests.hub.web.served_snapshot import FakeSnapshotSource, a_run, a_site, anew, read_of, reading

TICKETS = (
    an_initiative("jira:ACME-1", serves="dau"),
    an_initiative("jira:ACME-2"),
    an_initiative("jira:ACME-3", serves="nonsense"),
    an_initiative("github:acme/app#1", serves="p99"),
    an_initiative("github:acme/app#2"),
)
UNWRITTEN = {
    "action": "create_comment",
    "connector": "jira",
    "ticket": "ACME-2",
    "status": "deferred",
    "detail": "the host asked everybody to wait",
    "reason": "new",
    "wait_seconds": 90.0,
}
RUN = a_run(
    7, counts={"errors": 2}, seconds={"pull": 1.5}, sources=[], plan=[UNWRITTEN], skipped_tickets=[], refused=None
)


@pytest.fixture(name="looks")
def some_looks() -> FakeSnapshotSource:
    return FakeSnapshotSource(remembered=StoredState(read_of(*TICKETS), runs=(RUN,)))


@pytest.fixture(name="reader")
def a_reader(looks: FakeSnapshotSource) -> Iterator[httpx.Client]:
    with reading(a_site(looks)) as client:
        yield client


def rows(reader: httpx.Client, path: str) -> Any:
    answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_parts_of_a_list_make_up_the_whole(reader: httpx.Client) -> None:
    whole = rows(reader, "/api/findings")
    assert whole["total"] == len(whole["findings"]) > 4
    path: str | None = "/api/findings?limit=2"
    found = []
    while path is not None:
        answer = reader.get(path)
        found += answer.json()["findings"]
        path = answer.links.get("next", {}).get("url")
    assert found == whole["findings"]


def test_filters_hold_together_and_links_keep_them(reader: httpx.Client) -> None:
    every = rows(reader, "/api/findings")["findings"]
    answer = reader.get("/api/findings?team=platform&rule=initiative-without-key-result&severity=error&limit=1")
    (item,) = answer.json()["findings"]
    assert item["tickets"] == ["github:acme/app#2"]
    assert item in every
    assert "team=platform" in answer.links["first"]["url"]
    of_ticket = rows(reader, "/api/findings?ticket=jira:ACME-3")["findings"]
    assert of_ticket == [row for row in every if "jira:ACME-3" in row["tickets"]]
    assert rows(reader, "/api/findings?team=nobody")["total"] == 0


def test_search_finds_every_kind_and_counts_each(reader: httpx.Client) -> None:
    found = rows(reader, "/api/search?q=acme")
    assert found["counts"] == {"ticket": 5, "key_result": 0, "team": 2, "rule": 0}
    assert found["total"] == len(found["results"]) == 7
    first = rows(reader, "/api/search?q=acme-2&limit=1")
    assert first["results"] == [
        {
            "kind": "ticket",
            "id": "jira:ACME-2",
            "title": "Work ACME-2",
            "detail": "Product · in progress",
            "page": "/tickets/jira/ACME-2",
        }
    ]
    assert rows(reader, "/api/search?q=product&kind=team")["results"][0]["id"] == "product"
    assert rows(reader, "/api/search?q=prodcut")["corrected"] == "product"
    assert rows(reader, "/api/search?q=")["total"] == 0
    assert reader.get("/api/search").status_code == 422


def test_numbers_of_teams_and_key_results_are_those_of_their_findings(reader: httpx.Client) -> None:
    for team in rows(reader, "/api/teams")["teams"]:
        assert team["findings"] == rows(reader, f"/api/findings?team={team['id']}")["total"]
    every = [item["fingerprint"] for item in rows(reader, "/api/findings")["findings"]]
    listed = [
        finding["fingerprint"]
        for id_ in ("revenue", "dau", "p99")
        for finding in rows(reader, f"/api/key-results/{id_}")["findings"]
    ]
    assert listed
    assert {*listed} <= {*every}


def test_what_has_not_changed_is_not_sent_again_until_something_is_new(looks: FakeSnapshotSource) -> None:
    site = a_site(looks)
    with reading(site) as reader:
        tag = reader.get("/api/audit").headers["etag"]
        again = reader.get("/api/audit", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        looks.remembered, looks.number = StoredState(read_of(*TICKETS[:2])), 2
        anew(site)
        assert reader.get("/api/audit", headers={"If-None-Match": tag}).status_code == 200


def test_api_says_what_the_commands_say(looks: FakeSnapshotSource) -> None:
    site = a_site(looks)
    with reading(site) as reader:
        snapshot = site.snapshots.snapshot()
        assert rows(reader, "/api/audit") == audit_document(snapshot.audit)
        ref = Ref("github", "acme/app#1")
        said = explanation_document(
            explain(ref, snapshot.portfolio, snapshot.judgement, snapshot.rules, read=snapshot.built_at)
        )
        assert rows(reader, "/api/tickets/github/acme/app%231") == said


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/findings?limit=0", 422),
        ("/api/findings?limit=501", 422),
        ("/api/findings?offset=-1", 422),
        ("/api/findings?severity=fatal", 422),
        ("/api/findings?teem=product", 422),
        ("/api/runs/x", 422),
        ("/api/runs/99", 404),
        ("/api/teams/nobody", 404),
        ("/api/tickets/jira/ACME-99", 404),
        ("/api/rules/no-such-rule", 404),
        ("/api/nonsense", 404),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_reason(reader: httpx.Client, path: str, status: int) -> None:
    answer = reader.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert len(answer.json()["detail"]) > 10


def test_api_can_only_be_read(reader: httpx.Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = reader.request(method, "/api/findings")
        assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


def test_strangers_are_told_so_in_json(looks: FakeSnapshotSource) -> None:
    with reading(a_site(looks), role=None) as nobody:
        assert nobody.get("/api/findings").status_code == 401
    with reading(a_site(looks), role="stranger") as stranger:
        answer = stranger.get("/api/findings")
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


def test_a_private_key_result_is_as_unknown_as_one_that_is_not_there(looks: FakeSnapshotSource) -> None:
    known = acme_okrs()
    secret = replace(known.key_results["dau"], visibility=Visibility.PRIVATE)
    looks.okrs = replace(known, key_results={**known.key_results, "dau": secret})
    with reading(a_site(looks)) as outside, reading(a_site(looks), teams="product") as inside:
        hidden, absent = outside.get("/api/key-results/dau"), outside.get("/api/key-results/nothing")
        assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json())
        assert rows(inside, "/api/key-results/dau")["title"] == "Title of dau"
        ids = [row["id"] for row in rows(outside, "/api/key-results")["key_results"]]
        assert ids == ["revenue", "a private key result", "p99"]


def test_a_run_tells_what_it_could_not_do_and_when_it_is_tried_again(reader: httpx.Client) -> None:
    told = rows(reader, "/api/runs/7")
    assert told["failed_writes"][0]["retry_at"] == "retried after 16 Nov 2026, 09:01 UTC"
    assert (told["counts"], told["seconds"]) == ({"errors": 2}, {"pull": 1.5})
    assert rows(reader, "/api/runs")["runs"][0]["run"] == 7


def test_a_fault_of_the_files_is_told_without_their_words(looks: FakeSnapshotSource) -> None:
    looks.fault = ConfigError([Problem("okrs/q4.toml:12", "key_result", "secret-merger leads nowhere")])
    with reading(a_site(looks), role="admin") as reader:
        answer = reader.get("/api/findings")
        assert (answer.status_code, "secret-merger" in answer.text) == (503, False)
        page = reader.get("/")
        assert (page.status_code, "okrs/q4.toml:12" in page.text, "secret-merger" in page.text) == (503, True, False)


def test_half_a_character_of_a_cut_text_breaks_no_answer(looks: FakeSnapshotSource) -> None:
    looks.remembered = StoredState(read_of(an_initiative("jira:ACME-1", title="cut \ud83d")))
    with reading(a_site(looks)) as reader:
        assert rows(reader, "/api/tickets/jira/ACME-1")["title"] == "cut \ud83d"
        assert reader.get("/").status_code == 200


def test_every_key_result_of_a_large_cycle_can_be_reached_in_parts(looks: FakeSnapshotSource) -> None:
    known = acme_okrs()
    many = {f"kr{n}": a_key_result(f"kr{n}", "growth") for n in range(640)}
    looks.okrs = replace(known, key_results={**known.key_results, **many})
    with reading(a_site(looks)) as reader:
        part = rows(reader, "/api/key-results?limit=500&offset=500")
        assert (part["total"], len(part["key_results"])) == (643, 143)
