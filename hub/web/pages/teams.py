"""Teams: key results, dependencies, findings and the alignment ratio of each."""

from collections import Counter
from dataclasses import dataclass

from hub.core.audit.naming import sorted_findings
from hub.core.audit.values import Ratio, SharedOkr, TeamCheck
from hub.model.addresses import team_page as address
from hub.model.finding import Severity
from hub.report.chart_svg import chart_svg
from hub.web.curves import ratio_chart, sample_points, team_share
from hub.web.names import KIND_LEVELS, KIND_WORDS, finding_rows, ticket_row
from hub.web.page import Page, PageParams, not_found
from hub.web.parts import paginate, read_choice
from hub.web.snapshot import PortfolioSnapshot, WorkKind
from hub.web.viewer import Viewer

MAX_RUNS = 100
MAX_FINDINGS = 20
GOOD, POOR = 80, 50
ALIGNED = "linked to an aligned key result"
STATES = ("to do", "in progress", "done")
WORK_FILTERS = {
    "served": (WorkKind.ALIGNED, WorkKind.UNALIGNED),
    "unserved": (WorkKind.WITHOUT,),
    "unaligned": (WorkKind.UNALIGNED,),
    "exempt": (WorkKind.EXEMPT,),
    "other": (WorkKind.DONE, WorkKind.LATER),
}


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list."""

    check: TeamCheck
    open_needs: int
    errors: int
    warnings: int


def teams_page(snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
    """Every team with its numbers."""
    rows = [_row(team_check) for team_check in snapshot.audit.second]
    return Page("teams.html", "Teams", {"rows": rows, "level": _ratio_level})


def team_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One team."""
    id_ = params.path["team"]
    check = snapshot.team_check.get(id_)
    if check is None:
        return not_found("team")
    points = sample_points(snapshot.trend[-MAX_RUNS:])
    chart = ratio_chart(f"Alignment ratio of {check.team.name}", points, team_share(id_), ALIGNED)
    findings = sorted_findings(check.findings)
    rows = finding_rows(snapshot, findings[:MAX_FINDINGS])
    context = {
        "check": check,
        "status_by_key_result": snapshot.status_by_key_result,
        "shared": _shared(snapshot, id_),
        "exempt": [exempt_work for exempt_work in snapshot.audit.exempt if exempt_work.team == check.team.name],
        "counts": Counter(snapshot.work.kind[ref] for ref in snapshot.work.of_team.get(id_, ())),
        "level": _ratio_level,
        "chart": chart_svg(chart) if points else "",
        "points": [(point, point.aligned[id_]) for point in points if id_ in point.aligned],
        "findings": rows,
        "more_findings": len(findings) - len(rows),
        "words": KIND_WORDS,
        "levels": KIND_LEVELS,
        **_tickets(snapshot, id_, params),
    }
    return Page("team.html", check.team.name, context)


def _tickets(snapshot: PortfolioSnapshot, team: str, params: PageParams) -> dict[str, object]:
    """The requested part of the team's tickets."""
    work, state = read_choice(params, "work", tuple(WORK_FILTERS)), read_choice(params, "state", STATES)
    work_kinds = WORK_FILTERS.get(work)
    kinds, tickets = snapshot.work.kind, snapshot.portfolio.initiatives
    refs = [
        ref
        for ref in snapshot.work.of_team.get(team, ())
        if (work_kinds is None or kinds[ref] in work_kinds) and (not state or tickets[ref].status.value == state)
    ]
    listing = paginate(refs, params, address(team), {"work": work, "state": state})
    rows = listing.map_rows(lambda ref: ticket_row(snapshot, ref))
    return {"tickets": rows, "work": work, "state": state, "states": STATES}


def _row(team_check: TeamCheck) -> TeamRow:
    severities = Counter(finding.severity for finding in team_check.findings)
    open_needs = sum(not need.agreed for need in (*team_check.waits, *team_check.provides))
    return TeamRow(team_check, open_needs, severities[Severity.ERROR], severities[Severity.WARNING])


def _shared(snapshot: PortfolioSnapshot, team: str) -> list[SharedOkr]:
    return [
        shared_okr
        for shared_okr in snapshot.audit.shared
        if any(team_ref.id == team for team_ref, _ in shared_okr.work)
    ]


def _ratio_level(ratio: Ratio | None) -> str:
    """The level that the audit shows; the rule decides whether it is a finding."""
    if ratio is None or ratio.percent is None:
        return "dim"
    return "good" if ratio.percent >= GOOD else "warn" if ratio.percent >= POOR else "bad"
