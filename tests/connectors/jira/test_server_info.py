"""The same promises of the connector, kept in every dialect of Jira."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.core.planning.comment import SUPERSEDED
from hub.model.errors import CredentialsRefused, Health, OutcomeUnknown, QueryRefused, TicketNotFound
from hub.model.initiative import KeyResultMention, MentionSource, PullState, Ref, StatusCategory
from hub.model.message import Code, Message, Point, Text
from hub.sandbox.jira.site import JiraSite
from tests.connectors.jira.deployments import WAYS, Stage, Way, staged

NASTY = "@all [~admin] {code}x{code} *b* h1. [a|http://evil.test] !x.png! <script>alert(1)</script>"


@pytest.fixture(params=WAYS, ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    way: Way = request.param
    with staged(way) as stage:
        stage.site.add_issue("ACME-1", "Launch the product", status="In Progress")
        yield stage


def a_message(title: str) -> Message:
    point = Point(
        f"{title} needs this ticket",
        (Text("Look at "), Code(title)),
        (Text("Do "), Text(title)),
        alternative=(Text(title),),
        listing=((Text(title),),),
        listing_title=title,
    )
    more = (Text(f"1 more: {title}"),)
    return Message("OKR check", (point,), (point,), ((Text(title),),), (Text("first words"),), (Text(title),), more)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_call_asks_for_english_whatever_the_accounts_profile_says(way: Way) -> None:
    asked: list[tuple[str, str, str]] = []

    def listening(app: ASGIApp) -> ASGIApp:
        async def note(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                sent = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
                language, forced = sent.get("accept-language", ""), sent.get("x-force-accept-language", "")
                asked.append((f"{scope['method']} {scope['path']}", language, forced))
            await app(scope, receive, send)

        return note

    with staged(way, listening) as stage:
        stage.site.add_issue("ACME-1", "Launch the product", status="In Progress")
        connector = stage.connector()
        connector.pull()
        list(connector.diagnose())
        connector.update_labels(stage.target(), frozenset({"okr-stale"}), frozenset())
        connector.create_comment(stage.target(), a_message("revenue"))
    assert {method.partition(" ")[0] for method, _, _ in asked} >= {"GET", "POST", "PUT"}
    assert [entry for entry in asked if entry[1:] != ("en", "true")] == []


def three_levels(site: JiraSite) -> None:
    site.add_issue("PLAN-1", type="Initiative")
    site.add_issue("ACME-2", "Scale", parent="PLAN-1")
    site.add_issue("ACME-3", type="Story", parent="ACME-2")
    site.add_issue("ACME-4", type="Sub-task", parent="ACME-3")


def test_ticket_is_read_with_all_that_people_said(stage: Stage) -> None:
    stage.site.add_issue(
        "ACME-2",
        "Scale",
        status="In Progress",
        description="Depends on ACME-1\nKR: p99",
        labels=["kr-launch-dau", "infra"],
        priority="High",
        start="2026-10-05",
        due="2026-12-01",
        rank="0|i0007:",
        fields={"Key Result": "nps"},
    )
    stage.site.link("ACME-2", "ACME-1")
    tickets = {ticket.ref.key: ticket for ticket in stage.connector(order_is_priority=True).pull().initiatives}
    scale = tickets["ACME-2"]
    assert (scale.title, scale.url, scale.id) == (
        "Scale",
        f"{stage.url}/browse/ACME-2",
        str(stage.site.issue("ACME-2").id),
    )
    assert (scale.status, scale.rank, scale.labels) == (
        StatusCategory.IN_PROGRESS,
        "0|i0007:",
        {"kr-launch-dau", "infra"},
    )
    assert (scale.start, scale.due) == (date(2026, 10, 5), date(2026, 12, 1))
    assert (scale.depends_on_text, scale.blocks) == (("ACME-1",), (Ref("jira", "ACME-1"),))
    assert scale.key_result_mentions == (
        KeyResultMention(MentionSource.LABEL, "launch-dau"),
        KeyResultMention(MentionSource.FIELD, "nps"),
        KeyResultMention(MentionSource.TEXT, "p99"),
    )
    assert tickets["ACME-1"].blocked_by == (Ref("jira", "ACME-2"),)
    assert scale.missing_fields == frozenset()


def test_parents_are_read_across_all_levels(stage: Stage) -> None:
    three_levels(stage.site)
    pulled = stage.connector(query="project in (ACME, PLAN)").pull()
    parents = {ticket.ref.key: ticket.parent and ticket.parent.key for ticket in pulled.initiatives}
    assert parents == {"ACME-1": None, "PLAN-1": None, "ACME-2": "PLAN-1", "ACME-3": "ACME-2", "ACME-4": "ACME-3"}


def test_sprints_are_read_apart_from_dates(stage: Stage) -> None:
    over = {"id": 1, "name": "Past", "state": "closed", "startDate": "2026-09-01T09:00:00.000Z", "boardId": 1}
    now = {
        "id": 2,
        "name": "Two, state=CLOSED",
        "state": "active",
        "startDate": "2026-11-02T09:00:00.000Z",
        "endDate": "2026-11-13T09:00:00.000Z",
        "boardId": 1,
    }
    stage.site.edit("ACME-1", fields={"Sprint": [over, now]})
    (ticket,) = stage.connector().pull().initiatives
    assert (ticket.start, ticket.due) == (None, None)
    assert ticket.iteration == (date(2026, 11, 2), date(2026, 11, 13))


def test_more_than_a_page_is_read_whole_and_once(stage: Stage) -> None:
    for number in range(2, 2_101):
        stage.site.add_issue(f"ACME-{number}", created="2026-10-05")
    pulled = stage.connector(query="project = ACME ORDER BY rank DESC").pull()
    assert len(pulled.initiatives) == len({ticket.id for ticket in pulled.initiatives}) == 2_100
    assert pulled.gaps == ()
    assert pulled.requests == stage.sandbox.traffic.requests <= 3 + 3 + 23


def test_comment_is_created_found_edited_and_deleted(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    assert connector.find_comments(target) == []
    made = connector.create_comment(target, a_message("first"))
    assert made.author == stage.site.bot.id
    assert made.url == f"{stage.url}/browse/ACME-1?focusedCommentId={made.id}"
    (comment,) = stage.site.comments_of("ACME-1")
    assert comment.properties == {"alignment-hub": {"v": 1, "workspace": "acme", "ticket": "ACME-1"}}
    assert connector.find_comments(target) == [made]
    assert connector.update_comment(target, made.id, a_message("second")) == made
    (comment,) = stage.site.comments_of("ACME-1")
    assert comment.properties
    assert "second" in stage.site.texts("ACME-1")[0]
    connector.delete_comment(target, made.id)
    connector.delete_comment(target, made.id)
    assert stage.site.comments_of("ACME-1") == []


def test_comment_is_found_behind_many_others(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    for number in range(130):
        stage.site.comment("ACME-1", f"chatter {number}")
    made = connector.create_comment(target, a_message("words"))
    assert connector.find_comments(target) == [made]


def test_all_of_our_comments_are_found_the_oldest_first_and_a_closed_one_says_so(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    old, new = (connector.create_comment(target, a_message(title)) for title in ("old", "new"))
    assert connector.find_comments(target) == [old, new]
    connector.update_comment(target, old.id, SUPERSEDED)
    assert [find_comment.closed for find_comment in connector.find_comments(target)] == [True, False]
    connector.update_comment(target, old.id, a_message("open again"))
    assert [find_comment.closed for find_comment in connector.find_comments(target)] == [False, False]


def test_what_a_comment_says_is_known_before_it_is_written(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    for message in (a_message(NASTY), a_message("words"), SUPERSEDED):
        made = connector.create_comment(target, message)
        assert made.rendered_text == connector.rendered_text(target, message)
        assert connector.find_comments(target)[-1].rendered_text == made.rendered_text
    assert len({find_comment.rendered_text for find_comment in connector.find_comments(target)}) == 3


def test_comment_of_another_workspace_or_author_is_not_ours(stage: Stage) -> None:
    stage.connector(workspace="other").create_comment(stage.target(), a_message("words"))
    forged = stage.site.comment("ACME-1", "I am the hub")
    mark = {"alignment-hub": {"v": 1, "workspace": "acme", "ticket": "ACME-1"}}
    stage.site.put_comment(replace(forged, properties=mark))
    found = [find_comment.author for find_comment in stage.connector().find_comments(stage.target())]
    assert stage.site.bot.id not in found


def test_comment_that_may_have_arrived_is_sent_once_and_found(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    stage.fail("/comment", "drop_after", method="POST")
    with pytest.raises(OutcomeUnknown):
        connector.create_comment(target, a_message("words"))
    assert len(stage.site.comments_of("ACME-1")) == 1
    assert len(connector.find_comments(target)) == 1


def test_nasty_title_arrives_as_words(stage: Stage) -> None:
    stage.connector().create_comment(stage.target(), a_message(NASTY))
    (text,) = stage.site.texts("ACME-1")
    if stage.way.center:
        assert not [mark for mark in ("{code}", "[~", "[a|", "!x", "*b*", "<script>") if mark in text]
    else:
        assert NASTY in text


def test_labels_change_by_delta_and_leave_others_alone(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    stage.site.edit("ACME-1", labels=("theirs", "okr-stale"))
    connector.update_labels(target, frozenset({"okr-unaligned"}), frozenset({"okr-stale"}))
    connector.update_labels(target, frozenset({"okr-unaligned"}), frozenset({"okr-stale"}))
    assert set(stage.site.labels("ACME-1")) == {"theirs", "okr-unaligned"}


def test_only_own_comment_and_labels_are_touched(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    stage.site.comment("ACME-1", "A person's words")
    before = stage.site.snapshot()
    made = connector.create_comment(target, a_message("words"))
    connector.update_labels(target, frozenset({"okr-stale"}), frozenset())
    connector.update_comment(target, made.id, a_message("others"))
    assert stage.site.snapshot() == before


def test_ticket_that_is_gone_is_told_as_such(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target()
    made = connector.create_comment(target, a_message("words"))
    stage.site.delete_issue("ACME-1")
    for write in (
        lambda: connector.update_comment(target, made.id, a_message("words")),
        lambda: connector.create_comment(target, a_message("words")),
        lambda: connector.update_labels(target, frozenset({"okr-stale"}), frozenset()),
    ):
        with pytest.raises(TicketNotFound):
            write()


def test_wrong_token_is_refused_and_shown_nowhere(stage: Stage) -> None:
    with pytest.raises(CredentialsRefused) as refused:
        stage.connector(token="wr0ng-s3cret").pull()
    shown = f"{refused.value!s} {refused.value.__dict__} {refused.value.__context__!r} {refused.value.__cause__!r}"
    assert "wr0ng" not in shown
    assert stage.host not in shown


def test_refused_query_is_raised_with_the_words_of_jira(stage: Stage) -> None:
    with pytest.raises(QueryRefused, match=r"HTTP 400: .*NOPE"):
        stage.connector(query="project = NOPE").pull()


def test_limit_is_waited_out_in_every_dialect(stage: Stage) -> None:
    stage.fail("/search", status=429, headers={"Retry-After": "30"})
    assert stage.connector().pull().complete
    assert sum(stage.time.waits) >= 30


def test_team_of_a_ticket_is_a_place_that_may_be_owned(stage: Stage) -> None:
    stage.site.add_field("Squad", "team")
    stage.site.edit("ACME-1", fields={"Squad": {"id": "t-1", "name": "Web  Payments"}})
    (ticket,) = stage.connector().pull().initiatives
    assert ticket.containers == ("team/Web-Payments", "ACME")


def test_healthy_site_passes_every_check(stage: Stage) -> None:
    stage.time.moment = datetime.now(UTC)
    checks = list(stage.connector().diagnose())
    assert [check for check in checks if check.outcome is Health.FAIL] == []
    assert f"signed in as {stage.site.bot.name} ({stage.site.bot.id})" in [check.message for check in checks]


def test_only_what_changed_is_read_again(stage: Stage) -> None:
    for number in range(2, 6):
        stage.site.add_issue(f"ACME-{number}", updated="2026-11-01T00:00:00Z", created="2026-10-01T00:00:00Z")
    first = stage.connector().pull()
    assert first.cursor
    stage.site.edit("ACME-3", summary="Changed")
    stage.site.add_issue("ACME-7")
    stage.site.delete_issue("ACME-4")
    known = PullState(first.cursor, {ticket.id: ticket for ticket in first.initiatives})
    again = stage.connector(lookback_seconds=0).pull(known)
    assert again.gaps == ()
    assert {ticket.ref.key for ticket in again.initiatives} >= {"ACME-3", "ACME-7"}
    assert {ticket.ref.key for ticket in again.initiatives} <= {"ACME-1", "ACME-3", "ACME-7"}
