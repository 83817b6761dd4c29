"""The page of trends: charts from run to run, of everything, of teams and of rules."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.core.insight.run_summary import Share, TrendPoint
from hub.model.urls import rule_page, team_page
from hub.web.charts import Chart, chart_svg, count_chart, ratio_chart, sample_points, team_share
from hub.web.listing import read_choice
from hub.web.page import Page, PageParams, Viewer
from hub.web.snapshot import PortfolioSnapshot

SPANS = {"20": 20, "100": 100, "all": None}
ALIGNED = "linked to an aligned key result"
MAX_SMALL_CHARTS = 24
"""How many teams have a small chart by default, those with the most work first."""
SMALL_CHART_POINTS = 50


@dataclass(frozen=True, slots=True)
class SmallChart:
    """A small chart with its name, its first and its last value."""

    name: str
    address: str
    svg: str
    first: str
    last: str


def trends_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """All charts over the selected runs."""
    span = read_choice(params, "span", tuple(SPANS)) or "100"
    teams = {team.id: team.name for team in snapshot.portfolio.okrs.teams.values()}
    team = read_choice(params, "team", tuple(teams))
    rule = read_choice(params, "rule", tuple(snapshot.rule))
    limit = SPANS[span]
    runs = snapshot.trend if limit is None else snapshot.trend[-limit:]
    points = sample_points(runs)
    share = team_share(team) if team else _in_all
    context = {
        "span": span,
        "team": team,
        "rule": rule,
        "spans": [("20", "Last 20 runs"), ("100", "Last 100 runs"), ("all", "All runs")],
        "teams": list(teams.items()),
        "rules": [(name, name) for name in snapshot.rule],
        "points": [(point, share(point)) for point in points],
        "runs": len(runs),
        "ratio": _ratio(teams.get(team, "all teams"), points, share),
        "coverage": chart_svg(
            ratio_chart("Coverage", points, lambda trend_point: trend_point.covered, "linked to a key result")
        ),
        "severities": _severities(points),
        "small_teams": [] if team else _teams(snapshot, sample_points(runs, SMALL_CHART_POINTS)),
        "small_rules": _rules(snapshot, sample_points(runs, SMALL_CHART_POINTS), rule),
        "more_teams": 0 if team else max(0, len(teams) - MAX_SMALL_CHARTS),
    }
    return Page("trends.html", "Trends", context)


def _in_all(point: TrendPoint) -> Share:
    return point.aligned_in_all


def _ratio(name: str, points: Sequence[TrendPoint], share: Callable[[TrendPoint], Share]) -> str:
    return chart_svg(ratio_chart(f"Alignment ratio of {name}", points, share, ALIGNED))


def _severities(points: Sequence[TrendPoint]) -> str:
    def count(severity: str) -> Callable[[TrendPoint], int]:
        return lambda point: point.severities.get(severity, 0)

    series = (("warnings", count("warning"), "warn"), ("errors", count("error"), "bad"))
    return chart_svg(count_chart("Findings", points, series))


def _teams(snapshot: PortfolioSnapshot, points: Sequence[TrendPoint]) -> list[SmallChart]:
    if not points:
        return []
    by_work = sorted(snapshot.portfolio.okrs.teams.values(), key=lambda team: -team_share(team.id)(points[-1]).active)
    return [_team(team.id, team.name, points) for team in by_work[:MAX_SMALL_CHARTS]]


def _team(id_: str, name: str, points: Sequence[TrendPoint]) -> SmallChart:
    share = team_share(id_)
    chart = ratio_chart(f"Alignment ratio of {name}", points, share, ALIGNED)
    return SmallChart(name, team_page(id_), _small(chart), _percent(share(points[0])), _percent(share(points[-1])))


def _rules(snapshot: PortfolioSnapshot, points: Sequence[TrendPoint], selected: str) -> list[SmallChart]:
    """Rules with findings, in report order, or the selected one."""
    names: Iterable[str] = (
        [selected] if selected else [n for n in snapshot.rule if any(n in point.rules for point in points)]
    )
    return [_rule(name, points) for name in names] if points else []


def _rule(name: str, points: Sequence[TrendPoint]) -> SmallChart:
    def count(point: TrendPoint) -> int:
        return point.rules.get(name, 0)

    chart = count_chart(f"Findings of {name}", points, (("findings", count, "one"),))
    return SmallChart(name, rule_page(name), _small(chart), f"{count(points[0]):,}", f"{count(points[-1]):,}")


def _percent(share: Share) -> str:
    return "no work" if share.percent is None else f"{share.percent} %"


def _small(chart: Chart) -> str:
    return chart_svg(replace(chart, small=True))
