"""The ledger: what was written is known to every connection and every process that follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.model.action import Comment, PostedFinding, Published, Shut, Target
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


def entry(store: Ledger) -> Published:
    return store.published()[KEY]


def test_a_posted_comment_is_remembered_by_the_next_process(state: State) -> None:
    first = state.open()
    first.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    first.labelled(TARGET, "okr-stale", present=True)
    assert entry(state.open()) == Published(
        TARGET,
        comment_id="c1",
        author="account-1",
        digest="d1",
        findings=(FINDING,),
        labels=frozenset({"okr-stale"}),
    )


def test_a_wish_is_pending_until_its_receipt(store: Ledger) -> None:
    store.intend(TARGET, "d1")
    assert entry(store) == Published(TARGET, pending=True, attempts=1)
    store.commented(TARGET, COMMENT, "d1", [], resolved=True)
    assert (entry(store).pending, entry(store).resolved) == (False, True)


def test_a_comment_that_is_to_be_replaced_is_known_until_it_is_gone(state: State) -> None:
    first = state.open()
    first.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    first.replacing(TARGET, "d2")
    wished = entry(state.open())
    assert (wished.comment_id, wished.replaces, wished.pending, wished.attempts) == ("c1", "c1", True, 1)
    assert (wished.digest, wished.findings) == ("d1", (FINDING,))
    first.commented(TARGET, Comment("c2", "account-1"), "d2", [FINDING], resolved=False)
    arrived = entry(state.open())
    assert (arrived.comment_id, arrived.replaces, arrived.pending, arrived.attempts) == ("c2", "c1", False, 0)
    first.replaced(TARGET)
    assert (entry(first).comment_id, entry(first).replaces) == ("c2", None)


def test_the_day_on_which_nothing_was_open_any_more_stays_until_something_is(store: Ledger) -> None:
    for day in (NOW.date(), NOW.date() + timedelta(days=3)):
        store.commented(TARGET, COMMENT, "d1", [], resolved=True, day=day)
        assert entry(store).resolved_on == NOW.date()
    store.commented(TARGET, COMMENT, "d2", [FINDING], resolved=False, day=NOW.date())
    assert entry(store).resolved_on is None


def test_the_request_for_silence_is_remembered_with_the_comment(store: Ledger) -> None:
    for by in ("c7", "-c7", ""):
        store.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False, muted_by=by)
        assert entry(store).muted_by == by


def test_a_mute_is_remembered_where_no_comment_stands(store: Ledger, state: State) -> None:
    store.labelled(TARGET, "okr-stale", present=True)
    store.muted(TARGET, "c7", [FINDING])
    known = entry(state.open())
    assert (known.muted_by, known.findings, known.comment_id) == ("c7", (FINDING,), None)
    assert known.labels == {"okr-stale"}


def test_a_wish_for_labels_is_kept_until_each_label_is_known(store: Ledger) -> None:
    store.intend_labels(TARGET, frozenset({"okr-stale"}), frozenset({"okr-unaligned"}))
    store.intend(TARGET, "d1")
    assert (entry(store).added, entry(store).removed) == ({"okr-stale"}, {"okr-unaligned"})
    store.labelled(TARGET, "okr-stale", present=True)
    store.labelled(TARGET, "okr-unaligned", present=False)
    assert (entry(store).added, entry(store).removed, entry(store).labels) == (frozenset(), frozenset(), {"okr-stale"})


def test_a_later_wish_takes_the_place_of_its_contrary(store: Ledger) -> None:
    store.intend_labels(TARGET, frozenset({"okr-stale"}), frozenset())
    store.intend_labels(TARGET, frozenset(), frozenset({"okr-stale"}))
    assert (entry(store).added, entry(store).removed) == (frozenset(), {"okr-stale"})


def test_a_changed_comment_is_contested_once_until_it_is_put_right(store: Ledger) -> None:
    store.commented(TARGET, replace(COMMENT, form="f1"), "d1", [FINDING], resolved=False)
    store.looked(TARGET, "monday", "f1")
    store.contested(TARGET, "tuesday")
    store.contested(TARGET, "wednesday")
    known = entry(store)
    assert (known.drifted, known.contests, known.looked, known.form) == (True, 1, "wednesday", "f1")
    store.commented(TARGET, replace(COMMENT, form="f2"), "d1", [FINDING], resolved=False)
    known = entry(store)
    assert (known.drifted, known.contests, known.restored_for, known.form) == (False, 1, FINDING.fingerprint, "f2")
    store.commented(TARGET, COMMENT, "d2", [], resolved=True)
    assert (entry(store).contests, entry(store).restored_for) == (0, None)


def test_a_label_that_a_screen_does_not_take_is_remembered_with_what_it_stood_for(store: Ledger) -> None:
    store.intend_labels(TARGET, frozenset({"okr-stale"}), frozenset())
    store.label_barred(TARGET, "okr-stale", "abc")
    assert (entry(store).barred, entry(store).added) == ({"okr-stale": "abc"}, frozenset())
    store.labelled(TARGET, "okr-stale", present=True)
    assert entry(store).barred == {}


def test_a_wish_leaves_what_stands_there_as_it_is(store: Ledger) -> None:
    store.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.intend(TARGET, "d2")
    assert (entry(store).comment_id, entry(store).digest, entry(store).findings) == ("c1", "d1", (FINDING,))


def test_an_adopted_comment_is_known_without_its_words(store: Ledger) -> None:
    store.intend(TARGET, "d1")
    store.adopted(TARGET, COMMENT, frozenset({"okr-stale"}))
    assert entry(store) == Published(
        TARGET, comment_id="c1", author="account-1", labels=frozenset({"okr-stale"}), pending=False
    )


def test_a_refused_comment_keeps_what_it_stood_for(store: Ledger) -> None:
    store.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.comment_refused(TARGET, "abc")
    assert (entry(store).comment_id, entry(store).comment_refused, entry(store).findings) == (None, "abc", (FINDING,))


def test_a_new_comment_ends_a_refusal(store: Ledger) -> None:
    store.comment_refused(TARGET, "abc")
    store.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    assert entry(store).comment_refused is None


def test_a_comment_that_is_gone_stands_for_nothing(store: Ledger) -> None:
    store.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.comment_gone(TARGET)
    assert (entry(store).comment_id, entry(store).digest, entry(store).findings) == (None, "", ())


def test_labels_come_and_go_one_by_one(store: Ledger) -> None:
    store.labelled(TARGET, "okr-stale", present=True)
    store.labelled(TARGET, "okr-unaligned", present=True)
    store.labelled(TARGET, "okr-stale", present=False)
    assert entry(store).labels == {"okr-unaligned"}


def test_a_refused_label_is_forgotten_when_it_is_put_on_again(store: Ledger) -> None:
    store.labelled(TARGET, "okr-stale", present=True)
    store.label_refused(TARGET, "okr-stale", "abc")
    assert (entry(store).labels, entry(store).refused_labels) == (frozenset(), {"okr-stale": "abc"})
    store.labelled(TARGET, "okr-stale", present=True)
    assert (entry(store).labels, entry(store).refused_labels) == ({"okr-stale"}, {})


def test_a_ticket_that_moved_is_known_under_its_new_key(store: Ledger) -> None:
    store.commented(TARGET, COMMENT, "d1", [], resolved=False)
    store.labelled(Target(Ref("jira", "PLAT-9"), "10001"), "okr-stale", present=True)
    assert entry(store).target.ref == Ref("jira", "PLAT-9")
    assert entry(store).comment_id == "c1"


def test_forgetting_one_ticket_leaves_the_others(store: Ledger) -> None:
    for target in (TARGET, OTHER):
        store.commented(target, COMMENT, "d1", [], resolved=False)
    store.forget(TARGET)
    assert set(store.published()) == {("github", "I_1")}


def test_whoever_waits_keeps_the_place_and_the_others_lose_it(store: Ledger) -> None:
    store.deferred(3, [TARGET, OTHER])
    store.deferred(5, [TARGET])
    store.deferred(6, [TARGET, OTHER, OTHER])
    assert store.waiting() == {KEY: 3, ("github", "I_1"): 6}


def test_whoever_waits_at_a_source_that_was_not_looked_at_keeps_the_place(store: Ledger) -> None:
    store.deferred(3, [TARGET, OTHER])
    store.deferred(5, [], looked_at={TARGET.ref.connector})
    assert store.waiting() == {("github", "I_1"): 3}
    store.deferred(6, [TARGET], looked_at=set())
    assert store.waiting() == {("github", "I_1"): 3, KEY: 6}


def test_a_rival_is_remembered_with_the_day_it_was_last_seen(store: Ledger) -> None:
    for day in (NOW.date(), NOW.date() + timedelta(days=1)):
        store.rivalled(TARGET, day)
        assert entry(store).rival == day


def test_what_a_ticket_does_not_take_counts_until_it_changes(store: Ledger) -> None:
    store.shut(TARGET, "comment", "locked", moment="monday", day=NOW.date())
    store.shut(TARGET, "labels", "archived", moment="monday", day=NOW.date())
    assert entry(store).shut == Shut({"comment": "locked", "labels": "archived"}, "monday", NOW.date())
    store.shut(TARGET, "labels", "archived", moment="tuesday", day=NOW.date())
    assert entry(store).shut == Shut({"labels": "archived"}, "tuesday", NOW.date())
    store.labelled(TARGET, "okr-stale", present=True)
    assert entry(store).shut is None


def test_a_comment_that_arrives_is_not_shut_out_any_more(store: Ledger) -> None:
    store.shut(TARGET, "comment", "locked", moment="monday", day=NOW.date())
    store.commented(TARGET, COMMENT, "d1", [], resolved=False)
    assert entry(store).shut is None


def test_a_refused_comment_is_not_looked_for(store: Ledger) -> None:
    store.intend(TARGET, "d1")
    store.comment_unsent(TARGET)
    assert (entry(store).pending, entry(store).attempts) == (False, 0)


def test_a_refused_replacement_leaves_the_old_comment(store: Ledger) -> None:
    store.commented(TARGET, COMMENT, "d1", [FINDING], resolved=False)
    store.replacing(TARGET, "d2")
    store.comment_unsent(TARGET)
    assert (entry(store).comment_id, entry(store).replaces, entry(store).pending) == ("c1", None, False)


def test_labels_that_the_hub_defined_are_known_until_they_are_gone(store: Ledger) -> None:
    store.defined("jira", ["B:okr-stale", "A:okr-stale"])
    store.defined("jira", ["A:okr-stale"])
    store.defined("github", ["acme/app:okr-stale"])
    assert store.definitions("jira") == ("A:okr-stale", "B:okr-stale")
    store.undefined("jira", "A:okr-stale")
    assert (store.definitions("jira"), store.definitions("github")) == (("B:okr-stale",), ("acme/app:okr-stale",))
