"""Charts over runs and check-ins: pure functions from stored values to values to draw."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

from hub.core.trend import NO_WORK, Share, TrendPoint
from hub.model.okr import Cycle, KeyResult
from hub.model.progress import expected_progress, measured_progress
from hub.report.chart_svg import MAX_DOTS, Chart, Dot, Series
from hub.report.days import day, format_time

MAX_POINTS = 120
MIN_SCALE = 4
"""The scale of counts goes at least this high, so that its lines are whole numbers."""


def sample_points(points: Sequence[TrendPoint], limit: int = MAX_POINTS) -> Sequence[TrendPoint]:
    """At even distances, the last one always among them."""
    step = -(-len(points) // limit) if points else 1
    return points[::-1][::step][::-1]


def ratio_chart(title: str, points: Sequence[TrendPoint], share: Callable[[TrendPoint], Share], label: str) -> Chart:
    """A part of active work, in percent; broken where there was none."""
    has_labels = len(points) <= MAX_DOTS
    dots = [
        Dot(
            point.at,
            part.percent,
            _point_label(point, f"{part.matching} of {part.active} {label}")
            if has_labels or not point.complete
            else "",
            point.complete,
        )
        for point in points
        for part in [share(point)]
    ]
    return Chart(title, (Series("it went", dots),), " %", high=100.0)


def team_share(team: str) -> Callable[[TrendPoint], Share]:
    """The alignment ratio of a team."""
    return lambda point: point.aligned.get(team, NO_WORK)


def count_chart(
    title: str, points: Sequence[TrendPoint], counts: Sequence[tuple[str, Callable[[TrendPoint], int], str]]
) -> Chart:
    """Counts by name, each with its CSS class."""
    has_labels = len(points) <= MAX_DOTS
    series_list = [
        Series(
            name,
            [
                Dot(
                    point.at,
                    float(value),
                    _point_label(point, f"{value} {name}") if has_labels or not point.complete else "",
                    point.complete,
                )
                for point in points
                for value in [count(point)]
            ],
            css_class,
        )
        for name, count, css_class in counts
    ]
    highest = max((dot.value or 0.0 for series in series_list for dot in series.dots), default=0.0)
    return Chart(title, series_list, high=max(highest, MIN_SCALE))


def progress_chart(key_result: KeyResult, cycle: Cycle) -> Chart | None:
    """What was measured at check-ins, beside what is expected as the cycle goes by; None where nothing was."""
    known = sorted((check_in.date, check_in.value) for check_in in key_result.check_ins if check_in.value is not None)
    if not known or measured_progress(key_result) is None:
        return None
    distance = key_result.target - key_result.start
    measured = [
        Dot(_noon(on), 100 * (value - key_result.start) / distance, f"{day(on)}: {value:,.12g} {key_result.unit}")
        for on, value in known
    ]
    days = sorted({cycle.start, cycle.end, *(on for on, _ in known)})
    expected = [Dot(_noon(item), 100 * expected_progress(cycle, item)) for item in days if cycle.contains(item)]
    series_list = (Series("expected", expected, "expected"), Series("measured", measured))
    return Chart(f"Progress of {key_result.id}", series_list, " %", high=100.0)


def measured_chart(id_: str, points: Sequence[TrendPoint]) -> Chart | None:
    """The progress that runs found in the OKR files; None where fewer than two did."""
    known = [point for point in points if id_ in point.measured]
    dots = [Dot(trend_point.at, 100 * trend_point.measured[id_], day(trend_point.at)) for trend_point in known]
    return Chart(f"Progress of {id_}", (Series("measured", dots),), " %", high=100.0) if len(dots) > 1 else None


def _point_label(point: TrendPoint, what: str) -> str:
    return f"{format_time(point.at)}: {what}"


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)
