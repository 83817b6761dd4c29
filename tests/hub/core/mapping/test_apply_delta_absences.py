"""A ticket that one full read lacks stays as it was; asked for and not there, or lacking twice, it is gone."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.mapping.apply_delta import (
    missing,
    retain_unconfirmed,
    with_lookup_results,
    with_open_absences,
    with_retained_okrs,
)
from hub.model.initiative import Gap, Initiative, PullResult, SyncMode
from hub.model.ticket_input import OkrKind, OkrTicket
from tests.builders import an_initiative

PARENT = an_initiative("jira:PLAT-9", reference_only=True)
ONE, TWO, THREE = (an_initiative(f"jira:ACME-{number}") for number in (1, 2, 3))
CHILD = replace(TWO, parent=ONE.ref)
DOWN = Gap("jira", "the site is down")


def by_id(*tickets: Initiative) -> dict[str, Initiative]:
    return {ticket.id: ticket for ticket in tickets}


def full(*tickets: Initiative, **more: Any) -> PullResult:
    return PullResult("jira", tickets, **more)


# --- which are missing


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (full(ONE, TWO), set()),
        (full(TWO), {ONE.id}),
        (full(TWO, replace(ONE, reference_only=True)), {ONE.id}),
        (full(TWO, gaps=(Gap("jira", "unreadable", "ACME-1"),)), set()),
        (full(TWO, gaps=(Gap("jira", "unreadable", ONE.id),)), set()),
        (full(TWO, gaps=(Gap("jira", "unreadable", "ACME-8"),)), {ONE.id}),
        (full(TWO, deleted=frozenset({ONE.id})), set()),
        (full(gaps=(DOWN,)), set()),
        (full(TWO, gaps=(DOWN,)), set()),
        (full(TWO, mode=SyncMode.INCREMENTAL), set()),
        (full(TWO, mode=SyncMode.RECONCILE), set()),
    ],
    ids=[
        "all there",
        "one lacks",
        "read for others",
        "by key",
        "by id",
        "another",
        "gone",
        "down",
        "broken off",
        "changes",
        "census",
    ],
)
def test_only_a_complete_full_read_lacks_tickets(read: PullResult, found: set[str]) -> None:
    assert missing(read, by_id(ONE, TWO, PARENT)).keys() == found


# --- asked for by their ids


def test_what_is_there_when_asked_for_is_as_if_it_had_been_read() -> None:
    newer = replace(ONE, title="New words")
    read = full(TWO, replace(ONE, reference_only=True), requests=3)
    said = with_lookup_results(read, by_id(ONE), full(newer, PARENT, requests=1))
    assert by_id(*said.initiatives) == by_id(newer, TWO, PARENT)
    assert (said.deleted, said.gaps, said.requests) == (frozenset(), (), 4)
    assert retain_unconfirmed(said, by_id(ONE), by_id(ONE, TWO), frozenset()) == said


def test_what_is_not_there_when_asked_for_is_gone_at_once() -> None:
    said = with_lookup_results(full(TWO), by_id(ONE), full(deleted=frozenset({ONE.id})))
    assert said.deleted == {ONE.id}
    assert retain_unconfirmed(said, by_id(ONE), by_id(ONE, TWO), frozenset()) == said


@pytest.mark.parametrize("trouble", [DOWN, Gap("jira", "the site is down", ONE.id)])
def test_what_could_not_be_asked_for_stays_and_is_a_gap_of_its_own(trouble: Gap) -> None:
    said = with_lookup_results(full(TWO), by_id(ONE), full(gaps=(trouble,)))
    what = "ACME-1 was missing from the full sync, and looking it up failed: the site is down"
    assert said.complete
    assert said.gaps == (Gap("jira", what, ONE.id),)
    stays = retain_unconfirmed(said, by_id(ONE), by_id(ONE, TWO), frozenset())
    assert by_id(*stays.initiatives) == by_id(ONE, TWO)
    assert (stays.absent, stays.notes) == ({ONE.id}, ())


def test_an_answer_says_nothing_of_what_was_not_asked_for() -> None:
    said = with_lookup_results(full(TWO), by_id(ONE), full(replace(TWO, title="Other"), deleted=frozenset({TWO.id})))
    assert said.initiatives == (TWO,)
    assert said.deleted == frozenset()


# --- kept as they were last read


def test_a_ticket_that_one_read_lacks_stays_with_what_it_leans_on() -> None:
    known = by_id(replace(ONE, parent=PARENT.ref), TWO, PARENT, an_initiative("jira:PLAT-1", reference_only=True))
    stays = retain_unconfirmed(full(TWO), by_id(known[ONE.id]), known, frozenset())
    assert by_id(*stays.initiatives) == by_id(known[ONE.id], TWO, PARENT)
    assert stays.absent == {ONE.id}
    assert stays.notes == ("missing from this full sync, kept until a second full sync confirms it: ACME-1",)


def test_a_ticket_that_two_reads_lack_is_gone() -> None:
    assert retain_unconfirmed(full(TWO), by_id(ONE), by_id(ONE, TWO), frozenset({ONE.id})) == full(
        TWO, deleted=frozenset({ONE.id})
    )


def test_a_ticket_that_was_read_for_another_stays_as_it_is_now() -> None:
    now = replace(ONE, title="New words", reference_only=True)
    stays = retain_unconfirmed(full(CHILD, now), by_id(ONE), by_id(ONE, CHILD), frozenset())
    assert by_id(*stays.initiatives) == by_id(replace(now, reference_only=False), CHILD)


def test_many_are_named_in_part() -> None:
    many = by_id(*(an_initiative(f"jira:ACME-{number}") for number in range(10, 30)))
    (note,) = retain_unconfirmed(full(), many, many, frozenset()).notes
    assert note.endswith("ACME-17 and 12 more")


@pytest.mark.parametrize(
    ("read", "left"),
    [
        (full(mode=SyncMode.INCREMENTAL), {ONE.id}),
        (full(ONE, mode=SyncMode.INCREMENTAL), set()),
        (full(replace(ONE, reference_only=True), mode=SyncMode.INCREMENTAL), {ONE.id}),
        (full(mode=SyncMode.INCREMENTAL, deleted=frozenset({ONE.id})), set()),
    ],
)
def test_a_read_of_changes_leaves_in_doubt_what_it_does_not_read(read: PullResult, left: set[str]) -> None:
    assert with_open_absences(read, frozenset({ONE.id})).absent == left


# --- OKRs that are kept as tickets


def a_row(number: int) -> OkrTicket:
    return OkrTicket(OkrKind.KEY_RESULT, "jira", f"OKR-{number}", f"id-OKR-{number}", "Words", "https://tracker.test")


def test_an_okr_that_one_read_lacks_stays_and_that_two_lack_is_gone() -> None:
    first = with_retained_okrs(full(okrs=(a_row(1),), mode=SyncMode.INCREMENTAL), (a_row(1), a_row(2)), frozenset())
    assert (first.okrs, first.absent) == ((a_row(1), a_row(2)), {"id-OKR-2"})
    assert first.notes == ("missing from this full sync, kept until a second full sync confirms it: OKR-2",)
    second = with_retained_okrs(full(okrs=(a_row(1),)), (a_row(1), a_row(2)), frozenset({"id-OKR-2"}))
    assert (second.okrs, second.absent, second.notes) == ((a_row(1),), frozenset(), ())


@pytest.mark.parametrize(
    "read",
    [
        full(okrs=None),
        full(okrs=(), gaps=(DOWN,)),
        full(okrs=(), gaps=(Gap("jira", "unreadable", "OKR-1"),)),
        full(replace(ONE, id="id-OKR-1"), okrs=()),
        full(okrs=(), deleted=frozenset({"id-OKR-1"})),
    ],
    ids=["keeps none", "broken off", "unreadable", "is work now", "gone"],
)
def test_an_okr_is_kept_only_where_a_whole_read_lacks_it(read: PullResult) -> None:
    assert with_retained_okrs(read, (a_row(1),), frozenset()) == read


PICTURES = st.lists(st.sets(st.integers(0, 3), max_size=2), max_size=6)


@given(PICTURES, st.booleans())
def test_a_picture_lacks_only_what_two_reads_in_a_row_lacked(lacking: list[set[int]], asked: bool) -> None:
    every = (ONE, CHILD, replace(THREE, parent=PARENT.ref), an_initiative("jira:ACME-4", blocked_by=(ONE.ref,)))
    tickets, absent = by_id(*every, PARENT), frozenset[str]()
    there = by_id(*every)
    for out in lacking:
        before = absent
        shown = [ticket for number, ticket in enumerate(every) if number not in out]
        read = full(*shown, *([PARENT] if every[2] in shown else []))
        lacks = missing(read, tickets)
        if asked:
            read = with_lookup_results(read, lacks, full(*lacks.values(), *([PARENT] if every[2].id in lacks else [])))
        whole = retain_unconfirmed(read, lacks, tickets, absent)
        tickets, absent = by_id(*whole.initiatives), whole.absent
        twice = set() if asked else {every[number].id for number in out if every[number].id in before}
        there = by_id(*shown, *(ticket for ticket in there.values() if ticket.id not in twice))
        assert {id_: ticket for id_, ticket in tickets.items() if not ticket.reference_only} == there
        assert (PARENT.id in tickets) is (every[2].id in tickets)
