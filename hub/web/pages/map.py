"""The alignment map: organization key results, key results of teams and their work, in lanes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.model.addresses import key_result_page, team_page, ticket_page, with_query
from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.portfolio import Portfolio
from hub.report.audit.first import glance
from hub.report.audit.whole_paper import map_table
from hub.report.map.choice import Choice, of_findings, of_team
from hub.report.map.layout import lay_out
from hub.report.map.links import Ways
from hub.report.map.svg import lane_anchor, map_svg
from hub.report.map.values import MISSING, Box, Lane, Row, Sheet
from hub.web.page import Asked, Page
from hub.web.sift import Sieve, offered, sieve, sifted
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

SHEETS_A_PAGE = 6
WITHOUT = "initiative-without-key-result"
Marks = Mapping[str, tuple[int, Severity]]


@dataclass(frozen=True)
class ToPages(Ways):
    """Boxes, lanes and lines of work lead to the pages about them; what may not be named leads nowhere."""

    marks: Marks = field(default_factory=dict)

    def box(self, box: Box) -> str | None:
        """The key result's page; work without a key result leads to the findings about it."""
        if box.kind == "loose":
            return with_query("/findings", team=box.key.removesuffix("/"), rule=WITHOUT)
        return None if box.shown.private else key_result_page(box.shown.id)

    def lane(self, lane: Lane) -> str | None:
        """The team's page."""
        return None if lane.shared else team_page(lane.teams[0])

    def row(self, row: Row) -> str | None:
        """The ticket's page; what is folded is listed with the key result, or among the findings."""
        if row.ticket:
            return ticket_page(row.ticket.ref)
        if row.of.endswith("/"):
            return with_query("/findings", team=row.of.removesuffix("/"), rule=WITHOUT)
        return key_result_page(row.of) if row.named else None

    def reachable(self, box: Box) -> bool:
        """A private key result leads nowhere, and its line can be lit up all the same."""
        return self.box(box) is None

    def found(self, box: Box) -> tuple[int, str]:
        """What the rules say of the key result and of its work."""
        count, worst = self.marks.get(box.key, (0, Severity.INFO))
        return (0, "") if box.kind == MISSING else (count, str(worst))


def map_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """The sheets of the map that were asked for, with ways to the others and a table that says the same."""
    by = sieve(window, asked)
    sheets = lay_out(window.portfolio, known=window.lanes, choice=_choice(window, by))
    pages = max(1, -(-len(sheets) // SHEETS_A_PAGE))
    number = asked.number("page", 1, most=pages)
    shown = sheets[(number - 1) * SHEETS_A_PAGE : number * SHEETS_A_PAGE]
    ways = ToPages(marks=_marks(window.portfolio, window.judgement.findings))
    holds = {
        "by": by,
        "pictures": [map_svg(one, len(sheets), ways) for one in shown],
        "empty": not any(one.boxes for one in sheets),
        "table": map_table(shown),
        "jumps": list(_jumps(sheets, by)),
        "glance": glance(window.audit),
        "page": number,
        "pages": pages,
        "query": by.words(),
        **offered(window),
    }
    return Page("map.html", "Alignment map", holds)


def _choice(window: PortfolioSnapshot, by: Sieve) -> Choice | None:
    if by.of_findings:
        return of_findings(window.portfolio, sifted(window, by))
    return of_team(window.portfolio, by.team) if by.team else None


def _marks(portfolio: Portfolio, findings: Sequence[Finding]) -> Marks:
    """By box: how many findings are about it or its work, and how severe the worst is; none under a private name."""
    found: dict[str, list[Severity]] = {}
    for finding in findings:
        for key in set(_keys(portfolio, finding)):
            found.setdefault(key, []).append(finding.severity)
    return {key: (len(many), max(many)) for key, many in found.items()}


def _keys(portfolio: Portfolio, finding: Finding) -> Iterator[str]:
    if finding.subject.kind is SubjectKind.KEY_RESULT:
        yield finding.subject.id
    for ref in finding.tickets:
        yield from (link.key_result for link in portfolio.serves.get(ref, ()))


def _jumps(sheets: Sequence[Sheet], by: Sieve) -> Iterator[tuple[str, str]]:
    """Each holder's name once, and where its lane begins."""
    seen = set()
    for at, sheet in enumerate(sheets):
        page = str(at // SHEETS_A_PAGE + 1)
        for number, lane in enumerate(sheet.lanes):
            if lane.teams not in seen:
                seen.add(lane.teams)
                address = with_query("/", **by.words(), page="" if page == "1" else page)
                yield lane.name, f"{address}#{lane_anchor(sheet.number, number)}"
