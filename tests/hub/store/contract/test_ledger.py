"""The ledger: what was written is known to every connection and every process that follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.model.action import Comment, LedgerEntry, PostedFinding, Target, WriteRefusal
from hub.model.initiative import Ref
from hub.store.base import Ledger
from tests.builders import a_ref
from tests.hub.store.contract.states import State

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TARGET = Target(a_ref("jira:ACME-1"), "10001")
OTHER = Target(a_ref("github:acme/app#1"), "I_1")
KEY = ("jira", "10001")
FINDING = PostedFinding("some-fault", "warning", "abc", (a_ref("jira:ACME-1"), a_ref("github:acme/app#1")))
COMMENT = Comment("c1", "account-1")


def load_entry(store: Ledger) -> LedgerEntry:
    return store.ledger_entries()[KEY]


def test_a_posted_comment_is_remembered_by_the_next_process(state: State) -> None:
    first = state.open()
    first.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    first.record_label(TARGET, "okr-stale", present=True)
    assert load_entry(state.open()) == LedgerEntry(
        TARGET,
        comment_id="c1",
        author="account-1",
        digest="d1",
        findings=(FINDING,),
        labels=frozenset({"okr-stale"}),
    )


def test_a_wish_is_pending_until_its_receipt(store: Ledger) -> None:
    store.record_intent(TARGET, "d1")
    assert load_entry(store) == LedgerEntry(TARGET, create_pending=True, create_attempts=1)
    store.record_comment(TARGET, COMMENT, "d1", [], resolved=True)
    assert (load_entry(store).create_pending, load_entry(store).resolved) == (False, True)


def test_a_comment_that_is_to_be_replaced_is_known_until_it_is_gone(state: State) -> None:
    first = state.open()
    first.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    first.record_replacement_intent(TARGET, "d2")
    wished = load_entry(state.open())
    assert (wished.comment_id, wished.replaces, wished.create_pending, wished.create_attempts) == ("c1", "c1", True, 1)
    assert (wished.digest, wished.findings) == ("d1", (FINDING,))
    first.record_comment(TARGET, Comment("c2", "account-1"), "d2", [FINDING], resolved=False)
    arrived = load_entry(state.open())
    assert (arrived.comment_id, arrived.replaces, arrived.create_pending, arrived.create_attempts) == (
        "c2",
        "c1",
        False,
        0,
    )
    first.record_replaced(TARGET)
    assert (load_entry(first).comment_id, load_entry(first).replaces) == ("c2", None)


def test_the_day_on_which_nothing_was_open_any_more_stays_until_something_is(store: Ledger) -> None:
    for day in (NOW.date(), NOW.date() + timedelta(days=3)):
        store.record_comment(TARGET, COMMENT, "d1", [], resolved=True, day=day)
        assert load_entry(store).resolved_on == NOW.date()
    store.record_comment(TARGET, COMMENT, "d2", [FINDING], resolved=False, day=NOW.date())
    assert load_entry(store).resolved_on is None


def test_the_request_for_silence_is_remembered_with_the_comment(store: Ledger) -> None:
    for by in ("c7", "-c7", ""):
        store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False, mute_comment_id=by)
        assert load_entry(store).mute_comment_id == by


def test_a_mute_is_remembered_where_no_comment_stands(store: Ledger, state: State) -> None:
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_mute(TARGET, "c7", [FINDING])
    known = load_entry(state.open())
    assert (known.mute_comment_id, known.findings, known.comment_id) == ("c7", (FINDING,), None)
    assert known.labels == {"okr-stale"}


def test_a_wish_for_labels_is_kept_until_each_label_is_known(store: Ledger) -> None:
    store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset({"okr-unaligned"}))
    store.record_intent(TARGET, "d1")
    assert (load_entry(store).added, load_entry(store).removed) == ({"okr-stale"}, {"okr-unaligned"})
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_label(TARGET, "okr-unaligned", present=False)
    assert (load_entry(store).added, load_entry(store).removed, load_entry(store).labels) == (
        frozenset(),
        frozenset(),
        {"okr-stale"},
    )


def test_a_later_wish_takes_the_place_of_its_contrary(store: Ledger) -> None:
    store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset())
    store.record_label_intent(TARGET, frozenset(), frozenset({"okr-stale"}))
    assert (load_entry(store).added, load_entry(store).removed) == (frozenset(), {"okr-stale"})


def test_a_changed_comment_is_contested_once_until_it_is_put_right(store: Ledger) -> None:
    store.record_comment(TARGET, replace(COMMENT, body_hash="f1"), "d1", [FINDING], resolved=False)
    store.record_verified(TARGET, "monday", "f1")
    store.record_human_edit(TARGET, "tuesday")
    store.record_human_edit(TARGET, "wednesday")
    known = load_entry(store)
    assert (known.edited_by_human, known.edit_conflicts, known.verified_at, known.body_hash) == (
        True,
        1,
        "wednesday",
        "f1",
    )
    store.record_comment(TARGET, replace(COMMENT, body_hash="f2"), "d1", [FINDING], resolved=False)
    known = load_entry(store)
    assert (known.edited_by_human, known.edit_conflicts, known.restored_for_findings, known.body_hash) == (
        False,
        1,
        FINDING.fingerprint,
        "f2",
    )
    store.record_comment(TARGET, COMMENT, "d2", [], resolved=True)
    assert (load_entry(store).edit_conflicts, load_entry(store).restored_for_findings) == (0, None)


def test_a_label_that_a_screen_does_not_take_is_remembered_with_what_it_stood_for(store: Ledger) -> None:
    store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset())
    store.record_unsettable_label(TARGET, "okr-stale", "abc")
    assert (load_entry(store).unsettable_labels, load_entry(store).added) == ({"okr-stale": "abc"}, frozenset())
    store.record_label(TARGET, "okr-stale", present=True)
    assert load_entry(store).unsettable_labels == {}


def test_a_wish_leaves_what_stands_there_as_it_is(store: Ledger) -> None:
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.record_intent(TARGET, "d2")
    assert (load_entry(store).comment_id, load_entry(store).digest, load_entry(store).findings) == (
        "c1",
        "d1",
        (FINDING,),
    )


def test_an_adopted_comment_is_known_without_its_words(store: Ledger) -> None:
    store.record_intent(TARGET, "d1")
    store.record_adopted(TARGET, COMMENT, frozenset({"okr-stale"}))
    assert load_entry(store) == LedgerEntry(
        TARGET, comment_id="c1", author="account-1", labels=frozenset({"okr-stale"}), create_pending=False
    )


def test_what_a_resolved_comment_remembers_stands_nowhere_once_another_comment_takes_its_place(store: Ledger) -> None:
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=True, day=NOW.date())
    assert (load_entry(store).findings, load_entry(store).open_findings) == ((FINDING,), ())
    store.record_adopted(TARGET, replace(COMMENT, id="c2"), frozenset())
    assert (load_entry(store).comment_id, load_entry(store).open_findings) == ("c2", ())


def test_a_mute_after_a_resolved_comment_is_gone_is_about_what_is_open(store: Ledger) -> None:
    store.record_comment(TARGET, COMMENT, "d1", [], resolved=True, day=NOW.date())
    store.record_comment_removed_by_human(TARGET, "")
    store.record_mute(TARGET, "c7", [FINDING])
    assert load_entry(store).open_findings == (FINDING,)


def test_a_refused_comment_keeps_what_it_stood_for(store: Ledger) -> None:
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.record_comment_removed_by_human(TARGET, "abc")
    assert (load_entry(store).comment_id, load_entry(store).comment_removed_by_human, load_entry(store).findings) == (
        None,
        "abc",
        (FINDING,),
    )


def test_a_new_comment_ends_a_refusal(store: Ledger) -> None:
    store.record_comment_removed_by_human(TARGET, "abc")
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    assert load_entry(store).comment_removed_by_human is None


def test_a_comment_that_is_gone_stands_for_nothing(store: Ledger) -> None:
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.record_comment_absent(TARGET)
    assert (load_entry(store).comment_id, load_entry(store).digest, load_entry(store).findings) == (None, "", ())


def test_labels_come_and_go_one_by_one(store: Ledger) -> None:
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_label(TARGET, "okr-unaligned", present=True)
    store.record_label(TARGET, "okr-stale", present=False)
    assert load_entry(store).labels == {"okr-unaligned"}


def test_a_refused_label_is_forgotten_when_it_is_put_on_again(store: Ledger) -> None:
    store.record_label(TARGET, "okr-stale", present=True)
    store.label_refused(TARGET, "okr-stale", "abc")
    assert (load_entry(store).labels, load_entry(store).labels_removed_by_human) == (frozenset(), {"okr-stale": "abc"})
    store.record_label(TARGET, "okr-stale", present=True)
    assert (load_entry(store).labels, load_entry(store).labels_removed_by_human) == ({"okr-stale"}, {})


def test_a_ticket_that_moved_is_known_under_its_new_key(store: Ledger) -> None:
    store.record_comment(TARGET, COMMENT, "d1", [], resolved=False)
    store.record_label(Target(Ref("jira", "PLAT-9"), "10001"), "okr-stale", present=True)
    assert load_entry(store).target.ref == Ref("jira", "PLAT-9")
    assert load_entry(store).comment_id == "c1"


def test_forgetting_one_ticket_leaves_the_others(store: Ledger) -> None:
    for target in (TARGET, OTHER):
        store.record_comment(target, COMMENT, "d1", [], resolved=False)
    store.delete_entry(TARGET)
    assert set(store.ledger_entries()) == {("github", "I_1")}


def test_only_the_tickets_that_are_asked_for_are_read(store: Ledger) -> None:
    same_id = Target(a_ref("github:acme/app#9"), TARGET.id)
    for target in (TARGET, OTHER, same_id):
        store.record_comment(target, replace(COMMENT, id=f"on {target.ref}"), "d1", [FINDING], resolved=False)
    whole = store.ledger_entries()
    asked = [KEY, ("github", "I_1"), KEY, ("jira", "never-written"), ("no such connector", TARGET.id)]
    assert store.ledger_entries(asked) == {key: whole[key] for key in (KEY, ("github", "I_1"))}
    assert store.ledger_entries({KEY}) == {KEY: whole[KEY]}
    assert store.ledger_entries(whole.keys()) == whole
    assert len(whole) == 3


def test_nothing_is_read_where_no_ticket_is_asked_for(store: Ledger) -> None:
    store.record_intent(TARGET, "d1")
    assert store.ledger_entries(()) == {}
    assert set(store.ledger_entries(None)) == {KEY}


def test_a_ticket_that_is_asked_for_is_told_as_it_is_now(state: State) -> None:
    writer, reader = state.open(), state.open()
    writer.record_intent(TARGET, "d1")
    assert reader.ledger_entries([KEY])[KEY].create_pending
    writer.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    assert reader.ledger_entries([KEY]) == {KEY: load_entry(writer)}
    writer.delete_entry(TARGET)
    assert reader.ledger_entries([KEY]) == {}


def test_whoever_waits_keeps_the_place_and_the_others_lose_it(store: Ledger) -> None:
    store.record_deferred(3, [TARGET, OTHER])
    store.record_deferred(5, [TARGET])
    store.record_deferred(6, [TARGET, OTHER, OTHER])
    assert store.deferred_comments() == {KEY: 3, ("github", "I_1"): 6}


def test_whoever_waits_at_a_source_that_was_not_looked_at_keeps_the_place(store: Ledger) -> None:
    store.record_deferred(3, [TARGET, OTHER])
    store.record_deferred(5, [], checked_connectors={TARGET.ref.connector})
    assert store.deferred_comments() == {("github", "I_1"): 3}
    store.record_deferred(6, [TARGET], checked_connectors=set())
    assert store.deferred_comments() == {("github", "I_1"): 3, KEY: 6}


def test_a_rival_is_remembered_with_the_day_it_was_last_seen(store: Ledger) -> None:
    for day in (NOW.date(), NOW.date() + timedelta(days=1)):
        store.record_other_hub(TARGET, day)
        assert load_entry(store).other_hub_seen_on == day


def test_what_a_ticket_does_not_take_counts_until_it_changes(store: Ledger) -> None:
    store.record_write_refusal(TARGET, "comment", "locked", ticket_updated_at="monday", day=NOW.date())
    store.record_write_refusal(TARGET, "labels", "archived", ticket_updated_at="monday", day=NOW.date())
    assert load_entry(store).write_refusal == WriteRefusal(
        {"comment": "locked", "labels": "archived"}, "monday", NOW.date()
    )
    store.record_write_refusal(TARGET, "labels", "archived", ticket_updated_at="tuesday", day=NOW.date())
    assert load_entry(store).write_refusal == WriteRefusal({"labels": "archived"}, "tuesday", NOW.date())
    store.record_label(TARGET, "okr-stale", present=True)
    assert load_entry(store).write_refusal is None


def test_a_comment_that_arrives_is_not_shut_out_any_more(store: Ledger) -> None:
    store.record_write_refusal(TARGET, "comment", "locked", ticket_updated_at="monday", day=NOW.date())
    store.record_comment(TARGET, COMMENT, "d1", [], resolved=False)
    assert load_entry(store).write_refusal is None


def test_a_refused_comment_is_not_looked_for(store: Ledger) -> None:
    store.record_intent(TARGET, "d1")
    store.record_unsent_comment(TARGET)
    assert (load_entry(store).create_pending, load_entry(store).create_attempts) == (False, 0)


def test_a_refused_replacement_leaves_the_old_comment(store: Ledger) -> None:
    store.record_comment(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.record_replacement_intent(TARGET, "d2")
    store.record_unsent_comment(TARGET)
    assert (load_entry(store).comment_id, load_entry(store).replaces, load_entry(store).create_pending) == (
        "c1",
        None,
        False,
    )


def test_labels_that_the_hub_defined_are_known_until_they_are_gone(store: Ledger) -> None:
    store.label_created("jira", ["B:okr-stale", "A:okr-stale"])
    store.label_created("jira", ["A:okr-stale"])
    store.label_created("github", ["acme/app:okr-stale"])
    assert store.created_labels("jira") == ("A:okr-stale", "B:okr-stale")
    store.label_definition_gone("jira", "A:okr-stale")
    assert (store.created_labels("jira"), store.created_labels("github")) == (("B:okr-stale",), ("acme/app:okr-stale",))
