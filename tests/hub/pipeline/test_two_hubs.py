"""Two hubs that know nothing of each other, as one account: one comment in the end, and then nobody writes any more."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from hub.core.planning.write_refusals import skip_reasons
from hub.model.action import Comment, Status, Target
from hub.model.initiative import Initiative
from hub.model.message import Message
from hub.pipeline.run_context import Mode
from tests.builders import an_initiative
from tests.fakes.connector import FakeConnector, Remark
from tests.fakes.rule import a_rule, every_ticket
from tests.hub.pipeline.workspace import Desk

REF = "jira:ACME-1"
BAD = an_initiative(REF, title="bad one")
ANOTHER = a_rule("another-fault", every_ticket)
LONG = 6


class Shared(FakeConnector):
    """A tracker in which, right before the call of that number, somebody else does something."""

    def __init__(
        self, tickets: Iterable[Initiative], at: int = 0, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__("jira", tickets)
        self.calls = 0
        self.at, self.meanwhile = at, meanwhile

    def _pass(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            self.meanwhile()

    def find_comments(self, target: Target) -> Sequence[Comment]:
        self._pass()
        return super().find_comments(target)

    def create_comment(self, target: Target, message: Message) -> Comment:
        self._pass()
        made = super().create_comment(target, message)
        self._pass()
        return made

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        self._pass()
        return super().update_comment(target, comment_id, message)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        self._pass()
        super().delete_comment(target, comment_id)

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        self._pass()
        super().update_labels(target, add, remove)


def two(jira: FakeConnector, **of_the_second: Any) -> tuple[Desk, Desk]:
    return Desk(jira), Desk(jira, **of_the_second)


def assert_at_rest(*desks: Desk) -> None:
    for desk in desks:
        desk.run()
    written = desks[0].jira.written
    for desk in desks * 2:
        assert desk.run().receipts == ()
    assert desks[0].jira.written == written
    assert len(desks[0].jira.comments_of_the_hub(REF)) == 1


def test_the_second_hub_takes_up_what_the_first_one_wrote() -> None:
    first, second = two(FakeConnector("jira", [BAD]))
    first.run()
    written = first.jira.written
    assert second.run().receipts == ()
    assert first.run().receipts == ()
    assert first.jira.written == written


@pytest.mark.parametrize("at", range(1, 6))
def test_whatever_the_second_hub_does_in_between_one_comment_is_left(at: int) -> None:
    jira = Shared([BAD])
    first, second = two(jira)
    jira.at, jira.meanwhile = at, second.run
    first.run()
    assert jira.calls >= at
    assert len(jira.comments_of_the_hub(REF)) == 1
    assert_at_rest(first, second)
    assert jira.labels(REF) == {"okr-unaligned"}


@pytest.mark.parametrize("at", range(1, 3))
def test_both_say_what_is_new_at_the_same_time(at: int) -> None:
    jira = Shared([BAD])
    first, second = two(jira)
    first.run()
    second.run()
    first.rules = second.rules = (*first.rules, ANOTHER)
    jira.at, jira.meanwhile = jira.calls + at, second.run
    first.run()
    assert jira.calls >= jira.at
    assert_at_rest(first, second)


@pytest.mark.parametrize("at", range(1, 7))
def test_both_replace_the_comment_at_the_same_time(at: int) -> None:
    jira = Shared([BAD])
    first, second = two(jira)
    for desk in (first, second):
        desk.run()
    jira.edit(REF, title="good")
    for desk in (first, second, first):
        desk.run()
    jira.edit(REF, title="bad again")
    for desk in (first, second):
        desk.clock.wait(days=14)
    jira.at, jira.meanwhile = jira.calls + at, second.run
    first.run()
    assert jira.calls >= jira.at
    assert_at_rest(first, second)
    assert jira.labels(REF) == {"okr-unaligned"}


def test_hubs_that_would_say_different_things_stop_and_tell() -> None:
    jira = FakeConnector("jira", [BAD])
    first, second = two(jira, rules=(a_rule("bad-title", every_ticket), ANOTHER))
    for _ in range(LONG):
        first.run()
        second.run()
    assert_at_rest(first, second)
    reasons = [why for desk in (first, second) for why in skip_reasons(desk.store.ledger_entries()["jira", BAD.id])]
    assert any("another hub with its own state" in why for why in reasons)


def doubled() -> Desk:
    """The hub's comment, and a later one of the same account that another hub posted."""
    desk = Desk(FakeConnector("jira", [BAD]))
    desk.run()
    desk.run()
    (ours,) = desk.jira.comments_of_the_hub(REF)
    desk.jira.ticket(REF).remarks.append(Remark("c9", ours.author, True, ours.message))
    desk.jira.edit(REF, title="bad and renamed")
    desk.jira._touch(desk.jira.ticket(REF))
    return desk


def test_of_two_comments_the_oldest_stays_and_status_names_the_other_hub() -> None:
    desk = doubled()
    oldest = desk.jira.comments_of_the_hub(REF)[0].id
    desk.run()
    assert [remark.id for remark in desk.jira.comments_of_the_hub(REF)] == [oldest]
    (why,) = skip_reasons(desk.store.ledger_entries()["jira", BAD.id])
    assert why.startswith("another hub writes here")
    assert_at_rest(desk)


def test_a_second_comment_that_people_answered_is_closed_and_stays() -> None:
    desk = doubled()
    desk.jira.person_comments(REF, "@hub why me?")
    desk.run()
    closed = [bool(remark.message and remark.message.closed) for remark in desk.jira.comments_of_the_hub(REF)]
    assert closed == [False, True]
    written = desk.jira.written
    for _ in range(LONG):
        assert desk.run().receipts == ()
    assert desk.jira.written == written


def test_a_second_comment_that_cannot_be_deleted_now_is_deleted_later() -> None:
    desk = doubled()
    desk.jira.trouble.later = {"ACME-1"}
    assert Status.DEFERRED in {receipt.status for receipt in desk.run().receipts}
    desk.jira.trouble.later = set()
    desk.run()
    assert_at_rest(desk)


def test_the_comment_of_the_other_hub_is_taken_up_where_ours_is_gone() -> None:
    desk = doubled()
    desk.jira.ticket(REF).remarks.pop(0)
    desk.run()
    assert [remark.id for remark in desk.jira.comments_of_the_hub(REF)] == ["c9"]
    assert_at_rest(desk)


def test_a_dry_run_shows_what_would_go_and_remembers_nothing() -> None:
    desk = doubled()
    before = desk.store.ledger_entries()
    kinds = [str(receipt.action.kind) for receipt in desk.run(mode=Mode.PREVIEW).receipts]
    assert "delete_comment" in kinds
    assert desk.store.ledger_entries() == before
    assert len(desk.jira.comments_of_the_hub(REF)) == 2
