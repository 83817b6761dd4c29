"""The pages of the audit and of the alignment map."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.portfolio import Portfolio
from hub.model.urls import key_result_page, team_page, ticket_page, with_query
from hub.report.audit.blocks import Block, Document, Items, Reference, Section, Table, Words, plural, to_words
from hub.report.audit.document import map_table
from hub.report.audit.organization_check import highlights
from hub.report.map.layout import MapFilter, findings_filter, layout_map, team_filter
from hub.report.map.nodes import MISSING, UNLINKED, Box, Lane, MapPage, WorkLine
from hub.report.map.svg import MapLinks, lane_anchor, map_svg
from hub.web.audit_files import DOCX_FILE, PRINTABLE_PAGE
from hub.web.listing import FindingFilter, apply, options, parse_filter
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot

# Rows and items that one page may hold; a longer part is split by sections.
MAX_ROWS = 400
SECTIONS_PER_PAGE = 20


def audit_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """The audit as the session needs it; with `part`, one part of it with all its rows."""
    document, selected = snapshot.audit_document, params.query.get("part", "")
    parts = [*document.sections, *(part for section in document.sections for part in section.sections)]
    sections = [part for part in parts if part.anchor == selected]
    if selected and not sections:
        return not_found("part of the audit")
    pages = max((-(-len(section.sections) // SECTIONS_PER_PAGE) for section in sections), default=1)
    number = params.read_number("page", 1, maximum=max(pages, 1))
    visible = snapshot.short_audit_document.sections
    if selected:
        visible = tuple(_page_of(section, number) for section in sections)
    context = {
        "document": replace(document, sections=visible),
        "parts": list(_parts(document, as_links=bool(selected) or snapshot.short_audit_document != document)),
        "selected": selected,
        "anchors": "/audit" if selected else "",
        "page": number,
        "pages": pages,
        "query": {"part": selected} if selected else {},
        "files": (("Print / PDF", PRINTABLE_PAGE), ("Download DOCX", DOCX_FILE)),
    }
    return Page("audit.html", document.title, context)


def _parts(document: Document, *, as_links: bool) -> Iterator[tuple[str, str, str]]:
    for section in document.sections:
        place = with_query("/audit", part=section.anchor) if as_links else f"#{section.anchor}"
        yield section.title, place, section.anchor


def _page_of(section: Section, number: int) -> Section:
    start = (number - 1) * SECTIONS_PER_PAGE
    return replace(
        section,
        blocks=tuple(map(_limit_block, section.blocks)) if number == 1 else (),
        sections=tuple(_limit_section(part) for part in section.sections[start : start + SECTIONS_PER_PAGE]),
    )


def _limit_section(section: Section) -> Section:
    return replace(
        section, blocks=tuple(map(_limit_block, section.blocks)), sections=tuple(map(_limit_section, section.sections))
    )


def _limit_block(block: Block) -> Block:
    """Lists are cut so that the page loads fast; JSON has all of it."""
    if isinstance(block, Table):
        return replace(block, rows=block.rows[:MAX_ROWS], more=_more(len(block.rows)))
    if isinstance(block, Items):
        return replace(block, items=block.items[:MAX_ROWS], more=_more(len(block.items)))
    return block


def _more(count: int) -> Words:
    omitted = count - MAX_ROWS
    where = Reference("JSON", "/api/audit")
    return to_words(f"and {plural(omitted, 'more row')}, see all as ", where) if omitted > 0 else ()


MAPS_PER_PAGE = 6
UNLINKED_RULE = "initiative-without-key-result"
Marks = Mapping[str, tuple[int, Severity]]


@dataclass(frozen=True)
class PageLinks(MapLinks):
    """Link targets of boxes, lanes and lines of work; None for what is private."""

    marks: Marks = field(default_factory=dict)

    def box(self, box: Box) -> str | None:
        """The key result's page; for unlinked work the findings about it."""
        if box.kind == UNLINKED:
            return with_query("/findings", team=box.key.removesuffix("/"), rule=UNLINKED_RULE)
        return None if box.key_result.private else key_result_page(box.key_result.id)

    def lane(self, lane: Lane) -> str | None:
        """The team's page."""
        return None if lane.shared else team_page(lane.teams[0])

    def row(self, row: WorkLine) -> str | None:
        """The ticket's page; for folded tickets the list of the key result, or the findings."""
        if row.ticket:
            return ticket_page(row.ticket.ref)
        if row.of.endswith("/"):
            return with_query("/findings", team=row.of.removesuffix("/"), rule=UNLINKED_RULE)
        return key_result_page(row.of) if row.named else None

    def reachable(self, box: Box) -> bool:
        """A private key result has no link, but can be focused to highlight its links."""
        return self.box(box) is None

    def finding_badge(self, box: Box) -> tuple[int, str]:
        """The findings about the key result and its work."""
        count, worst = self.marks.get(box.key, (0, Severity.INFO))
        return (0, "") if box.kind == MISSING else (count, str(worst))


