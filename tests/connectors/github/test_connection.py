"""A connection read from both ends holds every entry once, in order, or says what is missing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connectors.github.api import Slice
from connectors.github.connection import Step, Walk


def page(names: list[str], part: Slice) -> Step[str]:
    """What a tracker answers: cursors are places in the list."""
    if part.backwards:
        end = len(names) if part.cursor is None else int(part.cursor)
        start = max(0, end - part.size)
        more, cursor = start > 0, start
    else:
        start = 0 if part.cursor is None else int(part.cursor)
        end = min(len(names), start + part.size)
        more, cursor = end < len(names), end
    return Step(tuple((name, name.upper()) for name in names[start:end]), 0, len(names), more, str(cursor))


def walked(names: list[str], size: int) -> tuple[Walk[str], int]:
    walk: Walk[str] = Walk(size)
    asked = 0
    while parts := walk.next_slices():
        for part in parts:
            asked += 1
            walk.take(part, page(names, part))
    return walk, asked


def named(count: int) -> list[str]:
    return [f"n{number}" for number in range(count)]


@given(st.integers(0, 400), st.integers(1, 100))
def test_every_entry_is_found_once_in_order(count: int, size: int) -> None:
    walk, asked = walked(named(count), size)
    assert walk.gap is None
    assert [value for _, value in walk.values()] == [name.upper() for name in named(count)]
    assert [place for place, _ in walk.values()] == list(range(count))
    assert asked <= -(-count // size) + 1


def test_two_ends_need_half_the_rounds() -> None:
    walk: Walk[str] = Walk(10)
    rounds = 0
    while parts := walk.next_slices():
        rounds += 1
        for part in parts:
            walk.take(part, page(named(1000), part))
    assert rounds == 51


def test_entries_added_meanwhile_are_no_gap() -> None:
    walk: Walk[str] = Walk(10)
    names = named(95)
    while parts := walk.next_slices():
        for part in parts:
            walk.take(part, page(names, part))
        names = [*names, f"new{len(names)}"]
    assert walk.gap is None
    assert {name.upper() for name in named(95)} <= {value for _, value in walk.values()}


def test_entries_that_never_come_are_a_gap() -> None:
    walk: Walk[str] = Walk(10)
    (part,) = walk.next_slices()
    walk.take(part, replace(page(named(7), part), total=9))
    assert walk.gap == "2 of 9 entries never came"
    assert len(list(walk.values())) == 7


def test_entries_that_could_not_be_read_are_not_missing_as_well() -> None:
    walk: Walk[str] = Walk(10)
    (part,) = walk.next_slices()
    walk.take(part, replace(page(named(7), part), total=9, missing_count=2))
    assert walk.gap is None
    assert walk.next_slices() == ()


def test_a_repeated_cursor_ends_the_walk() -> None:
    walk: Walk[str] = Walk(10)
    (part,) = walk.next_slices()
    walk.take(part, replace(page(named(15), part), total=15))
    (part,) = walk.next_slices()
    walk.take(part, replace(page(named(10), part), total=15, has_more=True, cursor="10"))
    assert walk.gap == "the tracker gave the same page again"
    assert walk.next_slices() == ()


def test_a_missing_cursor_ends_the_walk() -> None:
    walk: Walk[str] = Walk(10)
    (part,) = walk.next_slices()
    walk.take(part, replace(page(named(15), part), cursor=None))
    assert walk.gap == "the tracker gave the same page again"


def test_a_page_that_fails_is_asked_for_in_halves() -> None:
    walk: Walk[str] = Walk(100)
    sizes = []
    for _ in range(5):
        parts = walk.next_slices()
        if not parts:
            break
        sizes.append(parts[0].size)
        walk.fail(parts[0], "HTTP 502", smaller=True)
    assert sizes == [100, 50, 25, 12, 10]
    assert walk.gap == "HTTP 502"


def test_a_halved_walk_goes_on_where_it_was() -> None:
    walk: Walk[str] = Walk(40)
    names = named(200)
    failures = 1
    while parts := walk.next_slices():
        for part in parts:
            if failures and part.cursor and part.size > 20:
                failures = 0
                walk.fail(part, "HTTP 502", smaller=True)
            else:
                walk.take(part, page(names, part))
    assert walk.gap is None
    assert [value for _, value in walk.values()] == [name.upper() for name in names]


def test_a_failure_that_smaller_pages_do_not_mend_keeps_the_rest() -> None:
    walk: Walk[str] = Walk(10)
    (first,) = walk.next_slices()
    walk.take(first, page(named(50), first))
    walk.fail(walk.next_slices()[0], "HTTP 401")
    assert walk.gap == "HTTP 401"
    assert len(list(walk.values())) == 10
