"""The pages of key results: progress, contributions, dependencies, and aligned work."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hub.core.insight.audit.audit import key_result_ref, sorted_findings, team_ref
from hub.core.insight.audit.organization_check import alignment_paths
from hub.core.insight.audit.rows import KeyResultRef, TeamDependency, TeamRef
from hub.core.insight.search import SearchKind, search
from hub.core.insight.status import KeyResultStatus
from hub.model.okr import Alignment, CheckIn, Contribution, KeyResult
from hub.model.portfolio import Portfolio
from hub.model.urls import key_result_page as key_result_url
from hub.web.charts import Part as Bar
from hub.web.charts import bar_svg, chart_svg, measured_chart, progress_chart, sample_points
from hub.web.listing import MAX_SEARCH_LENGTH, finding_rows, has_page
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot
from hub.web.tables import Column, table_page
from hub.web.ticket_list import TicketFilter, ticket_list_context
from rules.shared.shares import summed_contributions

PAGE_SIZE = 100
MAX_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A key result in the list; `status` is None for a private one, and `work` empty where nothing was read.

    `work` counts its tickets by state, without exempt ones.
    """

    key_result: KeyResultRef
    status: KeyResultStatus | None
    teams: tuple[TeamRef, ...]
    aligned: bool
    findings: int
    work: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KeyResultFilter:
    """Which key results: of a team, and by words; an unknown team matches nothing."""

    team: str = ""
    text: str = ""

    def to_query(self) -> dict[str, str]:
        """As query parameters."""
        return {name: value for name, value in (("team", self.team), ("text", self.text)) if value}


def parse_key_result_filter(params: PageParams) -> KeyResultFilter:
    """From the query."""
    query = {name: value.strip()[:MAX_SEARCH_LENGTH] for name, value in params.query.items()}
    return KeyResultFilter(query.get("team", ""), query.get("text", ""))


def matching_key_results(snapshot: PortfolioSnapshot, key_result_filter: KeyResultFilter) -> list[Row]:
    """Those that pass, the organization's first; where words are searched for, the best matches."""
    okrs = snapshot.portfolio.okrs
    statuses = {status.key_result.id: status for status in snapshot.key_result_statuses}
    if key_result_filter.text:
        ids = [entry.id for entry in search(snapshot.search_index, SearchKind.KEY_RESULT, key_result_filter.text)]
    else:
        ids = sorted(statuses, key=lambda id_: not okrs.objectives[okrs.key_results[id_].objective].of_organization)
    if key_result_filter.team:
        own = frozenset(snapshot.portfolio.key_results_of.get(key_result_filter.team, ()))
        ids = [id_ for id_ in ids if id_ in own]
    return [_key_result_row(snapshot, statuses[id_]) for id_ in ids]


def key_result_columns(_snapshot: PortfolioSnapshot) -> tuple[Column[Row], ...]:
    """A private key result has no values, so that its place tells nothing."""
    return (
        Column("title", "Key result", lambda row: None if row.key_result.private else row.key_result.title),
        Column("key", "Key", lambda row: row.key_result.id, order=lambda row: row.status and row.key_result.id),
        Column("team", "Team", lambda row: ", ".join(team.name for team in row.teams) or "the organization"),
        _number("measured", "Measured", lambda status: _percent(status.measured)),
        _number("expected", "Expected by now", lambda status: _percent(status.expected if status.has_pace else None)),
        _number("confidence", "Confidence", lambda status: _percent(status.confidence)),
        Column("in_progress", "In progress", lambda row: row.work.get("in progress"), is_number=True),
        Column("to_do", "To do", lambda row: row.work.get("to do"), is_number=True),
        Column("done", "Done", lambda row: row.work.get("done"), is_number=True),
        Column("check_in", "Last check-in", _last_check_in),
        Column("findings", "Findings", lambda row: row.findings if row.status else None, is_number=True),
        Column("", "Linked to the organization", _linked, only_csv=True),
    )


