"""People see what became of a command: a line in the comment, a reaction on GitHub, or silence if they ask for it."""

import pytest

from tests.end_to_end.workspace import AS_OF, Desk
from tests.write_back.trackers import as_read

ISSUE, TICKET = "acme/platform#12", "jira:ACME-5"
ON_GITHUB = f"github:{ISSUE}"


def reactions(desk: Desk) -> dict[str, set[str]]:
    """What the hub's account put under each comment of people, by its text."""
    comments = [comment for issue in desk.issues() for comment in issue.comments if comment.reactions]
    return {comment.body: {content for _, content in comment.reactions} for comment in comments}


def later(desk: Desk, day: str = "2026-11-17") -> None:
    assert desk.hub("sync", "--today", day).code == 0


def test_a_command_that_was_followed_gets_a_thumb_and_one_that_was_not_a_question(synced: Desk) -> None:
    synced.github.add_comment(ISSUE, "/okr kr cloud-bill")
    synced.github.add_comment("acme/app#4", "/okr acept")
    later(synced)
    assert reactions(synced) == {"/okr kr cloud-bill": {"+1"}, "/okr acept": {"confused"}}
    said = "Not applied: `/okr acept` isn't a command. Did you mean `/okr accept`?"
    assert said in synced.marks()["github:acme/app#4"].text
    written = synced.writes
    later(synced)
    assert synced.writes == written


def test_success_alone_makes_no_comment_on_github_and_one_on_jira(synced: Desk) -> None:
    quiet = {"github:acme/website#1", "jira:CS-2"} - synced.marks().keys()
    assert len(quiet) == 2
    synced.github.add_comment("acme/website#1", "/okr mute")
    synced.jira.comment("CS-2", "/okr mute")
    later(synced)
    assert "github:acme/website#1" not in synced.marks()
    assert "Recorded: muted" in synced.marks()["jira:CS-2"].text
    synced.github.add_label_by_person("acme/website#1", "kr-no-such-thing")
    later(synced)
    assert "key result not found" in synced.marks()["github:acme/website#1"].text


def test_a_stranger_gets_no_answer(synced: Desk) -> None:
    before = synced.marks()
    synced.github.account("stranger").association = "NONE"
    synced.github.add_comment(ISSUE, "/okr exempt not mine to say", "stranger")
    written = synced.writes
    later(synced)
    assert synced.writes == written
    assert synced.marks() == before
    assert reactions(synced) == {}


@pytest.mark.parametrize("ticket", [TICKET, ON_GITHUB])
def test_a_muted_ticket_keeps_one_line_and_its_label(synced: Desk, ticket: str) -> None:
    say(synced, ticket, "/okr mute")
    later(synced)
    marks = synced.marks()[ticket]
    assert "OKR check: muted." in marks.text
    assert "1 open point; " in marks.text
    assert "Which one" not in marks.text
    assert marks.labels == {"okr-unaligned"}
    written = synced.writes
    later(synced)
    assert synced.writes == written
    say(synced, ticket, "/okr unmute")
    later(synced)
    assert "no key result linked" in synced.marks()[ticket].text


def test_something_new_ends_the_silence_for_good(synced: Desk) -> None:
    say(synced, TICKET, "/okr mute")
    later(synced)
    synced.jira.edit("ACME-5", labels=["okr-unaligned", "kr-no-such-thing"])
    later(synced)
    text = synced.marks()[TICKET].text
    assert "key result not found" in text
    later(synced, "2026-11-18")
    assert synced.marks()[TICKET].text == text


def test_an_exemption_is_taken_back_and_the_link_stays(synced: Desk) -> None:
    say(synced, TICKET, "/okr exempt upkeep")
    later(synced)
    assert "Not OKR work: “upkeep”" in synced.marks()[TICKET].text
    say(synced, TICKET, "/okr exempt none")
    later(synced)
    assert "no key result linked" in synced.marks()[TICKET].text
    say(synced, TICKET, "/okr kr launch-conversion")
    say(synced, TICKET, "/okr exempt none")
    later(synced)
    assert "This ticket is linked to" in synced.marks()[TICKET].text


def say(desk: Desk, ticket: str, text: str) -> None:
    connector, _, key = ticket.partition(":")
    if connector == "jira":
        desk.jira.comment(key, text)
    else:
        desk.github.add_comment(key, text)


def test_what_is_said_of_a_command_is_shown_by_why_as_well(synced: Desk) -> None:
    say(synced, TICKET, "/okr mute")
    later(synced)
    assert "muted" in synced.hub("why", "ACME-5", *AS_OF).out


