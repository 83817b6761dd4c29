"""Which id a misspelt one was meant to be: one that leads all others, however many were asked for before."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from rapidfuzz.distance import OSA

from hub.core.mapping.closest_ids import MIN_LEAD, MIN_SIMILARITY, ClosestIds


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dua", ()),
        ("launch-dua", ("launch-dau",)),
        ("LAUNCH-NSP", ("launch-nps",)),
        ("launch", ()),
        ("something-else", ()),
        ("", ()),
    ],
)
def test_one_id_was_meant_where_it_is_clearly_nearest(written: str, meant: tuple[str, ...]) -> None:
    assert ClosestIds(["revenue", "p99", "launch-dau", "launch-nps"]).of(written) == meant


def test_two_ids_about_as_near_are_none() -> None:
    assert ClosestIds(["launch-nps", "launch-npv"]).of("launch-np") == ()


WORDS = some.text("ab1-", min_size=1, max_size=9)


@given(some.sets(WORDS, max_size=12), some.lists(WORDS, min_size=1, max_size=8))
def test_many_values_are_answered_as_if_each_was_compared_with_every_id(ids: set[str], values: list[str]) -> None:
    asked = ClosestIds(ids)
    for _ in range(60):
        asked.of(values[0])
    assert [asked.of(value) for value in values] == [compared_with_all(value, ids) for value in values]


def compared_with_all(value: str, ids: set[str]) -> tuple[str, ...]:
    ranked = sorted(((OSA.normalized_similarity(value, id_), id_) for id_ in ids), reverse=True)
    (best, nearest), (second, _) = (*ranked, (0.0, ""), (0.0, ""))[:2]
    return (nearest,) if best >= MIN_SIMILARITY and best - max(second, 0.0) >= MIN_LEAD else ()
