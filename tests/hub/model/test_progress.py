"""Progress measured and progress expected."""

from datetime import date

import pytest

from hub.model.okr import CheckIn
from hub.model.progress import expected_progress, latest_check_in, latest_confidence, latest_value, measured_progress
from tests.builders import CYCLE, a_key_result

EARLY, LATE = date(2026, 10, 12), date(2026, 11, 9)


@pytest.mark.parametrize(
    ("start", "target", "current", "part"),
    [(0, 100, 25, 0.25), (9, 2, 5.5, 0.5), (23, 4, 23, 0.0), (0, 10, 15, 1.5), (10, 20, 5, -0.5)],
)
def test_progress_is_the_part_of_the_way_in_its_direction(
    start: float, target: float, current: float, part: float
) -> None:
    assert measured_progress(a_key_result(start=start, target=target, current=current)) == pytest.approx(part)


def test_without_any_value_nothing_is_measured() -> None:
    assert measured_progress(a_key_result()) is None
    assert measured_progress(a_key_result(start=5, target=5, current=5)) is None


def test_the_stated_value_counts_before_those_of_check_ins() -> None:
    check_ins = (CheckIn(EARLY, value=10), CheckIn(LATE, value=30), CheckIn(date(2026, 11, 10)))
    assert latest_value(a_key_result(current=50, check_ins=check_ins)) == 50
    assert latest_value(a_key_result(check_ins=check_ins)) == 30


def test_the_last_word_on_confidence_is_the_last_check_ins() -> None:
    check_ins = (CheckIn(LATE, confidence=0.3), CheckIn(EARLY, confidence=0.9))
    assert latest_confidence(a_key_result(confidence=0.8, check_ins=check_ins)) == 0.3
    assert latest_confidence(a_key_result(confidence=0.8, check_ins=(CheckIn(LATE),))) == 0.8


def test_the_last_check_in_is_the_latest_by_date_whatever_the_order() -> None:
    check_ins = (CheckIn(LATE, note="first of the day"), CheckIn(LATE, note="last of the day"), CheckIn(EARLY))
    found = latest_check_in(a_key_result(check_ins=check_ins))
    assert found is not None
    assert found.note == "last of the day"
    assert latest_check_in(a_key_result()) is None


@pytest.mark.parametrize(
    ("day", "part"),
    [
        (date(2026, 9, 30), 0.0),
        (date(2026, 10, 1), 1 / 92),
        (date(2026, 11, 15), 0.5),
        (date(2026, 12, 31), 1.0),
        (date(2027, 1, 9), 1.0),
    ],
)
def test_expected_progress_grows_day_by_day_through_the_cycle(day: date, part: float) -> None:
    assert expected_progress(CYCLE, day) == pytest.approx(part)
