"""A Jira row as an initiative, and rows that are none."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from connectors.jira.normalise import normalise
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from tests.connectors.jira.rows import a_document, a_reading, an_issue, blocks, words


def read(issue: Any, **settings: Any) -> Initiative:
    row = normalise(issue, a_reading(**settings))
    assert isinstance(row, Initiative)
    return row


def names(issue: Any, via: MentionSource, **settings: Any) -> list[str]:
    return [name.raw for name in read(issue, **settings).key_result_mentions if name.source is via]


def test_plain_ticket_is_read_as_it_stands() -> None:
    ticket = read(an_issue(labels=["infra"], parent={"id": "1", "key": "PLAN-7"}, customfield_10019="0|i0001:"))
    assert ticket.ref == Ref("jira", "ACME-1")
    assert ticket.id == "10001"
    assert ticket.title == "Launch the product"
    assert ticket.url == "https://acme.atlassian.net/browse/ACME-1"
    assert ticket.containers == ("ACME",)
    assert ticket.kind == "Epic"
    assert (ticket.status, ticket.status_name) == (StatusCategory.IN_PROGRESS, "In Progress")
    assert ticket.labels == {"infra"}
    assert ticket.parent == Ref("jira", "PLAN-7")
    assert ticket.rank == "0|i0001:"
    assert ticket.created == datetime(2026, 10, 2, 10, tzinfo=UTC)
    assert ticket.closed is None
    assert ticket.inherits


@pytest.mark.parametrize(
    ("key", "category"),
    [
        ("new", StatusCategory.TO_DO),
        ("indeterminate", StatusCategory.IN_PROGRESS),
        ("done", StatusCategory.DONE),
        ("undefined", StatusCategory.TO_DO),
    ],
)
def test_status_category_is_read_by_its_key(key: str, category: StatusCategory) -> None:
    assert read(an_issue(status={"name": "Whatever", "statusCategory": {"key": key}})).status is category


def test_done_ticket_was_closed_when_it_was_resolved() -> None:
    done = {"name": "Done", "statusCategory": {"key": "done"}}
    resolved = read(an_issue(status=done, resolutiondate="2026-11-01T08:00:00.000+0530"))
    assert resolved.closed == datetime(2026, 11, 1, 8, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    moved = read(an_issue(status=done, statuscategorychangedate="2026-11-02T08:00:00.000-1000"))
    assert moved.closed == datetime(2026, 11, 2, 18, tzinfo=UTC)
    reopened = read(an_issue(resolutiondate="2026-11-01T08:00:00.000+0000"))
    assert reopened.closed is None


def test_sprints_are_a_span_of_their_own_and_no_dates_that_somebody_stated() -> None:
    sprint = [{"state": "active", "startDate": "2026-11-02T09:00:00.000Z", "endDate": "2026-11-16T09:00:00.000Z"}]
    own = read(an_issue(customfield_10015="2026-10-05", duedate="2026-12-01", customfield_10020=sprint))
    assert (own.start, own.due) == (date(2026, 10, 5), date(2026, 12, 1))
    undated = read(an_issue(customfield_10020=sprint))
    assert (undated.start, undated.due) == (None, None)
    assert own.iteration == undated.iteration == (date(2026, 11, 2), date(2026, 11, 16))
    assert read(an_issue()).iteration is None


def test_sprints_that_are_over_or_undated_say_nothing() -> None:
    sprints = [
        {"state": "closed", "startDate": "2026-09-01T09:00:00.000Z", "endDate": "2026-09-14T09:00:00.000Z"},
        {"state": "active", "startDate": "2026-11-02T09:00:00.000Z", "endDate": "2026-11-16T09:00:00.000Z"},
        {"state": "future", "startDate": "2026-11-16T09:00:00.000Z", "endDate": "2026-11-30T09:00:00.000Z"},
        {"state": "future", "name": "Someday"},
    ]
    ticket = read(an_issue(customfield_10020=sprints))
    assert ticket.iteration == (date(2026, 11, 2), date(2026, 11, 30))
    assert read(an_issue(customfield_10020=[sprints[0], sprints[3]])).iteration is None


@pytest.mark.parametrize(
    ("link", "blocked", "blocked_by"),
    [
        (blocks("outwardIssue", "ACME-2"), ["ACME-2"], []),
        (blocks("inwardIssue", "ACME-2"), [], ["ACME-2"]),
        (blocks("outwardIssue", "ACME-2", name="Blockade", inward="stops", outward="is stopped by"), ["ACME-2"], []),
        (blocks("outwardIssue", "A-2", inward="blocks", outward="is blocked by"), [], ["A-2"]),
        (blocks("inwardIssue", "A-2", inward="blocks", outward="is blocked by"), ["A-2"], []),
        (blocks("outwardIssue", "A-2", name="Depends", inward="is depended on by", outward="depends on"), [], ["A-2"]),
        (blocks("inwardIssue", "A-2", name="Needs", inward="is needed by", outward="needs"), ["A-2"], []),
        (blocks("outwardIssue", "ACME-2", name="Relates", inward="relates to", outward="relates to"), [], []),
    ],
)
def test_blocking_links_are_read_in_both_directions(link: Any, blocked: list[str], blocked_by: list[str]) -> None:
    ticket = read(an_issue(issuelinks=[link, link]))
    assert [ref.key for ref in ticket.blocks] == blocked
    assert [ref.key for ref in ticket.blocked_by] == blocked_by


@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("Highest", PriorityBand.HIGHEST),
        ("Blocker", PriorityBand.HIGHEST),
        ("high", PriorityBand.HIGH),
        ("Normal", PriorityBand.MEDIUM),
        ("Medium", None),
        ("Lowest", PriorityBand.LOW),
        ("Must have", PriorityBand.HIGH),
        ("Purple", None),
    ],
)
def test_priority_names_fall_into_bands(name: str, band: PriorityBand | None) -> None:
    assert read(an_issue(priority={"name": name}), priorities={"Must have": 2}).priority is band


def test_ticket_without_priority_has_no_band() -> None:
    assert read(an_issue(priority=None)).priority is None


def test_labels_name_key_results_by_the_pattern() -> None:
    issue = an_issue(labels=["kr-launch-dau", "kr-", "krypton", "my-kr-nps", "KR-nps"])
    assert names(issue, MentionSource.LABEL) == ["launch-dau", "nps"]
    assert names(issue, MentionSource.LABEL, key_results={"label": "my-{id}"}) == ["kr-nps"]
    assert names(issue, MentionSource.LABEL, key_results={"label": None}) == []


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("launch-dau", ["launch-dau"]),
        ("launch-dau, nps;conversion ;bugs", ["launch-dau", "nps", "conversion", "bugs"]),
        ({"id": "1", "value": "launch-dau"}, ["launch-dau"]),
        ({"id": "1", "value": "Daily active users"}, ["Daily active users"]),
        ([{"value": "launch-dau"}, {"value": "nps"}], ["launch-dau", "nps"]),
        (["launch-dau", "nps", "nps"], ["launch-dau", "nps"]),
        (a_document("launch-dau"), ["launch-dau"]),
        ("none", []),
        ("-", []),
        ("", []),
        (None, []),
        (7, ["7"]),
        (True, []),
        ({"value": "growth", "child": {"value": "revenue"}}, ["revenue"]),
        ({"value": "revenue", "child": None}, ["revenue"]),
        ({"accountId": "a", "displayName": "Ada"}, []),
        ([{"id": 1, "name": "revenue", "state": "active"}], ["revenue"]),
        (["com.atlassian.greenhopper.service.sprint.Sprint@1f[id=1,state=ACTIVE,name=revenue,goal=]"], ["revenue"]),
    ],
)
def test_field_of_any_type_names_key_results(value: Any, written: list[str]) -> None:
    assert names(an_issue(customfield_10040=value), MentionSource.FIELD) == written


def test_description_names_key_results_at_the_start_of_a_line() -> None:
    text = a_document("We launch soon.", "KR: launch-dau, nps", "The KR: not-this is in a sentence")
    assert names(an_issue(description=text), MentionSource.TEXT) == ["launch-dau", "nps"]
    assert names(an_issue(description=text), MentionSource.TEXT, key_results={"text": None}) == []


def test_quoted_text_and_code_name_nothing() -> None:
    quoted = {"type": "blockquote", "content": a_document("KR: quoted")["content"]}
    code = {"type": "codeBlock", "content": [words("KR: code")]}
    bullets = {
        "type": "bulletList",
        "content": [{"type": "listItem", "content": a_document("KR: listed")["content"]}],
    }
    document = {"type": "doc", "version": 1, "content": [quoted, code, bullets]}
    assert names(an_issue(description=document), MentionSource.TEXT) == ["listed"]


def test_dependencies_in_the_description_are_kept_as_written() -> None:
    card = {"type": "inlineCard", "attrs": {"url": "https://github.com/acme/app/issues/12"}}
    link = {"type": "link", "attrs": {"href": "https://acme.atlassian.net/browse/PLAT-9"}}
    document = a_document(
        "Depends on PLAT-7 and acme/app#12",
        [words("Blocked by: "), card],
        [words("Depends on "), words("the new storage", link)],
        "It depends on the weather",
    )
    assert read(an_issue(description=document)).depends_on_text == (
        "PLAT-7",
        "acme/app#12",
        "https://github.com/acme/app/issues/12",
        "https://acme.atlassian.net/browse/PLAT-9",
    )


def test_all_ways_of_naming_count_together() -> None:
    issue = an_issue(labels=["kr-a"], customfield_10040="b", description=a_document("KR: c"))
    assert read(issue).key_result_mentions == (
        KeyResultMention(MentionSource.LABEL, "a"),
        KeyResultMention(MentionSource.FIELD, "b"),
        KeyResultMention(MentionSource.TEXT, "c"),
    )
    assert not read(issue, key_results={"inherit": False}).inherits


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"id": "1", "key": "ACME-1"}, "ACME-1"),
        ({"id": "1", "key": "ACME-1", "fields": None}, "ACME-1"),
        ({"id": "1", "fields": {}}, "1"),
        (an_issue(status=None), "ACME-1"),
        (an_issue(created="yesterday"), "ACME-1"),
        (an_issue(labels=7), "ACME-1"),
        (an_issue(issuelinks=[{"type": None}]), "ACME-1"),
        ("row", "?"),
        (None, "?"),
    ],
)
def test_malformed_row_is_a_gap_with_its_key(row: Any, key: str) -> None:
    gap = normalise(row, a_reading())
    assert isinstance(gap, Gap)
    assert (gap.connector, gap.key) == ("jira", key)


def test_document_nested_beyond_reason_is_a_gap() -> None:
    node: dict[str, Any] = {"type": "paragraph"}
    for _ in range(2_000):
        node = {"type": "expand", "content": [node]}
    assert isinstance(normalise(an_issue(description=node), a_reading()), Gap)


DONE = {"name": "Done", "statusCategory": {"key": "done"}}


@pytest.mark.parametrize(
    ("status", "resolution", "category"),
    [
        (DONE, None, StatusCategory.DONE),
        (DONE, {"name": "Fixed"}, StatusCategory.DONE),
        (DONE, {"name": "Won't Do"}, StatusCategory.CANCELLED),
        (DONE, {"name": "Won\u2019t Fix"}, StatusCategory.CANCELLED),
        (DONE, {"name": "Duplicate"}, StatusCategory.CANCELLED),
        (DONE, {"name": "Cannot Reproduce"}, StatusCategory.CANCELLED),
        (DONE | {"name": "Closed - rejected"}, {"name": "Done"}, StatusCategory.CANCELLED),
        (DONE | {"name": "Canceled"}, None, StatusCategory.CANCELLED),
        ({"name": "Rejected", "statusCategory": {"key": "new"}}, None, StatusCategory.TO_DO),
    ],
)
def test_what_ended_without_a_result_was_cancelled(status: Any, resolution: Any, category: StatusCategory) -> None:
    ticket = read(an_issue(status=status, resolution=resolution, resolutiondate="2026-11-01T08:00:00.000+0000"))
    assert ticket.status is category
    assert (ticket.closed is not None) == category.ended


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ({"name": "Initiative", "hierarchyLevel": 2}, 2),
        ({"name": "Feature", "hierarchyLevel": 0}, 0),
        ({"name": "Sub-task", "hierarchyLevel": -1}, -1),
        ({"name": "Epic", "subtask": False}, 1),
        ({"name": "Story", "subtask": False}, 0),
        ({"name": "Step", "subtask": True}, -1),
    ],
)
def test_level_is_the_trackers_or_shows_in_the_types_name(kind: Any, level: int) -> None:
    assert read(an_issue(issuetype=kind)).level == level


def test_named_types_are_the_top_of_the_work_and_nothing_else() -> None:
    story, epic = {"name": "Story", "hierarchyLevel": 0}, {"name": "Epic", "hierarchyLevel": 1}
    assert read(an_issue(issuetype=story), initiative_types=["story"]).level == 1
    assert read(an_issue(issuetype=epic), initiative_types=["story"]).level == 0


@pytest.mark.parametrize(
    ("kind", "labels", "reason"),
    [
        ("Bug", [], "issue type Bug"),
        ("[System] Incident", [], "issue type [System] Incident"),
        ("service request", [], "issue type service request"),
        ("Epic", ["Chore"], "label Chore"),
        ("Epic", ["debugging", "outage-support-portal"], ""),
    ],
)
def test_defects_and_upkeep_are_exempt_with_the_reason(kind: str, labels: list[str], reason: str) -> None:
    issue = an_issue(issuetype={"name": kind}, labels=labels)
    assert read(issue).exempt == reason
    assert read(issue, exempt_types=[], exempt_labels=[]).exempt == ""


def test_parts_of_tickets_are_exempt_unless_the_settings_take_them_in() -> None:
    step = an_issue(issuetype={"name": "Step", "hierarchyLevel": -1})
    assert read(step).exempt == "issue type Step"
    assert read(step, exempt_types=["Bug"]).exempt == ""
    assert read(step, initiative_types=["Step"]).exempt == ""


def test_default_priority_is_nobodys_statement() -> None:
    high = an_issue(priority={"name": "High"})
    told = normalise(high, replace(a_reading(), default_priority="High"))
    assert isinstance(told, Initiative)
    assert told.priority is None
    assert read(high, default_priority="High").priority is None
    assert read(an_issue(), default_priority="").priority is PriorityBand.MEDIUM


def test_links_of_the_settings_come_before_the_words_of_the_type() -> None:
    link = blocks("outwardIssue", "A-2", name="Enables", inward="is enabled by", outward="enables")
    assert read(an_issue(issuelinks=[link])).blocks == ()
    assert [ref.key for ref in read(an_issue(issuelinks=[link]), links={"enables": "inward waits"}).blocks] == ["A-2"]
    turned = read(an_issue(issuelinks=[link]), links={"Enables": "outward waits"})
    assert [ref.key for ref in turned.blocked_by] == ["A-2"]
    silent = read(an_issue(issuelinks=[blocks("outwardIssue", "A-2")]), links={"Blocks": "none"})
    assert silent.blocks == ()
