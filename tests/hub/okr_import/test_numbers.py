"""Numbers as people write them, and the ones that nobody can be sure of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.okr_import.numbers import infer_decimal, parse_amount

POWERS = (
    "1.2E+07.5", "1.2 E+07", "1.2 E07", "1.2E+", "1.2E+100", "1E-5000", f"1E{'9' * 5000}", "1.2 \u00d7 10^7",
    "1.2*10**7", "1.2 x 10 7", "10^7", "10⁷", "1.2·10⁻⁷", "9" * 400,
)  # fmt: skip


def read(text: str) -> tuple[float, str]:
    found = parse_amount(text)
    assert found is not None
    assert found.decimal != "?"
    return found.value(found.decimal or "."), found.unit


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.234,5", 1234.5, ""),
        ("1,234.5", 1234.5, ""),
        ("1'234", 1234, ""),
        ("1 234 567,8 EUR", 1234567.8, "EUR"),
        ("1.234.567", 1234567, ""),
        ("12 %", 12, "%"),
        ("99.95%", 99.95, "%"),
        ("3,5 Mio. €", 3_500_000, "€"),
        ("10M", 10_000_000, ""),
        ("$10m", 10_000_000, "$"),
        ("5k USD", 5_000, "USD"),
        ("5 TEUR", 5_000, "EUR"),
        ("2 Mrd.", 2_000_000_000, ""),
        ("10 MB", 10, "MB"),
        ("0,234", 0.234, ""),
        ("\u221217", -17, ""),
        ("500 users", 500, "users"),
        ("1.20E+07", 12_000_000, ""),
        ("3,00E+06", 3_000_000, ""),
        ("1.234E+06 USD", 1_234_000, "USD"),
        ("-5.0e-02", -0.05, ""),
        ("$ 2E6", 2_000_000, "$"),
        ("5 e-mails", 5, "e-mails"),
        ("5E", 5, "E"),
        ("10x", 10, "x"),
    ],
)
def test_a_number_is_read_with_its_size_and_unit(text: str, value: float, unit: str) -> None:
    assert read(text) == (value, unit)


@pytest.mark.parametrize("text", ["1.234", "1,234", "10.000 €", "1.234 Mio."])
def test_a_number_with_two_readings_is_not_decided(text: str) -> None:
    found = parse_amount(text)
    assert found is not None
    assert found.decimal == "?"


@pytest.mark.parametrize("text", ["abc", "5/10", "1.2.3", "2026-11-12", "launch", "1,2,3.4.5", "12:30", *POWERS])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_amount(text)


@pytest.mark.parametrize("text", ["", "  ", "-", "n/a", "k. A.", "tbd", "\u2013"])
def test_words_for_nothing_are_no_number(text: str) -> None:
    assert parse_amount(text) is None


def test_a_column_proves_its_decimal_sign_only_where_it_agrees() -> None:
    columns = [("1.234", "2,5"), ("1.234", "2.5"), ("1.234", "7"), ("2,5", "2.5")]
    assert [infer_decimal(found for text in column if (found := parse_amount(text))) for column in columns] == [
        ",",
        ".",
        None,
        None,
    ]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_both_ways_of_writing_mean_the_same_number(value: object) -> None:
    english = f"{value:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert read(english)[0] == read(german)[0] == float(str(value))


@given(st.text(max_size=15))
def test_no_text_makes_the_reading_fail_otherwise(text: str) -> None:
    try:
        found = parse_amount(text)
    except ValueError as error:
        assert "number" in str(error)  # noqa: PT017  either way is fine, and nothing else
    else:
        assert found is None or found.digits
