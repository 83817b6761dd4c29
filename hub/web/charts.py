"""Small charts as SVG: curves over runs and check-ins, and bars of shares."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import escape

from hub.core.insight.run_summary import NO_WORK, Share, TrendPoint
from hub.model.okr import Cycle, KeyResult
from hub.model.progress import expected_progress, measured_progress
from hub.report.text import day, format_time

WIDTH, HEIGHT = 440, 170
SMALL = 240, 120
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 26
MAX_DOTS = 40
"""A curve of more points than this has dots only where not everything was known: more would cover it."""
STEPS = (1, 2, 2.5, 5, 10)
LINES = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """One value at one time; `label` is its tooltip, `complete` is false where some data was missing."""

    at: datetime
    value: float | None
    label: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """A line through dots, interrupted where a value is missing. `css_class` is a class of the style sheet."""

    name: str
    dots: Sequence[Dot]
    css_class: str = "one"


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over one time span. Without `high`, the scale ends a little above the highest value.

    A `small` one is shown next to others.
    """

    title: str
    series: Sequence[Series]
    unit: str = ""
    high: float | None = None
    low: float = 0.0
    small: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the chart."""
        return SMALL if self.small else (WIDTH, HEIGHT)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar, in percent of the whole."""

    name: str
    share: float


def chart_svg(chart: Chart) -> str:
    """The chart; a screen reader hears its title and how it begins and ends."""
    scale = _Scale(chart)
    inner = "".join((*_grid(scale, chart.unit), *_days(scale), *(_series(series, scale) for series in chart.series)))
    return _svg("chart small" if chart.small else "chart", *chart.size, f"{chart.title}: {_summary(chart)}", inner)


def bar_svg(title: str, parts: Sequence[Part]) -> str:
    """Shares side by side; they may come to less or more than 100 %, whose end is marked."""
    total = max(100.0, sum(part.share for part in parts))
    inner, x = [], 0.0
    for number, part in enumerate(parts):
        width = WIDTH * part.share / total
        label = escape(f"{part.name}: {part.share:g} %")
        inner.append(
            f'<rect class="part part{number % 5}" x="{x:.1f}" y="2" width="{width:.1f}" height="20">'
            f"<title>{label}</title></rect>"
        )
        x += width
    goal = WIDTH * 100 / total
    inner.append(f'<path class="goal" d="M{goal - 1:.1f} 0V24"/>')
    summary = ", ".join(f"{part.name} {part.share:g} %" for part in parts)
    return _svg("bar", WIDTH, 24, f"{title}: {summary}", "".join(inner))


def _svg(css_class: str, width: int, height: int, title: str, inner: str) -> str:
    name = escape(title)
    return f'<svg class="{css_class}" viewBox="0 0 {width} {height}" role="img" aria-label="{name}">{inner}</svg>'


class _Scale:
    """The position of a time and a value on the chart."""

    def __init__(self, chart: Chart) -> None:
        timestamps = [dot.at.timestamp() for series in chart.series for dot in series.dots]
        values = [dot.value for series in chart.series for dot in series.dots if dot.value is not None]
        self.width, self.height = chart.size
        self.first, self.last = min(timestamps, default=0.0), max(timestamps, default=0.0)
        self.step, self.low, self.high = _round(
            min([chart.low, *values]), max(values, default=1.0) if chart.high is None else max([chart.high, *values])
        )
        self.days = sorted({dot.at for series in chart.series for dot in (*series.dots[:1], *series.dots[-1:])})

    def x(self, at: datetime) -> float:
        span = self.last - self.first
        part = (at.timestamp() - self.first) / span if span else 0.5
        return LEFT + part * (self.width - LEFT - RIGHT)

    def y(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return self.height - BOTTOM - part * (self.height - TOP - BOTTOM)


def _round(low: float, high: float) -> tuple[float, float, float]:
    """The step between lines, and a scale of whole steps around the values."""
    span = max(high - low, 1e-9)
    size = 1.0
    while size * LINES > span:
        size /= 10
    while size * 10 * LINES < span:
        size *= 10
    step = next((size * item for item in STEPS if size * item * LINES >= span), size * 10)
    first, last = int(low // step), int(-(-high // step))
    return step, first * step, max(last, first + 1) * step


def _grid(scale: _Scale, unit: str) -> Iterator[str]:
    for number in range(round((scale.high - scale.low) / scale.step) + 1):
        value = scale.low + number * scale.step
        y = scale.y(value)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}H{scale.width - RIGHT}"/>'
        yield f'<text class="end" x="{LEFT - 6}" y="{y + 4:.1f}">{value:,.6g}{escape(unit)}</text>'


def _days(scale: _Scale) -> Iterator[str]:
    if not scale.days:
        return
    yield f'<text x="{LEFT}" y="{scale.height - 6}">{day(scale.days[0])}</text>'
    if scale.days[-1].date() != scale.days[0].date():
        yield f'<text class="end" x="{scale.width - RIGHT}" y="{scale.height - 6}">{day(scale.days[-1])}</text>'


def _series(series: Series, scale: _Scale) -> str:
    path, pen = [], "M"
    for dot in series.dots:
        if dot.value is None:
            pen = "M"
            continue
        path.append(f"{pen}{scale.x(dot.at):.1f} {scale.y(dot.value):.1f}")
        pen = "L"
    line = f'<path class="line" d="{"".join(path)}"/>'
    is_dense = len(series.dots) > MAX_DOTS
    dots = [
        _dot(dot, dot.value, scale) for dot in series.dots if dot.value is not None and not (is_dense and dot.complete)
    ]
    return f'<g class="series {escape(series.css_class)}">{line}{"".join(dots)}</g>'


def _dot(dot: Dot, value: float, scale: _Scale) -> str:
    css_class = "" if dot.complete else ' class="incomplete"'
    title = f"<title>{escape(dot.label)}</title>" if dot.label else ""
    return f'<circle{css_class} cx="{scale.x(dot.at):.1f}" cy="{scale.y(value):.1f}" r="3">{title}</circle>'


def _summary(chart: Chart) -> str:
    return "; ".join(filter(None, (_series_summary(series, chart.unit) for series in chart.series))) or "nothing yet"


def _series_summary(series: Series, unit: str) -> str:
    known = [dot for dot in series.dots if dot.value is not None]
    if not known:
        return ""
    first, last = known[0], known[-1]
    if len(known) == 1:
        return f"{series.name} {first.value:,.6g}{unit} on {day(first.at)}"
    range_text = f"{first.value:,.6g}{unit} on {day(first.at)} to {last.value:,.6g}{unit} on {day(last.at)}"
    return f"{series.name} from {range_text}"


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
