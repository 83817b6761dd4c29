"""Progress measured and progress expected."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.okr import CheckIn, Direction
from hub.model.progress import (
    direction_of,
    expected_progress,
    is_breached,
    is_limit_stated_as_growth,
    is_measured,
    is_met,
    is_milestone,
    latest_check_in,
    latest_confidence,
    latest_value,
    measured_progress,
    tolerance_of,
    unmeasured_reason,
)
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


BUGS = "Fewer than 5 open blocker bugs"


def test_the_direction_is_as_stated_else_from_start_to_target() -> None:
    assert direction_of(a_key_result(start=0, target=5)) is Direction.INCREASE
    assert direction_of(a_key_result(start=5, target=0)) is Direction.DECREASE
    assert direction_of(a_key_result(target=5, direction=Direction.AT_MOST)) is Direction.AT_MOST
    assert direction_of(a_key_result(target=5, stated=frozenset({"target"}))) is None
    assert direction_of(a_key_result(start=5, stated=frozenset({"start"}))) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"stated": frozenset({"target"})}, "no start stated"),
        ({"stated": frozenset({"start"})}, "no target stated"),
        ({"stated": frozenset[str]()}, "no start and no target stated"),
        ({"stated": frozenset({"target"}), "direction": Direction.AT_MOST}, ""),
        ({"stated": frozenset({"target"}), "direction": Direction.KEEP}, ""),
        ({"stated": frozenset({"target"}), "direction": Direction.INCREASE}, "no start stated"),
        ({"stated": frozenset[str](), "direction": Direction.AT_LEAST}, "no target stated"),
        ({"title": BUGS, "target": 5}, "the title states a limit, but the numbers state growth"),
        ({"title": BUGS, "target": 5, "direction": Direction.AT_MOST}, ""),
        ({"title": BUGS, "start": 12, "target": 5}, ""),
    ],
)
def test_without_stated_numbers_nothing_is_measured(changes: dict[str, Any], why: str) -> None:
    found = a_key_result(current=3, **changes)
    assert (is_measured(found), unmeasured_reason(found)) == (not why, why)
    if why or found.direction:
        assert measured_progress(found) is None


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({"start": 0, "target": 5}, True),
        ({"target": 5, "stated": frozenset({"target"})}, True),
        ({"start": 15, "target": 5}, False),
        ({"start": 0, "target": 5, "direction": Direction.AT_MOST}, False),
        ({"start": 0, "target": 5, "direction": Direction.INCREASE}, False),
        ({"start": 0, "stated": frozenset({"start"})}, False),
        ({"start": 0, "target": 90}, False),
    ],
)
def test_a_limit_whose_numbers_grow_is_written_as_growth(changes: dict[str, Any], written: bool) -> None:
    found = a_key_result(title=BUGS, current=12, **changes)
    assert is_limit_stated_as_growth(found) is written
    if written:
        assert not found.is_met
        assert not is_breached(found)


@pytest.mark.parametrize(
    ("direction", "current", "met", "breached"),
    [
        (Direction.AT_MOST, 4, True, False),
        (Direction.AT_MOST, 5, True, False),
        (Direction.AT_MOST, 6, False, True),
        (Direction.AT_LEAST, 5, True, False),
        (Direction.AT_LEAST, 4, False, True),
        (Direction.KEEP, 5.05, True, False),
        (Direction.KEEP, 5.06, False, True),
        (Direction.KEEP, 4.9, False, True),
        (Direction.AT_MOST, None, False, False),
        (Direction.INCREASE, 5, True, False),
        (Direction.INCREASE, 4, False, False),
        (Direction.DECREASE, 5, True, False),
        (Direction.DECREASE, 6, False, False),
    ],
)
def test_a_limit_is_met_while_it_holds_and_breached_when_not(
    direction: Direction, current: float | None, met: bool, breached: bool
) -> None:
    found = a_key_result(target=5, current=current, direction=direction, stated=frozenset({"target"}))
    assert (found.is_met, is_met(found), is_breached(found)) == (met, met, breached)


def test_a_value_to_keep_may_be_as_far_off_as_stated() -> None:
    kept = a_key_result(target=99.9, direction=Direction.KEEP, tolerance=0.3)
    assert is_met(replace(kept, current=99.6))
    assert is_breached(replace(kept, current=99.5))
    assert tolerance_of(replace(kept, target=-200, tolerance=None)) == 2


def test_without_a_stated_target_nothing_is_met_or_breached() -> None:
    found = a_key_result(current=100, stated=frozenset({"start"}))
    limit = replace(found, direction=Direction.AT_MOST, current=101)
    assert (is_met(found), is_met(limit), is_breached(limit)) == (False, False, False)


def test_without_a_stated_start_only_the_target_itself_meets_it() -> None:
    found = a_key_result(target=92, stated=frozenset({"target"}))
    assert [is_met(replace(found, current=value)) for value in (91, 92, 93)] == [False, True, False]


def test_a_value_of_a_check_in_meets_a_target() -> None:
    assert a_key_result(start=0, target=5, check_ins=(CheckIn(LATE, value=6),)).is_met


@pytest.mark.parametrize(("current", "part"), [(0, 0.0), (0.7, 0.0), (1, 1.0), (None, None)])
def test_a_milestone_shows_no_progress_before_it_is_done(current: float | None, part: float | None) -> None:
    found = a_key_result(start=0, target=1, current=current)
    assert is_milestone(found)
    assert measured_progress(found) == part


def test_an_amount_from_nothing_to_one_is_no_milestone() -> None:
    assert measured_progress(a_key_result(start=0, target=1, current=0.4, unit="M users")) == 0.4
    assert is_milestone(a_key_result(start=0, target=1, current=0, unit="report"))
    assert not is_milestone(a_key_result(start=0, target=1, direction=Direction.AT_MOST))


def test_a_value_behind_its_start_shows_negative_progress() -> None:
    uptime = a_key_result(title="Keep uptime at 99.9 %", start=99.8, target=99.9, current=99.2, unit="%")
    churn = a_key_result(title="Churn below 2 %", start=3, target=2, current=4.5, unit="%")
    assert measured_progress(uptime) == pytest.approx(-6)
    assert measured_progress(churn) == pytest.approx(-1.5)
    assert not uptime.is_met
    assert not churn.is_met
