"""The page of the audit."""

from collections.abc import Iterator
from dataclasses import replace

from hub.core.display_names import plural
from hub.model.urls import with_query
from hub.report.audit.blocks import Block, Document, Items, Reference, Section, Table, Words, to_words
from hub.web.audit_files import DOCX_FILE, PRINTABLE_PAGE
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
