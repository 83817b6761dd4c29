"""Deliveries are remembered once, and what they ask for waits until it is answered."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hub.model.service_state import WebhookDelivery
from hub.store.base import WebhookInbox
from tests.hub.store.contract.states import State

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def delivered(store: WebhookInbox, connector: str, name: str, tickets: Sequence[str], now: datetime) -> bool:
    """`name` is the delivery's id and the hash of its body, with a blank between them."""
    delivery, digest = name.split()
    (new,) = store.record_deliveries([WebhookDelivery(connector, delivery, digest, tuple(tickets), now)])
    return new


def waiting(store: WebhookInbox) -> list[tuple[str, str]]:
    return [(pending_refresh.connector, pending_refresh.ticket) for pending_refresh in store.requested_refreshes()]


def test_a_delivery_leaves_one_knock_for_each_ticket(state: State) -> None:
    store = state.open()
    assert delivered(store, "jira", "d1 h1", ["1", "2", "1"], NOW)
    assert waiting(state.open()) == [("jira", "1"), ("jira", "2")]


def test_a_known_delivery_or_a_known_body_adds_nothing(store: WebhookInbox) -> None:
    assert delivered(store, "jira", "d1 h1", ["1"], NOW)
    assert not delivered(store, "jira", "d1 h2", ["2"], NOW)
    assert not delivered(store, "jira", "d2 h1", ["3"], NOW)
    assert waiting(store) == [("jira", "1")]


def test_trackers_do_not_share_their_delivery_ids(store: WebhookInbox) -> None:
    assert delivered(store, "jira", "d1 h1", ["1"], NOW)
    assert delivered(store, "github", "d1 h1", ["I_1"], NOW)
    assert waiting(store) == [("jira", "1"), ("github", "I_1")]


def test_many_knocks_for_one_ticket_wait_as_one_since_the_first(store: WebhookInbox) -> None:
    for at in range(100):
        delivered(store, "jira", f"d{at} h{at}", ["1"], NOW + timedelta(seconds=at))
    (knock,) = store.requested_refreshes()
    assert (knock.connector, knock.ticket, knock.received) == ("jira", "1", NOW)


def test_an_answer_leaves_what_came_after_it(store: WebhookInbox) -> None:
    delivered(store, "jira", "d1 h1", ["1", "2"], NOW)
    upto = max(pending_refresh.id for pending_refresh in store.requested_refreshes())
    delivered(store, "jira", "d2 h2", ["1"], LATER)
    store.complete_refreshes(upto)
    assert waiting(store) == [("jira", "1")]
    store.complete_refreshes(upto)
    assert waiting(store) == [("jira", "1")]


def test_a_number_is_not_used_again_after_an_answer(store: WebhookInbox) -> None:
    delivered(store, "jira", "d1 h1", ["1"], NOW)
    upto = store.requested_refreshes()[0].id
    store.complete_refreshes(upto)
    delivered(store, "jira", "d2 h2", ["1"], LATER)
    store.complete_refreshes(upto)
    assert waiting(store) == [("jira", "1")]


def test_a_delivery_without_tickets_is_remembered_all_the_same(store: WebhookInbox) -> None:
    assert delivered(store, "github", "ping h1", [], NOW)
    assert (waiting(store), delivered(store, "github", "ping h1", ["I_1"], NOW)) == ([], False)


def test_deliveries_are_forgotten_when_no_tracker_repeats_them_any_more(store: WebhookInbox) -> None:
    delivered(store, "jira", "d1 h1", [], NOW)
    assert not delivered(store, "jira", "d1 h1", [], NOW + timedelta(days=6))
    assert delivered(store, "jira", "d1 h1", [], NOW + timedelta(days=8))


def test_deliveries_that_came_at_once_are_answered_one_by_one(store: WebhookInbox) -> None:
    delivered(store, "jira", "d1 h1", ["1"], NOW)
    noted = [WebhookDelivery("jira", f"d{at}", f"h{at}", (str(at),), NOW) for at in (1, 2, 3, 2)]
    assert list(store.record_deliveries(noted)) == [False, True, True, False]
    assert waiting(store) == [("jira", "1"), ("jira", "2"), ("jira", "3")]


def test_an_answer_leaves_what_other_connectors_sent(store: WebhookInbox) -> None:
    delivered(store, "jira", "d1 h1", ["1"], NOW)
    delivered(store, "github", "d1 h1", ["I_1"], NOW)
    store.complete_refreshes(max(knock.id for knock in store.requested_refreshes()), frozenset({"jira"}))
    assert waiting(store) == [("jira", "1")]