def test_what_a_team_promised_stays_as_it_was_when_others_move_their_date(synced: Desk) -> None:
    promise = "Recorded: Product will deliver by 11 Dec 2026 (Robin Vale"
    synced.jira.comment("ACME-16", "/okr accept")
    later(synced)
    assert promise in synced.marks()["jira:ACME-16"].text
    synced.jira.edit("BIZ-3", due="2026-12-04")
    # Linked after the promise, which was not for it.
    synced.jira.link("ACME-16", "BIZ-5")
    synced.jira.edit("BIZ-5", due="2026-12-01")
    later(synced, "2026-11-18")
    assert promise in synced.marks()["jira:ACME-16"].text
    synced.jira.comment("ACME-16", "/okr accept")
    later(synced, "2026-11-19")
    assert promise.replace("11 Dec", "4 Dec") in synced.marks()["jira:ACME-16"].text


def test_what_a_team_promised_stays_recorded_once_the_work_is_done_or_dropped(synced: Desk) -> None:
    """To take the day out of the record, and to put it back when work is reopened, would be two needless edits."""
    synced.jira.comment("ACME-16", "/okr accept")
    later(synced)
    promise = "Recorded: Product will deliver by 11 Dec 2026 (Robin Vale, 16 Nov 2026)."
    assert promise in synced.marks()["jira:ACME-16"].text
    recorded = synced.marks()["jira:ACME-16"]
    for day, status in (("2026-11-18", "Done"), ("2026-11-19", "In Progress")):
        for ticket in ("BIZ-3", "BIZ-4", "ACME-16"):
            synced.jira.edit(ticket, status=status)
            later(synced, day)
            assert synced.marks()["jira:ACME-16"] == recorded


@pytest.mark.parametrize("label", ["okr-later", "okr-decline"])
def test_a_yes_that_a_label_contradicts_is_recorded_as_no_promise(synced: Desk, label: str) -> None:
    synced.jira.add_label("ACME-16", label)
    synced.jira.comment("ACME-16", "/okr accept")
    later(synced)
    text = synced.marks()["jira:ACME-16"].text
    step = f"The label {label} says no and counts before it: remove the label if you deliver this."
    assert f"Recorded: accepted (Robin Vale, 16 Nov 2026). {step}" in text
    assert "will deliver" not in text
    synced.jira.remove_label("ACME-16", label)
    later(synced, "2026-11-18")
    text = synced.marks()["jira:ACME-16"].text
    assert "Recorded: Product will deliver by 11 Dec 2026 (Robin Vale, 16 Nov 2026)." in text
    assert label not in text


def test_a_ticket_that_only_carries_a_label_is_not_called_resolved_without_a_word(synced: Desk) -> None:
    assert synced.marks()["jira:BIZ-3"].comments == ()
    synced.jira.comment("BIZ-3", "/okr recheck")
    synced.jira.comment("BIZ-3", "/okr kr catalogue-hours")
    later(synced)
    marks = synced.marks()["jira:BIZ-3"]
    assert marks.labels == {"okr-dependency"}
    assert "No open points here; okr-dependency stays until its question is answered on another ticket." in marks.text


def test_a_request_for_silence_that_something_new_has_ended_holds_nothing_back(synced: Desk) -> None:
    synced.jira.comment("ACME-5", "/okr mute")
    later(synced)
    back = "/okr unmute brings the points back"
    assert back in synced.marks()["jira:ACME-5"].text
    synced.jira.add_label("ACME-5", "kr-no-such-thing")
    later(synced, "2026-11-18")
    text = synced.marks()["jira:ACME-5"].text
    assert "no-such-thing" in text
    assert back not in text
    assert "Recorded: muted (Robin Vale, 16 Nov 2026). That ended when something new came up." in text


def test_what_was_open_when_the_cycle_ended_is_not_called_put_right(synced: Desk) -> None:
    """Until the next cycle is set, nobody says that dates fit again, or that nothing is open."""
    assert "due later than" in synced.marks()["github:acme/platform#6"].text
    assert synced.hub("sync", "--yes", "--today", "2027-01-04").code == 0
    assert "OKR check: resolved. 2026-Q4 is over." in as_read(synced.marks()["github:acme/platform#6"].text)
    assert "OKR check: resolved. 2026-Q4 is over." in synced.marks()["jira:ACME-5"].text


