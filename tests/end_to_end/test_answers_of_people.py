"""What people do to the hub's marks is an answer; what is theirs is never touched."""

import pytest

from tests.end_to_end.workspace import Desk, expected_tickets
from tests.write_back.trackers import as_read

ON_JIRA, ON_GITHUB = "jira:ACME-5", "github:acme/platform#12"
EXEMPT = "OKR check: resolved. Not OKR work: it carries the label okr-exempt."


def test_a_label_that_somebody_took_away_is_not_put_back(synced: Desk) -> None:
    synced.jira.remove_label("ACME-5", "okr-unaligned")
    synced.github.remove_label("acme/platform#12", "okr-unaligned")
    written = synced.writes
    for _ in range(2):
        assert synced.sync().code == 0
        assert synced.marks()[ON_JIRA].labels == synced.marks()[ON_GITHUB].labels == frozenset()
    assert synced.writes == written


def test_a_comment_that_somebody_deleted_is_not_put_back(synced: Desk) -> None:
    delete_comments(synced)
    synced.sync()
    assert_no_comment(synced)
    # The same findings in other words: the hub notices that its comment is gone, and takes it as an answer.
    synced.configure("[publish]", '[rules.initiative-without-key-result]\nseverity = "warning"\n\n[publish]')
    assert synced.sync().code == 0
    assert_no_comment(synced)
    written = synced.writes
    synced.sync()
    assert_no_comment(synced)
    assert synced.writes == written


def test_a_new_finding_is_said_although_the_old_comment_was_deleted(synced: Desk) -> None:
    delete_comments(synced)
    synced.jira.add_label("ACME-5", "kr-no-such-thing")
    synced.sync()
    synced.sync()
    assert "no-such-thing" in synced.marks()[ON_JIRA].text
    assert synced.marks()[ON_GITHUB].comments == ()


def test_a_label_of_the_hub_that_a_person_set_stays_whatever_happens(desk: Desk) -> None:
    desk.jira.add_label("ACME-1", "okr-stale")
    desk.github.add_label_by_person("acme/app#1", "okr-unaligned")
    desk.sync()
    desk.sync()
    desk.hub("retract", "--yes")
    marks = desk.marks()
    assert {ticket: mark.labels for ticket, mark in marks.items()} == {
        "jira:ACME-1": {"okr-stale"},
        "github:acme/app#1": {"okr-unaligned"},
    }


def test_an_exempt_ticket_is_settled_and_keeps_its_exemption(synced: Desk) -> None:
    synced.jira.add_label("ACME-5", "okr-exempt")
    synced.github.add_label_by_person("acme/platform#12", "okr-exempt")
    others = synced.others()
    assert synced.sync().code == 0
    for ticket in (ON_JIRA, ON_GITHUB):
        assert as_read(synced.marks()[ticket].text).startswith(EXEMPT)
        assert synced.marks()[ticket].labels == frozenset()
    assert synced.others() == others


def test_people_may_edit_the_hub_comment_and_it_stays_one(synced: Desk) -> None:
    (comment,) = synced.jira.comments_of("ACME-5", synced.jira.bot.id)
    synced.jira.edit_comment(comment.id, "Not now, please.")
    synced.sync()
    synced.jira.add_label("ACME-5", "kr-launch-conversion")
    synced.sync()
    assert synced.marks()[ON_JIRA].text.startswith("OKR check: resolved. This ticket is linked to “5 % conversion")


def test_a_deleted_ticket_stops_nothing(synced: Desk) -> None:
    synced.jira.delete_issue("ACME-5")
    synced.github.delete_issue("acme/platform#12")
    for _ in range(3):
        assert synced.sync().code == 0
    assert set(synced.marks()) == expected_tickets() - {ON_JIRA, ON_GITHUB}


@pytest.mark.parametrize("way", ["moved", "retitled"])
def test_a_ticket_under_another_name_keeps_its_one_comment(synced: Desk, way: str) -> None:
    if way == "moved":
        synced.jira.move("ACME-5", "CS-50")
        moved = synced.github.transfer("acme/platform#12", "acme/app").key
    else:
        synced.jira.edit("ACME-5", summary="@channel <b>h1.</b> *now*")
        synced.github.edit_issue("acme/platform#12", title="@everyone <b># now</b>")
        moved = "acme/platform#12"
    assert synced.sync().code == 0
    marks = synced.marks()
    jira = "jira:CS-50" if way == "moved" else ON_JIRA
    assert [len(marks[ticket].comments) for ticket in (jira, f"github:{moved}")] == [1, 1]
    written = synced.writes
    synced.sync()
    assert synced.writes == written


def delete_comments(desk: Desk) -> None:
    (comment,) = desk.jira.comments_of("ACME-5", desk.jira.bot.id)
    desk.jira.delete_comment(comment.id)
    issue = desk.github.issue("acme/platform#12")
    (ours,) = [comment for comment in issue.comments if str(comment.id) == desk.marks()[ON_GITHUB].comments[0][0]]
    desk.github.delete_comment(ours)


def assert_no_comment(desk: Desk) -> None:
    assert [desk.marks()[ticket].comments for ticket in (ON_JIRA, ON_GITHUB)] == [(), ()]
