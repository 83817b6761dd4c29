"""What people ask for in a comment is honoured once, acknowledged, and never taken from anybody else's words."""

import json
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from tests.end_to_end.workspace import AS_OF, Desk
from tests.write_back.trackers import as_read

ON_JIRA, ON_GITHUB = "jira:ACME-5", "github:acme/platform#12"


def say(desk: Desk, text: str) -> None:
    """A person writes the same on a ticket of each tracker; both serve no key result."""
    desk.jira.comment("ACME-5", text)
    desk.github.add_comment("acme/platform#12", text)


def texts(desk: Desk) -> list[str]:
    marks = desk.marks()
    shown = (unescape(as_read(marks[ticket].text)) for ticket in (ON_JIRA, ON_GITHUB))
    return [text.replace("`", "").replace("\u200b", "") for text in shown]


def test_a_key_result_that_somebody_names_settles_the_ticket(synced: Desk) -> None:
    others = synced.others()
    say(synced, "Of course it does.\n\n/okr kr launch-conversion")
    assert synced.sync().code == 0
    for text in texts(synced):
        assert "OKR check: resolved. This ticket is linked to “5 % conversion from free to paid”." in text
        assert "Recorded: linked to “5 % conversion from free to paid” (" in text
    assert all(not synced.marks()[ticket].labels for ticket in (ON_JIRA, ON_GITHUB))
    assert_quiet(synced)
    assert synced.others() != others  # their comments; nothing else is theirs to compare


def test_exempt_work_is_counted_with_its_reason(synced: Desk) -> None:
    say(synced, "/okr exempt @channel <b>upkeep</b> of the build")
    synced.sync()
    for text in texts(synced):
        assert text.count("Not OKR work: “@channel <b>upkeep</b> of the build” (") == 1
        assert text.count("Recorded: not OKR work, “@channel <b>upkeep</b> of the build” (") == 1
    assert "exempt: @channel" in synced.hub("why", "ACME-5", "--today", "2026-11-16").out
    assert_quiet(synced)


@pytest.mark.parametrize(
    "text",
    [
        "> /okr kr launch-conversion",
        "```\n/okr kr launch-conversion\n```",
        "please type /okr kr launch-conversion",
        "<!--\n/okr kr launch-conversion\n-->",
    ],
)
def test_quoted_text_on_github_is_no_command(synced: Desk, text: str) -> None:
    synced.github.add_comment("acme/platform#12", text)
    before = synced.marks()[ON_GITHUB]
    synced.sync()
    assert synced.marks()[ON_GITHUB] == before


def test_quoted_text_on_jira_is_no_command(synced: Desk) -> None:
    line = {"type": "paragraph", "content": [{"type": "text", "text": "/okr kr launch-conversion"}]}
    code = {"type": "codeBlock", "content": line["content"]}
    content = [{"type": "blockquote", "content": [line]}, code]
    synced.jira.comment("ACME-5", {"type": "doc", "version": 1, "content": content})
    before = synced.marks()[ON_JIRA]
    synced.sync()
    assert synced.marks()[ON_JIRA] == before


def test_the_hub_never_obeys_its_own_account(synced: Desk) -> None:
    synced.jira.add_comment(synced.jira.issue("ACME-5"), synced.jira.bot.id, "/okr kr launch-conversion", {})
    synced.github.add_comment("acme/platform#12", "/okr kr launch-conversion", "alignment-hub[bot]")
    synced.sync()
    ours = [text for ticket in (ON_JIRA, ON_GITHUB) for _, text in synced.marks()[ticket].comments]
    assert len(ours) == 4
    assert not any(word in text for text in ours for word in ("Recorded:", "Not applied:"))


def test_a_stranger_commands_nothing(synced: Desk) -> None:
    stranger = synced.jira.person("Mallory Moth")
    synced.jira.accounts[stranger.id] = replace(stranger, kind="customer")
    synced.jira.comment("ACME-5", "/okr kr launch-conversion", "Mallory Moth")
    synced.github.account("mallory").association = "NONE"
    synced.github.add_comment("acme/platform#12", "/okr kr launch-conversion", "mallory")
    before = synced.marks()
    synced.sync()
    assert synced.marks() == before


def test_a_list_of_accounts_decides_alone_where_it_is_given(synced: Desk) -> None:
    synced.configure('kind = "jira"', 'kind = "jira"\ncommands = { allow = ["nobody"] }')
    synced.configure('kind = "github"', 'kind = "github"\ncommands = { enabled = false }')
    synced.sync()
    before = synced.marks()
    say(synced, "/okr kr launch-conversion")
    synced.sync()
    assert synced.marks() == before
    assert "/okr" not in before[ON_GITHUB].text


def test_a_command_is_honoured_once_and_outlives_its_comment(synced: Desk) -> None:
    jira = synced.jira.comment("ACME-5", "/okr kr launch-conversion")
    github = synced.github.add_comment("acme/platform#12", "/okr kr launch-conversion")
    synced.sync()
    settled = texts(synced)
    synced.jira.edit_comment(jira.id, "/okr kr no-such-thing")
    synced.github.edit_comment(github, "/okr kr no-such-thing")
    synced.sync()
    assert texts(synced) == settled
    synced.jira.delete_comment(jira.id)
    synced.github.delete_comment(github)
    synced.sync()
    assert texts(synced) == settled