def _number(name: str, title: str, value: Callable[[KeyResultStatus], float | None]) -> Column[Row]:
    return Column(name, title, lambda row: value(row.status) if row.status else None, is_number=True)


def _last_check_in(row: Row) -> date | None:
    return row.status.last.date if row.status and row.status.last else None


def _linked(row: Row) -> str | None:
    return ("yes" if row.aligned else "no") if row.status else None


def key_results_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """Every key result of the running cycle, the organization's first, or those that pass the filter."""
    chosen = parse_key_result_filter(params)
    table = table_page(
        matching_key_results(snapshot, chosen),
        key_result_columns(snapshot),
        params,
        "/key-results",
        chosen.to_query(),
        csv_path="/key-results.csv",
        size=PAGE_SIZE,
    )
    teams = sorted((team.name, team.id) for team in snapshot.portfolio.okrs.teams.values())
    context = {"table": table, "by": chosen, "teams": teams, "total": len(snapshot.key_result_statuses)}
    return Page("key_results.html", "Key results", context)


def key_result_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One key result of the running cycle; a private one exists for its audience only."""
    id_ = params.path["key_result"]
    if not has_page(snapshot, id_):
        return not_found("key result")
    portfolio, key_result = snapshot.portfolio, snapshot.portfolio.key_result(id_)
    chart = progress_chart(key_result, portfolio.cycle)
    findings = snapshot.findings_about.get(id_, ())
    over_runs = None if chart else measured_chart(id_, sample_points(snapshot.trend))
    context = {
        "key_result": key_result,
        "status": snapshot.status_by_key_result[id_],
        "objective": portfolio.objective_of(id_),
        "teams": [team_ref(portfolio, team) for team in portfolio.teams_of(id_)],
        "owners": [team_ref(portfolio, team) for team in key_result.owners],
        "aligned": portfolio.aligned(id_),
        "shares": _bar(snapshot, key_result),
        "summed": summed_contributions(key_result.contributions),
        "contributions": [
            (team_ref(portfolio, contribution.team), contribution) for contribution in key_result.contributions
        ],
        "paths": alignment_paths(portfolio, key_result),
        "linked_from": list(_linked_from(snapshot, id_)),
        "dependencies": _dependencies(snapshot, id_),
        "chart": chart_svg(chart) if chart else "",
        "over_runs": chart_svg(over_runs) if over_runs else "",
        "check_ins": list(_check_ins(portfolio, key_result)),
        "findings": finding_rows(snapshot, sorted_findings(findings)[:MAX_FINDINGS]),
        "findings_in_all": len(findings),
        **ticket_list_context(snapshot, params, key_result_url(id_), TicketFilter(key_result=id_)),
    }
    return Page("key_result.html", key_result.title or id_, context)


def _check_ins(portfolio: Portfolio, key_result: KeyResult) -> Iterator[tuple[CheckIn, list[TeamRef]]]:
    """Newest first, each with the teams that were present."""
    for check_in in sorted(key_result.check_ins, key=lambda check_in: check_in.date, reverse=True):
        yield check_in, [team_ref(portfolio, team) for team in check_in.present]


def _key_result_row(snapshot: PortfolioSnapshot, status: KeyResultStatus) -> Row:
    portfolio, id_ = snapshot.portfolio, status.key_result.id
    teams = tuple(team_ref(portfolio, team) for team in portfolio.teams_of(id_))
    name = key_result_ref(portfolio, id_)
    if name.private:
        return Row(name, None, teams, portfolio.aligned(id_), 0, {})
    work = status.work
    states = {} if work is None else {"to do": work.to_do, "in progress": work.in_progress, "done": work.done}
    return Row(name, status, teams, portfolio.aligned(id_), len(snapshot.findings_about.get(id_, ())), states)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _bar(snapshot: PortfolioSnapshot, key_result: KeyResult) -> str:
    """The shares that are summed, side by side."""
    parts = [
        Bar(_team_name(snapshot, contribution), contribution.share)
        for contribution in summed_contributions(key_result.contributions)
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
