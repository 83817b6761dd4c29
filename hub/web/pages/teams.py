"""Teams: what each moves, whom it needs and who needs it, and how much of its work serves an aligned key result."""

from collections import Counter
from dataclasses import dataclass

from hub.core.audit.naming import sorted_findings
from hub.core.audit.values import Ratio, SharedOkr, TeamCheck
from hub.model.addresses import team_page as address
from hub.model.finding import Severity
from hub.report.chart_svg import chart_svg
from hub.web.curves import of_team, ratio_chart, thinned
from hub.web.names import KIND_TONES, KIND_WORDS, finding_rows, ticket_row
from hub.web.page import Asked, Page, missing
from hub.web.parts import choice, part
from hub.web.snapshot import Kind, PortfolioSnapshot
from hub.web.viewer import Viewer

RUNS_DRAWN = 100
FINDINGS_SHOWN = 20
GOOD, POOR = 80, 50
ALIGNED = "linked to an aligned key result"
STATES = ("to do", "in progress", "done")
SERVED = {
    "served": (Kind.ALIGNED, Kind.UNALIGNED),
    "unserved": (Kind.WITHOUT,),
    "unaligned": (Kind.UNALIGNED,),
    "exempt": (Kind.EXEMPT,),
    "rest": (Kind.DONE, Kind.LATER),
}


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list."""

    check: TeamCheck
    open_needs: int
    errors: int
    warnings: int


def teams_page(window: PortfolioSnapshot, _viewer: Viewer, _asked: Asked) -> Page:
    """Every team with its numbers."""
    rows = [_row(one) for one in window.audit.second]
    return Page("teams.html", "Teams", {"rows": rows, "tone": _tone})


def team_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """One team."""
    id_ = asked.path["team"]
    check = window.team_check.get(id_)
    if check is None:
        return missing("team")
    points = thinned(window.trend[-RUNS_DRAWN:])
    chart = ratio_chart(f"Alignment ratio of {check.team.name}", points, of_team(id_), ALIGNED)
    findings = sorted_findings(check.findings)
    rows = finding_rows(window, findings[:FINDINGS_SHOWN])
    holds = {
        "check": check,
        "standing": window.standing,
        "shared": _shared(window, id_),
        "exempt": [one for one in window.audit.exempt if one.team == check.team.name],
        "counts": Counter(window.work.kind[ref] for ref in window.work.of_team.get(id_, ())),
        "tone": _tone,
        "chart": chart_svg(chart) if points else "",
        "points": [(one, one.aligned[id_]) for one in points if id_ in one.aligned],
        "findings": rows,
        "more_findings": len(findings) - len(rows),
        "words": KIND_WORDS,
        "tones": KIND_TONES,
        **_tickets(window, id_, asked),
    }
    return Page("team.html", check.team.name, holds)


def _tickets(window: PortfolioSnapshot, team: str, asked: Asked) -> dict[str, object]:
    """The part of the team's tickets that was asked for."""
    work, state = choice(asked, "work", tuple(SERVED)), choice(asked, "state", STATES)
    wanted = SERVED.get(work)
    kinds, tickets = window.work.kind, window.portfolio.initiatives
    refs = [
        ref
        for ref in window.work.of_team.get(team, ())
        if (wanted is None or kinds[ref] in wanted) and (not state or tickets[ref].status.value == state)
    ]
    found = part(refs, asked, address(team), {"work": work, "state": state})
    shown = found.shown(lambda ref: ticket_row(window, ref))
    return {"tickets": shown, "work": work, "state": state, "states": STATES}


def _row(one: TeamCheck) -> TeamRow:
    severities = Counter(finding.severity for finding in one.findings)
    open_needs = sum(not need.settled for need in (*one.waits, *one.provides))
    return TeamRow(one, open_needs, severities[Severity.ERROR], severities[Severity.WARNING])


def _shared(window: PortfolioSnapshot, team: str) -> list[SharedOkr]:
    return [one for one in window.audit.shared if any(each.id == team for each, _ in one.work)]


def _tone(ratio: Ratio | None) -> str:
    """As the audit marks it; whether that is a fault is for the rule and its settings to say."""
    if ratio is None or ratio.percent is None:
        return "quiet"
    return "good" if ratio.percent >= GOOD else "warn" if ratio.percent >= POOR else "bad"
