"""The Connect and Align audit: the same words as on paper, whole where it is short, part by part where it is long."""

from collections.abc import Iterator
from dataclasses import replace

from hub.model.addresses import with_query
from hub.report.audit.paper import Block, Items, Map, Paper, Section, Table
from hub.web.page import Asked, Page, missing
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

# Rows and items that one page may hold; a part of which there is more is shown so many sections at a time.
LONGEST = 400
SECTIONS_A_PAGE = 20


def audit_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """All of it, or the part that was asked for; without a word the first, which is what the session begins with."""
    whole = window.printed
    long = _size(whole.sections) > LONGEST
    wanted = asked.query.get("part", "")
    if wanted not in {"", *(one.anchor for one in whole.sections)}:
        return missing("part of the audit")
    chosen = [one for one in whole.sections if one.anchor == wanted] if wanted else list(whole.sections[:2])
    shown = tuple(chosen) if long or wanted else whole.sections
    pages = max((-(-len(one.sections) // SECTIONS_A_PAGE) for one in shown), default=1) if long else 1
    number = asked.number("page", 1, most=max(pages, 1))
    holds = {
        "paper": replace(whole, sections=tuple(_cut(one, number) for one in shown) if long else shown),
        "parts": list(_parts(whole, alone=long or bool(wanted))),
        "wanted": wanted,
        "page": number,
        "pages": pages,
        "query": {"part": wanted} if wanted else {},
    }
    return Page("audit.html", whole.title, holds)


def _parts(whole: Paper, *, alone: bool) -> Iterator[tuple[str, str, str]]:
    for one in whole.sections:
        yield one.title, with_query("/audit", part=one.anchor) if alone else f"#{one.anchor}", one.anchor


def _cut(one: Section, number: int) -> Section:
    start = (number - 1) * SECTIONS_A_PAGE
    return replace(
        one,
        blocks=tuple(map(_short, one.blocks)) if number == 1 else (),
        sections=tuple(_shortened(part) for part in one.sections[start : start + SECTIONS_A_PAGE]),
    )


def _shortened(one: Section) -> Section:
    return replace(one, blocks=tuple(map(_short, one.blocks)), sections=tuple(map(_shortened, one.sections)))


def _short(block: Block) -> Block:
    """A page that takes seconds to load is read by nobody; all of it stands in `hub audit`."""
    if isinstance(block, Table):
        return replace(block, rows=block.rows[:LONGEST])
    return replace(block, items=block.items[:LONGEST]) if isinstance(block, Items) else block


def _size(sections: tuple[Section, ...]) -> int:
    return sum(_size(one.sections) + sum(map(_weight, one.blocks)) for one in sections)


def _weight(block: Block) -> int:
    if isinstance(block, Table | Map):
        return len(block.rows) if isinstance(block, Table) else len(block.table.rows)
    return len(block.items) if isinstance(block, Items) else 1
