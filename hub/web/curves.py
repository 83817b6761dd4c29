"""Curves over the runs and over check-ins, as charts: pure functions from what is remembered to values to draw."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

from hub.core.trend import NO_WORK, Share, TrendPoint
from hub.model.okr import Cycle, KeyResult
from hub.model.progress import expected_progress, measured_progress
from hub.report.chart_svg import DOTS, Chart, Curve, Dot
from hub.report.days import day, moment

DRAWN_AT_MOST = 120
LEAST_COUNT = 4
"""Counts have a scale of at least so many, so that its lines are whole numbers."""


def thinned(points: Sequence[TrendPoint], most: int = DRAWN_AT_MOST) -> Sequence[TrendPoint]:
    """At even distances, the last one always among them."""
    step = -(-len(points) // most) if points else 1
    return points[::-1][::step][::-1]


def ratio_chart(title: str, points: Sequence[TrendPoint], share: Callable[[TrendPoint], Share], good: str) -> Chart:
    """A part of active work, in percent; broken where there was none."""
    told = len(points) <= DOTS
    dots = [
        Dot(
            one.at,
            part.percent,
            _said(one, f"{part.matching} of {part.active} {good}") if told or not one.complete else "",
            one.complete,
        )
        for one in points
        for part in [share(one)]
    ]
    return Chart(title, (Curve("it went", dots),), " %", high=100.0)


def of_team(team: str) -> Callable[[TrendPoint], Share]:
    """The alignment ratio of a team."""
    return lambda point: point.aligned.get(team, NO_WORK)


def count_chart(
    title: str, points: Sequence[TrendPoint], counts: Sequence[tuple[str, Callable[[TrendPoint], int], str]]
) -> Chart:
    """How many of something, by name; each with its look."""
    told = len(points) <= DOTS
    curves = [
        Curve(
            name,
            [
                Dot(
                    one.at,
                    float(found),
                    _said(one, f"{found} {name}") if told or not one.complete else "",
                    one.complete,
                )
                for one in points
                for found in [count(one)]
            ],
            look,
        )
        for name, count, look in counts
    ]
    most = max((dot.value or 0.0 for curve in curves for dot in curve.dots), default=0.0)
    return Chart(title, curves, high=max(most, LEAST_COUNT))


def progress_chart(one: KeyResult, cycle: Cycle) -> Chart | None:
    """What was measured at check-ins, beside what is expected as the cycle goes by; None where nothing was."""
    known = sorted((each.date, each.value) for each in one.check_ins if each.value is not None)
    if not known or measured_progress(one) is None:
        return None
    way = one.target - one.start
    measured = [
        Dot(_noon(when), 100 * (value - one.start) / way, f"{day(when)}: {value:,.12g} {one.unit}")
        for when, value in known
    ]
    days = sorted({cycle.start, cycle.end, *(when for when, _ in known)})
    expected = [Dot(_noon(one), 100 * expected_progress(cycle, one)) for one in days if cycle.contains(one)]
    curves = (Curve("expected", expected, "expected"), Curve("measured", measured))
    return Chart(f"Progress of {one.id}", curves, " %", high=100.0)


def measured_chart(id_: str, points: Sequence[TrendPoint]) -> Chart | None:
    """The progress that runs found in the OKR files; None where fewer than two did."""
    known = [one for one in points if id_ in one.measured]
    dots = [Dot(one.at, 100 * one.measured[id_], day(one.at)) for one in known]
    return Chart(f"Progress of {id_}", (Curve("measured", dots),), " %", high=100.0) if len(dots) > 1 else None


def _said(point: TrendPoint, what: str) -> str:
    return f"{moment(point.at)}: {what}"


def _noon(when: date) -> datetime:
    return datetime.combine(when, time(12), UTC)
