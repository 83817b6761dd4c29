"""The DOCX opened again by its library: headings, header rows, page numbers, links, and room to write in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest

docx = pytest.importorskip("docx", reason="python-docx is not installed")

from docx.document import Document as WordDocument  # noqa: E402
from docx.oxml.ns import qn  # noqa: E402

from hub.report.audit.blocks import Document, Section, Table  # noqa: E402
from hub.report.audit.document import build_document  # noqa: E402
from hub.report.audit.word import render_docx  # noqa: E402
from tests.hub.report.audit.test_document import two_teams  # noqa: E402

MADE = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def source() -> Document:
    return build_document(two_teams())


@pytest.fixture(scope="module")
def opened(source: Document) -> WordDocument:
    return docx.Document(BytesIO(render_docx(source, MADE)))


def all_sections(sections: tuple[Section, ...]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from all_sections(section.sections)


def test_every_section_is_a_real_heading_of_its_level(source: Document, opened: WordDocument) -> None:
    headings = [(p.text, p.style.name) for p in opened.paragraphs if p.style and p.style.name.startswith("Heading")]
    assert [text for text, _ in headings] == [section.title for section in all_sections(source.sections)]
    tops = [text for text, style in headings if style == "Heading 1"]
    assert tops == [section.title for section in source.sections]
    (title,) = [p.text for p in opened.paragraphs if p.style and p.style.name == "Title"]
    assert title == source.title


def test_every_table_repeats_its_header_row_and_breaks_no_row(source: Document, opened: WordDocument) -> None:
    tables = [
        block for section in all_sections(source.sections) for block in section.blocks if isinstance(block, Table)
    ]
    assert len(opened.tables) == len(tables) > 5
    for table, made in zip(tables, opened.tables, strict=True):
        assert tuple(cell.text for cell in made.rows[0].cells) == table.head
        assert len(made.rows) == len(table.rows) + 1
        properties = [row._tr.trPr for row in made.rows]
        assert properties[0].find(qn("w:tblHeader")) is not None
        assert all(each.find(qn("w:cantSplit")) is not None for each in properties)


def test_the_pages_have_numbers_and_a_running_title(source: Document, opened: WordDocument) -> None:
    (page,) = opened.sections
    assert page.header.paragraphs[0].text == source.title
    assert page.different_first_page_header_footer
    assert page.first_page_header.paragraphs[0].text == ""
    for footer in (page.footer, page.first_page_footer):
        fields = [field.get(qn("w:instr")) for field in footer._element.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE", "NUMPAGES"]


def test_links_within_the_file_lead_to_bookmarks(opened: WordDocument) -> None:
    body = opened.element.body
    bookmarks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(bookmarks) == len(set(bookmarks))
    targets = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} - {None}
    assert targets <= set(bookmarks)
    assert "dependency_1" in targets


def test_links_to_tickets_open_the_tracker(opened: WordDocument) -> None:
    addresses = {relation.target_ref for relation in opened.part.rels.values() if relation.is_external}
    assert "https://tracker.test/DAT-1" in addresses


def test_decisions_are_empty_cells_to_write_in(opened: WordDocument) -> None:
    questions = next(table for table in opened.tables if "Decision" in {cell.text for cell in table.rows[0].cells})
    for row in questions.rows[1:]:
        assert [cell.text for cell in row.cells[2:]] == ["", "", ""]
        assert row.height is not None
        assert row.cells[1].text


def test_the_file_says_what_it_is_and_when_it_was_made(source: Document, opened: WordDocument) -> None:
    properties = opened.core_properties
    assert (properties.title, properties.author) == (source.title, "Alignment Hub")
    assert properties.created == properties.modified == MADE.replace(tzinfo=properties.created.tzinfo)


def test_columns_fill_the_width_of_the_page(opened: WordDocument) -> None:
    (page,) = opened.sections
    usable = page.page_width - page.left_margin - page.right_margin
    for table in opened.tables:
        width = sum(column.width for column in table.columns)
        assert 0.95 * usable < width <= usable + len(table.columns)
