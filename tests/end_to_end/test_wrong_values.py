"""A wrong value is told in its place, and what the comment says to do ends the point and loses no other link."""

from html import unescape

import pytest

from hub.sandbox.jira.adf import from_text
from tests.end_to_end.workspace import Desk
from tests.write_back.trackers import as_read

JIRA, GITHUB = "ACME-5", "acme/platform#12"
"""Both name no key result in the example."""
TICKETS = (f"jira:{JIRA}", f"github:{GITHUB}")
DAU, NPS = "launch-dau", "launch-nps"


def write(desk: Desk, text: str) -> None:
    desk.jira.edit(JIRA, description=from_text(text))
    desk.github.edit_issue(GITHUB, body=text)


def say(desk: Desk, text: str) -> None:
    desk.jira.comment(JIRA, text)
    desk.github.add_comment(GITHUB, text)


def texts(desk: Desk) -> list[str]:
    assert desk.sync().code == 0
    marks = desk.marks()
    return [unescape(as_read(marks[ticket].text)).replace("`", "").replace("\u200b", "") for ticket in TICKETS]


LINES = {
    "an unknown value beside a right one": (
        f"KR: {DAU}, maybe",
        f"The value maybe in the line KR: {DAU}, maybe doesn't match any key result. Remove maybe from the line.",
        f"KR: {DAU}",
    ),
    "a mistyped value beside a right one": (
        f"KR: {DAU}, launch-npss",
        f"Remove launch-npss from the line, or replace it with {NPS}.",
        f"KR: {DAU}, {NPS}",
    ),
    "two mistyped values": (
        "KR: launch-daau, launch-npss",
        f"Did you mean KR: {DAU}, {NPS}? If so, replace the line.",
        f"KR: {DAU}, {NPS}",
    ),
    "a misspelt title": (
        "KR: A Net Promotor Score of 35",
        "Replace the line with KR: <id> of one of ",
        f"KR: {NPS}",
    ),
    "an address that is no page of the hub": (
        "KR: https://docs.example/a/b",
        "The line KR: https://docs.example/a/b doesn't match any key result",
        f"KR: {NPS}",
    ),
}


@pytest.mark.parametrize(("written", "said", "followed"), LINES.values(), ids=LINES)
def test_a_line_is_put_right_without_losing_its_other_values(
    synced: Desk, written: str, said: str, followed: str
) -> None:
    write(synced, written)
    for text in texts(synced):
        assert "OKR check: key result not found" in text
        assert said in text
    write(synced, followed)
    for text in texts(synced):
        assert "OKR check: resolved. This ticket is linked to" in text


def test_a_form_is_told_by_its_heading(synced: Desk) -> None:
    text = f"### KR\n\n{DAU}, launch-npss"
    synced.github.edit_issue(GITHUB, body=text)
    assert synced.sync().code == 0
    said = as_read(synced.marks()[f"github:{GITHUB}"].text).replace("`", "")
    assert "The value launch-npss below the heading “KR” doesn't match any key result." in unescape(said)
    assert f"Remove launch-npss below the heading, or replace it with {NPS}" in said


NAMED = {
    "a title": "A Net Promoter Score of 35",
    "a page of the hub": f"https://hub.acme.example/key-results/{NPS}",
    "a label": f"kr-{NPS}",
}


@pytest.mark.parametrize("name", NAMED.values(), ids=NAMED)
def test_a_command_and_a_line_name_by_title_page_and_label(synced: Desk, name: str) -> None:
    say(synced, f"/okr kr {name}")
    for text in texts(synced):
        assert "OKR check: resolved. This ticket is linked to “A Net Promoter Score of 35”." in text
        assert "Recorded: linked to “A Net Promoter Score of 35” (" in text
    say(synced, "/okr kr none")
    assert all("no key result linked" in text for text in texts(synced))
    write(synced, f"KR: {name}")
    assert all("This ticket is linked to “A Net Promoter Score of 35”." in text for text in texts(synced))


def test_a_command_that_names_nothing_is_one_point_and_said_once(synced: Desk) -> None:
    say(synced, "/okr kr A Net Promotor Score of 35")
    for text in texts(synced):
        assert "OKR check: key result not found" in text
        assert text.count("A Net Promotor Score of 35") == 1
        assert "Comment /okr kr <id> with one of " in text
    say(synced, f"/okr kr: {NPS}")
    assert all("OKR check: resolved." in text for text in texts(synced))


def test_the_label_of_another_pattern_is_understood_as_a_question(synced: Desk) -> None:
    text = synced.config.read_text(encoding="utf-8")
    pattern = '[connectors.jira.key_results]\nlabel = "goal:{id}"\n'
    synced.config.write_text(f"{text}\n{pattern}", encoding="utf-8")
    synced.jira.comment(JIRA, f"/okr kr goal:{NPS}")
    assert synced.sync().code == 0
    said = as_read(synced.marks()[TICKETS[0]].text).replace("`", "")
    assert f"Did you mean “A Net Promoter Score of 35”? If so, comment /okr kr {NPS}." in said


def test_a_command_of_which_a_part_counts_says_both(synced: Desk) -> None:
    say(synced, f"/okr kr {DAU} launch-npss")
    for text in texts(synced):
        assert f"Comment /okr kr {DAU} to replace the command, or /okr kr {DAU} {NPS} if you meant" in text
        assert "Recorded: linked to “500,000 daily active users of the free version” (" in text


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/okr", "/okr isn't a command. Write /okr kr <id>, /okr exempt <reason> or /okr mute."),
        ("/okr help", "/okr help isn't a command. Write /okr kr <id>, /okr exempt <reason> or /okr mute."),
        ("/okr yes", "/okr yes isn't a command. Did you mean /okr accept?"),
        ("/okr no", "/okr no isn't a command. Did you mean /okr decline <reason>?"),
        (f"/okr link {DAU}", f"/okr link {DAU} isn't a command. Did you mean /okr kr {DAU}?"),
        ("/okr kr <id>", "replace <id> with the id of a key result."),
    ],
)
def test_what_is_no_command_is_told_how_it_should_read(synced: Desk, said: str, answer: str) -> None:
    say(synced, said)
    assert all(f"Not applied: {answer}" in text for text in texts(synced))


def test_the_values_of_a_field_are_told_apart(synced: Desk) -> None:
    field = "Key Result"
    synced.jira.edit(JIRA, fields={field: "launch-npss"})
    assert synced.sync().code == 0
    said = as_read(synced.marks()[TICKETS[0]].text)
    assert f"The value launch-npss in the field {field} doesn't match any key result" in said
