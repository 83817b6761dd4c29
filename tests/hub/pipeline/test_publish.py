"""Writes: in order, recorded before and after, looked for before they are repeated."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.base import Actor
from hub.model.action import Status
from hub.model.errors import CredentialsRefused, SourceError
from hub.pipeline.run_context import Mode
from tests.builders import an_initiative
from tests.fakes.connector import FakeConnector
from tests.fakes.rule import a_rule, every_ticket
from tests.fakes.store import PowerCut
from tests.hub.pipeline.workspace import Desk, a_desk, outcomes, statuses
from tests.write_back.power_cut import Cut, Fuse
from tests.write_back.runs import opened

BAD = an_initiative("jira:ACME-1", title="bad one")
ALSO_BAD = an_initiative("jira:ACME-2", title="bad two")
ON_GITHUB = an_initiative("github:acme/app#1", title="bad three")
GOOD = an_initiative("jira:ACME-3", title="good")
REF = "jira:ACME-1"
ADDED, CREATED = ("add_label", "done"), ("create_comment", "done")


def published(*tickets: object) -> Desk:
    desk = a_desk(*(tickets or (BAD,)))
    desk.run()
    return desk


def cut_before(receipt: str, path: Path) -> Desk:
    """After a run whose process ended when it was to remember what a write did: after the effect."""
    desk = a_desk(BAD, store=Cut(opened(path), frozenset({receipt}), Fuse(1)))
    with pytest.raises(PowerCut):
        desk.run()
    desk.store = opened(path)
    return desk


def reworded(desk: Desk, ref: str = REF) -> None:
    """The same fault in other words: the comment is to be updated."""
    desk.jira.edit(ref, title="bad and renamed")


def test_the_comment_is_written_before_the_label_that_it_explains() -> None:
    desk = a_desk(BAD)
    assert outcomes(desk.run()) == [ADDED, CREATED]
    assert desk.jira.log == [("create_comment", "ACME-1"), ("update_labels", "ACME-1")]
    assert desk.jira.labels(REF) == {"okr-unaligned"}


def test_every_write_is_heard_of_as_it_happens() -> None:
    desk = a_desk(BAD, ON_GITHUB)
    desk.run()
    assert desk.heard.count(("writes", 1)) == 4


def test_several_labels_of_a_ticket_are_one_write() -> None:
    rules = (a_rule("one", every_ticket), a_rule("two", every_ticket, label="okr-stale"))
    desk = a_desk(BAD, rules=rules)
    assert outcomes(desk.run()) == [ADDED, ADDED, CREATED]
    assert desk.jira.writes == {"update_labels": 1, "create_comment": 1}


def test_the_ledger_holds_what_stands_on_the_ticket() -> None:
    desk = published()
    known = desk.store.ledger_entries()["jira", BAD.id]
    assert (known.comment_id, known.author, known.create_pending) == ("c1", "account-1", False)
    assert known.labels == {"okr-unaligned"}


def test_a_comment_that_arrived_without_an_answer_is_found_and_not_sent_again() -> None:
    desk = a_desk(BAD)
    desk.jira.trouble.arrives_unanswered = 1
    assert outcomes(desk.run()) == [ADDED, CREATED]
    assert desk.jira.writes["create_comment"] == 1
    assert desk.run().receipts == ()


@pytest.mark.parametrize(("trouble", "then"), [("lost_before_arrival", [CREATED]), ("arrives_unseen", [])])
def test_a_comment_whose_fate_is_unknown_is_looked_for_in_the_next_run_before_it_is_sent(
    trouble: str, then: list[tuple[str, str]]
) -> None:
    desk = a_desk(BAD)
    setattr(desk.jira.trouble, trouble, 1)
    assert outcomes(desk.run()) == [ADDED, ("create_comment", "deferred")]
    assert desk.store.ledger_entries()["jira", BAD.id].create_pending
    assert outcomes(desk.run()) == then
    assert len(desk.jira.comments_of_the_hub(REF)) == 1
    assert desk.jira.writes["create_comment"] == 1


def test_a_comment_that_is_refused_fails_alone_and_is_tried_again() -> None:
    desk = a_desk(BAD, ALSO_BAD, ON_GITHUB)
    desk.jira.trouble.fails_before_arrival = 1
    outcome = desk.run()
    assert sorted(outcomes(outcome)).count(CREATED) == 2
    assert [r.detail for r in outcome.receipts if r.status is Status.FAILED] == ["500 before it arrived"]
    assert outcomes(desk.run()) == [CREATED]


def test_a_ticket_with_too_many_writes_waits_and_the_others_do_not() -> None:
    desk = a_desk(BAD, ALSO_BAD)
    desk.jira.trouble.later = {"ACME-1"}
    outcome = desk.run()
    assert [(r.action.target.ref.key, r.status) for r in outcome.receipts if r.status is not Status.DONE] == [
        ("ACME-1", Status.DEFERRED),
        ("ACME-1", Status.DEFERRED),
    ]
    assert "retry in 60 s" in outcome.receipts[0].detail
    desk.jira.trouble.later.clear()
    assert outcomes(desk.run()) == [ADDED, CREATED]


def test_a_label_that_may_not_be_written_stops_no_comment() -> None:
    desk = a_desk(BAD)
    desk.jira.trouble.labels_refused = {"ACME-1"}
    assert outcomes(desk.run()) == [("add_label", "failed"), CREATED]
    desk.jira.trouble.labels_refused.clear()
    assert outcomes(desk.run()) == [ADDED]


def test_a_label_refused_by_the_tracker_is_not_taken_for_an_answer_of_a_person() -> None:
    desk = a_desk(BAD)
    desk.jira.trouble.labels_refused = {"ACME-1"}
    desk.run()
    assert desk.store.ledger_entries()["jira", BAD.id].labels_removed_by_human == {}


def test_a_comment_that_a_person_deleted_is_not_put_back() -> None:
    desk = published()
    desk.jira.person_deletes_comment_of_the_hub(REF)
    reworded(desk)
    assert (desk.run().receipts, desk.jira.said(REF)) == ((), None)
    assert desk.run().receipts == ()


def test_a_comment_that_vanishes_between_look_and_edit_is_an_answer_too() -> None:
    desk = published()
    desk.run()
    desk.jira.ticket(REF).remarks.clear()
    reworded(desk)
    (receipt,) = desk.run().receipts
    assert (receipt.status, desk.jira.said(REF)) == (Status.UNCHANGED, None)
    assert desk.run().receipts == ()


def test_after_a_deleted_comment_a_new_fault_is_told_in_a_new_one() -> None:
    desk = published()
    desk.jira.person_deletes_comment_of_the_hub(REF)
    desk.rules = (*desk.rules, a_rule("another-fault", every_ticket))
    assert outcomes(desk.run()) == [CREATED]
    assert desk.jira.writes["create_comment"] == 2


def test_resolving_a_comment_that_is_gone_needs_nothing() -> None:
    desk = published()
    desk.jira.person_deletes_comment_of_the_hub(REF)
    desk.jira.edit(REF, title="good")
    assert outcomes(desk.run()) == [("remove_label", "done")]
    assert desk.run().receipts == ()


def test_a_ticket_that_was_deleted_is_let_go() -> None:
    desk = published()
    desk.jira.is_deleted(REF)
    desk.run()
    assert outcomes(desk.run()) == [("remove_label", "done"), ("resolve_comment", "unchanged")]
    assert desk.run().receipts == ()


def test_another_account_writes_nothing() -> None:
    desk = published()
    desk.jira.account = Actor("account-2", "Somebody")
    reworded(desk)
    (receipt,) = desk.run().receipts
    assert receipt.status is Status.REFUSED
    assert "the account is Somebody (account-2)" in receipt.detail
    assert "account-1" in receipt.detail
    assert desk.jira.writes["update_comment"] == 0


def test_another_account_in_one_tracker_does_not_stop_the_other() -> None:
    desk = published(BAD, ON_GITHUB)
    desk.jira.account = Actor("account-2", "Somebody")
    reworded(desk)
    desk.github.edit("github:acme/app#1", title="bad and renamed")
    assert sorted(outcomes(desk.run())) == [("update_comment", "done"), ("update_comment", "refused")]


def test_an_account_that_cannot_be_asked_for_writes_nothing() -> None:
    desk = a_desk(BAD)
    desk.jira.trouble.whoami = CredentialsRefused("jira", "401")
    assert outcomes(desk.run()) == [("add_label", "refused"), ("create_comment", "refused")]
    assert desk.written == 0


def test_a_lost_ledger_finds_its_comments_again_and_writes_nothing() -> None:
    desk = published(BAD, ALSO_BAD)
    written = desk.written
    lost = Desk(desk.jira, desk.github)
    assert [lost.run().receipts, lost.run().receipts] == [(), ()]
    assert desk.written == written
    assert [ledger_entry.comment_id for ledger_entry in lost.store.ledger_entries().values()] == ["c1", "c2"]


def test_a_lost_ledger_still_resolves_what_it_finds() -> None:
    desk = published()
    desk.jira.edit(REF, title="good")
    lost = Desk(desk.jira, desk.github)
    assert outcomes(lost.run()) == [("remove_label", "done"), ("resolve_comment", "done")]
    assert desk.jira.labels(REF) == set()


def test_a_comment_found_without_its_label_is_taken_up_and_not_repeated() -> None:
    desk = published()
    desk.jira.person_unlabels(REF, "okr-unaligned")
    Desk(desk.jira, desk.github).run()
    assert desk.jira.writes["create_comment"] == 1


def test_nothing_is_posted_beside_our_mark_by_another_account() -> None:
    desk = a_desk(BAD)
    desk.jira.person_comments(REF, "copied", marked=True)
    receipts = desk.run().receipts
    assert {receipt.status for receipt in receipts} == {Status.UNWRITABLE}
    assert {receipt.detail for receipt in receipts} == {
        "person-7 posted a comment with this hub's mark there: delete that comment, or run the hub as that account"
    }
    assert desk.run().receipts == ()
    assert desk.written == 0
    assert [remark.text for remark in desk.jira.ticket(REF).remarks] == ["copied"]


def test_our_mark_by_another_account_does_not_stop_the_comment_that_stands_there() -> None:
    desk = published()
    desk.jira.person_comments(REF, "copied", marked=True)
    desk.jira.edit(REF, title="bad and renamed")
    assert outcomes(desk.run()) == [("update_comment", "done")]
    assert "copied" in [remark.text for remark in desk.jira.ticket(REF).remarks]


def test_a_label_of_ours_without_our_comment_is_a_persons() -> None:
    desk = a_desk(replace(GOOD, labels=frozenset({"okr-stale"})))
    desk.run()
    assert desk.jira.labels("jira:ACME-3") == {"okr-stale"}
    assert desk.written == 0


def test_a_look_that_fails_stops_no_run() -> None:
    desk = a_desk(replace(GOOD, labels=frozenset({"okr-stale"})), ON_GITHUB)
    desk.jira.trouble.find_fails = {"ACME-3"}
    assert outcomes(desk.run()) == [ADDED, CREATED]


def test_a_look_before_a_comment_that_fails_sends_nothing() -> None:
    desk = a_desk(BAD)
    desk.jira.trouble.find_fails = {"ACME-1"}
    assert outcomes(desk.run()) == [ADDED, ("create_comment", "failed")]
    assert desk.jira.said(REF) is None


@pytest.mark.parametrize("at", ["record_comment", "record_label"])
def test_a_power_cut_between_effect_and_receipt_costs_no_duplicate_and_no_orphan(at: str, tmp_path: Path) -> None:
    desk = cut_before(at, tmp_path / "hub.db")
    desk.run()
    assert desk.jira.writes["create_comment"] == 1
    assert desk.run().receipts == ()
    desk.jira.edit(REF, title="good")
    desk.run()
    assert desk.jira.labels(REF) == set()
    assert desk.jira.said(REF).resolved


def test_a_half_known_label_is_completed_in_a_dry_run_without_remembering(tmp_path: Path) -> None:
    desk = cut_before("record_label", tmp_path / "hub.db")
    desk.jira.edit(REF, title="good")
    outcome = desk.run(mode=Mode.PREVIEW)
    assert outcomes(outcome) == [("remove_label", "planned"), ("resolve_comment", "planned")]
    assert desk.store.ledger_entries()["jira", BAD.id].labels == frozenset()


def test_an_account_that_never_wrote_may_begin() -> None:
    desk = a_desk(BAD, jira=FakeConnector(account=Actor("new", "New")))
    assert statuses(desk.run()) == {Status.DONE}


def test_a_run_goes_on_when_a_single_update_fails() -> None:
    desk = published(BAD, ALSO_BAD)
    for ref in (REF, "jira:ACME-2"):
        reworded(desk, ref)
    desk.jira.trouble.later = {"ACME-1"}
    assert sorted(outcomes(desk.run())) == [("update_comment", "deferred"), ("update_comment", "done")]


def test_a_source_error_keeps_its_words() -> None:
    desk = a_desk(BAD)
    desk.jira.trouble.whoami = SourceError("jira", "the tracker is closed")
    assert "the tracker is closed" in desk.run().receipts[0].detail


def test_rights_that_are_missing_are_told_and_stop_no_other_ticket() -> None:
    desk = a_desk(BAD, ALSO_BAD)
    desk.jira.trouble.forbidden = {"ACME-1"}
    outcome = desk.run()
    assert [r.detail for r in outcome.receipts if r.status is Status.FAILED] == ["not allowed: 403"] * 2
    assert desk.jira.said("jira:ACME-2") is not None


def test_a_ticket_that_vanished_before_its_label_fails_alone() -> None:
    desk = a_desk(BAD, ALSO_BAD)
    desk.jira.trouble.vanishing = {"ACME-1"}
    assert sorted(outcomes(desk.run())) == sorted(
        [("add_label", "failed"), ("create_comment", "failed"), ADDED, CREATED]
    )
