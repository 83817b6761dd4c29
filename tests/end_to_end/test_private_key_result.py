"""A private key result counts, and its name leaves the OKR file for nowhere."""

import re

from tests.end_to_end.workspace import AS_OF, Desk
from tests.write_back.trackers import as_read

ID, TITLE = "heron-loi", "Letter of intent"


def test_no_command_names_a_private_key_result(desk: Desk) -> None:
    # The ticket that serves it, one below it, one that all but names it, one that waits for it.
    desk.jira.add_label("ACME-7", "kr-heron-lo")
    desk.jira.link("BIZ-7", "BIZ-6")
    desk.jira.comment("ACME-7", "/okr kr heron-loi")
    desk.github.add_comment("acme/platform#11", "/okr exempt first comes: Letter of intent signed with Heron Audio")
    desk.jira.add_issue("OPS-1", "The state of our OKRs", type="Story")
    desk.configure("[publish]", '[publish]\ndashboard = "jira:OPS-1"')
    commands = [
        ["sync", *AS_OF, "--dry-run", "-v"],
        ["sync", *AS_OF, "-vv"],
        ["sync", *AS_OF, "--format", "json"],
        *(["why", ticket, *AS_OF, *form] for ticket in TICKETS for form in FORMS),
        *(["check", *AS_OF, "--fail-on", "never", *form] for form in FORMS),
        *(["status", *form] for form in FORMS),
        ["rules"],
        ["audit", *AS_OF, "--fail-on", "never", "--format", "json"],
        ["retract", "--yes", "-v"],
    ]
    for words in commands:
        ran = desk.hub(*words)
        assert ran.code == 0, (words, ran.said)
        assert_silent(ran.said, words)
        for ticket, mark in desk.marks().items():
            assert_silent(repr(mark), [*words, ticket])


def test_why_says_that_the_work_serves_something_aligned(synced: Desk) -> None:
    ran = synced.hub("why", "BIZ-6", *AS_OF)
    assert "a private key result" in ran.out
    assert "aligned" in ran.out


def test_a_private_key_result_without_work_is_not_named_either(desk: Desk) -> None:
    desk.jira.edit("BIZ-6", fields={"Key Result": None})
    ran = desk.sync("-v")
    assert ran.code == 0
    assert_silent(ran.said, ["sync"])
    assert_silent(repr(desk.marks()), ["sync"])


FORMS = ([], ["-v"], ["--format", "json"])
TICKETS = ("BIZ-6", "BIZ-7", "BIZ-8", "ACME-7", "acme/platform#11")


def assert_silent(said: str, words: list[str]) -> None:
    # What a person wrote on the ticket may be quoted: it is nearly the name, and not the name.
    assert not re.search(rf"{ID}|{TITLE}|Heron Audio", said, re.IGNORECASE), (words, said)


def test_a_key_result_that_becomes_private_is_named_no_more_where_all_is_resolved(synced: Desk) -> None:
    title = "5 % conversion from free to paid"
    synced.jira.add_label("ACME-5", "kr-launch-conversion")
    synced.github.add_label_by_person("acme/platform#12", "kr-launch-conversion")
    assert synced.sync().code == 0
    tickets = ("jira:ACME-5", "github:acme/platform#12")
    assert all(f"linked to “{title}”" in as_read(synced.marks()[ticket].text) for ticket in tickets)
    synced.okrs('id = "launch-conversion"', 'id = "launch-conversion"\nvisibility = "private"')
    ran = synced.sync()
    assert ran.code == 0, ran.said
    marks, written = synced.marks(), synced.writes
    for ticket in tickets:
        text = as_read(marks[ticket].text)
        assert "resolved" in text
        assert title not in text
    synced.sync()
    assert synced.writes == written
