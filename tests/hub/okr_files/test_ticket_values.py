"""Values are read as people write them on tickets; what could mean two things is refused."""

from datetime import date

import pytest

from hub.okr_files.ticket_values import (
    parse_alignments,
    parse_check_ins,
    parse_confidence,
    parse_contributions,
    parse_day,
    parse_needs,
    parse_number,
    parse_sync,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("500,000", 500_000), ("500 000", 500_000), ("7_100_000", 7_100_000), ("5 %", 5), ("0,5", 0.5), ("-1.5", -1.5)],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "many", "1,2,3", "10M"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        parse_number(text)


def test_confidence_may_be_a_percentage() -> None:
    assert (parse_confidence("60 %"), parse_confidence("0.6")) == (0.6, 0.6)


def test_links_and_shares_are_read_from_one_line() -> None:
    assert parse_contributions("sales 60 %, Customer Success 40% (indirect); product (indirect)") == [
        {"team": "sales", "share": 60.0},
        {"team": "customer success", "share": 40.0, "kind": "indirect"},
        {"team": "product", "kind": "indirect"},
    ]
    assert parse_alignments("revenue (indirect), uptime (direct, proposed, since 2026-10-19)") == [
        {"key_result": "revenue", "kind": "indirect"},
        {"key_result": "uptime", "kind": "direct", "state": "proposed", "since": date(2026, 10, 19)},
    ]
    assert parse_needs("platform / scale-p99 (priority 1, by 2026-11-30)\ndata") == [
        {"team": "platform", "key_result": "scale-p99", "priority": 1, "needed_by": date(2026, 11, 30)},
        {"team": "data"},
    ]
    assert parse_sync("product, every 14 days") == {"host": "product", "every_days": 14}


def test_check_ins_are_read_one_a_line() -> None:
    assert parse_check_ins("2026-11-16: 120,000 (confidence 60 %, present product platform)\n2026-11-09") == [
        {"date": date(2026, 11, 16), "value": 120_000, "confidence": 0.6, "present": ["product", "platform"]},
        {"date": date(2026, 11, 9)},
    ]


@pytest.mark.parametrize("text", ["revenue (soon)", "revenue (since tomorrow)", "revenue (indirect"])
def test_a_link_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_alignments(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-16", date(2026, 11, 16)),
        ("16 Nov 2026", date(2026, 11, 16)),
        ("16 November 2026", date(2026, 11, 16)),
        ("3. Sept. 2026", date(2026, 9, 3)),
        ("Nov 16, 2026", date(2026, 11, 16)),
        ("16.11.2026", date(2026, 11, 16)),
        ("11/16/2026", date(2026, 11, 16)),
        ("16/11/2026", date(2026, 11, 16)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date) -> None:
    assert parse_day(text) == day
    assert parse_check_ins(f"{text}: 26 (confidence 60 %)") == [{"date": day, "value": 26.0, "confidence": 0.6}]


@pytest.mark.parametrize(
    "text", ["11/12/2026", "2026-13-01", "31 Nov 2026", "16 Nob 2026", "16 Nov", "tomorrow", "16 Nov 20261", ""]
)
def test_what_is_no_day_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"2026-11-30|write 2026-12-11 or 2026-11-12|no day of the calendar"):
        parse_day(text)
