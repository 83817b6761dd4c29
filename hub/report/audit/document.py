"""The whole audit as a document, in the order of the session, with the appendix; and a version of bounded length."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from hub.core.display_names import plural
from hub.core.insight.audit.audit import Audit
from hub.model.message import Link
from hub.report.audit.appendix import NO_SYNC, appendix_section
from hub.report.audit.blocks import (
    Badge,
    Block,
    Document,
    Inline,
    Items,
    Map,
    Paragraph,
    Reference,
    Row,
    Section,
    Table,
    Words,
    join_words,
    key_result_words,
    to_words,
)
from hub.report.audit.dependencies import dependencies_section
from hub.report.audit.organization_check import organization_section
from hub.report.audit.session import glance_section, questions_section, session_section
from hub.report.audit.shared_okrs import shared_section
from hub.report.audit.team_check import suggestions_section, teams_section
from hub.report.map.nodes import MISSING, UNLINKED, Box, MapPage, WorkLine
from hub.report.text import day, format_time

TITLE = "Connect and Align audit"


def build_document(audit: Audit, map_pages: Sequence[MapPage] = ()) -> Document:
    """Page one, the dependencies, both checks, suggestions, the appendix; without `map_pages` the map is left out."""
    sections = (
        session_section(audit),
        questions_section(audit),
        glance_section(audit),
        dependencies_section(audit),
        organization_section(audit),
        teams_section(audit),
        shared_section(audit),
        suggestions_section(audit),
        appendix_section(audit, *([_map(map_pages)] if map_pages else [])),
    )
    return Document(f"{TITLE}, {audit.cycle.id}", tuple(_lead_lines(audit)), sections)


def _lead_lines(audit: Audit) -> Iterator[Words]:
    if not audit.synced:
        yield to_words(f"As of {day(audit.today)}.")
        yield (Badge(NO_SYNC, "warn"),)
        return
    read = (
        f"{source.connector}: {plural(source.tickets, 'ticket')}, read on {format_time(source.read)}"
        for source in audit.sources
    )
    yield to_words(f"As of {day(audit.today)}. {'; '.join(read)}.")


def map_table(map_pages: Sequence[MapPage]) -> Table:
    """What the map shows, in words."""
    rows = tuple(row for map_page in map_pages for row in _rows(map_page))
    return Table("The alignment map as a table", ("Team", "Key result", "Linked to", "Share", "Work"), rows)


def _map(map_pages: Sequence[MapPage]) -> Section:
    omitted = len(map_pages) - MAX_SHEETS
    note = to_words(f"and {plural(omitted, 'more sheet')}, see the map of the hub")
    more = (Paragraph(note, note=True),) if omitted > 0 else ()
    return Section("The alignment map", "map", (Map(map_table(map_pages[:MAX_SHEETS])), *more))


def _rows(map_page: MapPage) -> Iterator[Row]:
    of_box, work_of = defaultdict(list), defaultdict(list)
    for edge in map_page.edges:
        of_box[edge.of].append(edge)
    for row in map_page.rows:
        work_of[row.of].append(row)
    for lane, box in _lower(map_page):
        edges = of_box.get(box.key, ())
        name = key_result_words(box.key_result) if box.kind == "key-result" else (Badge(box.problem, "bad"),)
        leads = tuple(
            to_words(f"{edge.label.partition(' → ')[2]} ({edge.kind if edge.state == 'accepted' else edge.state})")
            for edge in edges
        )
        share = tuple(to_words("" if edge.share is None else f"{edge.share:.3g} %") for edge in edges)
        work = join_words(tuple(_work(row) for row in work_of.get(box.key, ())))
        problem = ((Badge(box.problem, "bad"),),) if box.problem and box.kind == "key-result" else ()
        yield ((to_words(lane),), (name, *problem), leads or ((),), share or ((),), (work or to_words(box.note),))


def _work(row: WorkLine) -> Words:
    return to_words(Link(row.ticket.ref, row.ticket.url) if row.ticket else row.text)


def _lower(map_page: MapPage) -> Iterator[tuple[str, Box]]:
    for box in map_page.boxes:
        if box.kind in ("key-result", UNLINKED, MISSING):
            yield next((lane.name for lane in reversed(map_page.lanes) if lane.y <= box.y), ""), box


# Rows of a table, items of a list and parts of a section that a document of bounded length holds: of a whole
# section, and of one of its parts.
MAX_ROWS, MAX_ITEMS = (20, 8), (10, 6)
MAX_PARTS = 12
MAX_SHEETS = 2


def shorten(document: Document, hub_url: str | None = None) -> Document:
    """The document with a bounded number of rows, each cut saying how many are left out and where they are.

    `hub_url` is the address of the hub's pages, empty for a page of the hub itself; without it the JSON is named.
    """
    sections = tuple(_shorten(section, section.anchor, hub_url) for section in document.sections)
    anchors = frozenset(chain.from_iterable(map(_anchors, sections)))
    return replace(document, sections=tuple(_relink(section, anchors, hub_url) for section in sections))


def _anchors(section: Section) -> Iterator[str]:
    yield section.anchor
    for block in section.blocks:
        if isinstance(block, Table):
            yield from block.anchors[: len(block.rows)]
    yield from chain.from_iterable(map(_anchors, section.sections))


def _relink(section: Section, anchors: frozenset[str], hub_url: str | None) -> Section:
    """With references to rows that were left out leading to the whole table."""

    def inline(item: Inline) -> Inline:
        if not isinstance(item, Reference) or not item.url.startswith("#") or item.url[1:] in anchors:
            return item
        return Reference(item.text, "" if hub_url is None else f"{hub_url}/audit?part=dependencies{item.url}")

    def words(line: Words) -> Words:
        return tuple(map(inline, line))

    def relinked(block: Block) -> Block:
        if isinstance(block, Table):
            return replace(block, rows=tuple(tuple(tuple(map(words, cell)) for cell in row) for row in block.rows))
        return replace(block, items=tuple(map(words, block.items))) if isinstance(block, Items) else block

    parts = tuple(_relink(part, anchors, hub_url) for part in section.sections)
    return replace(section, blocks=tuple(map(relinked, section.blocks)), sections=parts)


def _shorten(section: Section, part: str, hub_url: str | None, depth: int = 0) -> Section:
    def more(count: int, noun: str) -> Words:
        where = Reference("on the audit page", "" if hub_url is None else f"{hub_url}/audit?part={part}")
        suffix = " of the hub, and in hub audit --format json" if hub_url is None else ""
        return to_words(f"and {plural(count, f'more {noun}')}, see all ", where, suffix) if count > 0 else ()

    def shortened(block: Block) -> Block:
        if isinstance(block, Table):
            most = MAX_ROWS[depth]
            return replace(block, rows=block.rows[:most], more=more(len(block.rows) - most, "row"))
        if isinstance(block, Map):
            return Map(replace(block.table, rows=block.table.rows[: MAX_ROWS[0]]))
        if isinstance(block, Items):
            most = MAX_ITEMS[depth]
            return replace(block, items=block.items[:most], more=more(len(block.items) - most, "line"))
        return block

    return replace(
        section,
        blocks=tuple(map(shortened, section.blocks)),
        sections=tuple(_shorten(child, part, hub_url, 1) for child in section.sections[:MAX_PARTS]),
        more=more(len(section.sections) - MAX_PARTS, "part"),
    )
