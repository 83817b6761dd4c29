"""The five figures over the map, and for each the page that lists exactly what it counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from hub.core.insight.alignment_ratio import kind_of_work
from hub.core.insight.audit.audit import key_result_ref, team_ref, ticket_ref
from hub.core.insight.audit.rows import KeyResultRef, OrganizationKeyResult, TeamCheck, TeamDependency, TeamRef
from hub.core.mapping.scope import unlinked_work_by_team
from hub.model.finding import Severity
from hub.model.initiative import Ref
from hub.model.urls import key_result_page, team_page, ticket_page, with_query
from hub.web.listing import has_page, paginate
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot

WITHOUT_KEY_RESULT = "/map/tickets-without-key-result"
PAGE_SIZE = 100
# Tickets that are not linked make a bad figure from this part of all on; of everything else one is enough.
BAD_PART = 0.2


@dataclass(frozen=True, slots=True)
class MapCount:
    """How many of how many, the words, and the page that lists them; `bad` is what somebody has to act on."""

    count: int
    total: int
    text: str
    url: str
    bad: bool


@dataclass(frozen=True, slots=True)
class CountRow:
    """One of what is counted: its name with its page, and what is to be said of it, in the order of the columns."""

    name: str
    url: str | None
    cells: tuple[str, ...]


# A row is made when it is shown: there may be thousands.
MakeRow = Callable[[], CountRow]


@dataclass(frozen=True, slots=True)
class CountPage:
    """The page of a figure: its title, what is counted, the columns, and its rows, of one team where it is named."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: Callable[[PortfolioSnapshot, str], list[MakeRow]]


def map_counts(snapshot: PortfolioSnapshot) -> tuple[MapCount, ...]:
    """Five, in the order of the flow from organization key results to tickets."""
    counts = snapshot.audit.counts
    unlinked, active = counts["active"] - counts["aligned"], counts["active"]
    without_owner = counts["organization_key_results"] - counts["owned"]
    teams, needs = counts["teams"] - counts["teams_that_reach"], counts["dependencies"] - counts["dependencies_agreed"]
    errors = sum(finding.severity is Severity.ERROR for finding in snapshot.judgement.findings)
    texts = (
        "organization key results have no owner",
        "teams have no key result linked to an organization key result",
        "dependencies between teams are not agreed",
        "active tickets of teams are not linked to an aligned key result",
        "findings are errors",
    )
    totals = (counts["organization_key_results"], counts["teams"], counts["dependencies"], active)
    bad = (without_owner > 0, teams > 0, needs > 0, unlinked > BAD_PART * active, errors > 0)
    values = (without_owner, teams, needs, unlinked, errors)
    urls = (*(f"/map/{name}" for name in LISTS if f"/map/{name}" != WITHOUT_KEY_RESULT), "/findings?severity=error")
    every = (*totals, len(snapshot.judgement.findings))
    return tuple(MapCount(*each) for each in zip(values, every, texts, urls, bad, strict=True))


def map_count_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """What a figure counts, one by one."""
    name = params.path["count"]
    page = LISTS.get(name)
    team = params.query.get("team", "")
    if page is None or (team and team not in snapshot.portfolio.okrs.teams):
        return not_found("page")
    rows = page.rows(snapshot, team)
    listing = paginate(rows, params, f"/map/{name}", {"team": team} if team else {}, PAGE_SIZE)
    heading = f"{snapshot.portfolio.okrs.teams[team].name}: {page.title}" if team else page.title
    context = {
        "page": page,
        "heading": heading,
        "listing": listing.map_rows(lambda make: make()),
        "address": with_query(f"/map/{name}", team=team),
    }
    return Page("map_count.html", heading, context)


def _names(teams: Sequence[TeamRef]) -> str:
    return ", ".join(team.name for team in teams)


def _titles(refs: Sequence[KeyResultRef]) -> str:
    return ", ".join(dict.fromkeys(ref.title or ref.id for ref in refs))


def _unowned(snapshot: PortfolioSnapshot, _team: str) -> list[MakeRow]:
    rows = (row for row in snapshot.audit.first if not row.key_result.private)
    unowned = [row for row in rows if not any(owner.known for owner in row.owners)]
    return [partial(_unowned_row, snapshot, row) for row in unowned]


def _unowned_row(snapshot: PortfolioSnapshot, row: OrganizationKeyResult) -> CountRow:
    id_ = row.key_result.id
    contributors = ", ".join(contributor.team.name for contributor in row.contributors)
    return CountRow(row.key_result.title or id_, _page(snapshot, id_), (row.objective, contributors or "none"))


