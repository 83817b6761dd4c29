"""Observing returns what the ledger has to record as values, from the snapshot, the ledger and the trackers alone."""

from dataclasses import replace

import pytest

from hub.core.planning.comment_drift import Observation
from hub.model.action import (
    Comment,
    CommentAdopted,
    CommentDeleted,
    CommentEdited,
    CommentNotSent,
    CommentVerified,
    LabelChanged,
    LedgerChange,
    LedgerEntry,
    OtherHubDetected,
    Target,
)
from hub.model.initiative import Gap, PullResult, Snapshot
from hub.pipeline.observe import observe
from tests.builders import an_initiative
from tests.fakes.clock import FakeClock
from tests.fakes.connector import FakeConnector, Remark
from tests.hub.pipeline.workspace import a_desk

BAD = an_initiative("jira:ACME-1", title="bad")
REF = "jira:ACME-1"
KEY = ("jira", BAD.id)
TARGET = Target(BAD.ref, BAD.id)
LABEL = "okr-unaligned"


def commented() -> tuple[FakeConnector, LedgerEntry]:
    """A ticket with the hub's comment and label, and its ledger entry."""
    desk = a_desk(BAD)
    desk.run()
    return desk.jira, desk.store.ledger_entries()[KEY]


def observed(jira: FakeConnector, *entries: LedgerEntry, full: bool = False, confirmed: bool = False) -> Observation:
    ledger = {(entry.target.ref.connector, entry.target.id): entry for entry in entries}
    snapshot = Snapshot((jira.pull(),), FakeClock().now())
    return observe(snapshot, ledger, {"jira": jira}, full=full, confirmed=confirmed)


def changes(jira: FakeConnector, *entries: LedgerEntry) -> list[type[LedgerChange]]:
    return [type(change) for change in observed(jira, *entries).changes]


def test_a_comment_as_the_hub_left_it_is_verified_and_the_next_time_not_read() -> None:
    jira, entry = commented()
    once = observed(jira, entry)
    assert [type(change) for change in once.changes] == [CommentVerified]
    reads = jira.looks
    assert observed(jira, *once.ledger.values()).changes == ()
    assert jira.looks == reads


def test_what_people_did_to_a_comment_is_returned_as_a_change() -> None:
    jira, entry = commented()
    jira.person_edits_comment_of_the_hub(REF)
    assert changes(jira, entry) == [CommentEdited]
    jira.person_deletes_comment_of_the_hub(REF)
    (deleted,) = observed(jira, entry).changes
    assert deleted == CommentDeleted(TARGET, entry.findings[0].fingerprint)


def test_a_lost_entry_is_adopted_and_a_label_without_a_comment_is_a_persons() -> None:
    jira, entry = commented()
    now = observed(jira)
    (adopted,) = now.changes
    assert adopted == CommentAdopted(TARGET, Comment(entry.comment_id or "", entry.author or ""), frozenset({LABEL}))
    assert now.ledger[KEY].comment_id == entry.comment_id
    jira.person_deletes_comment_of_the_hub(REF)
    assert observed(jira) == Observation({}, complete=frozenset({"jira"}))


def test_a_comment_whose_outcome_is_unknown_is_looked_for() -> None:
    jira, entry = commented()
    unknown = LedgerEntry(TARGET, create_pending=True, create_attempts=1)
    assert changes(jira, unknown)[0] is CommentAdopted
    jira.person_deletes_comment_of_the_hub(REF)
    now = observed(jira, unknown)
    assert now.changes == (CommentNotSent(TARGET),)
    assert now.ledger[KEY] == replace(unknown, create_pending=False, create_attempts=0)
    assert entry.comment_id is not None


def test_a_label_whose_write_has_no_receipt_is_taken_from_the_ticket() -> None:
    jira, entry = commented()
    half = replace(entry, labels=frozenset(), added=frozenset({LABEL}))
    now = observed(jira, half)
    assert LabelChanged(TARGET, LABEL, present=True) in now.changes
    assert now.ledger[KEY].labels == {LABEL}


def test_a_second_comment_of_the_account_means_another_hub() -> None:
    jira, entry = commented()
    jira.ticket(REF).remarks.insert(0, Remark("c0", jira.account.id, marked=True))
    assert changes(jira, entry) == [OtherHubDetected, CommentAdopted]


def test_what_a_resolved_comment_remembers_does_not_stand_in_another_one() -> None:
    jira, entry = commented()
    assert entry.findings
    other = replace(entry, comment_id="another", resolved=True)
    assert observed(jira, other).ledger[KEY].open_findings == ()


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_tracker_none_of_whose_comments_is_visible_is_blocked_unless_confirmed(confirmed: bool) -> None:
    tickets = [an_initiative(f"jira:ACME-{number}", title="bad") for number in range(1, 5)]
    desk = a_desk(*tickets)
    desk.run()
    desk.jira.trouble.unseen = True
    now = observed(desk.jira, *desk.store.ledger_entries().values(), confirmed=confirmed)
    assert set(now.blocked_connectors) == (set() if confirmed else {"jira"})
    assert [type(change) for change in now.changes] == ([CommentDeleted] * 4 if confirmed else [])


def test_a_tracker_that_fails_or_was_not_read_to_its_end_leaves_its_entries_as_they_were() -> None:
    jira, entry = commented()
    jira.person_edits_comment_of_the_hub(REF)
    jira.trouble.find_fails = {"ACME-1"}
    assert observed(jira, entry) == Observation({KEY: entry}, complete=frozenset({"jira"}))
    cut = Snapshot((PullResult("jira", (BAD,), (Gap("jira", "broke off"),)),), FakeClock().now())
    reads = jira.looks
    assert observe(cut, {KEY: entry}, {"jira": jira}, full=False, confirmed=False) == Observation({KEY: entry})
    assert jira.looks == reads
