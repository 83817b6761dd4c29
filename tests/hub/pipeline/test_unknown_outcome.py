"""A comment of which nobody knew whether it arrived is found in the end, whatever became of the ticket meanwhile."""

import pytest

from hub.pipeline.retract import retract
from tests.builders import an_initiative
from tests.fakes.connector import FakeConnector
from tests.fakes.rule import a_rule, every_ticket
from tests.hub.pipeline.workspace import Desk

REF = "jira:ACME-1"
LABELS = ("okr-unaligned", None)


def unseen(label: str | None) -> tuple[FakeConnector, Desk]:
    """After a run whose comment arrived after the look for it."""
    jira = FakeConnector("jira", [an_initiative(REF, title="bad one")])
    desk = Desk(jira, rules=(a_rule("bad-title", every_ticket, label=label),))
    jira.trouble.arrives_unseen = 1
    desk.run()
    return jira, desk


@pytest.mark.parametrize("label", LABELS)
def test_it_is_resolved_where_the_fault_is_gone_before_the_next_run(label: str | None) -> None:
    jira, desk = unseen(label)
    jira.edit(REF, title="fine now")
    desk.run()
    assert [remark.message.resolved for remark in jira.comments_of_the_hub(REF)] == [True]
    assert desk.run().receipts == ()


@pytest.mark.parametrize("label", LABELS)
def test_it_is_closed_where_the_ticket_left_the_query(label: str | None) -> None:
    jira, desk = unseen(label)
    jira.leaves_query(REF)
    for _ in range(3):
        desk.run()
    assert [remark.message.resolved for remark in jira.comments_of_the_hub(REF)] == [True]
    assert desk.run().receipts == ()


@pytest.mark.parametrize("label", LABELS)
def test_a_retraction_takes_it_back(label: str | None) -> None:
    jira, desk = unseen(label)
    desk.clock.wait(seconds=60)
    assert not retract(desk.job(), lambda _: True).is_incomplete
    assert jira.comments_of_the_hub(REF) == []
    assert desk.store.ledger_entries() == {}


def test_one_that_never_arrived_is_no_longer_waited_for() -> None:
    jira = FakeConnector("jira", [an_initiative(REF, title="bad one")])
    desk = Desk(jira, rules=(a_rule("bad-title", every_ticket),))
    jira.trouble.arrives_unseen = 1
    desk.run()
    jira.person_deletes_comment_of_the_hub(REF)
    jira.edit(REF, title="fine now")
    desk.run()
    assert [ledger_entry.create_pending for ledger_entry in desk.store.ledger_entries().values()] == [False]
