"""Everything configured is read over real HTTP, once each; what cannot be read is a gap and the rest stays."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from hub.model.errors import CredentialsRefused, QueryRefused
from hub.model.initiative import Gap, Initiative, PriorityBand, PullResult, Ref, StatusCategory
from tests.connectors.github.served import Served, served
from tests.sandbox_support.faults import Fault


@pytest.fixture
def there() -> Iterator[Served]:
    with served() as running:
        yield running


def by_key(pulled: PullResult) -> dict[str, Initiative]:
    return {ticket.ref.key: ticket for ticket in pulled.initiatives}


def graphql(**more: Any) -> Fault:
    return Fault(**({"effect": "status", "path": "/graphql", "status": 502} | more))


def test_an_issue_in_two_projects_and_a_repository_is_one_initiative(there: Served) -> None:
    there.site.add_project("acme", 6, "Other", [{"name": "Status", "type": "SINGLE_SELECT", "options": ["Done"]}])
    first = there.site.add_issue("acme/app", "First")
    issue = there.site.add_issue("acme/app", "Ship", body="KR: p99\nDepends on ACME-3", labels=["kr-dau"], type="Epic")
    there.site.block(issue, first)
    there.site.set_parent(issue, first)
    there.site.add_item("acme/5", first)
    there.site.add_item(
        "acme/5",
        issue,
        {"Status": "In Progress", "Priority": "P0", "Iteration": "S1", "Key Result": "revenue"},
    )
    there.site.add_item("acme/6", issue, {"Status": "Done"})
    pulled = there.connector(projects=["acme/5", "acme/6"], order_is_priority=True).pull()
    made = by_key(pulled)["acme/app#2"]
    assert len(pulled.initiatives) == 2
    assert pulled.gaps == ()
    assert made.containers == ("acme/app", "acme/5", "acme/6")
    assert (made.status, made.kind, made.priority) == (StatusCategory.IN_PROGRESS, "Epic", PriorityBand.HIGHEST)
    assert (made.start, made.due) == (None, None)
    assert made.iteration == (date(2026, 11, 2), date(2026, 11, 15))
    assert [name.raw for name in made.key_result_mentions] == ["dau", "revenue", "p99"]
    assert made.parent == Ref("github", "acme/app#1")
    assert made.blocked_by == (Ref("github", "acme/app#1"),)
    assert made.depends_on_text == ("ACME-3",)
    assert made.rank == "000000"
    assert made.url.endswith("/acme/app/issues/2")
    assert by_key(pulled)["acme/app#1"].blocks == (Ref("github", "acme/app#2"),)


def test_a_project_alone_brings_issues_of_any_repository(there: Served) -> None:
    there.site.add_repository("acme/web")
    there.site.add_item("acme/5", there.site.add_issue("acme/web", "Elsewhere"))
    there.site.add_item("acme/5", there.site.add_issue("acme/app", "Pull", pull_request=True))
    there.site.add_draft("acme/5", "A thought")
    archived = there.site.add_item("acme/5", there.site.add_issue("acme/app", "Old"))
    there.site.archive(archived)
    pulled = there.connector(repositories=[], projects=["acme/5"]).pull()
    assert list(by_key(pulled)) == ["acme/web#1"]
    assert pulled.gaps == ()


def test_closed_work_counts_when_it_was_closed_in_the_cycle(there: Served) -> None:
    for title, closed in (("Late", "2026-10-09T00:00:00Z"), ("Early", "2026-09-01T00:00:00Z")):
        there.site.add_issue("acme/app", title, state="closed", closed=closed, updated="2026-11-01T00:00:00Z")
    pulled = there.connector().pull()
    assert [(ticket.title, ticket.status) for ticket in pulled.initiatives] == [("Late", StatusCategory.DONE)]


def test_a_long_repository_is_read_from_both_ends(there: Served) -> None:
    for number in range(95):
        there.site.add_issue("acme/app", f"Work {number}")
    there.sandbox.faults.latency = 0.03
    pulled = there.connector(page_size=10).pull()
    assert [ticket.title for ticket in pulled.initiatives] == [f"Work {number}" for number in range(95)]
    assert pulled.gaps == ()
    assert pulled.requests == there.sandbox.traffic.requests <= 10 + 2
    assert there.sandbox.traffic.peak >= 2


def test_nested_lists_are_read_to_their_end(there: Served) -> None:
    labels = [f"label-{number:03}" for number in range(130)] + ["kr-last"]
    blocked = there.site.add_issue("acme/app", "Much", labels=labels)
    for number in range(25):
        there.site.block(blocked, there.site.add_issue("acme/app", f"Needed {number}"))
    made = by_key(there.connector().pull())["acme/app#1"]
    assert len(made.labels) == 131
    assert [name.raw for name in made.key_result_mentions] == ["last"]
    assert len(made.blocked_by) == 25
    assert made.missing_fields == frozenset()


def test_a_nested_list_that_does_not_come_is_named(there: Served) -> None:
    there.site.add_issue("acme/app", "Much", labels=[f"label-{number:03}" for number in range(40)])

    def without_the_rest(answer: Any) -> Any:
        return {"data": {"node": None}} if "node" in answer["data"] else answer

    there.sandbox.faults.add(graphql(effect="rewrite", times=None, change=without_the_rest))
    pulled = there.connector().pull()
    assert pulled.initiatives[0].missing_fields == {"labels"}
    assert pulled.complete


def test_hidden_items_are_gaps_of_their_own(there: Served) -> None:
    there.site.add_repository("acme/secret", private=True)
    there.site.add_token("narrow", repositories=frozenset({"acme/app"}))
    hidden = there.site.add_item("acme/5", there.site.add_issue("acme/secret", "Hush"))
    there.site.add_item("acme/5", there.site.add_issue("acme/app", "Open"))
    pulled = there.connector(projects=["acme/5"], token="narrow").pull()
    assert list(by_key(pulled)) == ["acme/app#1"]
    assert pulled.gaps == (
        Gap(
            "github", "project acme/5: an item is hidden from this account", hidden.node_id, f"hidden:{hidden.node_id}"
        ),
    )
    assert pulled.complete


def test_an_issue_blocked_by_a_hidden_one_says_so(there: Served) -> None:
    there.site.add_repository("acme/secret", private=True)
    there.site.add_token("narrow", repositories=frozenset({"acme/app"}))
    issue = there.site.add_issue("acme/app", "Open")
    there.site.block(issue, there.site.add_issue("acme/secret", "Hush"))
    pulled = there.connector(token="narrow").pull()
    made = by_key(pulled)["acme/app#1"]
    assert made.blocked_by == ()
    assert pulled.complete


def test_heavy_pages_are_asked_for_in_halves(there: Served) -> None:
    for number in range(60):
        there.site.add_issue("acme/app", f"Work {number}")
    there.sandbox.faults.add(graphql(times=4))
    pulled = there.connector(page_size=40, max_concurrent_requests=1).pull()
    assert len(pulled.initiatives) == 60
    assert pulled.gaps == ()


def test_a_tracker_that_is_down_is_a_gap_for_each_part(there: Served) -> None:
    there.sandbox.faults.add(graphql(times=None))
    pulled = there.connector(projects=["acme/5"], page_size=10).pull()
    assert pulled.initiatives == ()
    assert not pulled.complete
    assert {gap.reason.split(":")[0] for gap in pulled.gaps} == {"repository acme/app", "project acme/5"}


def test_a_page_lost_on_the_way_keeps_the_rest(there: Served) -> None:
    for number in range(40):
        there.site.add_issue("acme/app", f"Work {number}")
    there.sandbox.faults.add(graphql(after=3, times=None))
    pulled = there.connector(page_size=10).pull()
    assert len(pulled.initiatives) >= 10
    assert [gap.key for gap in pulled.gaps] == [None]
    assert pulled.gaps[0].reason.startswith("repository acme/app: POST /graphql: HTTP 502")


def test_partial_data_is_a_gap_and_keeps_the_rest(there: Served) -> None:
    for number in range(3):
        there.site.add_issue("acme/app", f"Work {number}")
    rows = there.connector().pull()
    assert len(rows.initiatives) == 3
    error = {"type": "FORBIDDEN", "message": "SAML", "path": ["repository", "issues", "nodes", 0]}
    page = {"totalCount": 1, "pageInfo": {"hasNextPage": False}, "nodes": [None]}
    body = {"data": {"repository": {"issues": page}}, "errors": [error]}
    there.sandbox.faults.add(graphql(status=200, body=body))
    pulled = there.connector().pull()
    assert pulled.gaps == (Gap("github", "repository acme/app: GitHub answered in part: FORBIDDEN SAML"),)


def test_an_entry_of_an_unknown_shape_is_one_gap(there: Served) -> None:
    page = {"totalCount": 1, "pageInfo": {"hasNextPage": False}, "nodes": [{"id": "I_odd", "number": 3}]}
    there.sandbox.faults.add(graphql(status=200, body={"data": {"repository": {"issues": page}}}))
    pulled = there.connector().pull()
    assert [gap.key for gap in pulled.gaps] == ["I_odd"]
    assert "cannot be understood" in pulled.gaps[0].reason


def test_a_repeated_cursor_is_a_gap(there: Served) -> None:
    info = {"hasNextPage": True, "endCursor": "same", "hasPreviousPage": True, "startCursor": "same"}
    page = {"totalCount": 500, "pageInfo": info, "nodes": []}
    body = {"data": {"repository": {"issues": page}}}
    there.sandbox.faults.add(graphql(status=200, body=body, times=None))
    pulled = there.connector().pull()
    assert {gap.reason for gap in pulled.gaps} == {"repository acme/app: the tracker gave the same page again"}


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"repositories": ["acme/nowhere"]}, "repository acme/nowhere does not exist"),
        ({"projects": ["acme/99"]}, "project acme/99 does not exist"),
        ({"projects": ["nobody/1"]}, "project nobody/1 does not exist"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(there: Served, changes: dict[str, Any], names: str) -> None:
    with pytest.raises(QueryRefused, match=names):
        there.connector(**changes).pull()


def test_bad_credentials_are_refused_and_never_shown(there: Served) -> None:
    secret = "ghp_" + "x" * 36
    with pytest.raises(CredentialsRefused) as caught:
        there.connector(token=secret).pull()
    assert secret not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_a_project_that_may_not_be_seen_is_refused(there: Served) -> None:
    error = {"type": "INSUFFICIENT_SCOPES", "message": "needs read:project", "path": ["repositoryOwner", "projectV2"]}
    body = {"data": {"repositoryOwner": {"projectV2": None}}, "errors": [error]}
    there.sandbox.faults.add(graphql(status=200, body=body))
    with pytest.raises(CredentialsRefused, match="project acme/5: INSUFFICIENT_SCOPES: needs read:project"):
        there.connector(projects=["acme/5"]).pull()


def test_an_enterprise_server_has_its_graphql_beside_its_rest() -> None:
    with served(base="/api/v3") as there:
        there.site.add_issue("acme/app", "Inside")
        connector = there.connector()
        assert [ticket.title for ticket in connector.pull().initiatives] == ["Inside"]
        assert connector.whoami().name == "alignment-hub[bot]"
        assert connector.find_comments(there.target("acme/app#1")) == []


def test_only_chosen_issues_are_read(there: Served) -> None:
    there.site.add_issue("acme/app", "Chosen", labels=["initiative"])
    there.site.add_issue("acme/app", "Typed", type="Epic")
    there.site.add_issue("acme/app", "Neither")
    assert [ticket.title for ticket in there.connector(labels=["initiative"]).pull().initiatives] == ["Chosen"]
    assert [ticket.title for ticket in there.connector(types=["Epic"]).pull().initiatives] == ["Typed"]
    both = there.connector(labels=["initiative"], types=["Epic"]).pull()
    assert [ticket.title for ticket in both.initiatives] == ["Chosen", "Typed"]


def test_credentials_that_end_on_the_way_keep_what_was_read(there: Served) -> None:
    for number in range(40):
        there.site.add_issue("acme/app", f"Work {number}")
    there.sandbox.faults.add(graphql(after=2, times=None, status=401))
    pulled = there.connector(page_size=10).pull()
    assert len(pulled.initiatives) == 10
    assert [gap.key for gap in pulled.gaps] == [None]
    assert "HTTP 401" in pulled.gaps[0].reason


def test_a_query_that_github_gives_up_on_is_asked_for_in_halves(there: Served) -> None:
    for number in range(60):
        there.site.add_issue("acme/app", f"Work {number}")
    body = {"data": None, "errors": [{"message": "Something went wrong while executing your query. It took too long."}]}
    there.sandbox.faults.add(graphql(times=3, status=200, body=body))
    pulled = there.connector(page_size=40).pull()
    assert len(pulled.initiatives) == 60
    assert pulled.gaps == ()


def test_issues_without_a_project_are_in_progress_once_somebody_has_them(there: Served) -> None:
    site = there.site
    site.add_issue("acme/app", "Free")
    site.add_issue("acme/app", "Assigned", assignees=["ann"], labels=["bug"])
    site.add_issue("acme/app", "Being written")
    site.link_pull_request(site.add_issue("acme/app", "Write it", pull_request=True), "acme/app#3")
    site.add_issue("acme/app", "Was tried")
    site.link_pull_request(site.add_issue("acme/app", "Try it", pull_request=True, state="closed"), "acme/app#5")
    site.add_issue("acme/app", "Due", milestone={"title": "v2", "due_on": "2026-12-11"})
    site.add_issue("acme/app", "Dropped", state="closed", state_reason="NOT_PLANNED")
    site.add_issue("acme/app", "By the bot", author="renovate")
    site.add_item("acme/5", site.add_issue("acme/app", "On the board", assignees=["ann"]))
    found = by_key(there.connector(projects=["acme/5"]).pull())
    running = {key for key, ticket in found.items() if ticket.status is StatusCategory.IN_PROGRESS}
    assert running == {"acme/app#2", "acme/app#3"}
    assert found["acme/app#7"].due == date(2026, 12, 11)
    assert found["acme/app#8"].status is StatusCategory.CANCELLED
    assert {key: ticket.exempt for key, ticket in found.items() if ticket.exempt} == {
        "acme/app#2": "label bug",
        "acme/app#9": "author renovate",
    }


def test_an_account_that_may_not_see_pull_requests_reads_the_issues_all_the_same(there: Served) -> None:
    issue = there.site.add_issue("acme/app", "Being written")
    pull = there.site.add_issue("acme/app", "Write it", pull_request=True)
    there.site.link_pull_request(pull, issue)
    there.site.forbidden.add(pull.node_id)
    pulled = there.connector().pull()
    assert pulled.gaps == ()
    assert by_key(pulled)["acme/app#1"].missing_fields == {"status"}
