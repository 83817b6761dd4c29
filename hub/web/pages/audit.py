"""The page of the audit."""

from collections.abc import Iterator
from dataclasses import replace

from hub.model.urls import with_query
from hub.report.audit.blocks import Block, Document, Items, Map, Section, Table
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot

# Rows and items that one page may hold; a longer part is split by sections.
MAX_ROWS = 400
SECTIONS_PER_PAGE = 20


def audit_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """The whole audit or the requested part; the first part by default."""
    document = snapshot.audit_document
    is_long = _size(document.sections) > MAX_ROWS
    selected = params.query.get("part", "")
    if selected not in {"", *(section.anchor for section in document.sections)}:
        return not_found("part of the audit")
    sections = (
        [section for section in document.sections if section.anchor == selected]
        if selected
        else list(document.sections[:2])
    )
    visible = tuple(sections) if is_long or selected else document.sections
    pages = max((-(-len(section.sections) // SECTIONS_PER_PAGE) for section in visible), default=1) if is_long else 1
    number = params.read_number("page", 1, maximum=max(pages, 1))
    context = {
        "document": replace(
            document, sections=tuple(_page_of(section, number) for section in visible) if is_long else visible
        ),
        "parts": list(_parts(document, as_links=is_long or bool(selected))),
        "selected": selected,
        "page": number,
        "pages": pages,
        "query": {"part": selected} if selected else {},
    }
    return Page("audit.html", document.title, context)


def _parts(document: Document, *, as_links: bool) -> Iterator[tuple[str, str, str]]:
    for section in document.sections:
        yield (
            section.title,
            with_query("/audit", part=section.anchor) if as_links else f"#{section.anchor}",
            section.anchor,
        )


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
    """Lists are cut so that the page loads fast; `hub audit` has all of it."""
    if isinstance(block, Table):
        return replace(block, rows=block.rows[:MAX_ROWS])
    return replace(block, items=block.items[:MAX_ROWS]) if isinstance(block, Items) else block


def _size(sections: tuple[Section, ...]) -> int:
    return sum(_size(section.sections) + sum(map(_weight, section.blocks)) for section in sections)


def _weight(block: Block) -> int:
    if isinstance(block, Table | Map):
        return len(block.rows) if isinstance(block, Table) else len(block.table.rows)
    return len(block.items) if isinstance(block, Items) else 1
