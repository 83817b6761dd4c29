"""The connector against a Jira on loopback: what it reads, what it writes, and what it survives."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from connectors.jira.connector import PLUGIN, JiraConnector
from hub.model.action import Target
from hub.model.errors import CredentialsRefused, OutcomeUnknown, QueryRefused, RetryLater, TicketNotFound
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.message import Message, Text
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.connectors.jira.rows import some_settings
from tests.fakes.connector_context import FakeTime, a_world
from tests.sandbox_support.apps import JiraSandbox, jira_app
from tests.sandbox_support.faults import Fault

SEARCH, BULK = "search/jql", "issue/bulkfetch"
MESSAGE = Message("OKR check", footer=(Text("first words"),))
EDITED = Message("OKR check", footer=(Text("second words"),))


@dataclass
class Stage:
    """A sandbox that is served, and connectors to it."""

    sandbox: JiraSandbox
    url: str
    time: FakeTime
    made: list[JiraConnector]

    @property
    def site(self) -> JiraSite:
        return self.sandbox.site

    def connector(self, workspace: str = "acme", **settings: Any) -> JiraConnector:
        given = {
            "url": self.url,
            "email": self.site.bot.email,
            "token": self.site.bot.token,
            "query": "project = ACME",
            "writes_per_minute": 0,
        }
        world = a_world(self.time, workspace=workspace)
        connector = PLUGIN.build("jira", some_settings(**(given | settings)), world)
        assert isinstance(connector, JiraConnector)
        self.made.append(connector)
        return connector

    def target(self, key: str = "ACME-1") -> Target:
        return Target(Ref("jira", key), str(self.site.issue(key).id))

    def fail(self, path: str, effect: str = "status", **fault: Any) -> None:
        self.sandbox.faults.add(Fault(effect, path=path, **fault))


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        stage.site.add_issue("ACME-1", "Launch the product", status="In Progress")
        yield stage


@contextmanager
def staged() -> Iterator[Stage]:
    sandbox = jira_app(JiraSite())
    with serve(sandbox.app) as running:
        stage = Stage(sandbox, running.url, FakeTime(), [])
        try:
            yield stage
        finally:
            for connector in stage.made:
                connector.close()


def many(site: JiraSite, count: int) -> None:
    for number in range(2, count + 1):
        site.add_issue(f"ACME-{number}", created="2026-10-05")


def test_ticket_is_read_with_all_that_people_said(stage: Stage) -> None:
    stage.site.add_issue("PLAN-1", type="Initiative")
    stage.site.add_issue(
        "ACME-2",
        "Scale",
        status="In Progress",
        description="Depends on acme/app#12\nKR: p99",
        labels=["kr-launch-dau", "infra"],
        parent="PLAN-1",
        priority="High",
        start="2026-10-05",
        due="2026-12-01",
        rank="0|i0007:",
        fields={"Key Result": "nps"},
    )
    stage.site.link("ACME-2", "ACME-1")
    tickets = {ticket.ref.key: ticket for ticket in stage.connector(order_is_priority=True).pull().initiatives}
    scale = tickets["ACME-2"]
    assert scale == Initiative(
        ref=Ref("jira", "ACME-2"),
        id=str(stage.site.issue("ACME-2").id),
        title="Scale",
        url=f"{stage.url}/browse/ACME-2",
        containers=("ACME",),
        kind="Epic",
        status=StatusCategory.IN_PROGRESS,
        status_name="In Progress",
        start=scale.start,
        due=scale.due,
        labels=frozenset({"kr-launch-dau", "infra"}),
        parent=Ref("jira", "PLAN-1"),
        blocks=(Ref("jira", "ACME-1"),),
        depends_on_text=("acme/app#12",),
        mentions=("acme/app#12",),
        key_result_mentions=(
            KeyResultMention(MentionSource.LABEL, "launch-dau"),
            KeyResultMention(MentionSource.FIELD, "nps"),
            KeyResultMention(MentionSource.TEXT, "p99"),
        ),
        priority=PriorityBand.HIGH,
        priority_name="High",
        words=("depends",),
        rank="0|i0007:",
        created=scale.created,
        updated=scale.updated,
    )
    assert (str(scale.start), str(scale.due)) == ("2026-10-05", "2026-12-01")
    assert tickets["ACME-1"].blocked_by == (Ref("jira", "ACME-2"),)


def test_full_pull_costs_few_requests_and_says_how_many(stage: Stage) -> None:
    many(stage.site, 1000)
    pulled = stage.connector(id_page_size=500).pull()
    assert len({ticket.ref for ticket in pulled.initiatives}) == 1000
    assert pulled.complete
    assert pulled.gaps == ()
    # One is for the comments of the ticket that was made just now.
    assert pulled.requests == stage.sandbox.traffic.requests <= 2 + 10 + 5 + 1
    assert stage.sandbox.traffic.peak <= 16


def test_empty_query_is_a_complete_answer(stage: Stage) -> None:
    stage.site.add_project("EMPTY")
    pulled = stage.connector(query="project = EMPTY").pull()
    assert (pulled.initiatives, pulled.complete) == ((), True)


@pytest.mark.parametrize("effect", ["drop", "truncate", "status"])
@pytest.mark.parametrize("path", [SEARCH, BULK, "serverInfo", "/field"])
def test_fault_that_passes_leaves_no_trace(stage: Stage, path: str, effect: str) -> None:
    stage.fail(path, effect, status=502)
    pulled = stage.connector().pull()
    assert [ticket.ref.key for ticket in pulled.initiatives] == ["ACME-1"]
    assert pulled.gaps == ()
    assert pulled.requests == stage.sandbox.traffic.requests


@pytest.mark.parametrize("path", [SEARCH, "serverInfo", "/field"])
def test_a_web_page_in_place_of_an_answer_is_one_gap_after_one_try(stage: Stage, path: str) -> None:
    stage.fail(path, "html", times=None)
    pulled = stage.connector().pull()
    (gap,) = pulled.gaps
    assert "answered with a web page, not with the tracker's API" in gap.reason
    assert stage.sandbox.faults.hits == 1
    assert not pulled.complete


def test_limit_is_waited_out(stage: Stage) -> None:
    stage.fail(BULK, status=429, headers={"Retry-After": "30", "RateLimit-Reason": "jira-burst-based"})
    assert stage.connector().pull().complete
    assert sum(stage.time.waits) >= 30


def test_page_that_fails_for_good_is_a_gap_and_the_rest_is_kept(stage: Stage) -> None:
    many(stage.site, 30)
    stage.fail(BULK, times=4, status=500)
    stage.fail(BULK, after=2, times=4, status=500)
    pulled = stage.connector(page_size=10, max_concurrent_requests=1).pull()
    assert len(pulled.initiatives) == 20
    assert not pulled.complete
    assert "HTTP 500" in pulled.gaps[0].reason


def test_page_that_fails_once_is_asked_for_again(stage: Stage) -> None:
    many(stage.site, 30)
    stage.fail(BULK, times=4, status=500)
    pulled = stage.connector(page_size=10, max_concurrent_requests=1).pull()
    assert len(pulled.initiatives) == 30
    assert pulled.gaps == ()


def test_tracker_that_is_down_is_one_gap(stage: Stage) -> None:
    stage.fail("", times=None, status=503)
    pulled = stage.connector().pull()
    assert pulled.initiatives == ()
    assert [gap.key for gap in pulled.gaps] == [None]


def test_tracker_that_dies_on_the_way_is_not_asked_thousands_of_times(stage: Stage) -> None:
    many(stage.site, 400)
    stage.fail(BULK, times=None, status=404)
    pulled = stage.connector(page_size=2).pull()
    assert pulled.initiatives == ()
    assert not pulled.complete
    assert pulled.requests < 100
    assert all(gap.key is None for gap in pulled.gaps)


def test_search_that_breaks_off_keeps_what_came_before(stage: Stage) -> None:
    many(stage.site, 30)
    stage.fail(SEARCH, after=1, times=None, status=500)
    pulled = stage.connector(id_page_size=10).pull()
    assert len(pulled.initiatives) == 10
    assert not pulled.complete


def test_search_that_turns_in_circles_ends_with_a_gap(stage: Stage) -> None:
    page = {"issues": [{"id": str(stage.site.issue("ACME-1").id)}], "nextPageToken": "again", "isLast": False}
    stage.fail(SEARCH, times=None, status=200, body=page)
    pulled = stage.connector().pull()
    assert [ticket.ref.key for ticket in pulled.initiatives] == ["ACME-1"]
    assert "the search does not advance" in pulled.gaps[0].reason
    assert not pulled.complete


def test_empty_page_with_a_token_is_not_the_end(stage: Stage) -> None:
    empty = {"issues": [], "nextPageToken": "more", "isLast": False}
    last = {"issues": [{"id": str(stage.site.issue("ACME-1").id)}], "isLast": True}
    stage.fail(SEARCH, status=200, body=empty)
    stage.fail(SEARCH, status=200, body=last)
    pulled = stage.connector().pull()
    assert len(pulled.initiatives) == 1
    assert pulled.complete


def test_pages_that_bring_nothing_are_not_asked_for_without_end(stage: Stage) -> None:
    for number in range(30):
        stage.fail(SEARCH, status=200, body={"issues": [], "nextPageToken": f"token-{number}"})
    pulled = stage.connector().pull()
    assert "the search does not advance" in pulled.gaps[0].reason
    assert pulled.requests < 20


def test_ticket_that_is_found_but_not_readable_is_a_gap_of_its_own(stage: Stage) -> None:
    known = str(stage.site.issue("ACME-1").id)
    stage.fail(SEARCH, status=200, body={"issues": [{"id": known}, {"id": "99"}], "isLast": True})
    pulled = stage.connector().pull()
    assert len(pulled.initiatives) == 1
    assert pulled.gaps == (Gap("jira", "found by the search, but not to be read", "99", "hidden:99"),)
    assert pulled.complete


def test_malformed_row_is_a_gap_and_the_others_go_on(stage: Stage) -> None:
    many(stage.site, 3)
    ids = [str(stage.site.issue(f"ACME-{n}").id) for n in (1, 2)]
    stage.fail(SEARCH, status=200, body={"issues": [{"id": id_} for id_ in ids], "isLast": True})
    stage.fail(BULK, status=200, body={"issues": [{"id": ids[0], "key": "ACME-1", "fields": {"labels": 7}}]})
    pulled = stage.connector().pull()
    assert [ticket.ref.key for ticket in pulled.initiatives] == ["ACME-2"]
    assert [gap.key for gap in pulled.gaps] == ["ACME-1"]


@pytest.mark.parametrize("wrong", [{"token": "wr0ng"}, {"email": "nobody@acme.test"}, {"email": None}])
def test_wrong_credentials_are_raised_and_not_shown(stage: Stage, wrong: dict[str, Any]) -> None:
    with pytest.raises(CredentialsRefused) as refused:
        stage.connector(**wrong).pull()
    shown = f"{refused.value!s} {refused.value.__dict__} {refused.value.__context__!r}"
    assert "wr0ng" not in shown
    assert stage.url not in shown


def test_forbidden_search_is_raised(stage: Stage) -> None:
    stage.fail(SEARCH, status=403, body={"errorMessages": ["No way."]})
    with pytest.raises(CredentialsRefused, match="No way"):
        stage.connector().pull()


def test_refused_query_is_raised_with_the_words_of_jira(stage: Stage) -> None:
    with pytest.raises(QueryRefused, match=r"HTTP 400: .*NOPE"):
        stage.connector(query="project = NOPE").pull()


def test_field_that_was_renamed_stops_nothing_and_leaves_a_doubt(stage: Stage) -> None:
    pulled = stage.connector(start_field="Kick-off", key_results={"field": "Outcome"}).pull()
    assert pulled.gaps == ()
    assert pulled.initiatives[0].missing_fields == {"dates", "fields"}


def test_kind_of_jira_that_nobody_knows_is_a_gap(stage: Stage) -> None:
    stage.fail("serverInfo", status=200, body={"deploymentType": "Toaster"})
    pulled = stage.connector().pull()
    assert "this site is Toaster" in pulled.gaps[0].reason
    assert not pulled.complete


def test_account_is_asked_for_once(stage: Stage) -> None:
    connector = stage.connector()
    assert connector.whoami().id == stage.site.bot.id
    assert connector.whoami().name == stage.site.bot.name
    assert [seen.path.rpartition("/")[2] for seen in stage.sandbox.traffic.log] == ["serverInfo", "myself"]


def test_comment_is_created_found_edited_and_deleted(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    assert connector.find_comments(target) == []
    made = connector.create_comment(target, MESSAGE)
    assert made.author == stage.site.bot.id
    assert made.url == f"{stage.url}/browse/ACME-1?focusedCommentId={made.id}"
    assert connector.find_comments(target) == [made]
    assert connector.update_comment(target, made.id, EDITED) == made
    assert ["second words" in text for text in stage.site.texts("ACME-1")] == [True]
    connector.delete_comment(target, made.id)
    connector.delete_comment(target, made.id)
    assert stage.site.comments_of("ACME-1") == []


def test_mark_lies_in_the_same_call_as_the_comment(stage: Stage) -> None:
    stage.connector().create_comment(stage.target(), MESSAGE)
    (comment,) = stage.site.comments_of("ACME-1")
    assert comment.properties == {"alignment-hub": {"v": 1, "workspace": "acme", "ticket": "ACME-1"}}
    assert stage.sandbox.traffic.writes == 1


@pytest.mark.parametrize("before", [0, 30, 100, 1001])
def test_comment_is_found_behind_any_number_of_others(stage: Stage, before: int) -> None:
    connector, target = stage.connector(), stage.target()
    for number in range(before):
        stage.site.comment("ACME-1", f"chatter {number}")
    made = connector.create_comment(target, MESSAGE)
    assert connector.find_comments(target) == [made]


def test_comment_of_another_workspace_or_author_is_not_ours(stage: Stage) -> None:
    stage.connector(workspace="other").create_comment(stage.target(), MESSAGE)
    mark = {"alignment-hub": {"v": 1, "workspace": "acme", "ticket": "ACME-1"}}
    forged = stage.site.comment("ACME-1", "I am the hub")
    stage.site.put_comment(replace(forged, properties=mark))
    found = [find_comment.author for find_comment in stage.connector().find_comments(stage.target())]
    assert stage.site.bot.id not in found


def test_comment_is_found_after_the_ticket_has_moved(stage: Stage) -> None:
    connector = stage.connector()
    made = connector.create_comment(stage.target(), MESSAGE)
    stage.site.move("ACME-1", "PLAT-9")
    assert [find_comment.id for find_comment in connector.find_comments(stage.target("PLAT-9"))] == [made.id]


@pytest.mark.parametrize("effect", ["drop_after", "status_after"])
def test_comment_that_may_have_arrived_is_sent_once_and_found(stage: Stage, effect: str) -> None:
    connector, target = stage.connector(), stage.target()
    stage.fail("/comment", effect, method="POST", status=502)
    with pytest.raises(OutcomeUnknown) as unknown:
        connector.create_comment(target, MESSAGE)
    assert unknown.value.key == "ACME-1"
    assert len(stage.site.comments_of("ACME-1")) == 1
    assert len(connector.find_comments(target)) == 1


def test_comment_that_was_limited_is_sent_again(stage: Stage) -> None:
    stage.fail("/comment", method="POST", status=429, headers={"Retry-After": "2"})
    stage.connector().create_comment(stage.target(), MESSAGE)
    assert len(stage.site.comments_of("ACME-1")) == 1


def test_a_total_that_counts_hidden_comments_hides_none_of_ours(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    stage.site.comment("ACME-1", "for all")
    stage.fail("/comment", "rewrite", method="GET", times=None, change=lambda told: {**told, "total": 9})
    assert connector.find_comments(target) == []
    made = connector.create_comment(target, MESSAGE)
    assert [find_comment.id for find_comment in connector.find_comments(target)] == [made.id]
    assert [comment.id for _, comment in connector.find_own_comments([target])] == [made.id]


def test_ticket_that_is_gone_is_told_as_such(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    made = connector.create_comment(target, MESSAGE)
    stage.site.delete_comment(made.id)
    with pytest.raises(TicketNotFound):
        connector.update_comment(target, made.id, EDITED)
    stage.site.delete_issue("ACME-1")
    with pytest.raises(TicketNotFound):
        connector.create_comment(target, MESSAGE)
    with pytest.raises(TicketNotFound):
        connector.update_labels(target, frozenset({"okr-stale"}), frozenset())


def test_labels_change_by_delta_and_leave_others_alone(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    stage.site.edit("ACME-1", labels=("theirs", "okr-stale"))
    connector.update_labels(target, frozenset({"okr-unaligned"}), frozenset({"okr-stale"}))
    connector.update_labels(target, frozenset({"okr-unaligned"}), frozenset({"okr-stale"}))
    assert set(stage.site.labels("ACME-1")) == {"theirs", "okr-unaligned"}


def test_no_change_of_labels_costs_no_request(stage: Stage) -> None:
    stage.connector().update_labels(stage.target(), frozenset(), frozenset())
    assert stage.sandbox.traffic.requests == 0


def test_edit_without_mail_is_tried_and_checked_once_for_each_project(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    for label in ("okr-stale", "okr-unaligned", "okr-dependency"):
        connector.update_labels(target, frozenset({label}), frozenset())
    queries = [seen.query for seen in stage.sandbox.traffic.log if "/issue/" in seen.path]
    assert queries == ["notifyUsers=false", "fields=labels", "notifyUsers=false", "notifyUsers=false"]


@pytest.mark.parametrize("refusal", [{"status": 403}, {"status": 204}])
def test_edit_falls_back_to_mail_where_silence_is_not_allowed(stage: Stage, refusal: dict[str, Any]) -> None:
    stage.fail("notifyUsers=false", method="PUT", times=None, **refusal)
    connector, target = stage.connector(), stage.target()
    connector.update_labels(target, frozenset({"okr-stale"}), frozenset())
    connector.update_labels(target, frozenset({"okr-unaligned"}), frozenset())
    assert set(stage.site.labels("ACME-1")) == {"okr-stale", "okr-unaligned"}
    assert sum(seen.query == "notifyUsers=false" for seen in stage.sandbox.traffic.log) == 1


def test_long_wait_on_a_write_is_handed_back(stage: Stage) -> None:
    stage.fail("/comment", method="POST", status=429, headers={"Retry-After": "600"})
    with pytest.raises(RetryLater) as later:
        stage.connector().create_comment(stage.target(), MESSAGE)
    assert later.value.wait == 600
    assert stage.time.waits == []
