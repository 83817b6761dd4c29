"""The page of the alignment map: what to act on first, five figures, and the map with its table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.core.insight.audit.audit import Question, ticket_ref
from hub.model.finding import Severity
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.model.urls import key_result_page, team_page, ticket_page, with_query
from hub.report.map.filters import MapFilter, find_matches, findings_filter, team_filter, text_filter
from hub.report.map.folding import MapView
from hub.report.map.layout import layout_sheet
from hub.report.map.links import MapLinks, fold_anchor, lane_anchor
from hub.report.map.nodes import MISSING, UNLINKED
from hub.report.map.shapes import Box, Fold, Lane, WorkLine
from hub.report.map.svg import map_svg
from hub.report.map.table import map_table
from hub.report.text import safe_url
from hub.web.listing import MAX_SEARCH_LENGTH, SEVERITIES, FindingFilter, apply, has_page, options
from hub.web.page import Page, PageParams, Viewer
from hub.web.pages.map_counts import WITHOUT_KEY_RESULT, map_counts
from hub.web.snapshot import PortfolioSnapshot

# How many parts of the map an address may name as opened or closed.
MAX_TOGGLES = 60
Marks = Mapping[str, tuple[int, Severity]]


@dataclass(frozen=True, slots=True)
class MapQuery:
    """What the address asks for; unknown values match nothing rather than everything."""

    team: str = ""
    rule: str = ""
    severity: str = ""
    cycle: str = ""
    text: str = ""
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    @property
    def filtered(self) -> dict[str, str]:
        """The filter as query parameters."""
        pairs = (("team", self.team), ("rule", self.rule), ("severity", self.severity), ("cycle", self.cycle))
        return {name: value for name, value in (*pairs, ("text", self.text)) if value}

    def toggled(self, fold: Fold) -> str:
        """The address of the same page with that part opened, or folded."""
        opened = [key for key in self.opened if key != fold.key]
        closed = [key for key in self.closed if key != fold.key]
        (closed if fold.opened else opened).append(fold.key)
        state = {"open": ",".join(opened[-MAX_TOGGLES:]), "close": ",".join(closed[-MAX_TOGGLES:])}
        return with_query("/", **self.filtered, **state)


def parse_query(params: PageParams) -> MapQuery:
    """From the parameters of the request."""
    query = params.query
    names = {name: query.get(name, "").strip()[:MAX_SEARCH_LENGTH] for name in ("team", "rule", "cycle", "text")}
    toggles = [tuple(filter(None, query.get(name, "").split(",")))[:MAX_TOGGLES] for name in ("open", "close")]
    severity = value if (value := query.get("severity", "")) in SEVERITIES else ""
    return MapQuery(names["team"], names["rule"], severity, names["cycle"], names["text"], *toggles)


@dataclass(frozen=True)
class PageLinks(MapLinks):
    """Link targets of boxes, headings and lines of work; None for what is private."""

    portfolio: Portfolio | None = None
    query: MapQuery = MapQuery()
    marks: Marks = field(default_factory=dict)

    def box(self, box: Box) -> str | None:
        """The key result's page; for work without a key result the list of it."""
        if box.kind == UNLINKED:
            return with_query(WITHOUT_KEY_RESULT, team=box.key.removesuffix("/"))
        known = self.portfolio is not None and box.key_result.id in self.portfolio.okrs.key_results
        return None if box.key_result.private or not known else key_result_page(box.key_result.id)

    def lane(self, lane: Lane) -> str | None:
        """The team's page."""
        known = self.portfolio is not None and lane.teams[0] in self.portfolio.okrs.teams
        return None if lane.shared or not known else team_page(lane.teams[0])

    def row(self, row: WorkLine) -> str | None:
        """The ticket's page; for folded tickets the list of all of them."""
        if row.ticket:
            return ticket_page(row.ticket.ref)
        if row.of.endswith("/"):
            return with_query(WITHOUT_KEY_RESULT, team=row.of.removesuffix("/"))
        return key_result_page(row.of) if row.named else None

    def fold(self, fold: Fold) -> str | None:
        """This page with that part opened or folded, at the same place."""
        return f"{self.query.toggled(fold)}#{fold_anchor(fold)}"

    def reachable(self, box: Box) -> bool:
        """A private key result has no link, but can be focused to highlight its links."""
        return self.box(box) is None and box.key_result.private

    def finding_badge(self, box: Box) -> tuple[int, str]:
        """The findings that the page of the key result lists."""
        count, worst = self.marks.get(box.key, (0, Severity.INFO))
        no_page = box.key_result.private or box.kind in (MISSING, "repeat")
        return (0, "") if no_page else (count, str(worst))


