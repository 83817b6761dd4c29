"""Issues and project items become initiatives; what was not read whole is named."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.github.field_values import FieldValues
from connectors.github.normalise import ERRORED_FIELDS, initiative, is_selected, with_fields
from connectors.github.project_item import ProjectItemFields, read_item_fields
from hub.model.initiative import KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from tests.connectors.github.rows import Json, issue, item, other, settings, value, whole

SINCE = date(2026, 10, 1)


def place(*values: Any, project: str = "acme/5", order: int = 0, **changes: Any) -> ProjectItemFields:
    return read_item_fields(item(issue(), *values), project, order, settings(**changes))


def test_an_issue_becomes_an_initiative() -> None:
    row = issue(
        title="Ship it",
        issueType={"name": "Epic"},
        milestone={"dueOn": "2026-12-01T08:00:00Z"},
        parent=other(3, "acme/plan"),
        labels=whole({"name": "kr-dau"}, {"name": "Bug"}),
        blockedBy=whole(other(4)),
        blocking=whole(other(5, "acme/web")),
        body="Depends on #9 and ACME-3\nKR: p99",
    )
    made = initiative(row, "github", settings())
    assert made.ref == Ref("github", "acme/app#12")
    assert (made.id, made.title, made.kind) == ("I_12", "Ship it", "Epic")
    assert made.containers == ("acme/app",)
    assert (made.status, made.status_name) == (StatusCategory.TO_DO, "Open")
    assert (made.start, made.due) == (None, date(2026, 12, 1))
    assert made.labels == {"kr-dau", "Bug"}
    assert made.parent == Ref("github", "acme/plan#3")
    assert made.blocked_by == (Ref("github", "acme/app#4"),)
    assert made.blocks == (Ref("github", "acme/web#5"),)
    assert made.depends_on_text == ("acme/app#9", "ACME-3")
    assert made.key_result_mentions == (
        KeyResultMention(MentionSource.LABEL, "dau"),
        KeyResultMention(MentionSource.TEXT, "p99"),
    )
    assert made.created == datetime(2026, 10, 2, 8, tzinfo=UTC)
    assert made.missing_fields == frozenset()


def test_a_closed_issue_is_done_whatever_its_card_says() -> None:
    row = issue(state="CLOSED", closedAt="2026-11-01T10:00:00Z")
    made = with_fields(initiative(row, "github", settings()), [place(value("Status", name="In progress"))], settings())
    assert made.status is StatusCategory.DONE
    assert made.closed == datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_a_project_gives_status_dates_priority_and_rank() -> None:
    said = place(
        value("status", name="In Progress"),
        value("Start date", date="2026-10-05"),
        value("Target date", date="2026-11-30"),
        value("Priority", name="P2"),
        value("Key Result", text="dau, revenue"),
        value("Iteration", title="Sprint 1", startDate="2026-11-02", duration=14),
    )
    ranked = settings(order_is_priority=True)
    made = with_fields(initiative(issue(labels=whole({"name": "kr-x"})), "github", ranked), [said], ranked)
    assert with_fields(made, [said], settings()).rank is None
    assert made.iteration == (date(2026, 11, 2), date(2026, 11, 15))
    assert (made.status, made.status_name) == (StatusCategory.IN_PROGRESS, "In Progress")
    assert (made.start, made.due) == (date(2026, 10, 5), date(2026, 11, 30))
    assert made.priority is PriorityBand.HIGH
    assert made.rank == "000000"
    assert made.containers == ("acme/app", "acme/5")
    assert [name.raw for name in made.key_result_mentions] == ["x", "dau", "revenue"]


def test_an_iteration_is_a_span_of_its_own_and_no_date_that_somebody_stated() -> None:
    said = place(value("Sprint", title="S", startDate="2026-11-02", duration=14))
    assert (said.columns.start, said.columns.due) == (None, None)
    assert said.columns.iteration == (date(2026, 11, 2), date(2026, 11, 15))
    assert place().columns.iteration is None
    assert place(value("Sprint", title="S", startDate="2026-11-02")).columns.iteration == (date(2026, 11, 2), None)


def test_the_first_configured_project_wins_and_the_last_ranks() -> None:
    first = ProjectItemFields("acme/5", 0, FieldValues(due=date(2026, 11, 1)), position=7)
    stated = FieldValues(status="Done", due=date(2026, 12, 1), priority=PriorityBand.LOW, priority_name="P4")
    second = ProjectItemFields("acme/6", 1, stated, position=2)
    ranked = settings(order_is_priority=True)
    made = with_fields(initiative(issue(), "github", ranked), [second, first], ranked)
    assert made.containers == ("acme/app", "acme/5", "acme/6")
    assert (made.rank, made.due) == ("000002", date(2026, 11, 1))
    assert (made.status, made.priority) == (StatusCategory.DONE, PriorityBand.LOW)


def test_a_key_result_may_be_chosen_from_a_list() -> None:
    assert place(value("key result", name="dau")).columns.named == ("dau",)
    assert place(value("Goal", name="dau"), key_results={"field": "Goal"}).columns.named == ("dau",)
    assert place(value("Key Result", name="dau"), key_results={"field": None}).columns.named == ()


@pytest.mark.parametrize(
    ("changes", "unread"),
    [
        ({"labels": None}, {"labels"}),
        ({"labels": whole({"name": "a"}, more=True)}, {"labels"}),
        ({"blockedBy": whole(None)}, {"blocked_by"}),
        ({"blocking": whole(other(1), more=True)}, {"blocks"}),
        ({ERRORED_FIELDS: ["parent", "body"]}, {"parent", "text"}),
    ],
)
def test_what_was_not_read_whole_is_named(changes: Json, unread: set[str]) -> None:
    assert initiative(issue(**changes), "github", settings()).missing_fields == unread


def test_field_values_that_were_not_read_whole_are_named() -> None:
    cut = read_item_fields(item(issue(), fieldValues=whole(more=True)), "acme/5", 0, settings())
    gone = read_item_fields(item(issue(), fieldValues=None), "acme/6", 1, settings())
    assert not cut.columns.complete
    made = with_fields(initiative(issue(), "github", settings()), [gone], settings())
    assert made.missing_fields == {"fields", "status"}


@pytest.mark.parametrize(
    ("column", "field", "unread"),
    [
        (FieldValues(complete=False), FieldValues(status="Done"), {"fields", "status"}),
        (FieldValues(status="Todo", complete=False), FieldValues(), {"fields"}),
        (FieldValues(status="Todo"), FieldValues(complete=False), {"fields"}),
        (FieldValues(), FieldValues(complete=False), {"fields", "status"}),
    ],
)
def test_a_status_is_known_where_nothing_that_counts_before_it_is_unread(
    column: FieldValues, field: FieldValues, unread: set[str]
) -> None:
    base = initiative(issue(), "github", settings())
    made = with_fields(base, [ProjectItemFields("acme/5", 0, column)], settings(), field)
    assert made.missing_fields == unread


@pytest.mark.parametrize(
    "row",
    [
        issue(title=None, body=None, createdAt="yesterday", milestone={"dueOn": "soon"}),
        issue(parent=None, issueType={"name": None}, milestone={"dueOn": None}),
    ],
)
def test_odd_values_do_no_harm(row: Json) -> None:
    made = initiative(row, "github", settings())
    assert made.kind == "Issue"
    assert made.due is None
    odd = place(value("Status", name=None), value("Start", date="13th"), None, {}, value("Sprint", startDate=3))
    assert odd.columns.status is None
    assert odd.columns.start is None


def test_only_chosen_labels_or_types_are_initiatives() -> None:
    chosen = settings(labels=["Initiative"], types=["epic"])
    by_label = initiative(issue(labels=whole({"name": "initiative"})), "github", chosen)
    by_type = initiative(issue(issueType={"name": "Epic"}), "github", chosen)
    neither = initiative(issue(), "github", chosen)
    assert is_selected(by_label, chosen, SINCE)
    assert is_selected(by_type, chosen, SINCE)
    assert not is_selected(neither, chosen, SINCE)
    assert is_selected(neither, settings(), SINCE)


def test_work_closed_before_the_cycle_is_left_out() -> None:
    early = initiative(issue(state="CLOSED", closedAt="2026-09-30T23:00:00Z"), "github", settings())
    late = initiative(issue(state="CLOSED", closedAt="2026-10-01T00:00:00Z"), "github", settings())
    assert not is_selected(early, settings(), SINCE)
    assert is_selected(late, settings(), SINCE)


def test_inheritance_can_be_switched_off() -> None:
    assert initiative(issue(), "github", settings()).inherits
    assert not initiative(issue(), "github", settings(key_results={"inherit": False})).inherits


CLOSED = {"state": "CLOSED", "closedAt": "2026-11-01T10:00:00Z"}
ANN = whole({"login": "ann"})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, StatusCategory.TO_DO),
        ({"milestone": {"dueOn": "2026-12-01T08:00:00Z"}}, StatusCategory.TO_DO),
        ({"assignees": ANN}, StatusCategory.IN_PROGRESS),
        ({"closedByPullRequestsReferences": whole({"state": "OPEN"})}, StatusCategory.IN_PROGRESS),
        ({"closedByPullRequestsReferences": whole({"state": "MERGED"})}, StatusCategory.TO_DO),
        ({"closedByPullRequestsReferences": None}, StatusCategory.TO_DO),
        ({"labels": whole({"name": "🚧 WIP"})}, StatusCategory.IN_PROGRESS),
        (CLOSED | {"assignees": ANN}, StatusCategory.DONE),
        (CLOSED | {"stateReason": "COMPLETED"}, StatusCategory.DONE),
        (CLOSED | {"stateReason": "NOT_PLANNED"}, StatusCategory.CANCELLED),
        (CLOSED | {"stateReason": "DUPLICATE"}, StatusCategory.CANCELLED),
    ],
)
def test_an_issue_outside_a_project_is_in_progress_once_somebody_has_it(changes: Json, status: StatusCategory) -> None:
    made = initiative(issue(**changes), "github", settings(in_progress=["wip"]))
    assert made.status is status
    assert (made.closed is not None) == status.ended


@pytest.mark.parametrize(
    ("option", "changes", "status"),
    [
        (None, {"assignees": ANN}, StatusCategory.TO_DO),
        (None, {"labels": whole({"name": "wip"})}, StatusCategory.IN_PROGRESS),
        ("Todo", {"assignees": ANN, "labels": whole({"name": "wip"})}, StatusCategory.TO_DO),
        ("Won't do", {}, StatusCategory.CANCELLED),
        ("🗑 Cancelled", CLOSED, StatusCategory.CANCELLED),
        ("Done", CLOSED | {"stateReason": "NOT_PLANNED"}, StatusCategory.CANCELLED),
        ("Parked", {}, StatusCategory.TO_DO),
    ],
)
def test_a_projects_status_says_more_than_who_is_assigned(
    option: str | None, changes: Json, status: StatusCategory
) -> None:
    chosen = settings(in_progress=["wip"])
    said = place(*([value("Status", name=option)] if option else []))
    assert with_fields(initiative(issue(**changes), "github", chosen), [said], chosen).status is status


def test_items_of_a_project_and_issues_without_a_parent_are_the_top_of_the_work() -> None:
    child = initiative(issue(parent=other(3)), "github", settings())
    assert (initiative(issue(), "github", settings()).level, child.level) == (1, 0)
    assert with_fields(child, [place()], settings()).level == 1


def test_named_types_alone_are_the_top_of_the_work() -> None:
    named = settings(initiative_types=["epic"])
    epic = initiative(issue(issueType={"name": "Epic"}, parent=other(3)), "github", named)
    task = initiative(issue(issueType={"name": "Task"}), "github", named)
    assert (epic.level, task.level, with_fields(task, [place()], named).level) == (1, 0, 0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"issueType": {"name": "Bug"}}, "issue type Bug"),
        ({"labels": whole({"name": "dependencies"})}, "label dependencies"),
        ({"labels": whole({"name": "kind/bug"}, {"name": "p1"})}, "label kind/bug"),
        ({"labels": whole({"name": "Type: Bug 🐞"})}, "label Type: Bug 🐞"),
        ({"labels": whole({"name": "team/support"}, {"name": "debugging"})}, ""),
        ({"author": {"login": "renovate"}}, "author renovate"),
        ({"author": {"login": "dependabot[bot]"}}, "author dependabot"),
        ({"author": {"login": "ann"}}, ""),
        ({"author": None}, ""),
    ],
)
def test_defects_and_upkeep_are_exempt_with_the_reason(changes: Json, reason: str) -> None:
    assert initiative(issue(**changes), "github", settings()).exempt == reason
    none = settings(exempt_types=[], exempt_labels=[], exempt_authors=[])
    assert initiative(issue(**changes), "github", none).exempt == ""
