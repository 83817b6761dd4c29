"""Somebody who reverts the hub each time is answered a bounded number of times, then reported."""

from dataclasses import replace

import pytest

from hub.core.planning.write_refusals import MAX_EDIT_CONFLICTS, skip_reasons
from hub.model.action import Status
from hub.pipeline.retract import retract
from tests.builders import an_initiative
from tests.fakes.rule import a_rule, every_ticket
from tests.hub.pipeline.workspace import FREE, Desk, a_desk, outcomes

REF = "jira:ACME-1"
BAD = an_initiative(REF, title="bad one")
OTHERS = [an_initiative(f"jira:ACME-{n}", title="bad") for n in range(2, 6)]
RUNS = 12


def used(*more: object, **changes: object) -> Desk:
    desk = a_desk(BAD, *more, **changes)
    desk.run()
    desk.run()
    return desk


def test_a_changed_comment_is_put_right_once_for_the_same_findings() -> None:
    desk = used()
    desk.jira.person_edits_comment_of_the_hub(REF)
    assert outcomes(desk.run()) == [("update_comment", "done")]
    desk.jira.person_edits_comment_of_the_hub(REF)
    outcome = desk.run()
    assert outcome.receipts == ()
    assert [held.reason for held in outcome.plan.skipped] == [
        "someone keeps editing the hub's comment: not edited again until its content changes"
    ]
    assert skip_reasons(desk.store.ledger_entries()["jira", BAD.id])


def test_a_bot_that_reverts_every_edit_is_answered_once() -> None:
    desk = used()
    before = desk.jira.written
    for _ in range(RUNS):
        desk.jira.person_edits_comment_of_the_hub(REF)
        desk.run()
    assert desk.jira.written == before + 1


def test_a_bot_that_also_changes_the_words_of_the_finding_meets_a_wall() -> None:
    desk = used()
    before = desk.jira.written
    for number in range(RUNS):
        desk.jira.person_edits_comment_of_the_hub(REF)
        desk.jira.edit(REF, title=f"bad for the {number}th time")
        desk.run()
    assert desk.jira.written <= before + MAX_EDIT_CONFLICTS


def test_a_bot_that_takes_every_label_is_answered_never() -> None:
    desk = used()
    before = desk.jira.written
    for _ in range(RUNS):
        if "okr-unaligned" in desk.jira.labels(REF):
            desk.jira.person_unlabels(REF, "okr-unaligned")
        desk.run()
    assert desk.jira.written == before


def test_a_bot_that_deletes_every_comment_is_answered_never() -> None:
    desk = used()
    before = desk.jira.written
    for _ in range(RUNS):
        desk.jira.person_deletes_comment_of_the_hub(REF)
        desk.run()
    assert desk.jira.written == before


def test_a_bot_that_puts_a_settled_label_back_keeps_it() -> None:
    desk = used()
    desk.jira.edit(REF, title="good")
    desk.run()
    before = desk.jira.written
    for _ in range(RUNS):
        desk.jira.person_labels(REF, "okr-unaligned")
        desk.run()
    assert desk.jira.written == before


def test_something_new_is_said_although_the_comment_was_changed_twice() -> None:
    desk = used()
    for _ in range(2):
        desk.jira.person_edits_comment_of_the_hub(REF)
        desk.run()
    desk.rules = (*desk.rules, a_rule("another-fault", every_ticket))
    assert outcomes(desk.run()) == [("update_comment", "done")]


def test_nothing_is_written_where_all_our_comments_are_out_of_sight() -> None:
    desk = used(*OTHERS)
    for number in range(1, 6):
        desk.jira.edit(f"jira:ACME-{number}", title="bad and renamed")
        desk.jira._touch(desk.jira.ticket(f"jira:ACME-{number}"))
    desk.jira.trouble.unseen = True
    before = desk.jira.written
    outcome = desk.run()
    assert {receipt.status for receipt in outcome.receipts} == {Status.REFUSED}
    assert "Did the account lose permissions?" in outcome.receipts[0].detail
    desk.jira.trouble.unseen = False
    assert {receipt.status for receipt in desk.run().receipts} == {Status.DONE}
    assert desk.jira.written == before + 5


def test_a_yes_believes_that_people_deleted_all_comments() -> None:
    desk = used(*OTHERS)
    for number in range(1, 6):
        desk.jira.person_deletes_comment_of_the_hub(f"jira:ACME-{number}")
    assert desk.run(confirmed=True).receipts == ()
    assert {ledger_entry.comment_id for ledger_entry in desk.store.ledger_entries().values()} == {None}


def test_a_label_that_the_screen_does_not_take_is_told_once_and_the_comment_goes() -> None:
    desk = a_desk(BAD)
    desk.jira.trouble.off_screen = {"ACME-1"}
    assert outcomes(desk.run()) == [("add_label", "failed"), ("create_comment", "done")]
    assert [desk.run().receipts, desk.run().receipts] == [(), ()]
    assert skip_reasons(desk.store.ledger_entries()["jira", BAD.id])
    desk.rules = (*desk.rules, a_rule("another-fault", every_ticket))
    desk.jira.trouble.off_screen.clear()
    assert ("add_label", "done") in outcomes(desk.run())


@pytest.mark.parametrize("silent", ["jira", "github"])
def test_a_silent_connector_is_worked_out_and_never_written(silent: str) -> None:
    on_github = an_initiative("github:acme/app#1", title="bad two")
    desk = a_desk(BAD, on_github, limits=replace(FREE, dry_run_connectors=frozenset({silent})))
    planned = [r.action.target.ref.connector for r in desk.run().receipts if r.status is Status.PLANNED]
    assert planned == [silent, silent]
    assert getattr(desk, silent).written == 0
    assert desk.written == 2


def test_a_comment_that_people_answered_is_withdrawn_and_stays() -> None:
    desk = used()
    desk.jira.person_comments(REF, "@hub why me?")
    for expected in (2, 0):
        desk.clock.wait(seconds=60)
        assert len(retract(desk.job(), lambda _actions: True).receipts) == expected
    said = desk.jira.said(REF)
    assert said is not None
    assert "withdrawn" in said.headline


def test_a_search_finds_settled_comments_that_no_ledger_knows() -> None:
    desk = used()
    desk.jira.edit(REF, title="good")
    desk.run()
    lost = Desk(desk.jira, desk.github)
    lost.clock.wait(days=1)
    retract(lost.job(), lambda _actions: True)
    assert desk.jira.said(REF) is None
