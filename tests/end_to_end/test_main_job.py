"""The main job from the first sync to the retraction, in both trackers."""

import re
from pathlib import Path

from tests.end_to_end.workspace import Desk, Marks, expected_tickets, hub_in, marked_as_told
from tests.write_back.trackers import as_read

RESOLVED = "OKR check: resolved. This ticket is linked to “"
FIXES = {"jira:ACME-5": "kr-launch-conversion", "github:acme/platform#12": "kr-deploy-safety"}


def test_the_demo_ends_by_itself_with_findings_in_both_trackers(tmp_path: Path) -> None:
    ran = hub_in(tmp_path, "demo")
    assert ran.code == 0, ran.err
    assert "Act on this first" in ran.out
    assert "  ACME-5 Settings page" in ran.out
    assert re.search(r"^  jira: \d+ new comments, \d+ labels$", ran.out, re.MULTILINE)
    assert re.search(r"^  github: \d+ new comments, \d+ labels$", ran.out, re.MULTILINE)
    assert "A second sync made 0 writes." in ran.said
    assert "The comment on ACME-" in ran.said
    assert "Traceback" not in ran.said


def test_a_comment_stands_where_somebody_can_act_and_a_label_where_it_is_felt(synced: Desk) -> None:
    marks = synced.marks()
    assert set(marks) == expected_tickets()
    assert {ticket for ticket, mark in marks.items() if not marked_as_told(mark, ticket)} == set()


def test_nothing_is_written_on_a_ticket_that_names_the_private_key_result(synced: Desk) -> None:
    assert "jira:GTM-3" not in synced.marks()


def test_a_sync_of_unchanged_data_writes_nothing_ever_again(synced: Desk) -> None:
    written, marks = synced.writes, synced.marks()
    for _ in range(2):
        ran = synced.sync()
        assert ran.code == 0
        assert "Nothing to write" in ran.out
    assert synced.writes == written
    assert synced.marks() == marks


def test_a_fixed_label_settles_the_comment_and_takes_the_label_away(synced: Desk) -> None:
    before = synced.marks()
    fix(synced)
    assert synced.sync().code == 0
    after = synced.marks()
    for ticket in FIXES:
        assert as_read(after[ticket].text).startswith(RESOLVED)
        assert after[ticket].labels == frozenset()
    assert unfixed(after) == unfixed(before)
    written = synced.writes
    synced.sync()
    assert synced.writes == written


def test_a_finding_that_comes_back_is_said_in_the_same_comment(synced: Desk) -> None:
    before = synced.marks()
    fix(synced)
    synced.sync()
    synced.jira.remove_label("ACME-5", FIXES["jira:ACME-5"])
    synced.github.remove_label("acme/platform#12", FIXES["github:acme/platform#12"])
    assert synced.sync().code == 0
    assert synced.marks() == before


def test_a_retraction_leaves_nothing_of_the_hub_and_all_of_everybody_else(desk: Desk) -> None:
    others = desk.others()
    desk.sync()
    assert desk.others() == others
    fix(desk)
    with_fixes = desk.others()
    desk.sync()
    ran = desk.hub("retract", "--yes")
    assert ran.code == 0, ran.said
    assert desk.marks() == {}
    assert desk.others() == with_fixes


def test_a_second_retraction_finds_nothing_to_take_back(synced: Desk) -> None:
    synced.hub("retract", "--yes")
    written = synced.writes
    assert synced.hub("retract", "--yes").code == 0
    assert synced.writes == written


def test_a_sync_after_a_retraction_posts_everything_again(synced: Desk) -> None:
    before = synced.marks()
    synced.hub("retract", "--yes")
    assert synced.sync().code == 0
    after = synced.marks()
    assert {ticket: mark.labels for ticket, mark in after.items()} == {t: m.labels for t, m in before.items()}
    assert all(marked_as_told(mark, ticket) for ticket, mark in after.items())


def test_a_retraction_that_nobody_confirms_writes_nothing(synced: Desk) -> None:
    written, marks = synced.writes, synced.marks()
    ran = synced.hub("retract")
    assert ran.code == 4
    assert "--yes" in ran.err
    assert (synced.writes, synced.marks()) == (written, marks)


def test_a_retraction_from_one_tracker_leaves_the_other_as_it_is(synced: Desk) -> None:
    before = synced.marks()
    assert synced.hub("retract", "--only", "github", "--yes").code == 0
    assert synced.marks() == {ticket: mark for ticket, mark in before.items() if ticket.startswith("jira:")}


def test_a_retraction_finds_its_comments_without_the_state(synced: Desk) -> None:
    others = synced.others()
    synced.lose_the_state()
    assert synced.hub("retract", "--yes").code == 0
    assert synced.marks() == {}
    assert synced.others() == others


def fix(desk: Desk) -> None:
    desk.jira.add_label("ACME-5", FIXES["jira:ACME-5"])
    desk.github.add_label_by_person("acme/platform#12", FIXES["github:acme/platform#12"])


def unfixed(marks: dict[str, Marks]) -> dict[str, Marks]:
    return {ticket: mark for ticket, mark in marks.items() if ticket not in FIXES}