def test_an_answer_that_nobody_asked_for_says_so(synced: Desk) -> None:
    for command, recorded in (("/okr accept", "Recorded: accepted ("), ("/okr later", "Recorded: not this quarter (")):
        synced.jira.comment("CS-2", command)
        later(synced)
        text = synced.marks()["jira:CS-2"].text
        assert recorded in text
        assert "No dependency between teams is stated here." in text


def test_an_answer_is_recorded_in_the_words_of_whoever_gave_it(synced: Desk) -> None:
    """Who names another day promises that one, and not the day that the comment asked for."""
    synced.jira.comment("ACME-16", "/okr accept by 20 Dec")
    later(synced)
    text = synced.marks()["jira:ACME-16"].text
    assert "Recorded: Product will deliver, “by 20 Dec” (Robin Vale, 16 Nov 2026)." in text
    assert "11 Dec" not in text
    assert "will be delivered, “by 20 Dec”, 16 Nov 2026: applied" in synced.hub("why", "ACME-16").out


def test_a_recorded_line_ends_with_its_last_word(synced: Desk) -> None:
    for ticket, words in (("ACME-16", "accept"), ("ACME-5", "mute"), ("BIZ-3", "later"), ("ACME-6", "decline no")):
        synced.jira.comment(ticket, f"/okr {words}")
    later(synced)
    lines = [text for ticket in ("ACME-16", "ACME-5", "BIZ-3", "ACME-6") for text in synced.jira.texts(ticket)]
    recorded = [line for text in lines for line in text.split("\n") if line.startswith("Recorded: ")]
    assert len(recorded) == 4
    assert [line for line in recorded if line != line.strip()] == []


def test_an_answer_on_the_waiting_ticket_is_no_promise(synced: Desk) -> None:
    synced.jira.comment("BIZ-3", "/okr accept")
    later(synced)
    text = synced.marks()["jira:BIZ-3"].text
    where = "No other team waits for this ticket; it is blocked by ACME-16."
    assert f"Recorded: accepted (Robin Vale, 16 Nov 2026). {where}" in text


def test_a_remark_behind_the_key_results_of_a_command_names_none(synced: Desk) -> None:
    for ticket, words in (("ACME-5", "launch-conversion (see planning)"), ("ACME-6", "= launch-dau # as agreed")):
        synced.jira.comment(ticket, f"/okr kr {words}")
    later(synced)
    marks = synced.marks()
    assert marks["jira:ACME-5"].text.startswith("OKR check: resolved. This ticket is linked to “5 % conversion")
    assert "Recorded: linked to “500,000 daily active users" in marks["jira:ACME-6"].text


def test_a_command_that_names_an_objective_is_answered_with_one_of_its_key_results(synced: Desk) -> None:
    synced.jira.comment("ACME-5", "/okr kr launch")
    later(synced)
    text = synced.marks()["jira:ACME-5"].text
    assert "Link one of its key results instead: comment /okr kr launch-dau" in text
    assert "Closest:" not in text


def test_the_same_no_is_told_once_and_another_one_again(synced: Desk) -> None:
    """Work that was put off and is taken up again waits for the same no; one after a yes is another."""
    synced.jira.comment("ACME-16", "/okr decline no people")
    later(synced)
    first = synced.marks()["jira:BIZ-3"].comments[0][0]
    for day, words in (("2026-11-18", "later"), ("2026-11-19", "accept")):
        synced.jira.comment("BIZ-3", f"/okr {words}")
        later(synced, day)
    ((again, text),) = synced.marks()["jira:BIZ-3"].comments
    assert "blocked by work that was declined" in text
    assert again == first
    for day, words in (("2026-11-20", "accept"), ("2026-11-23", "decline no people again")):
        synced.jira.comment("ACME-16", f"/okr {words}")
        later(synced, day)
    ((anew, text),) = synced.marks()["jira:BIZ-3"].comments
    assert "no people again" in text
    assert anew != first


def test_a_waiver_puts_no_date_right(synced: Desk) -> None:
    assert "due later than" in synced.marks()["github:acme/platform#6"].text
    waiver = 'rule = "late-provider"\nsubject = "github:acme/platform#6"\nreason = "talked"\nowner = "lead"'
    text = synced.config.read_text(encoding="utf-8")
    synced.config.write_text(f"{text}\n[[waivers]]\n{waiver}\nuntil = 2026-12-20\n", encoding="utf-8")
    later(synced)
    assert as_read(synced.marks()["github:acme/platform#6"].text).startswith("OKR check: resolved. No open points.")
