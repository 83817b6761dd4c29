"""What was read is kept whole, changed row by row, missed only after a whole enumeration, and found again as it was."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model.action import Comment, Target
from hub.model.initiative import Gap, Initiative, PullResult, SyncMode, ticket_order
from hub.model.service_state import WebhookDelivery
from hub.model.ticket_input import OkrTicket
from hub.store.base import SNAPSHOT_LIMIT, Store, StoredSource
from tests.builders import an_initiative
from tests.hub.store.contract.states import State
from tests.hub.store.values import OKR_ROWS, initiatives

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
A, B = an_initiative("jira:ACME-1"), an_initiative("jira:ACME-2")
DOWN, ROW = Gap("jira", "the enumeration did not end"), Gap("jira", "unreadable", "ACME-2")
TITLES = st.dictionaries(st.integers(1, 6), st.sampled_from(["a", "b", "c"]), max_size=6)
MANY_STATES = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def saved(store: Store, *initiatives: Initiative, gaps: tuple[Gap, ...] = ()) -> tuple[int, int]:
    return store.save_snapshot([PullResult("jira", initiatives, gaps)], NOW)["jira"]


def kept(store: Store) -> set[str]:
    return {i.ref.key for source in store.snapshot() for i in source.initiatives}


def misses(store: Store) -> Mapping[str, int]:
    return {known.target.ref.key: known.absences for known in store.ledger_entries().values()}


def post(store: Store, *initiatives: Initiative) -> None:
    for ticket in initiatives:
        store.record_comment(Target(ticket.ref, ticket.id), Comment("c1", "me"), "d", [], resolved=False)


@settings(max_examples=25, suppress_health_check=MANY_STATES, deadline=None)
@given(tickets=st.lists(initiatives("jira"), max_size=5, unique_by=lambda i: i.id))
def test_a_whole_snapshot_survives_the_database(new_state: Callable[[], State], tickets: list[Initiative]) -> None:
    with closing(new_state()) as state:
        store = state.open()
        store.save_snapshot([PullResult("jira", tuple(tickets), (DOWN, ROW))], NOW)
        (source,) = store.snapshot()
        assert source == StoredSource("jira", NOW, tuple(sorted(tickets, key=ticket_order)), (DOWN, ROW))
        assert dict(store.lazy_tickets("jira")) == {ticket.id: ticket for ticket in tickets}


def test_half_a_character_of_a_tracker_can_be_kept(store: Store) -> None:
    cut = replace(A, title="cut \ud83d", labels=frozenset({"\udc00"}))
    saved(store, cut)
    assert store.snapshot()[0].initiatives == (cut,)


def test_only_changed_rows_count_as_changed(store: Store) -> None:
    assert saved(store, A, B) == (2, 0)
    assert saved(store, B, A) == (0, 0)
    assert saved(store, A, replace(B, title="new")) == (1, 0)
    assert saved(store, A) == (0, 1)


@pytest.mark.parametrize("gap", [DOWN, ROW])
def test_a_source_or_row_that_was_not_read_removes_nothing(store: Store, gap: Gap) -> None:
    saved(store, A, B)
    assert saved(store, A, gaps=(gap,)) == (0, 0)
    assert kept(store) == {"ACME-1", "ACME-2"}


def test_a_gap_of_one_row_does_not_keep_the_others(store: Store) -> None:
    saved(store, A, B)
    assert saved(store, gaps=(ROW,)) == (0, 1)
    assert kept(store) == {"ACME-2"}


def test_sources_do_not_touch_each_other(store: Store) -> None:
    github = an_initiative("github:acme/app#1")
    store.save_snapshot([PullResult("github", (github,)), PullResult("jira", (A,))], NOW)
    saved(store)
    assert kept(store) == {"acme/app#1"}


def test_a_ticket_that_is_not_seen_counts_misses_until_it_is_back(store: Store) -> None:
    post(store, A, B)
    for expected in (1, 2):
        saved(store, A)
        assert misses(store) == {"ACME-1": 0, "ACME-2": expected}
    saved(store, A, B)
    assert misses(store) == {"ACME-1": 0, "ACME-2": 0}


@pytest.mark.parametrize("gap", [DOWN, ROW])
def test_no_miss_is_counted_where_nothing_could_be_seen(store: Store, gap: Gap) -> None:
    post(store, B)
    saved(store, gaps=(gap,))
    assert misses(store) == {"ACME-2": 0}


def test_a_ticket_seen_in_half_an_enumeration_is_not_missed(store: Store) -> None:
    post(store, A)
    saved(store)
    saved(store, A, gaps=(DOWN,))
    assert misses(store) == {"ACME-1": 0}


def test_what_was_read_is_there_for_the_next_process(state: State) -> None:
    first = state.open()
    saved(first, A, gaps=(DOWN,))
    assert state.open().snapshot() == [StoredSource("jira", NOW, (A,), (DOWN,))]


def titled(titles: dict[int, str]) -> tuple[Initiative, ...]:
    return tuple(an_initiative(f"jira:ACME-{n}", title=title) for n, title in titles.items())


@settings(deadline=None, max_examples=60, suppress_health_check=MANY_STATES)
@given(readings=st.lists(TITLES, min_size=1, max_size=6))
def test_every_reading_is_found_again_as_it_was(new_state: Callable[[], State], readings: list[dict[int, str]]) -> None:
    with closing(new_state()) as state:
        store = state.open()
        for day, titles in enumerate(readings):
            store.save_snapshot([PullResult("jira", titled(titles))], START + timedelta(days=day))
        pictures = store.historical_snapshots(10)
    found = [{i.ref.key: i.title for source in snapshot.pulled for i in source.initiatives} for snapshot in pictures]
    assert found == [{f"ACME-{n}": title for n, title in titles.items()} for titles in reversed(readings)]
    days = reversed(range(len(readings)))
    assert [snapshot.pulled_at for snapshot in pictures] == [START + timedelta(days=day) for day in days]


def test_a_reading_remembers_what_could_not_be_read(store: Store) -> None:
    store.save_snapshot([PullResult("jira", titled({1: "a"}))], START)
    store.save_snapshot([PullResult("jira", (), (Gap("jira", "it was down"),))], START + timedelta(days=1))
    latest, first = store.historical_snapshots(10)
    assert [gap.reason for gap in latest.pulled[0].gaps] == ["it was down"]
    assert [i.ref.key for i in latest.pulled[0].initiatives] == ["ACME-1"]
    assert first.pulled[0].gaps == ()


def test_only_the_latest_readings_are_kept_and_asked_for(store: Store) -> None:
    for day in range(SNAPSHOT_LIMIT + 5):
        store.save_snapshot([PullResult("jira", titled({1: str(day)}))], START + timedelta(days=day))
    assert len(store.historical_snapshots(3)) == 3
    kept = store.historical_snapshots(1000)
    assert len(kept) == SNAPSHOT_LIMIT
    assert kept[-1].pulled[0].initiatives[0].title == "5"


@given(okrs=st.lists(OKR_ROWS, max_size=3, unique_by=lambda row: row.id))
@settings(max_examples=10, suppress_health_check=MANY_STATES, deadline=None)
def test_okrs_of_a_tracker_survive_the_database(new_state: Callable[[], State], okrs: list[OkrTicket]) -> None:
    rows = tuple(replace(row, connector="jira") for row in okrs)
    with closing(new_state()) as state:
        store = state.open()
        store.save_snapshot([PullResult("jira", okrs=rows), PullResult("github")], NOW)
        kept = {source.connector: source.okrs for source in store.sources()}
    assert (kept["github"], {row.id: row for row in kept["jira"] or ()}) == (None, {row.id: row for row in rows})


def test_a_pull_that_broke_off_leaves_the_cursor_where_it_was(store: Store) -> None:
    store.save_snapshot([PullResult("jira", (A,), cursor="monday")], NOW)
    store.save_snapshot([PullResult("jira", (A,), (DOWN,), cursor="tuesday")], NOW)
    assert store.sources()[0].cursor == "monday"


@pytest.mark.parametrize("mode", [SyncMode.FULL, SyncMode.INCREMENTAL])
def test_a_ticket_that_left_the_query_stays_where_others_refer_to_it(store: Store, mode: SyncMode) -> None:
    saved(store, A, B)
    referenced = replace(B, reference_only=True)
    gone = frozenset({B.id})
    store.save_snapshot([PullResult("jira", (replace(A, parent=B.ref), referenced), deleted=gone, mode=mode)], NOW)
    (source,) = store.snapshot()
    assert {ticket.ref.key: ticket.reference_only for ticket in source.initiatives} == {"ACME-1": False, "ACME-2": True}


def test_changes_alone_remove_only_what_they_say_is_gone(store: Store) -> None:
    saved(store, A, B)
    store.save_snapshot([PullResult("jira", (), mode=SyncMode.INCREMENTAL)], NOW)
    assert kept(store) == {"ACME-1", "ACME-2"}
    store.save_snapshot([PullResult("jira", (), mode=SyncMode.INCREMENTAL, deleted=frozenset({A.id}))], NOW)
    assert kept(store) == {"ACME-2"}


def test_sources_are_listed_without_their_tickets(store: Store) -> None:
    saved(store, A)
    assert [(source.connector, source.initiatives) for source in store.sources()] == [("jira", ())]


def test_single_tickets_are_read_when_they_are_looked_up(store: Store) -> None:
    tickets = store.lazy_tickets("jira")
    assert (dict(tickets), tickets.get(A.id)) == ({}, None)
    saved(store, A, B)
    tickets = store.lazy_tickets("jira")
    assert (tickets[A.id], len(tickets), set(tickets), "x" in tickets) == (A, 2, {A.id, B.id}, False)


def test_tickets_are_looked_up_one_by_one_and_walked_all_at_once(store: Store) -> None:
    other = PullResult("github", (an_initiative("github:acme/app#1"),))
    store.save_snapshot([PullResult("jira", (A, B)), other], NOW)
    lazy = store.lazy_tickets("jira")
    assert lazy[A.id] == A
    assert lazy.get("unknown") is None
    assert dict(lazy) == {ticket.id: ticket for ticket in (A, B)}
    assert "unknown" not in lazy


def test_a_ticket_is_read_once_however_often_it_is_looked_up(store: Store) -> None:
    saved(store, A)
    lazy = store.lazy_tickets("jira")
    assert lazy[A.id] is lazy[A.id]
    assert lazy.get("unknown") is lazy.get("unknown") is None


def a_finished_run(store: Store) -> int:
    run = store.begin_run("somebody:1", NOW, lease_seconds=60)
    store.save_snapshot([PullResult("jira", cursor="first")], NOW)
    store.finish_run(run, NOW, "done", {})
    return run


def test_only_a_delivery_that_asks_for_something_keeps_sources_from_being_unchanged(store: Store) -> None:
    later, run = NOW + timedelta(seconds=5), a_finished_run(store)
    store.record_deliveries([WebhookDelivery("github", "echo", "h1", (), later)])
    assert store.touch_sources(run, {"jira": "second"}, later)
    store.record_deliveries([WebhookDelivery("github", "d1", "h2", ("I_1",), later)])
    assert not store.touch_sources(run, {"jira": "third"}, later)
    assert [(source.cursor, source.read) for source in store.sources()] == [("second", later)]


def test_sources_are_not_unchanged_since_a_run_that_another_followed(store: Store) -> None:
    run = a_finished_run(store)
    store.begin_run("somebody:1", NOW, lease_seconds=60)
    assert not store.touch_sources(run, {"jira": "second"}, NOW)
    assert [source.cursor for source in store.sources()] == ["first"]