def map_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """The requested sheets of the map, links to the others, and a table with the same content."""
    finding_filter = parse_filter(snapshot, params)
    map_pages = layout_map(snapshot.portfolio, known=snapshot.lanes, map_filter=_map_filter(snapshot, finding_filter))
    pages = max(1, -(-len(map_pages) // MAPS_PER_PAGE))
    number = params.read_number("page", 1, maximum=pages)
    visible = map_pages[(number - 1) * MAPS_PER_PAGE : number * MAPS_PER_PAGE]
    links = PageLinks(marks=_marks(snapshot.portfolio, snapshot.judgement.findings))
    context = {
        "by": finding_filter,
        "map_images": [map_svg(map_page, len(map_pages), links) for map_page in visible],
        "empty": not any(map_page.boxes for map_page in map_pages),
        "table": map_table(visible),
        "jumps": list(_jumps(map_pages, finding_filter)),
        "highlights": highlights(snapshot.audit),
        "page": number,
        "pages": pages,
        "query": finding_filter.to_query(),
        **options(snapshot),
    }
    return Page("map.html", "Alignment map", context)


def _map_filter(snapshot: PortfolioSnapshot, finding_filter: FindingFilter) -> MapFilter | None:
    if finding_filter.has_finding_terms:
        return findings_filter(snapshot.portfolio, apply(snapshot, finding_filter))
    return team_filter(snapshot.portfolio, finding_filter.team) if finding_filter.team else None


def _marks(portfolio: Portfolio, findings: Sequence[Finding]) -> Marks:
    """By box: the number of findings about it or its work and the worst severity; private ones have none."""
    severities: dict[str, list[Severity]] = {}
    for finding in findings:
        for key in set(_keys(portfolio, finding)):
            severities.setdefault(key, []).append(finding.severity)
    return {key: (len(values), max(values)) for key, values in severities.items()}


def _keys(portfolio: Portfolio, finding: Finding) -> Iterator[str]:
    if finding.subject.kind is SubjectKind.KEY_RESULT:
        yield finding.subject.id
    for ref in finding.tickets:
        yield from (link.key_result for link in portfolio.serves.get(ref, ()))


def _jumps(map_pages: Sequence[MapPage], finding_filter: FindingFilter) -> Iterator[tuple[str, str]]:
    """The name of each lane once, with the anchor where it begins."""
    listed = set()
    for at, page_layout in enumerate(map_pages):
        page = str(at // MAPS_PER_PAGE + 1)
        for number, lane in enumerate(page_layout.lanes):
            if lane.teams not in listed:
                listed.add(lane.teams)
                address = with_query("/", **finding_filter.to_query(), page="" if page == "1" else page)
                yield lane.name, f"{address}#{lane_anchor(page_layout.number, number)}"
