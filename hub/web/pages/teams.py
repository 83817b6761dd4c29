"""The pages of teams: alignment ratio, key results, dependencies, tickets and findings."""

from dataclasses import dataclass

from hub.core.insight.alignment_ratio import Ratio
from hub.core.insight.audit.audit import sorted_findings
from hub.core.insight.audit.rows import SharedOkr, TeamCheck, TeamDependency
from hub.core.insight.search import SearchKind, search
from hub.model.finding import Severity
from hub.model.urls import team_page as team_url
from hub.web.charts import chart_svg, ratio_chart, sample_points, team_share
from hub.web.listing import MAX_SEARCH_LENGTH, finding_rows
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot
from hub.web.tables import Column, table_page
from hub.web.ticket_list import TicketFilter, ticket_list_context

PAGE_SIZE = 100
MAX_RUNS = 100
MAX_FINDINGS = 20
GOOD, POOR = 80, 50
ALIGNED = "linked to an aligned key result"


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list."""

    check: TeamCheck
    open_needs: int
    errors: int
    warnings: int

    @property
    def ratio(self) -> int | None:
        """The alignment ratio in percent."""
        return self.check.ratio.percent if self.check.ratio else None

    @property
    def active(self) -> int | None:
        """How many tickets it counts."""
        return self.check.ratio.active if self.check.ratio else None


def matching_teams(snapshot: PortfolioSnapshot, text: str) -> list[TeamRow]:
    """Every team, or the best matches where words are searched for."""
    if not text:
        return [_team_row(snapshot, check) for check in snapshot.audit.second]
    entries = search(snapshot.search_index, SearchKind.TEAM, text)
    return [_team_row(snapshot, snapshot.team_check[entry.id]) for entry in entries]


def team_columns(_snapshot: PortfolioSnapshot) -> tuple[Column[TeamRow], ...]:
    """What is measured of a team; never of a person."""
    return (
        Column("team", "Team", lambda row: row.check.team.name),
        Column("ratio", "Alignment ratio", lambda row: row.ratio, is_number=True),
        Column("active", "Active work", lambda row: row.active, is_number=True),
        Column("key_results", "Key results", lambda row: len(row.check.key_results), is_number=True),
        Column("", "Contributes to", lambda row: ", ".join(ref.id for ref in row.check.reached)),
        Column("waits", "Needs from others", lambda row: len(row.check.waits), is_number=True),
        Column("provides", "Needed by others", lambda row: len(row.check.provides), is_number=True),
        Column("open", "Not agreed", lambda row: row.open_needs, is_number=True),
        Column("errors", "Errors", lambda row: row.errors, is_number=True),
        Column("warnings", "Warnings", lambda row: row.warnings, is_number=True),
    )


def teams_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """Every team with its numbers."""
    text = params.query.get("text", "").strip()[:MAX_SEARCH_LENGTH]
    table = table_page(
        matching_teams(snapshot, text),
        team_columns(snapshot),
        params,
        "/teams",
        {"text": text},
        csv_path="/teams.csv",
        size=PAGE_SIZE,
    )
    context = {"table": table, "text": text, "total": len(snapshot.audit.second), "level": _ratio_level}
    return Page("teams.html", "Teams", context)


def team_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One team."""
    id_ = params.path["team"]
    check = snapshot.team_check.get(id_)
    if check is None:
        return not_found("team")
    points = sample_points(snapshot.trend[-MAX_RUNS:])
    chart = ratio_chart(f"Alignment ratio of {check.team.name}", points, team_share(id_), ALIGNED)
    findings = snapshot.findings_of_team.get(id_, ())
    only_open = params.query.get("needs") == "open"
    needs = (check.waits, check.provides)
    waits, provides = map(_open_needs, needs) if only_open else needs
    context = {
        "check": check,
        "status_by_key_result": snapshot.status_by_key_result,
        "shared": _shared(snapshot, id_),
        "exempt": [exempt_work for exempt_work in snapshot.audit.exempt if exempt_work.team == check.team.name],
        "waits": waits,
        "provides": provides,
        "only_open": only_open,
        "level": _ratio_level,
        "chart": chart_svg(chart) if points else "",
        "points": [(point, point.aligned[id_]) for point in points if id_ in point.aligned],
        "findings": finding_rows(snapshot, sorted_findings(findings)[:MAX_FINDINGS]),
        "findings_in_all": len(findings),
        **ticket_list_context(snapshot, params, team_url(id_), TicketFilter(team=id_)),
    }
    return Page("team.html", check.team.name, context)


def _team_row(snapshot: PortfolioSnapshot, check: TeamCheck) -> TeamRow:
    findings = snapshot.findings_of_team.get(check.team.id, ())
    return TeamRow(
        check,
        len([*_open_needs(check.waits), *_open_needs(check.provides)]),
        sum(finding.severity is Severity.ERROR for finding in findings),
        sum(finding.severity is Severity.WARNING for finding in findings),
    )


def _open_needs(needs: tuple[TeamDependency, ...]) -> tuple[TeamDependency, ...]:
    return tuple(need for need in needs if not need.agreed)


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
