"""Several connections to one state, of one process or many: one writes at a time, and all see the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest

from hub.model.action import Comment, Target
from hub.model.errors import StoreError
from hub.model.initiative import PullResult
from hub.model.service_state import WebhookDelivery
from hub.store.base import Store
from tests.builders import a_ref, an_initiative
from tests.hub.store.contract.states import State

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY = date(2026, 11, 16)
TARGET = Target(a_ref(), "10001")
COMMENT = Comment("c1", "account-1")
LABELS = frozenset({"okr-stale"})
JIRA = PullResult("jira", (an_initiative(),))
WRITES: dict[str, Callable[[Store], object]] = {
    "record_intent": lambda store: store.record_intent(TARGET, "digest"),
    "record_replacement_intent": lambda store: store.record_replacement_intent(TARGET, "digest"),
    "record_replaced": lambda store: store.record_replaced(TARGET),
    "record_label_intent": lambda store: store.record_label_intent(TARGET, LABELS, frozenset()),
    "record_comment": lambda store: store.record_comment(TARGET, COMMENT, "digest", (), resolved=False),
    "record_unsent_comment": lambda store: store.record_unsent_comment(TARGET),
    "record_mute": lambda store: store.record_mute(TARGET, "m1", ()),
    "record_adopted": lambda store: store.record_adopted(TARGET, COMMENT, frozenset()),
    "record_other_hub": lambda store: store.record_other_hub(TARGET, TODAY),
    "record_verified": lambda store: store.record_verified(TARGET, "now", "form"),
    "record_human_edit": lambda store: store.record_human_edit(TARGET, "now"),
    "record_write_refusal": lambda store: store.record_write_refusal(
        TARGET, "comment", "no", ticket_updated_at="now", day=TODAY
    ),
    "record_unsettable_label": lambda store: store.record_unsettable_label(TARGET, "okr-stale", "x"),
    "record_comment_removed_by_human": lambda store: store.record_comment_removed_by_human(TARGET, "x"),
    "record_comment_absent": lambda store: store.record_comment_absent(TARGET),
    "record_label": lambda store: store.record_label(TARGET, "okr-stale", present=True),
    "label_refused": lambda store: store.label_refused(TARGET, "okr-stale", "x"),
    "delete_entry": lambda store: store.delete_entry(TARGET),
    "record_deferred": lambda store: store.record_deferred(1, [TARGET]),
    "label_created": lambda store: store.label_created("jira", ["ACME:okr-stale"]),
    "label_definition_gone": lambda store: store.label_definition_gone("jira", "ACME:okr-stale"),
    "save_snapshot": lambda store: store.save_snapshot([JIRA], NOW),
    "save_dependency_history": lambda store: store.save_dependency_history({}, is_complete=True),
    "mark_commands_acknowledged": lambda store: store.mark_commands_acknowledged([JIRA]),
    "record_findings": lambda store: store.record_findings({"f1": "stale"}, NOW, unevaluated_rules=()),
    "update_findings": lambda store: store.update_findings({"f1": "stale"}, (), NOW, unevaluated_rules=()),
}


def test_only_one_of_many_gets_the_lease(state: State) -> None:
    state.open().close()
    start, won, lost = Barrier(6), [], []

    stores = [state.open() for _ in range(6)]

    def contend(number: int) -> None:
        start.wait()
        try:
            won.append(stores[number].begin_run(f"host:{number}", NOW, lease_seconds=60))
        except StoreError as error:
            lost.append(str(error))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(contend, range(6)))
    assert (len(won), len(lost)) == (1, 5)
    assert all("another run holds" in text for text in lost)


def test_many_may_open_a_new_state_at_once(state: State) -> None:
    start, failed = Barrier(6), []

    def open_it(_number: int) -> None:
        start.wait()
        try:
            state.open().close()
        except StoreError as error:
            failed.append(str(error))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(open_it, range(6)))
    assert failed == []
    assert state.open().ledger_entries() == {}


def test_what_is_written_by_one_is_read_by_another_that_is_open(state: State) -> None:
    writer, reader = state.open(), state.open()
    assert reader.ledger_entries() == {}
    writer.record_comment(TARGET, COMMENT, "d1", [], resolved=False)
    reader.record_label(TARGET, "okr-stale", present=True)
    assert writer.ledger_entries()["jira", "10001"].labels == {"okr-stale"}


def taken_over(state: State) -> tuple[Store, Store]:
    """A run that slept through its lease, and the one that has the lease now."""
    old, new = state.open(), state.open()
    old.begin_run("host:1", NOW, lease_seconds=60)
    new.begin_run("host:2", NOW + timedelta(seconds=61), lease_seconds=60)
    return old, new


def everything(store: Store) -> tuple[object, ...]:
    known = store.ledger_entries(), store.deferred_comments(), store.created_labels("jira")
    return (*known, store.sources(), store.dependency_history(), store.first_seen())


@pytest.mark.parametrize("write", WRITES)
def test_a_run_that_was_taken_over_writes_nothing_in_the_state(write: str, state: State) -> None:
    old, new = taken_over(state)
    WRITES["record_intent"](new)
    before = everything(new)
    with pytest.raises(StoreError, match="taken over"):
        WRITES[write](old)
    assert everything(new) == before
    WRITES[write](new)


def test_a_run_that_was_taken_over_stays_out_after_its_successor_has_ended(state: State) -> None:
    old, new = taken_over(state)
    new.finish_run(2, NOW, "done", {})
    with pytest.raises(StoreError, match="taken over"):
        WRITES["record_intent"](old)
    old.finish_run(1, NOW, "failed", {})
    assert new.begin_run("host:3", NOW, lease_seconds=60) == 3


def test_a_lease_that_nobody_took_is_still_its_runs(store: Store) -> None:
    store.begin_run("host:1", NOW, lease_seconds=60)
    WRITES["record_intent"](store)
    assert store.ledger_entries()["jira", "10001"].create_pending


def test_a_delivery_that_two_receive_at_once_is_new_to_one_of_them(state: State) -> None:
    stores = [state.open() for _ in range(4)]
    start, deliveries = Barrier(4), [WebhookDelivery("jira", "d1", "h1", ("1",), NOW)]

    def receive(store: Store) -> bool:
        start.wait()
        return store.record_deliveries(deliveries)[0]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(receive, stores))
    assert (sorted(answers), len(stores[0].requested_refreshes())) == ([False, False, False, True], 1)


def test_what_several_change_on_one_ticket_at_once_is_all_there(state: State) -> None:
    stores = [state.open() for _ in range(4)]

    def label(number: int) -> None:
        for at in range(10):
            stores[number].record_label(TARGET, f"{number}-{at}", present=True)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(label, range(4)))
    assert len(stores[0].ledger_entries()["jira", "10001"].labels) == 40


def test_what_is_outside_of_runs_may_be_written_whoever_has_the_lease(state: State) -> None:
    runner, service = state.open(), state.open()
    runner.begin_run("host:1", NOW, lease_seconds=60)
    (new,) = service.record_deliveries([WebhookDelivery("jira", "d1", "h1", ("1",), NOW)])
    assert new
    assert [knock.ticket for knock in runner.requested_refreshes()] == ["1"]
