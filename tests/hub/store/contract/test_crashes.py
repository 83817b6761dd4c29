"""A process that is killed in the middle of a write leaves nothing half, and what was done before stays."""

from datetime import UTC, datetime, timedelta

from hub.model.action import Target
from hub.model.initiative import PullResult
from hub.model.service_state import WebhookDelivery
from tests.builders import a_ref, an_initiative
from tests.hub.store.contract.states import State, killed

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
TARGET = Target(a_ref("jira:ACME-1"), "1")

VALUES = """
from datetime import UTC, date, datetime
from hub.model.action import Comment, Target
from hub.model.initiative import Initiative, PullResult, Ref
from hub.model.service_state import WebhookDelivery

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TARGET = Target(Ref("jira", "ACME-1"), "1")

class Deadly(tuple):
    def __bool__(self):
        return True

    def __iter__(self):
        yield from super().__iter__()
        die()
"""
IN_A_SNAPSHOT = """
tickets = tuple(Initiative(Ref("jira", f"NEW-{n}"), str(n), "t", "u", ("NEW",)) for n in range(5000))
store.save_snapshot([PullResult("jira", tickets, commands=Deadly())], NOW)
"""
BETWEEN_DELIVERIES = """
deliveries = (WebhookDelivery("jira", f"d{n}", f"h{n}", (str(n),), NOW) for n in range(50))
store.record_deliveries(Deadly(deliveries))
"""
BETWEEN_LABELS = """
store.record_deferred(1, [TARGET])
store.label_created("jira", Deadly(["ACME:okr-stale"]))
"""
AFTER_AN_INTENT = """
store.begin_run("host:1", NOW, lease_seconds=3600)
store.record_intent(TARGET, "d1")
store.record_label_intent(TARGET, frozenset({"okr-stale"}), frozenset())
die()
"""


def test_a_snapshot_that_was_cut_off_is_the_old_one(state: State) -> None:
    old = an_initiative("jira:ACME-1")
    store = state.open()
    store.save_snapshot([PullResult("jira", (old,), cursor="monday")], NOW)
    killed(state, VALUES + IN_A_SNAPSHOT)
    (source,) = state.open().snapshot()
    assert (source.initiatives, source.cursor) == ((old,), "monday")
    assert len(store.historical_snapshots(10)) == 1


def test_of_deliveries_that_were_cut_off_none_is_known(state: State) -> None:
    store = state.open()
    killed(state, VALUES + BETWEEN_DELIVERIES)
    assert store.requested_refreshes() == ()
    assert list(store.record_deliveries([WebhookDelivery("jira", "d0", "h0", ("0",), NOW)])) == [True]


def test_what_was_written_before_the_kill_is_there_and_nothing_after(state: State) -> None:
    killed(state, VALUES + BETWEEN_LABELS)
    store = state.open()
    assert (store.deferred_comments(), store.created_labels("jira")) == ({("jira", "1"): 1}, ())


def test_an_intent_outlives_the_process_that_had_it(state: State) -> None:
    killed(state, VALUES + AFTER_AN_INTENT)
    store = state.open()
    known = store.ledger_entries()["jira", "1"]
    assert (known.create_pending, known.create_attempts, known.added) == (True, 1, {"okr-stale"})
    store.begin_run("host:2", LATER, lease_seconds=60)
    assert [run.status for run in store.runs(5)] == ["running", "lost"]
    store.record_label(TARGET, "okr-stale", present=True)
    assert store.ledger_entries()["jira", "1"].labels == {"okr-stale"}


def test_a_state_opens_again_after_many_kills(state: State) -> None:
    for _ in range(3):
        killed(state, VALUES + IN_A_SNAPSHOT)
    assert state.open().snapshot() == []