def map_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """The map on one sheet, and a table with the same content."""
    query = parse_query(params)
    matches = find_matches(snapshot.lanes, _filters(snapshot, query))
    sheet = layout_sheet(snapshot.lanes, MapView(matches, frozenset(query.opened), frozenset(query.closed)))
    links = PageLinks({}, snapshot.portfolio, query, _marks(snapshot))
    context = {
        "by": query,
        "questions": [(question, _evidence(snapshot, question)) for question in snapshot.audit.questions],
        "counts": map_counts(snapshot),
        "as_of": _as_of(snapshot),
        "days_old": _days_old(snapshot),
        "map_image": map_svg(sheet, 1, links),
        "empty": not sheet.boxes,
        "matches": matches,
        "first_match": next((lane_anchor(lane.key) for lane in snapshot.lanes if matches and matches.within(lane)), ""),
        "table": map_table(sheet, snapshot.lanes, snapshot.portfolio.cycle.id),
        "links_of": links,
        "cycles": _cycles(snapshot),
        **{name: choices for name, choices in options(snapshot).items() if name in ("teams", "rules", "severities")},
    }
    return Page("map.html", "Alignment map", context)


def _filters(snapshot: PortfolioSnapshot, query: MapQuery) -> list[MapFilter]:
    """One for each thing that is asked for: what stays passes all of them."""
    portfolio = snapshot.portfolio
    filters = [team_filter(portfolio, query.team)] if query.team else []
    if query.rule or query.severity:
        findings = apply(snapshot, FindingFilter(team=query.team, rule=query.rule, severity=query.severity))
        filters.append(findings_filter(portfolio, findings))
    filters += [MapFilter(cycle=query.cycle)] if query.cycle else []
    filters += [text_filter(portfolio, query.text)] if query.text else []
    return filters


def _cycles(snapshot: PortfolioSnapshot) -> list[tuple[str, str]]:
    """The cycles of the organization key results, the running one first."""
    running = snapshot.portfolio.cycle
    others = dict.fromkeys(lane.cycle for lane in snapshot.lanes if lane.cycle != running.id)
    return [(f"{running.id}, {running.phase}", running.id), *((name, name) for name in others)]


def _as_of(snapshot: PortfolioSnapshot) -> datetime | None:
    """When the tracker that was read the longest ago was read."""
    return min((source.read for source in snapshot.audit.sources), default=None)


def _days_old(snapshot: PortfolioSnapshot) -> int:
    read = _as_of(snapshot)
    return (snapshot.built_at - read).days if read else 0


Evidence = tuple[tuple[str, str | None], ...]


def _evidence(snapshot: PortfolioSnapshot, question: Question) -> Evidence:
    """The key results and tickets of a question by their titles, each with its page here or in its tracker."""
    return tuple(dict.fromkeys(_named(snapshot, name, url) for name, url in question.evidence))


def _named(snapshot: PortfolioSnapshot, name: str, url: str | None) -> tuple[str, str | None]:
    portfolio = snapshot.portfolio
    if has_page(snapshot, name):
        return portfolio.okrs.key_results[name].title, key_result_page(name)
    if name in portfolio.okrs.objectives:
        return portfolio.okrs.objectives[name].title, with_query("/audit", part="shared")
    ref = Ref(*name.split(":", 1)) if ":" in name else None
    if ref is not None and ref in portfolio.initiatives:
        title = ticket_ref(portfolio, ref).title
        return f"{ref.key} {title}".strip(), ticket_page(name)
    return name, safe_url(url) if url else None


def _marks(snapshot: PortfolioSnapshot) -> Marks:
    """By key result: how many findings its page lists, and the worst severity."""
    found = snapshot.findings_about.items()
    return {id_: (len(findings), max(finding.severity for finding in findings)) for id_, findings in found}
