"""What was read and what is remembered: together the whole picture, and never more than is known."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.mapping.apply_delta import apply_delta, normalize_delta, stale_tickets, without_unseen_absences
from hub.model.action import LedgerEntry, Target
from hub.model.initiative import Gap, Initiative, PullResult, SyncMode
from tests.builders import a_ref, an_initiative

ONE, TWO, THREE = (an_initiative(f"jira:ACME-{number}") for number in (1, 2, 3))
DOWN = Gap("jira", "the site is down")
UNREADABLE = Gap("jira", "cannot be understood", "id-ACME-2")


def by_id(*tickets: Initiative) -> dict[str, Initiative]:
    return {ticket.id: ticket for ticket in tickets}


def changes(*tickets: Initiative, **more: Any) -> PullResult:
    return PullResult("jira", tickets, **{"mode": SyncMode.INCREMENTAL, **more})


def posted(ticket: Initiative, **more: Any) -> dict[tuple[str, str], LedgerEntry]:
    return {(ticket.ref.connector, ticket.id): LedgerEntry(Target(ticket.ref, ticket.id), **more)}


# --- merge: the whole


def test_what_was_read_takes_the_place_of_what_is_remembered() -> None:
    newer = replace(TWO, title="New words")
    assert by_id(*apply_delta(changes(newer, THREE), by_id(ONE, TWO)).initiatives) == by_id(ONE, newer, THREE)


def test_what_is_gone_is_dropped_though_it_was_remembered() -> None:
    assert apply_delta(changes(deleted=frozenset({ONE.id})), by_id(ONE, TWO)).initiatives == (TWO,)


def test_what_is_gone_and_read_as_well_is_dropped() -> None:
    assert apply_delta(changes(ONE, deleted=frozenset({ONE.id})), by_id(ONE, TWO)).initiatives == (TWO,)


def test_an_id_that_nobody_knew_may_be_gone() -> None:
    assert apply_delta(changes(deleted=frozenset({"id-9"})), by_id(ONE)).initiatives == (ONE,)


@pytest.mark.parametrize("extent", [SyncMode.INCREMENTAL, SyncMode.RECONCILE])
def test_a_pull_that_broke_off_is_not_filled_up_from_memory(extent: SyncMode) -> None:
    broken = changes(TWO, gaps=(DOWN,), mode=extent)
    assert apply_delta(broken, by_id(ONE, TWO)) == broken


def test_a_gap_of_one_ticket_leaves_the_rest_whole() -> None:
    assert apply_delta(changes(gaps=(UNREADABLE,)), by_id(ONE, TWO)).initiatives == (ONE, TWO)


def test_a_full_pull_owes_nothing_to_memory() -> None:
    full = PullResult("jira", (ONE,))
    assert apply_delta(full, by_id(TWO)) == full
    assert normalize_delta(full, by_id(TWO), (UNREADABLE,)) == full


# --- completed: the changes alone


def test_what_is_as_it_was_is_no_change() -> None:
    newer = replace(TWO, title="New words")
    assert normalize_delta(changes(ONE, newer), by_id(ONE, TWO), ()).initiatives == (newer,)


def test_a_gap_of_a_ticket_stays_until_the_ticket_is_read() -> None:
    known = by_id(ONE, TWO)
    assert normalize_delta(changes(), known, (UNREADABLE,)).gaps == (UNREADABLE,)
    assert normalize_delta(changes(TWO), known, (UNREADABLE,)).gaps == ()
    by_name = Gap("jira", "cannot be understood", "ACME-2")
    assert normalize_delta(changes(TWO), known, (by_name,)).gaps == ()
    assert normalize_delta(changes(deleted=frozenset({TWO.id})), known, (UNREADABLE,)).gaps == ()


def test_a_newer_gap_of_a_ticket_takes_the_place_of_the_older() -> None:
    newer = replace(UNREADABLE, reason="still not")
    assert normalize_delta(changes(gaps=(newer,)), by_id(TWO), (UNREADABLE,)).gaps == (newer,)


def test_a_census_forgets_gaps_and_no_gap_of_a_whole_source_stays() -> None:
    assert normalize_delta(changes(mode=SyncMode.RECONCILE), by_id(TWO), (UNREADABLE,)).gaps == ()
    assert normalize_delta(changes(), by_id(TWO), (DOWN,)).gaps == ()


def test_tickets_that_name_a_renamed_one_follow_it() -> None:
    child = an_initiative("jira:ACME-4", parent=ONE.ref)
    waiting = an_initiative("jira:ACME-5", blocked_by=(TWO.ref, ONE.ref))
    blocking = an_initiative("jira:ACME-6", blocks=(ONE.ref,))
    moved = replace(ONE, ref=a_ref("jira:PLAT-9"))
    found = by_id(*normalize_delta(changes(moved), by_id(ONE, TWO, child, waiting, blocking), ()).initiatives)
    assert found == by_id(
        moved,
        replace(child, parent=moved.ref),
        replace(waiting, blocked_by=(TWO.ref, moved.ref)),
        replace(blocking, blocks=(moved.ref,)),
    )


def test_a_ticket_that_is_gone_does_not_come_back_because_it_named_a_renamed_one() -> None:
    child = an_initiative("jira:ACME-4", parent=ONE.ref)
    moved = replace(ONE, ref=a_ref("jira:PLAT-9"))
    found = normalize_delta(changes(moved, deleted=frozenset({child.id})), by_id(ONE, child), ())
    assert found.initiatives == (moved,)


def test_a_ticket_read_now_that_names_the_old_name_follows_too() -> None:
    child = an_initiative("jira:ACME-4", parent=ONE.ref)
    moved = replace(ONE, ref=a_ref("jira:PLAT-9"))
    found = by_id(*normalize_delta(changes(child, moved), by_id(ONE), ()).initiatives)
    assert found[child.id].parent == moved.ref


TICKETS = st.dictionaries(st.integers(1, 6), st.sampled_from(["a", "b", "c"]), max_size=6).map(
    lambda made: by_id(*(an_initiative(f"jira:ACME-{number}", title=title) for number, title in made.items()))
)


@given(TICKETS, TICKETS)
def test_changes_between_two_pictures_lead_from_one_to_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    read = changes(*after.values(), deleted=frozenset(before.keys() - after.keys()))
    fresh = normalize_delta(read, before, ())
    assert by_id(*apply_delta(fresh, before).initiatives) == after
    assert {ticket.id for ticket in fresh.initiatives} == {
        id_ for id_, item in after.items() if before.get(id_) != item
    }


# --- the ledger beside it


def test_a_ticket_whose_labels_are_not_as_we_left_them_is_in_doubt() -> None:
    labelled = replace(ONE, labels=ONE.labels | {"okr-unaligned"})
    tickets = by_id(labelled, TWO)
    assert stale_tickets(posted(labelled, labels=frozenset({"okr-unaligned"})), "jira", tickets) == frozenset()
    assert stale_tickets(posted(labelled), "jira", tickets) == {labelled.id}
    assert stale_tickets(posted(TWO, labels=frozenset({"okr-stale"})), "jira", tickets) == {TWO.id}


def test_a_wish_without_a_receipt_leaves_its_ticket_in_doubt() -> None:
    ledger = posted(ONE, create_pending=True)
    assert stale_tickets(ledger, "jira", by_id(ONE)) == {ONE.id}
    assert stale_tickets(ledger, "github", by_id(ONE)) == frozenset()
    assert stale_tickets(ledger, "jira", by_id(TWO)) == frozenset()


def test_a_run_that_looks_away_has_not_seen_an_absence() -> None:
    ledger = posted(ONE, absences=2) | posted(TWO)

    def misses(*fresh: PullResult) -> list[int]:
        return [known.absences for known in without_unseen_absences(ledger, fresh).values()]

    assert misses(changes()) == [1, 0]
    assert misses(changes(mode=SyncMode.RECONCILE)) == [2, 0]
    assert misses(PullResult("jira")) == [2, 0]
    assert misses(PullResult("github", mode=SyncMode.INCREMENTAL)) == [2, 0]
