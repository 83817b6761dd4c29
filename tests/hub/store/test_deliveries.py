"""Deliveries are remembered once, and what they ask for waits until it is answered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.model.knock import PendingRefresh, WebhookDelivery
from hub.model.rest import RunFingerprint
from hub.store.sqlite import SqliteStore
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def waiting(store: SqliteStore) -> list[tuple[str, str]]:
    return [(pending_refresh.connector, pending_refresh.ticket) for pending_refresh in store.requested_refreshes()]


def test_a_delivery_leaves_one_knock_for_each_ticket(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "hub.db")
    assert store.record_delivery("jira", "d1", "h1", ["1", "2", "1"], NOW)
    store.close()
    assert waiting(SqliteStore(tmp_path / "hub.db")) == [("jira", "1"), ("jira", "2")]


def test_a_known_delivery_or_a_known_body_adds_nothing() -> None:
    store = a_store()
    assert store.record_delivery("jira", "d1", "h1", ["1"], NOW)
    assert not store.record_delivery("jira", "d1", "h2", ["2"], NOW)
    assert not store.record_delivery("jira", "d2", "h1", ["3"], NOW)
    assert waiting(store) == [("jira", "1")]


def test_trackers_do_not_share_their_delivery_ids() -> None:
    store = a_store()
    assert store.record_delivery("jira", "d1", "h1", ["1"], NOW)
    assert store.record_delivery("github", "d1", "h1", ["I_1"], NOW)
    assert waiting(store) == [("jira", "1"), ("github", "I_1")]


def test_many_knocks_for_one_ticket_wait_as_one_since_the_first() -> None:
    store = a_store()
    for at in range(100):
        store.record_delivery("jira", f"d{at}", f"h{at}", ["1"], NOW + timedelta(seconds=at))
    assert store.requested_refreshes() == (PendingRefresh(100, "jira", "1", NOW),)


def test_an_answer_leaves_what_came_after_it() -> None:
    store = a_store()
    store.record_delivery("jira", "d1", "h1", ["1", "2"], NOW)
    upto = max(pending_refresh.id for pending_refresh in store.requested_refreshes())
    store.record_delivery("jira", "d2", "h2", ["1"], LATER)
    store.complete_refreshes(upto)
    assert waiting(store) == [("jira", "1")]
    store.complete_refreshes(upto)
    assert waiting(store) == [("jira", "1")]


def test_a_number_is_not_used_again_after_an_answer() -> None:
    store = a_store()
    store.record_delivery("jira", "d1", "h1", ["1"], NOW)
    upto = store.requested_refreshes()[0].id
    store.complete_refreshes(upto)
    store.record_delivery("jira", "d2", "h2", ["1"], LATER)
    store.complete_refreshes(upto)
    assert waiting(store) == [("jira", "1")]


def test_a_delivery_without_tickets_is_remembered_all_the_same() -> None:
    store = a_store()
    assert store.record_delivery("github", "ping", "h1", [], NOW)
    assert (waiting(store), store.record_delivery("github", "ping", "h1", ["I_1"], NOW)) == ([], False)


def test_deliveries_are_forgotten_when_no_tracker_repeats_them_any_more() -> None:
    store = a_store()
    store.record_delivery("jira", "d1", "h1", [], NOW)
    assert not store.record_delivery("jira", "d1", "h1", [], NOW + timedelta(days=6))
    assert store.record_delivery("jira", "d1", "h1", [], NOW + timedelta(days=8))


def test_only_a_delivery_that_asks_for_something_ends_the_rest() -> None:
    store = a_store()
    run = store.begin_run("somebody:1", NOW, lease_seconds=60)
    store.finish_run(run, NOW, "done", {})
    store.save_run_fingerprint(RunFingerprint(run, "print", {}))
    store.record_delivery("github", "echo", "h1", [], LATER)
    assert store.run_fingerprint() is not None
    store.record_delivery("github", "d1", "h2", ["I_1"], LATER)
    assert store.run_fingerprint() is None


def test_deliveries_that_came_at_once_are_answered_one_by_one() -> None:
    store = a_store()
    store.record_delivery("jira", "d1", "h1", ["1"], NOW)
    noted = [WebhookDelivery("jira", f"d{at}", f"h{at}", (str(at),), NOW) for at in (1, 2, 3, 2)]
    assert list(store.record_deliveries(noted)) == [False, True, True, False]
    assert waiting(store) == [("jira", "1"), ("jira", "2"), ("jira", "3")]
