"""Key results: how far each has come and should be, what it leads to, who adds what, and the work that moves it."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.core.audit.naming import shown, who
from hub.core.audit.values import Dependence, Shown, Who
from hub.core.audit.ways import ways_up
from hub.core.standing import Standing
from hub.model.addresses import key_result_page as address
from hub.model.okr import Alignment, Contribution, KeyResult
from hub.report.chart_svg import Part as Bar
from hub.report.chart_svg import bar_svg, chart_svg
from hub.web.curves import measured_chart, progress_chart, thinned
from hub.web.names import KIND_TONES, KIND_WORDS, finding_rows, has_page, ticket_row
from hub.web.page import Asked, Page, missing
from hub.web.parts import choice, part
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

LISTED = 100
STATES = ("to do", "in progress", "done")


@dataclass(frozen=True, slots=True)
class Row:
    """A key result in the list; `standing` is None for a private one, of which nothing more is told."""

    key_result: Shown
    standing: Standing | None
    teams: tuple[Who, ...]
    aligned: bool
    findings: int


def key_results_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """Every key result of the running cycle, the organization's first, or those of a team."""
    okrs = window.portfolio.okrs
    team = choice(asked, "team", tuple(okrs.teams))
    held = frozenset(window.portfolio.key_results_of.get(team, ())) if team else None
    known = [one for one in window.standings if held is None or one.key_result.id in held]
    known.sort(key=lambda one: not okrs.objectives[one.key_result.objective].of_organization)
    found = part(known, asked, "/key-results", {"team": team}, LISTED).shown(lambda one: _row(window, one))
    teams = [(one.id, one.name) for one in okrs.teams.values()]
    return Page("key_results.html", "Key results", {"found": found, "team": team, "teams": teams})


def key_result_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """One key result of the running cycle; a private one is there for its audience alone."""
    id_ = asked.path["key_result"]
    if not has_page(window, id_):
        return missing("key result")
    portfolio, one = window.portfolio, window.portfolio.key_result(id_)
    chart = progress_chart(one, portfolio.cycle)
    over_runs = None if chart else measured_chart(id_, thinned(window.trend))
    holds = {
        "one": one,
        "standing": window.standing[id_],
        "objective": portfolio.objective_of(id_),
        "teams": [who(portfolio, team) for team in portfolio.teams_of(id_)],
        "owners": [who(portfolio, team) for team in one.owners],
        "aligned": portfolio.aligned(id_),
        "shares": _bar(window, one),
        "contributions": [(who(portfolio, each.team), each) for each in one.contributions],
        "ways": ways_up(portfolio, one),
        "leading": list(_leading(window, id_)),
        "dependences": _needs(window, id_),
        "chart": chart_svg(chart) if chart else "",
        "over_runs": chart_svg(over_runs) if over_runs else "",
        "check_ins": sorted(one.check_ins, key=lambda each: each.date, reverse=True),
        "findings": finding_rows(window, window.findings_about.get(id_, ())),
        "words": KIND_WORDS,
        "tones": KIND_TONES,
        **_work(window, id_, asked),
    }
    return Page("key_result.html", id_, holds)


def _row(window: PortfolioSnapshot, one: Standing) -> Row:
    portfolio, id_ = window.portfolio, one.key_result.id
    teams = tuple(who(portfolio, team) for team in portfolio.teams_of(id_))
    name = shown(portfolio, id_)
    if name.private:
        return Row(name, None, teams, portfolio.aligned(id_), 0)
    return Row(name, one, teams, portfolio.aligned(id_), len(window.findings_about.get(id_, ())))


def _work(window: PortfolioSnapshot, id_: str, asked: Asked) -> dict[str, object]:
    """The tickets that serve it, active ones first."""
    state = choice(asked, "state", STATES)
    order, tickets = window.work.order, window.portfolio.initiatives
    refs = {link.initiative for link in window.portfolio.served_by.get(id_, ())} & order.keys()
    wanted = sorted((r for r in refs if not state or tickets[r].status.value == state), key=order.__getitem__)
    found = part(wanted, asked, address(id_), {"state": state})
    return {"tickets": found.shown(lambda ref: ticket_row(window, ref)), "state": state, "states": STATES}


def _bar(window: PortfolioSnapshot, one: KeyResult) -> str:
    """The shares that are summed, side by side."""
    parts = [Bar(_named(window, each), each.share) for each in one.contributions if each.share is not None]
    return bar_svg("Shares of the key result", parts) if parts else ""


def _named(window: PortfolioSnapshot, one: Contribution) -> str:
    return who(window.portfolio, one.team).name


def _leading(window: PortfolioSnapshot, id_: str) -> Iterator[tuple[Shown, Alignment, tuple[Who, ...]]]:
    """The key results that lead here, each with its link and its teams; private ones by words that name none."""
    for other, link in window.leading_to.get(id_, ()):
        name = shown(window.portfolio, other)
        held = () if name.private else window.portfolio.teams_of(other)
        yield name, link, tuple(who(window.portfolio, team) for team in held)


def _needs(window: PortfolioSnapshot, id_: str) -> list[Dependence]:
    return [one for one in window.audit.dependences if any(each.id == id_ for each in (*one.waiting, *one.providing))]
