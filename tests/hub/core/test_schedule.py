"""When something is next, by interval and by cron expression, also where clocks are put forward and back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.schedule import Disabled, Interval, next_after, parse_schedule

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
FIRST, LAST = datetime(2025, 1, 1), datetime(2028, 1, 1)  # noqa: DTZ001  the zone is given beside them
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
TEXTS = st.sampled_from(
    ["every 15m", "every 7s", "every 2h", "0 3 * * *", "30 2 * * *", "*/10 * * * *", "5,35 */2 * * 1-5", "0 0 29 2 *"]
)


def times(text: str, after: datetime, zone: ZoneInfo, count: int = 3) -> list[str]:
    """The next times as the wall's clock shows them."""
    found, moment = [], after.astimezone(UTC)
    for _ in range(count):
        moment = next_after(parse_schedule(text), moment, zone) or moment
        found.append(moment.astimezone(zone).strftime("%d. %H:%M%z"))
    return found


@pytest.mark.parametrize(
    ("text", "seconds"), [("every 15m", 900), ("every 30s", 30), ("EVERY 2 h", 7200), (" every  1d ", 86_400)]
)
def test_an_interval_is_read_as_people_write_it(text: str, seconds: int) -> None:
    assert parse_schedule(text) == Interval(timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("every 0m", "1s to 31d"),
        ("every 32d", "1s to 31d"),
        ("every minute", 'expected "every 15m"'),
        ("0 0 3 * * *", "five cron fields"),
        ("0 25 * * *", "bad hour"),
        ("0 0 31 2 *", "bad day-of-month"),
        ("", "five cron fields"),
    ],
)
def test_what_is_no_rhythm_is_told_what_was_expected(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_schedule(text)


def test_equal_intervals_fall_together_wherever_they_begin() -> None:
    early, late = datetime(2026, 11, 16, 9, 1, tzinfo=UTC), datetime(2026, 11, 16, 9, 14, tzinfo=UTC)
    assert times("every 15m", early, BERLIN, 2) == times("every 15m", late, BERLIN, 2)
    assert times("every 15m", early, BERLIN, 2) == ["16. 10:15+0100", "16. 10:30+0100"]


def test_a_time_that_spring_skips_comes_right_after_the_gap() -> None:
    night = datetime(2027, 3, 28, 0, 0, tzinfo=BERLIN)
    assert times("30 2 * * *", night, BERLIN) == ["28. 03:00+0200", "29. 02:30+0200", "30. 02:30+0200"]


def test_a_time_that_autumn_repeats_comes_once() -> None:
    night = datetime(2026, 10, 25, 0, 0, tzinfo=BERLIN)
    assert times("30 2 * * *", night, BERLIN) == ["25. 02:30+0200", "26. 02:30+0100", "27. 02:30+0100"]


def test_what_comes_every_hour_comes_in_both_of_the_repeated_ones() -> None:
    night = datetime(2026, 11, 1, 0, 45, tzinfo=NEW_YORK)
    assert times("30 * * * *", night, NEW_YORK) == ["01. 01:30-0400", "01. 01:30-0500", "01. 02:30-0500"]


def test_within_the_repeated_hour_the_next_time_is_not_in_the_past() -> None:
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)
    assert times("30 2 * * *", second, BERLIN, 1) == ["26. 02:30+0100"]


def test_what_never_comes_has_no_next_time() -> None:
    assert parse_schedule("Never") == Disabled()
    assert next_after(Disabled(), datetime(2026, 11, 16, tzinfo=UTC), BERLIN) is None


@given(TEXTS, MOMENTS, ZONES)
def test_the_next_time_lies_ahead_and_nothing_lies_between(text: str, moment: datetime, name: str) -> None:
    how, zone = parse_schedule(text), ZoneInfo(name)
    at = next_after(how, moment, zone)
    assert at is not None
    assert at > moment
    between = moment + (at - moment) / 2
    if between < at:
        assert next_after(how, between, zone) == at
