"""GitHub's exports as tickets: a project's view, and what `gh issue list` writes."""

from datetime import date
from pathlib import Path

from hub.model.initiative import KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from tests.connectors.csv.exports import GITHUB, pulled_from, read, written

APP = "https://github.com/acme/app"


def test_a_projects_view_is_read_with_its_fields(tmp_path: Path) -> None:
    header = (*GITHUB, "Parent issue", "Priority", "Start date", "Target date", "Key Result")
    labels = "kr-launch-dau, needs design"
    row = ("Share", f"{APP}/issues/3", "ann", "In review", labels, f"{APP}/issues/1", "P1", "2026-10-01", "", "trust")
    (ticket,) = read(tmp_path, written(header, [row], delimiter="\t"), project="acme/5")
    assert (ticket.ref, ticket.url) == (Ref("jira", "acme/app#3"), f"{APP}/issues/3")
    assert ticket.containers == ("acme/app", "acme/5")
    assert (ticket.status, ticket.status_name) == (StatusCategory.IN_PROGRESS, "In review")
    assert ticket.labels == {"kr-launch-dau", "needs design"}
    assert ticket.parent == Ref("jira", "acme/app#1")
    assert (ticket.priority, ticket.start, ticket.due) == (PriorityBand.HIGHEST, date(2026, 10, 1), None)
    assert ticket.key_result_mentions == (
        KeyResultMention(MentionSource.LABEL, "launch-dau"),
        KeyResultMention(MentionSource.FIELD, "trust"),
    )


def test_what_gh_writes_is_read_with_labels_as_json(tmp_path: Path) -> None:
    header = ("number", "title", "state", "labels", "createdAt", "closedAt", "body")
    body = "Depends on #7\n\nKR: launch-nps"
    rows = [
        ("12", "Deploy", "OPEN", '[{"id":"x","name":"kr-a"},{"name":"infra"}]', "2026-10-05T09:00:00Z", "", body),
        ("13", "Old", "CLOSED", "[]", "2026-10-05T09:00:00Z", "2026-11-01T09:00:00Z", ""),
    ]
    ticket, old = read(tmp_path, written(header, rows), repository="acme/platform")
    assert ticket.ref.key == "acme/platform#12"
    assert ticket.labels == {"kr-a", "infra"}
    assert ticket.depends_on_text == ("acme/platform#7",)
    assert KeyResultMention(MentionSource.TEXT, "launch-nps") in ticket.key_result_mentions
    assert (old.status, old.closed and old.closed.date()) == (StatusCategory.DONE, date(2026, 11, 1))


def test_drafts_and_pull_requests_are_no_tickets(tmp_path: Path) -> None:
    rows = [
        ("A note", "", "", "Todo", ""),
        ("A change", f"{APP}/pull/9", "", "", ""),
        ("Work", f"{APP}/issues/2", "", "", ""),
    ]
    assert [ticket.ref.key for ticket in read(tmp_path, written(GITHUB, rows))] == ["acme/app#2"]


def test_a_number_without_a_repository_says_which_setting_is_missing(tmp_path: Path) -> None:
    pulled = pulled_from(tmp_path, written(("Number", "Title"), [("12", "Deploy")]))
    (gap,) = pulled.gaps
    assert "name it under `repository`" in gap.reason


def test_issues_without_a_status_are_in_progress_once_somebody_has_them(tmp_path: Path) -> None:
    header = ("Number", "Title", "State", "State reason", "Assignees", "Labels", "Status", "Parent", "Type")
    rows = [
        ("1", "Free", "OPEN", "", "[]", "", "", "", ""),
        ("2", "Assigned", "OPEN", "", "ann", "bug", "", "", ""),
        ("3", "Labelled", "OPEN", "", "", "wip", "", "acme/app#2", ""),
        ("4", "Planned", "OPEN", "", "ann", "", "Todo", "", ""),
        ("5", "Dropped", "CLOSED", "NOT_PLANNED", "ann", "", "", "", ""),
        ("6", "Done", "CLOSED", "COMPLETED", "", "", "", "", "Bug"),
    ]
    found = read(tmp_path, written(header, rows), repository="acme/app", in_progress=["WIP"])
    assert [ticket.status.value for ticket in found] == [
        "to do", "in progress", "in progress", "to do", "cancelled", "done",
    ]  # fmt: skip
    assert [ticket.level for ticket in found] == [1, 1, 0, 1, 1, 1]
    assert [ticket.exempt for ticket in found] == ["", "label bug", "", "", "", "issue type Bug"]


def test_rows_of_a_project_are_the_top_of_the_work_and_go_by_its_status_alone(tmp_path: Path) -> None:
    rows = [
        ("Share", f"{APP}/issues/3", "ann", "", "", f"{APP}/issues/1"),
        ("Stop", f"{APP}/issues/4", "ann", "Won't do", "", ""),
    ]
    share, stop = read(tmp_path, written((*GITHUB, "Parent issue"), rows), project="acme/5")
    assert (share.level, share.status) == (1, StatusCategory.TO_DO)
    assert stop.status is StatusCategory.CANCELLED
