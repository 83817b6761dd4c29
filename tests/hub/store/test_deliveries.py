"""Deliveries are remembered once, and what they ask for waits until it is answered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.model.initiative import Pulled
from hub.model.knock import Knock, Noted
from hub.store.sqlite import SqliteStore
from tests.fakes.store import a_store

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def waiting(store: SqliteStore) -> list[tuple[str, str]]:
    return [(one.connector, one.ticket) for one in store.knocks()]


def test_a_delivery_leaves_one_knock_for_each_ticket(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "hub.db")
    assert store.deliver("jira", "d1", "h1", ["1", "2", "1"], NOW)
    store.close()
    assert waiting(SqliteStore(tmp_path / "hub.db")) == [("jira", "1"), ("jira", "2")]


def test_a_known_delivery_or_a_known_body_adds_nothing() -> None:
    store = a_store()
    assert store.deliver("jira", "d1", "h1", ["1"], NOW)
    assert not store.deliver("jira", "d1", "h2", ["2"], NOW)
    assert not store.deliver("jira", "d2", "h1", ["3"], NOW)
    assert waiting(store) == [("jira", "1")]


def test_trackers_do_not_share_their_delivery_ids() -> None:
    store = a_store()
    assert store.deliver("jira", "d1", "h1", ["1"], NOW)
    assert store.deliver("github", "d1", "h1", ["I_1"], NOW)
    assert waiting(store) == [("jira", "1"), ("github", "I_1")]


def test_many_knocks_for_one_ticket_wait_as_one_since_the_first() -> None:
    store = a_store()
    for at in range(100):
        store.deliver("jira", f"d{at}", f"h{at}", ["1"], NOW + timedelta(seconds=at))
    assert store.knocks() == (Knock(100, "jira", "1", NOW),)


def test_an_answer_leaves_what_came_after_it() -> None:
    store = a_store()
    store.deliver("jira", "d1", "h1", ["1", "2"], NOW)
    upto = max(one.id for one in store.knocks())
    store.deliver("jira", "d2", "h2", ["1"], LATER)
    store.answered(upto)
    assert waiting(store) == [("jira", "1")]
    store.answered(upto)
    assert waiting(store) == [("jira", "1")]


def test_a_number_is_not_used_again_after_an_answer() -> None:
    store = a_store()
    store.deliver("jira", "d1", "h1", ["1"], NOW)
    upto = store.knocks()[0].id
    store.answered(upto)
    store.deliver("jira", "d2", "h2", ["1"], LATER)
    store.answered(upto)
    assert waiting(store) == [("jira", "1")]


def test_a_delivery_without_tickets_is_remembered_all_the_same() -> None:
    store = a_store()
    assert store.deliver("github", "ping", "h1", [], NOW)
    assert (waiting(store), store.deliver("github", "ping", "h1", ["I_1"], NOW)) == ([], False)


def test_deliveries_are_forgotten_when_no_tracker_repeats_them_any_more() -> None:
    store = a_store()
    store.deliver("jira", "d1", "h1", [], NOW)
    assert not store.deliver("jira", "d1", "h1", [], NOW + timedelta(days=6))
    assert store.deliver("jira", "d1", "h1", [], NOW + timedelta(days=8))


def test_only_a_delivery_that_asks_for_something_keeps_sources_from_being_unchanged() -> None:
    store = a_store()
    run = store.begin_run("somebody:1", NOW, lease_seconds=60)
    store.save_snapshot([Pulled("jira", cursor="first")], NOW)
    store.finish_run(run, NOW, "done", {})
    store.deliver("github", "echo", "h1", [], LATER)
    assert store.touch_sources(run, {"jira": "second"}, LATER)
    store.deliver("github", "d1", "h2", ["I_1"], LATER)
    assert not store.touch_sources(run, {"jira": "third"}, LATER)
    assert [(one.cursor, one.read) for one in store.sources()] == [("second", LATER)]


def test_sources_are_not_unchanged_since_a_run_that_another_followed() -> None:
    store = a_store()
    run = store.begin_run("somebody:1", NOW, lease_seconds=60)
    store.save_snapshot([Pulled("jira", cursor="first")], NOW)
    store.finish_run(run, NOW, "done", {})
    store.begin_run("somebody:1", NOW, lease_seconds=60)
    assert not store.touch_sources(run, {"jira": "second"}, LATER)
    assert [one.cursor for one in store.sources()] == ["first"]


def test_deliveries_that_came_at_once_are_answered_one_by_one() -> None:
    store = a_store()
    store.deliver("jira", "d1", "h1", ["1"], NOW)
    noted = [Noted("jira", f"d{at}", f"h{at}", (str(at),), NOW) for at in (1, 2, 3, 2)]
    assert list(store.deliver_all(noted)) == [False, True, True, False]
    assert waiting(store) == [("jira", "1"), ("jira", "2"), ("jira", "3")]
