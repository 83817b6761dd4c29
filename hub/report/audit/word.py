"""The audit as a DOCX file to write in: real headings, tables with repeated header rows, page numbers and links."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from itertools import count

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from hub.model.message import Code, Link, Strong
from hub.report.audit.blocks import (
    SYMBOLS,
    Badge,
    Blank,
    Block,
    Document,
    Inline,
    Items,
    Map,
    Paragraph,
    Reference,
    Section,
    Table,
    Words,
    is_blank,
)
from hub.report.audit.render import UNPRINTABLE
from hub.report.text import safe_url

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = Cm(21), Cm(29.7), Cm(1.6)
TEXT_WIDTH = Length(PAGE_WIDTH - 2 * MARGIN)
COLORS = {"good": "1A6B35", "warn": "8A5300", "bad": "B3261E", "dim": "556074"}
LINK_COLOR, HEAD_COLOR = "1F5FB4", "E9EDF3"
# Room to write in, where a row has a blank cell.
BLANK_HEIGHT = Cm(1.1)
TOTAL_WIDTH = 24


def render_docx(document: Document, created: datetime) -> bytes:
    """The file; nothing in it depends on the machine. Maps are left out."""
    writer = _Writer(docx.Document())
    writer.set_up(document.title, created)
    writer.heading(document.title, 0, "top")
    for words in document.lead:
        writer.paragraph(words)
    for section in document.sections:
        writer.section(section, 1)
    file = BytesIO()
    writer.document.save(file)
    return file.getvalue()


class _Writer:
    """Adds the parts of one document; bookmarks are numbered as they come."""

    def __init__(self, document: WordDocument) -> None:
        self.document = document
        self._numbers = count(1)

    def set_up(self, title: str, created: datetime) -> None:
        """Paper, fonts, the running title and the page numbers."""
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = _clean(title), "Alignment Hub", ""
        properties.created = properties.modified = created.replace(tzinfo=None)
        for name, size in {"Normal": 9, "Title": 18, "Heading 1": 13, "Heading 2": 11, "Heading 3": 10}.items():
            _set_font(self.document.styles[name], Pt(size))
        page = self.document.sections[0]
        page.page_width, page.page_height = PAGE_WIDTH, PAGE_HEIGHT
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
        page.header_distance = page.footer_distance = Cm(0.8)
        page.different_first_page_header_footer = True
        page.header.paragraphs[0].add_run(_clean(title)).font.size = Pt(8)
        for footer in (page.footer, page.first_page_footer):
            paragraph = footer.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for words, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
                paragraph.add_run(words).font.size = Pt(8)
                _add_field(paragraph, field)

    def heading(self, text: str, level: int, anchor: str) -> None:
        """A heading that links can lead to."""
        made = self.document.add_heading(_clean(text), level)
        made.paragraph_format.space_before = Pt(8 if level else 0)
        made.paragraph_format.page_break_before = anchor == "dependencies"
        self._bookmark(made, anchor)

    def paragraph(self, words: Words, style: str | None = None, *, note: bool = False) -> None:
        """A line of words."""
        paragraph = self.document.add_paragraph(style=style)
        _add_words(paragraph, words, note=note)

    def section(self, section: Section, level: int) -> None:
        """A heading with its content."""
        self.heading(section.title, min(level, 3), section.anchor)
        for block in section.blocks:
            self._block(block)
        for part in section.sections:
            self.section(part, level + 1)
        self._more(section.more)

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self.paragraph(block.words, note=block.note)
        elif isinstance(block, Items):
            for words in block.items:
                self.paragraph(words, "List Number" if block.numbered else "List Bullet")
            self._more(block.more)
        else:
            self._table(block.table if isinstance(block, Map) else block)

    def _more(self, words: Words) -> None:
        if words:
            self.paragraph(words, note=True)

    def _table(self, table: Table) -> None:
        made = self.document.add_table(1, len(table.head), style="Table Grid")
        made.autofit = False
        made._tblPr.append(_element("w:tblCaption", {"w:val": _clean(table.caption)}))  # noqa: SLF001  read aloud
        widths = [Length(TEXT_WIDTH * part // TOTAL_WIDTH) for part in table.widths or _even(len(table.head))]
        head = made.rows[0]
        _mark_row(head, "w:cantSplit")
        _mark_row(head, "w:tblHeader")
        for place, (cell, name) in enumerate(zip(head.cells, table.head, strict=True)):
            _shade(cell)
            _add_words(cell.paragraphs[0], (Strong(name),))
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT if place in table.numeric else None
        for anchor, row in zip(_anchors(table), table.rows, strict=False):
            self._row(made.add_row(), row, table.numeric, anchor)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width
        self._more(table.more)
        gap = self.document.add_paragraph()
        gap.paragraph_format.space_after, gap.paragraph_format.line_spacing = Pt(0), Pt(6)

    def _row(self, made: _Row, row: Sequence[tuple[Words, ...]], numeric: Sequence[int], anchor: str) -> None:
        _mark_row(made, "w:cantSplit")
        cells = made.cells
        for place, (cell, lines) in enumerate(zip(cells, row, strict=True)):
            paragraphs = [cell.paragraphs[0], *(cell.add_paragraph() for _ in lines[1:])]
            for paragraph, words in zip(paragraphs, lines, strict=False):
                _add_words(paragraph, words)
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if place in numeric else None
        if any(is_blank(words) for lines in row for words in lines):
            made.height = BLANK_HEIGHT
        if anchor:
            self._bookmark(cells[0].paragraphs[0], anchor)

    def _bookmark(self, paragraph: WordParagraph, anchor: str) -> None:
        number = str(next(self._numbers))
        start = _element("w:bookmarkStart", {"w:id": number, "w:name": _bookmark_name(anchor)})
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)  # noqa: SLF001  python-docx has no API for it
        paragraph._p.append(_element("w:bookmarkEnd", {"w:id": number}))  # noqa: SLF001


def _anchors(table: Table) -> Iterator[str]:
    yield from table.anchors or ("" for _ in table.rows)


def _even(columns: int) -> tuple[int, ...]:
    return (TOTAL_WIDTH // columns,) * columns


def _clean(text: str) -> str:
    return UNPRINTABLE.sub(" ", text)


def _bookmark_name(anchor: str) -> str:
    return anchor.replace("-", "_")[:40]


def _add_words(paragraph: WordParagraph, words: Words, *, note: bool = False) -> None:
    paragraph.paragraph_format.space_after = Pt(2)
    if is_blank(words):
        return
    for item in words:
        run = _add_inline(paragraph, item)
        if note and run is not None:
            run.font.color.rgb = RGBColor.from_string(COLORS["dim"])


def _add_inline(paragraph: WordParagraph, item: Inline) -> Run | None:
    if isinstance(item, Link | Reference) and (link := _link_element(paragraph, item)) is not None:
        link.append(_link_run(item.text))
        paragraph._p.append(link)  # noqa: SLF001
        return None
    if isinstance(item, Badge):
        run = paragraph.add_run(_clean(f"{SYMBOLS[item.level]} {item.text}".strip()))
        run.font.bold = item.level != "dim"
        run.font.color.rgb = RGBColor.from_string(COLORS[item.level])
        return run
    run = paragraph.add_run(item.text if isinstance(item, Blank) else _clean(item.text))
    run.bold = True if isinstance(item, Strong) else None
    if isinstance(item, Code):
        run.font.name = "Courier New"
    return run


def _link_element(paragraph: WordParagraph, item: Link | Reference) -> BaseOxmlElement | None:
    """To a bookmark of the document or a page; None for what is neither."""
    if item.url.startswith("#"):
        return _element("w:hyperlink", {"w:anchor": _bookmark_name(item.url[1:])})
    url = safe_url(item.url)
    if url is None:
        return None
    return _element(
        "w:hyperlink", {"r:id": paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)}
    )


def _link_run(text: str) -> BaseOxmlElement:
    run, properties = _element("w:r"), _element("w:rPr")
    properties.append(_element("w:color", {"w:val": LINK_COLOR}))
    words = _element("w:t", {"xml:space": "preserve"})
    words.text = _clean(text)
    run.extend((properties, words))
    return run


def _element(name: str, attributes: dict[str, str] | None = None) -> BaseOxmlElement:
    made = OxmlElement(name)
    for key, value in (attributes or {}).items():
        made.set(qn(key), value)
    return made


def _add_field(paragraph: WordParagraph, code: str) -> None:
    """A field that the word processor fills in, with a number for programs that do not."""
    field = _element("w:fldSimple", {"w:instr": code})
    run, properties, words = _element("w:r"), _element("w:rPr"), _element("w:t")
    properties.append(_element("w:sz", {"w:val": "16"}))
    words.text = "1"
    run.extend((properties, words))
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001


def _mark_row(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(_element(name, {"w:val": "true"}))  # noqa: SLF001


def _shade(cell: _Cell) -> None:
    shade = _element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": HEAD_COLOR})
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001


def _set_font(style: object, size: Length) -> None:
    if isinstance(style, ParagraphStyle):
        style.font.name, style.font.size = "Calibri", size
        style.font.color.rgb = RGBColor(0, 0, 0)
