"""Days as teams count them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.progress import working_days_between

FRIDAY = date(2026, 11, 13)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(("later", "count"), [(0, 0), (1, 0), (2, 0), (3, 1), (7, 5), (10, 6), (-4, 0)])
def test_weekends_are_not_counted(later: int, count: int) -> None:
    assert working_days_between(FRIDAY, FRIDAY + timedelta(days=later)) == count


@given(DAYS, st.integers(0, 60))
def test_it_counts_as_one_would_with_a_calendar(start: date, length: int) -> None:
    days = [start + timedelta(days=n) for n in range(1, length + 1)]
    assert working_days_between(start, start + timedelta(days=length)) == sum(day.weekday() < 5 for day in days)


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_spans_side_by_side_add_up(start: date, one: int, other: int) -> None:
    middle, end = start + timedelta(days=one), start + timedelta(days=one + other)
    assert working_days_between(start, middle) + working_days_between(middle, end) == working_days_between(start, end)
