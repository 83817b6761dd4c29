"""Milestones of issues outside Projects: their due dates count while they are open, and changes of them are noticed."""

from collections.abc import Iterator
from datetime import date

import pytest

from hub.model.initiative import Initiative
from tests.connectors.github.test_incremental import Stage, staged

Q4 = {"title": "Q4", "due": "2026-12-11"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        for number in range(1, 4):
            stage.site.add_issue("acme/app", f"Work {number}", milestone=Q4 if number < 3 else None)
        yield stage


def sync(stage: Stage) -> dict[str, Initiative]:
    stage.wait(hours=1)
    known = stage.sync(projects=[], full_resync_hours=10_000)
    assert known == stage.all(projects=[])
    return {ticket.ref.key: ticket for ticket in known.values()}


def dates(known: dict[str, Initiative]) -> list[date | None]:
    return [known[f"acme/app#{number}"].due for number in range(1, 4)]


def test_another_due_date_is_noticed_though_no_issue_changed(stage: Stage) -> None:
    assert dates(sync(stage)) == [date(2026, 12, 11), date(2026, 12, 11), None]
    sync(stage)
    milestone = stage.site.repository("acme/app").milestones["Q4"]
    stage.site.edit_milestone(milestone, due="2027-01-15")
    assert dates(sync(stage)) == [date(2027, 1, 15), date(2027, 1, 15), None]
    stage.site.edit_milestone(milestone, due=None)
    assert dates(sync(stage)) == [None, None, None]


def test_the_due_date_of_a_closed_milestone_is_nobodys_plan_for_an_open_issue(stage: Stage) -> None:
    stage.site.edit_issue("acme/app#1", state="closed")
    sync(stage)
    stage.site.edit_milestone(stage.site.repository("acme/app").milestones["Q4"], state="closed")
    known = sync(stage)
    assert dates(known) == [date(2026, 12, 11), None, None]
    (unused,) = known["acme/app#2"].not_understood
    assert (unused.field, unused.raw) == ("milestone", "Q4")
    assert known["acme/app#1"].not_understood == ()


def test_a_milestone_that_only_counts_otherwise_is_not_read_again(stage: Stage) -> None:
    for _ in range(2):
        sync(stage)
    milestone = stage.site.repository("acme/app").milestones["Q4"]
    stage.site.edit_milestone(milestone)
    stage.wait(hours=1)
    stage.sync(projects=[], full_resync_hours=10_000)
    assert stage.sandbox.traffic.requests <= 2


def test_more_issues_of_a_milestone_than_a_page_holds_are_all_read_again(stage: Stage) -> None:
    for number in range(130):
        stage.site.add_issue("acme/app", f"More {number}", milestone=Q4)
    for _ in range(2):
        sync(stage)
    stage.site.edit_milestone(stage.site.repository("acme/app").milestones["Q4"], due="2027-01-15")
    known = sync(stage)
    assert sum(ticket.due == date(2027, 1, 15) for ticket in known.values()) == 132
