"""On days on which nothing changes the hub writes nothing, but for the one reminder after five working days."""

from datetime import date, timedelta

from hub.cli.demo import TODAY
from tests.end_to_end.workspace import Desk, Marks

ASKED = ("jira:ACME-16", "github:acme/platform#4")
WAITING = ("jira:ACME-8", "jira:BIZ-3", "jira:BIZ-4")
FIFTH_WORKING_DAY = date(2026, 11, 23)
NO_LONGER_NEW = {date(2026, 11, 19): {"jira:ACME-6"}}
"""The example holds one ticket whose first five working days end on the way."""


def day_by_day(desk: Desk, days: int) -> dict[date, dict[str, tuple[Marks | None, Marks]]]:
    """What changed on which ticket, by day, from the first run on."""
    assert desk.sync().code == 0
    changes = {}
    for passed in range(1, days + 1):
        day, before, written = TODAY + timedelta(days=passed), desk.marks(), desk.writes
        assert desk.hub("sync", "--today", day.isoformat()).code == 0
        now = desk.marks()
        changes[day] = {name: (before.get(name), now[name]) for name in now if before.get(name) != now[name]}
        assert (desk.writes > written) == bool(changes[day])
        assert all(len(marks.comments) <= 1 for marks in now.values())
    return changes


def test_ten_days_bring_one_reminder(desk: Desk) -> None:
    changes = day_by_day(desk, 10)
    told = {day: set(tickets) for day, tickets in changes.items() if tickets}
    assert told == {**NO_LONGER_NEW, FIFTH_WORKING_DAY: {*ASKED, *WAITING}}
    for ticket in ASKED:
        before, now = changes[FIFTH_WORKING_DAY][ticket]
        assert before is not None
        assert before.comments[0][0] != now.comments[0][0]
        assert "is still waiting for an answer" in now.text
        assert "Asked on 16 Nov 2026." in now.text
    for ticket in WAITING:
        before, now = changes[FIFTH_WORKING_DAY][ticket]
        assert before is not None
        assert before.comments == ()
        assert "was asked there on 16 Nov 2026 and hasn't answered" in now.text


def test_an_answer_after_the_reminder_resolves_both_sides(desk: Desk) -> None:
    day_by_day(desk, 7)
    desk.github.add_comment("acme/platform#4", "- `/okr accept`")
    assert desk.hub("sync", "--today", "2026-11-24").code == 0
    marks = desk.marks()
    assert "resolved" in marks["github:acme/platform#4"].text
    assert "Platform agreed on" in marks["github:acme/platform#4"].text
    assert "Recorded: Platform will deliver by 30 Nov 2026" in marks["github:acme/platform#4"].text
    assert "Platform agreed to deliver" in marks["jira:ACME-8"].text