def test_a_later_command_replaces_what_was_said_before(synced: Desk) -> None:
    say(synced, "/okr exempt upkeep")
    synced.sync()
    say(synced, "/okr kr no-such-thing")
    synced.sync()
    for text in texts(synced):
        assert "OKR check: key result not found" in text
        assert "The command /okr kr no-such-thing doesn't match any key result" in text
        assert "Not applied" not in text
        assert "upkeep" not in text
    assert_quiet(synced)


def test_a_command_on_a_ticket_without_a_comment_makes_the_one_comment(synced: Desk) -> None:
    clean = "jira:ACME-1"
    assert clean not in synced.marks()
    synced.jira.comment("ACME-1", "/okr recheck")
    synced.jira.comment("ACME-1", "/okr dance")
    synced.sync()
    assert "Not applied: /okr dance isn't a command." in synced.marks()[clean].text
    (comment,) = synced.jira.comments_of("ACME-1", synced.jira.bot.id)
    synced.jira.delete_comment(comment.id)
    synced.sync()
    synced.sync()
    assert clean not in synced.marks()


def test_a_settled_comment_on_github_is_folded_until_something_is_wrong(synced: Desk) -> None:
    synced.github.add_label_by_person("acme/platform#12", "okr-exempt")
    synced.sync()
    (ours,) = [comment for comment in synced.github.issue("acme/platform#12").comments if comment.author.login == BOT]
    assert ours.minimized == "resolved"
    synced.github.remove_label("acme/platform#12", "okr-exempt")
    synced.sync()
    assert ours.minimized is None
    assert_quiet(synced)


BOT = "alignment-hub[bot]"


def assert_quiet(desk: Desk) -> None:
    written = desk.writes
    assert desk.sync().code == 0
    assert desk.writes == written


def test_why_tells_what_was_heard_whether_it_counts_and_by_what_rule(synced: Desk) -> None:
    for text in ("/okr exempt upkeep", "/okr dance", "/okr kr launch-conversion", "> /okr accept"):
        synced.jira.comment("ACME-5", text)
    synced.sync()
    lines = synced.hub("why", "ACME-5", *AS_OF).out.splitlines()
    at = lines.index("Commands")
    said, became = zip(*(line.strip().rsplit(": ", 1) for line in lines[at + 1 : at + 4]), strict=True)
    assert [words.rsplit(", ", 1)[0] for words in said] == [
        "not OKR work, “upkeep”",
        "“/okr dance”",
        "linked to “launch-conversion”",
    ]
    assert list(became) == [
        "not applied (replaced by a later command)",
        "not applied (not a command)",
        "applied (the latest command of its kind)",
    ]
    assert lines[at + 4] == "Posted on the ticket"
    answer = json.loads(synced.hub("why", "ACME-5", *AS_OF, "--format", "json").out)
    assert [item["applied"] for item in answer["commands"]] == [False, False, True]
    assert "Robin Vale" not in json.dumps(answer["commands"])


def test_why_says_that_a_command_names_no_key_result_and_names_no_private_one(synced: Desk) -> None:
    synced.jira.comment("ACME-5", "/okr kr heron-loi")
    synced.jira.comment("ACME-5", "/okr kr no-such-thing")
    synced.sync()
    ran = synced.hub("why", "ACME-5", *AS_OF, "--format", "json")
    assert [command["reason"] for command in json.loads(ran.out)["commands"]][-1] == "no such key result"
    assert "heron-loi" not in ran.said


def test_after_a_retraction_old_commands_count_and_are_acknowledged_by_no_comment(synced: Desk) -> None:
    say(synced, "/okr exempt upkeep")
    synced.jira.comment("ACME-1", "/okr recheck")
    synced.sync()
    assert synced.hub("retract", "--yes").code == 0
    assert synced.marks() == {}
    synced.sync()
    for ticket in (ON_JIRA, ON_GITHUB, "jira:ACME-1"):
        assert ticket not in synced.marks()
    assert "exempt: upkeep" in synced.hub("why", "ACME-5", *AS_OF).out
    assert_quiet(synced)


@pytest.mark.parametrize("apart", [0, 1], ids=["within one second", "a second apart"])
def test_after_a_retraction_a_new_command_is_acknowledged(synced: Desk, apart: int) -> None:
    """GitHub tells whole seconds: a comment may leave its issue's time as the last run saw it."""
    moment = synced.github.now().replace(microsecond=0)
    synced.github.now = lambda: moment
    say(synced, "/okr exempt upkeep")
    synced.sync()
    synced.hub("retract", "--yes")
    moment += timedelta(seconds=apart)
    say(synced, "/okr recheck")
    assert synced.sync().code == 0
    jira = synced.marks()[ON_JIRA].text
    assert jira.startswith("OKR check: resolved. Not OKR work: “upkeep” (")
    assert jira.count("Recorded: not OKR work, “upkeep” (") == 1
    # GitHub knows reactions: no comment is made there only to say that a command was followed.
    assert ON_GITHUB not in synced.marks()
    reacted = {comment.body: comment.reactions for comment in synced.github.issue("acme/platform#12").comments}
    assert reacted["/okr recheck"] == {(BOT, "+1")}
    assert_quiet(synced)


def test_a_retraction_with_a_lost_state_remembers_what_was_commanded(synced: Desk) -> None:
    say(synced, "/okr exempt upkeep")
    synced.sync()
    synced.lose_the_state()
    assert synced.hub("retract", "--yes", "--search").code == 0
    synced.sync("--yes")
    assert ON_JIRA not in synced.marks()
    assert ON_GITHUB not in synced.marks()