def _unlinked_teams(snapshot: PortfolioSnapshot, _team: str) -> list[MakeRow]:
    return [partial(_team_row, check) for check in snapshot.audit.second if not check.reached]


def _team_row(check: TeamCheck) -> CountRow:
    titles = _titles([team_key_result.key_result for team_key_result in check.key_results])
    active = f"{check.ratio.active:,}" if check.ratio else "not known"
    return CountRow(check.team.name, team_page(check.team.id), (titles or "none", active))


def _open_dependencies(snapshot: PortfolioSnapshot, _team: str) -> list[MakeRow]:
    return [partial(_dependency_row, need) for need in snapshot.audit.dependencies if not need.agreed]


def _dependency_row(need: TeamDependency) -> CountRow:
    waiting = _names(need.waiting_teams) or "The organization"
    first = next((team for team in need.waiting_teams if team.known), None)
    state = str(need.state) if need.declared and need.state else "seen between tickets"
    cells = (need.providing_team.name, _titles(need.waiting), _titles(need.providing), f"{need.blocked:,}", state)
    return CountRow(waiting, team_page(first.id) if first else None, cells)


def _unlinked_tickets(snapshot: PortfolioSnapshot, team: str) -> list[MakeRow]:
    portfolio = snapshot.portfolio
    tickets = (
        ticket
        for ticket in portfolio.active_initiatives()
        if portfolio.team_of.get(ticket.ref, "") in portfolio.okrs.teams
        and kind_of_work(portfolio, ticket) != "aligned"
    )
    refs = [ticket.ref for ticket in tickets if not team or portfolio.team_of[ticket.ref] == team]
    return [partial(_ticket_row, snapshot, ref) for ref in _in_order(snapshot, refs)]


def _without_key_result(snapshot: PortfolioSnapshot, team: str) -> list[MakeRow]:
    by_team = unlinked_work_by_team(snapshot.portfolio)
    refs = by_team.get(team, ()) if team else [ref for refs in by_team.values() for ref in refs]
    return [partial(_ticket_row, snapshot, ref) for ref in _in_order(snapshot, refs)]


def _in_order(snapshot: PortfolioSnapshot, refs: Iterable[Ref]) -> list[Ref]:
    return sorted(refs, key=lambda ref: (snapshot.portfolio.team_of.get(ref, ""), snapshot.work.order[ref]))


def _ticket_row(snapshot: PortfolioSnapshot, ref: Ref) -> CountRow:
    portfolio = snapshot.portfolio
    served = [key_result_ref(portfolio, link.key_result) for link in portfolio.serves.get(ref, ())]
    cells = (team_ref(portfolio, portfolio.team_of[ref]).name, _titles(served) or "none")
    return CountRow(f"{ref.key} {ticket_ref(portfolio, ref).title}".strip(), ticket_page(str(ref)), cells)


def _page(snapshot: PortfolioSnapshot, key_result: str) -> str | None:
    return key_result_page(key_result) if has_page(snapshot, key_result) else None


TICKET_COLUMNS = ("Ticket", "Team", "Key results")
LISTS = {
    "key-results-without-owner": CountPage(
        "Organization key results without an owner",
        "An owner is a team of the OKR file. Name one or two under owners.",
        ("Organization key result", "Objective", "Contributing teams"),
        _unowned,
    ),
    "teams-without-link": CountPage(
        "Teams without a link to an organization key result",
        "None of their key results is linked to an organization key result yet.",
        ("Team", "Its key results", "Active tickets"),
        _unlinked_teams,
    ),
    "open-dependencies": CountPage(
        "Dependencies between teams that are not agreed",
        "Both teams agree by a link in the OKR file, by a shared OKR or by the command /okr accept.",
        ("Waiting", "Providing", "Waiting key results", "Providing key results", "Blocked tickets", "State"),
        _open_dependencies,
    ),
    "unlinked-tickets": CountPage(
        "Active tickets that are not linked to an aligned key result",
        "They name no key result, or one that is not linked to an organization key result yet. Tickets of no team are "
        "left out.",
        TICKET_COLUMNS,
        _unlinked_tickets,
    ),
    "tickets-without-key-result": CountPage(
        "Active tickets without a key result", "They name no key result.", TICKET_COLUMNS, _without_key_result
    ),
}
