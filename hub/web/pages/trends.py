"""Trends: how the alignment ratio, the findings of each rule and the coverage went from run to run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.core.trend import Point, Share
from hub.model.addresses import rule_page, team_page
from hub.report.chart_svg import Chart, chart_svg
from hub.web.curves import count_chart, of_team, ratio_chart, thinned
from hub.web.page import Asked, Page
from hub.web.parts import choice
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

SPANS = {"20": 20, "100": 100, "all": None}
ALIGNED = "linked to an aligned key result"
SMALL_AT_MOST = 24
"""So many teams have a small chart without being asked for, those with the most work first."""
DRAWN_SMALL = 50


@dataclass(frozen=True, slots=True)
class Small:
    """A small chart with the thing it is about, and how it began and ends."""

    name: str
    address: str
    svg: str
    first: str
    last: str


def trends_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """All charts over the runs that were asked for."""
    span = choice(asked, "span", tuple(SPANS)) or "100"
    teams = {one.id: one.name for one in window.portfolio.okrs.teams.values()}
    team = choice(asked, "team", tuple(teams))
    rule = choice(asked, "rule", tuple(window.rule))
    most = SPANS[span]
    every = window.trend if most is None else window.trend[-most:]
    points = thinned(every)
    share = of_team(team) if team else _in_all
    holds = {
        "span": span,
        "team": team,
        "rule": rule,
        "spans": [("20", "the last 20 runs"), ("100", "the last 100 runs"), ("all", "all runs")],
        "teams": list(teams.items()),
        "rules": [(name, name) for name in window.rule],
        "points": [(one, share(one)) for one in points],
        "runs": len(every),
        "ratio": _ratio(teams.get(team, "all teams"), points, share),
        "coverage": chart_svg(ratio_chart("Coverage", points, lambda one: one.covered, "linked to a key result")),
        "severities": _severities(points),
        "small_teams": [] if team else _teams(window, thinned(every, DRAWN_SMALL)),
        "small_rules": _rules(window, thinned(every, DRAWN_SMALL), rule),
        "more_teams": 0 if team else max(0, len(teams) - SMALL_AT_MOST),
    }
    return Page("trends.html", "Trends", holds)


def _in_all(point: Point) -> Share:
    return point.aligned_in_all


def _ratio(whose: str, points: Sequence[Point], share: Callable[[Point], Share]) -> str:
    return chart_svg(ratio_chart(f"Alignment ratio of {whose}", points, share, ALIGNED))


def _severities(points: Sequence[Point]) -> str:
    def count(severity: str) -> Callable[[Point], int]:
        return lambda point: point.severities.get(severity, 0)

    curves = (("warnings", count("warning"), "warn"), ("errors", count("error"), "bad"))
    return chart_svg(count_chart("Findings", points, curves))


def _teams(window: PortfolioSnapshot, points: Sequence[Point]) -> list[Small]:
    if not points:
        return []
    by_work = sorted(window.portfolio.okrs.teams.values(), key=lambda one: -of_team(one.id)(points[-1]).active)
    return [_team(one.id, one.name, points) for one in by_work[:SMALL_AT_MOST]]


def _team(id_: str, name: str, points: Sequence[Point]) -> Small:
    share = of_team(id_)
    chart = ratio_chart(f"Alignment ratio of {name}", points, share, ALIGNED)
    return Small(name, team_page(id_), _small(chart), _percent(share(points[0])), _percent(share(points[-1])))


def _rules(window: PortfolioSnapshot, points: Sequence[Point], only: str) -> list[Small]:
    """Rules that found anything, in report order, or the one that was asked for."""
    names: Iterable[str] = [only] if only else [n for n in window.rule if any(n in one.rules for one in points)]
    return [_rule(name, points) for name in names] if points else []


def _rule(name: str, points: Sequence[Point]) -> Small:
    def count(point: Point) -> int:
        return point.rules.get(name, 0)

    chart = count_chart(f"Findings of {name}", points, (("findings", count, "one"),))
    return Small(name, rule_page(name), _small(chart), str(count(points[0])), str(count(points[-1])))


def _percent(share: Share) -> str:
    return "no work" if share.percent is None else f"{share.percent:.0f} %"


def _small(chart: Chart) -> str:
    return chart_svg(replace(chart, small=True))
