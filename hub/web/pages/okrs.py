"""The pages of key results and of teams: progress, contributions, dependencies, and aligned work."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hub.core.insight.alignment_ratio import Ratio
from hub.core.insight.audit.audit import key_result_ref, sorted_findings, team_ref
from hub.core.insight.audit.organization_check import alignment_paths
from hub.core.insight.audit.rows import KeyResultRef, SharedOkr, TeamCheck, TeamDependency, TeamRef
from hub.core.insight.status import KeyResultStatus
from hub.model.finding import Severity
from hub.model.okr import Alignment, Contribution, KeyResult
from hub.model.urls import key_result_page as key_result_url
from hub.model.urls import team_page as team_url
from hub.web.charts import Part as Bar
from hub.web.charts import bar_svg, chart_svg, measured_chart, progress_chart, ratio_chart, sample_points, team_share
from hub.web.listing import KIND_LEVELS, KIND_WORDS, finding_rows, has_page, paginate, read_choice, ticket_row
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot, WorkKind

PAGE_SIZE = 100
STATES = ("to do", "in progress", "done")


@dataclass(frozen=True, slots=True)
class Row:
    """A key result in the list; `status` is None for a private one."""

    key_result: KeyResultRef
    status: KeyResultStatus | None
    teams: tuple[TeamRef, ...]
    aligned: bool
    findings: int


def key_results_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """Every key result of the running cycle, the organization's first, or those of a team."""
    okrs = snapshot.portfolio.okrs
    team = read_choice(params, "team", tuple(okrs.teams))
    team_key_results = frozenset(snapshot.portfolio.key_results_of.get(team, ())) if team else None
    statuses = [
        key_result_status
        for key_result_status in snapshot.key_result_statuses
        if team_key_results is None or key_result_status.key_result.id in team_key_results
    ]
    statuses.sort(
        key=lambda key_result_status: not okrs.objectives[key_result_status.key_result.objective].of_organization
    )
    listing = paginate(statuses, params, "/key-results", {"team": team}, PAGE_SIZE).map_rows(
        lambda key_result_status: _key_result_row(snapshot, key_result_status)
    )
    teams = [(team.id, team.name) for team in okrs.teams.values()]
    return Page("key_results.html", "Key results", {"listing": listing, "team": team, "teams": teams})


def key_result_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One key result of the running cycle; a private one exists for its audience only."""
    id_ = params.path["key_result"]
    if not has_page(snapshot, id_):
        return not_found("key result")
    portfolio, key_result = snapshot.portfolio, snapshot.portfolio.key_result(id_)
    chart = progress_chart(key_result, portfolio.cycle)
    over_runs = None if chart else measured_chart(id_, sample_points(snapshot.trend))
    context = {
        "key_result": key_result,
        "status": snapshot.status_by_key_result[id_],
        "objective": portfolio.objective_of(id_),
        "teams": [team_ref(portfolio, team) for team in portfolio.teams_of(id_)],
        "owners": [team_ref(portfolio, team) for team in key_result.owners],
        "aligned": portfolio.aligned(id_),
        "shares": _bar(snapshot, key_result),
        "contributions": [
            (team_ref(portfolio, contribution.team), contribution) for contribution in key_result.contributions
        ],
        "paths": alignment_paths(portfolio, key_result),
        "linked_from": list(_linked_from(snapshot, id_)),
        "dependencies": _dependencies(snapshot, id_),
        "chart": chart_svg(chart) if chart else "",
        "over_runs": chart_svg(over_runs) if over_runs else "",
        "check_ins": sorted(key_result.check_ins, key=lambda check_in: check_in.date, reverse=True),
        "findings": finding_rows(snapshot, snapshot.findings_about.get(id_, ())),
        "words": KIND_WORDS,
        "levels": KIND_LEVELS,
        **_work(snapshot, id_, params),
    }
    return Page("key_result.html", id_, context)


def _key_result_row(snapshot: PortfolioSnapshot, key_result_status: KeyResultStatus) -> Row:
    portfolio, id_ = snapshot.portfolio, key_result_status.key_result.id
    teams = tuple(team_ref(portfolio, team) for team in portfolio.teams_of(id_))
    name = key_result_ref(portfolio, id_)
    if name.private:
        return Row(name, None, teams, portfolio.aligned(id_), 0)
    return Row(name, key_result_status, teams, portfolio.aligned(id_), len(snapshot.findings_about.get(id_, ())))


def _work(snapshot: PortfolioSnapshot, id_: str, params: PageParams) -> dict[str, object]:
    """The tickets that serve it, active ones first."""
    state = read_choice(params, "state", STATES)
    order, tickets = snapshot.work.order, snapshot.portfolio.initiatives
    refs = {link.initiative for link in snapshot.portfolio.served_by.get(id_, ())} & order.keys()
    sorted_refs = sorted((r for r in refs if not state or tickets[r].status.value == state), key=order.__getitem__)
    listing = paginate(sorted_refs, params, key_result_url(id_), {"state": state})
    return {"tickets": listing.map_rows(lambda ref: ticket_row(snapshot, ref)), "state": state, "states": STATES}


def _bar(snapshot: PortfolioSnapshot, key_result: KeyResult) -> str:
    """The shares that are summed, side by side."""
    parts = [
        Bar(_team_name(snapshot, contribution), contribution.share)
        for contribution in key_result.contributions
        if contribution.share is not None
    ]
    return bar_svg("Shares of the key result", parts) if parts else ""


def _team_name(snapshot: PortfolioSnapshot, contribution: Contribution) -> str:
    return team_ref(snapshot.portfolio, contribution.team).name


def _linked_from(
    snapshot: PortfolioSnapshot, id_: str
) -> Iterator[tuple[KeyResultRef, Alignment, tuple[TeamRef, ...]]]:
    """The key results linked to this one, each with its link and teams; private ones without a name."""
    for other, link in snapshot.leading_to.get(id_, ()):
        name = key_result_ref(snapshot.portfolio, other)
        teams = () if name.private else snapshot.portfolio.teams_of(other)
        yield name, link, tuple(team_ref(snapshot.portfolio, team) for team in teams)


def _dependencies(snapshot: PortfolioSnapshot, id_: str) -> list[TeamDependency]:
    return [
        team_dependency
        for team_dependency in snapshot.audit.dependencies
        if any(ref.id == id_ for ref in (*team_dependency.waiting, *team_dependency.providing))
    ]


MAX_RUNS = 100
MAX_FINDINGS = 20
GOOD, POOR = 80, 50
ALIGNED = "linked to an aligned key result"
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
    rows = [_team_row(team_check) for team_check in snapshot.audit.second]
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
    listing = paginate(refs, params, team_url(team), {"work": work, "state": state})
    rows = listing.map_rows(lambda ref: ticket_row(snapshot, ref))
    return {"tickets": rows, "work": work, "state": state, "states": STATES}


def _team_row(team_check: TeamCheck) -> TeamRow:
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
