"""Repositories without a Project: long lists to their end, archived and pull-request-only ones, over real HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.core.checking.check import check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.finding import Judgement
from hub.model.initiative import Initiative, PullResult, Ref, Snapshot, StatusCategory
from hub.model.message import Message, Point, Text
from rules.registry import ALL_RULES
from tests.builders import TODAY, acme_okrs
from tests.connectors.github.served import Served, served
from tests.sandbox_support.faults import Fault


@pytest.fixture
def there() -> Iterator[Served]:
    with served() as running:
        yield running


def by_key(pulled: PullResult) -> dict[str, Initiative]:
    return {ticket.ref.key: ticket for ticket in pulled.initiatives}


def test_more_labels_blockers_assignees_pull_requests_and_sub_issues_than_a_page_holds(there: Served) -> None:
    site = there.site
    issue = site.add_issue("acme/app", "Big", labels=[f"label {number}" for number in range(120)] + ["kr-dau"])
    for number in range(120):
        site.block(issue, site.add_issue("acme/app", f"Needed {number}"))
        site.set_parent(site.add_issue("acme/app", f"Part {number}"), issue)
    site.assign(issue, *(f"person-{number}" for number in range(120)))
    waiting = site.add_issue("acme/app", "In review")
    for number in range(120):
        pull = site.add_issue("acme/app", f"Pull {number}", pull_request=True)
        site.link_pull_request(pull, waiting)
    pulled = there.connector().pull()
    found = by_key(pulled)
    assert pulled.gaps == ()
    assert (len(found[issue.key].labels), len(found[issue.key].blocked_by)) == (121, 120)
    assert sum(ticket.parent == Ref("github", issue.key) for ticket in found.values()) == 120
    assert [found[key].status for key in (issue.key, waiting.key)] == [StatusCategory.IN_PROGRESS] * 2
    assert all(not ticket.missing_fields for ticket in found.values())


def test_a_list_of_pull_requests_that_goes_on_unread_leaves_the_status_open(there: Served) -> None:
    waiting = there.site.add_issue("acme/app", "In review")
    for number in range(15):
        pull = there.site.add_issue("acme/app", f"Pull {number}", pull_request=True)
        there.site.link_pull_request(pull, waiting)

    def change(answer: Any) -> Any:
        if "node" in answer["data"]:
            return {"data": {"node": None}}
        for node in answer["data"]["repository"]["issues"]["nodes"]:
            for linked in node["closedByPullRequestsReferences"]["nodes"]:
                linked["state"] = "MERGED"
        return answer

    there.sandbox.faults.add(Fault("rewrite", path="/graphql", times=None, change=change))
    ticket = by_key(there.connector().pull())[waiting.key]
    assert (ticket.status, ticket.missing_fields) == (StatusCategory.TO_DO, {"status"})


def test_nobody_works_on_issues_of_an_archived_repository(there: Served) -> None:
    site = there.site
    site.add_repository("acme/old")
    issues = [site.add_issue("acme/old", "Left", assignees=["ann"]), site.add_issue("acme/old", "Done", state="closed")]
    site.add_item("acme/5", issues[0], {"Status": "In Progress"})
    site.repository("acme/old").archived = True
    pulled = there.connector(repositories=["acme/app", "acme/old"], projects=["acme/5"]).pull()
    found = by_key(pulled)
    assert (found["acme/old#1"].status, found["acme/old#2"].status) == (StatusCategory.CANCELLED, StatusCategory.DONE)
    assert pulled.notes == (
        "repository acme/old: it is archived, so its open issues count as cancelled: remove it from `repositories`",
    )


def test_a_repository_with_pull_requests_only_is_named_and_is_no_gap(there: Served) -> None:
    there.site.add_repository("acme/mirror", has_issues=False)
    there.site.add_issue("acme/mirror", "Only a pull request", pull_request=True)
    there.site.add_issue("acme/app", "Work")
    pulled = there.connector(repositories=["acme/app", "acme/mirror"]).pull()
    assert (set(by_key(pulled)), pulled.gaps) == ({"acme/app#1"}, ())
    (note,) = pulled.notes
    assert note.startswith("repository acme/mirror: issues are disabled there")


@pytest.mark.parametrize("closed", ["archived", "has_issues"])
def test_what_cannot_be_written_there_is_a_refusal_and_nothing_is_sent_twice(there: Served, closed: str) -> None:
    there.site.add_issue("acme/app", "Work")
    setattr(there.site.repository("acme/app"), closed, closed == "archived")
    connector = there.connector()
    there.sandbox.traffic.clear()
    with pytest.raises(Exception, match=r"archived|disabled|gone|410"):
        connector.create_comment(there.target("acme/app#1"), Message("OKR check", (Point("a", (Text("b"),)),)))
    assert there.sandbox.traffic.writes == 1


def judged(pulled: PullResult) -> Judgement:
    portfolio = build_portfolio(Snapshot((pulled,), datetime(2026, 11, 16, 9, tzinfo=UTC)), acme_okrs(), TODAY)
    return check(portfolio, ALL_RULES)


def flagged(judgement: Judgement) -> set[str]:
    found = [f for f in judgement.findings if f.rule == "initiative-without-key-result"]
    return {ref.key for finding in found for ref in finding.tickets}


def test_nothing_is_said_of_a_link_that_may_stand_in_an_unread_field(there: Served) -> None:
    site = there.site
    for number in range(40):
        site.add_issue_field("acme", {"name": f"Note {number}", "type": "TEXT"})
    site.add_issue_field("acme", {"name": "Key Result", "type": "TEXT"})
    long, short = (site.add_issue("acme/app", title, assignees=["ann"]) for title in ("Long", "Short"))
    for number in range(40):
        site.set_issue_field(long, f"Note {number}", "x")
    site.set_issue_field(long, "Key Result", "p99")
    nowhere = {"data": {"node": None}, "errors": [{"type": "SERVICE_UNAVAILABLE", "message": "not now"}]}
    change = lambda answer: nowhere if "node" in answer["data"] else answer  # noqa: E731
    there.sandbox.faults.add(Fault("rewrite", path="/graphql", times=None, change=change))
    judgement = judged(there.connector().pull())
    assert flagged(judgement) == {short.key}
    assert f"github:{long.key}" in {item.subject.id for item in judgement.not_judged}
