"""Charts as SVG: well formed, told in words, on a scale of round numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from hub.web.charts import Chart, Dot, Part, Series, bar_svg, chart_svg

START = datetime(2026, 10, 1, tzinfo=UTC)


def dots(*values: float | None) -> list[Dot]:
    return [Dot(START + timedelta(days=n), value, f"day {n}") for n, value in enumerate(values)]


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(chart_svg(chart))


def axis(chart: Chart) -> list[str]:
    """The words at the lines, from the bottom."""
    return [element.text or "" for element in drawn(chart).iter("text") if element.get("x") == "38"]


def test_a_chart_is_told_in_words() -> None:
    svg = drawn(Chart("Ratio", (Series("it went", dots(50, None, 75)),), " %"))
    assert svg.get("aria-label") == "Ratio: it went from 50 % on 1 Oct 2026 to 75 % on 3 Oct 2026"
    assert svg.get("role") == "img"


def test_a_chart_of_nothing_says_so() -> None:
    assert drawn(Chart("Ratio", ())).get("aria-label") == "Ratio: nothing yet"
    assert drawn(Chart("Ratio", (Series("it went", dots(None)),))).get("aria-label") == "Ratio: nothing yet"


def test_a_single_value_stands_in_the_middle() -> None:
    svg = drawn(Chart("Ratio", (Series("it went", dots(50)),), " %"))
    (dot,) = svg.iter("circle")
    assert (dot.get("cx"), svg.get("aria-label")) == ("236.0", "Ratio: it went 50 % on 1 Oct 2026")


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    (line,) = (
        element
        for element in drawn(Chart("x", (Series("a", dots(1, 2, None, 3, 4)),))).iter("path")
        if element.get("class") == "line"
    )
    assert [part[0] for part in line.get("d", "").replace("L", "|L").replace("M", "|M").split("|")[1:]] == list("MLML")


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ((0, 100), ["0", "25", "50", "75", "100"]),
        ((0, 3), ["0", "1", "2", "3"]),
        ((0, 0.04), ["0", "0.01", "0.02", "0.03", "0.04"]),
        ((0, 523), ["0", "200", "400", "600"]),
        ((0, 1_000_000), ["0", "250,000", "500,000", "750,000", "1e+06"]),
        ((-5, 10), ["-5", "0", "5", "10"]),
    ],
)
def test_the_lines_of_the_scale_stand_at_round_numbers(values: tuple[float, ...], lines: list[str]) -> None:
    assert axis(Chart("x", (Series("a", dots(*values)),))) == lines


def test_values_beyond_a_given_end_are_drawn_nevertheless() -> None:
    chart = Chart("x", (Series("a", dots(0, 150)),), high=100.0)
    assert axis(chart)[-1] == "150"


def test_names_are_text_and_never_markup() -> None:
    svg = drawn(Chart('<script>"x"', (Series("<b>", [Dot(START, 1.0, "<i>&")]),)))
    assert "<script>" in svg.get("aria-label", "")
    assert next(svg.iter("title")).text == "<i>&"


def test_a_run_that_could_not_read_everything_has_a_hollow_dot() -> None:
    svg = drawn(Chart("x", (Series("a", [Dot(START, 1.0), Dot(START + timedelta(days=1), 2.0, complete=False)]),)))
    assert [dot.get("class") for dot in svg.iter("circle")] == [None, "incomplete"]


def test_many_points_are_a_line_without_dots() -> None:
    many = dots(*range(100))
    assert list(drawn(Chart("x", (Series("a", many),))).iter("circle")) == []
    unsure = replace(many[50], complete=False)
    (dot,) = drawn(Chart("x", (Series("a", [*many[:50], unsure, *many[51:]]),))).iter("circle")
    assert dot.get("class") == "incomplete"


def test_shares_lie_side_by_side_up_to_their_goal() -> None:
    svg = ET.fromstring(bar_svg("Shares", [Part("Sales & co", 60), Part("Success", 20)]))
    assert [part.get("width") for part in svg.iter("rect")] == ["264.0", "88.0"]
    assert svg.get("aria-label") == "Shares: Sales & co 60 %, Success 20 %"


def test_shares_of_more_than_the_whole_go_beyond_the_goal() -> None:
    svg = ET.fromstring(bar_svg("Shares", [Part("a", 150), Part("b", 50)]))
    (goal,) = svg.iter("path")
    assert goal.get("d") == "M219.0 0V24"
