"""The audit on paper: nothing that people write takes effect, nothing private is named, in any form."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from hub.core.checking.check import check
from hub.core.insight.audit.audit import Audit, Source
from hub.core.insight.audit.build import build_audit
from hub.model.finding import Waiver
from hub.model.okr import Alignment, KeyResult, LinkState, Need, Okrs, Visibility
from hub.report.audit.document import build_document
from hub.report.audit.render import escape, markdown_lines, render_html, style_sheet, text_lines
from hub.report.audit.word import render_docx
from hub.report.map.layout import layout_map
from hub.report.map.nodes import MapPage
from hub.report.map.svg import map_svg
from hub.report.run_json import audit_document
from rules.registry import ALL_RULES
from tests.builders import TODAY, a_key_result, a_portfolio, a_team, acme_okrs, an_initiative, an_objective

NASTY = "</text></svg></style><script>alert(1)</script> @all [x](javascript:alert(1)) `|* ]]> & \x1b[31m \u202e"
VOID = {"meta", "link", "br", "col"}
SECRET = ("zebra-deal", "Purchase of Zebra Ltd")


class Strict(HTMLParser):
    """Notes every element and address, and fails where a tag does not end the one that is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def goals() -> Okrs:
    nasty = a_key_result("speed-up", "adoption", title=NASTY, aligns_to=(Alignment("p99", state=LinkState.PROPOSED),))
    secret = KeyResult(
        SECRET[0],
        SECRET[1],
        "speed",
        "2026-Q4",
        target=77_123,
        visibility=Visibility.PRIVATE,
        aligns_to=(Alignment("revenue"), Alignment("nowhere")),
        depends_on=(Need("product", "dau", state=LinkState.PROPOSED),),
    )
    made = acme_okrs(
        teams=(a_team("product", "jira:ACME", name=NASTY), a_team("platform", "github:acme/app")),
        objectives=(
            an_objective("growth", title=NASTY),
            an_objective("adoption", "product"),
            an_objective("speed", "platform"),
            an_objective("both", "product", "platform", title=NASTY),
        ),
    )
    under = replace(made.objectives["speed"], key_results=("p99", secret.id))
    more = replace(made.objectives["adoption"], key_results=("dau", nasty.id))
    return replace(
        made,
        key_results={**made.key_results, nasty.id: nasty, secret.id: secret},
        objectives={**made.objectives, "speed": under, "adoption": more},
    )


def everything() -> tuple[Audit, tuple[MapPage, ...]]:
    portfolio = a_portfolio(
        an_initiative("jira:ACME-1", title=NASTY, serves="speed-up"),
        an_initiative("jira:ACME-2", title=NASTY, url="javascript:alert(1)"),
        an_initiative("jira:ACME-3", title=f"About the {SECRET[1]}", serves="dau"),
        an_initiative("github:acme/app#1", title="The zebra papers", serves=SECRET[0]),
        okrs=goals(),
    )
    waivers = (Waiver("stale-key-result", SECRET[0], f"{NASTY} {SECRET[0]}", "cfo", TODAY),)
    judgement = check(portfolio, ALL_RULES, {}, waivers)
    sources = [Source("jira", datetime(2026, 11, 16, tzinfo=UTC), 3)]
    return build_audit(portfolio, judgement, waivers, sources), layout_map(portfolio)


def forms() -> dict[str, str]:
    made, sheets = everything()
    printed = build_document(made, sheets)
    return {
        "text": "\n".join(line.text for line in text_lines(printed)),
        "markdown": "\n".join(markdown_lines(printed)),
        "html": render_html(printed, sheets),
        "json": json.dumps(audit_document(made)),
        "docx": docx_text(render_docx(build_document(made), READ)),
    }


READ = datetime(2026, 11, 16, tzinfo=UTC)
FORMS = ("text", "markdown", "html", "json", "docx")


def docx_text(content: bytes) -> str:
    """All parts of the file, as they are in it."""
    with ZipFile(BytesIO(content)) as file:
        return unescape(
            "\n".join(file.read(name).decode() for name in file.namelist() if name.endswith((".xml", ".rels")))
        )


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    return forms()


@pytest.mark.parametrize("form", FORMS)
def test_no_form_names_a_private_key_result(form: str, printed: dict[str, str]) -> None:
    said = printed[form].casefold()
    for word in (*SECRET, "zebra", "77,123", "77123"):
        assert word.casefold() not in said
    assert "a private key result" in said


def test_the_page_is_well_formed_and_takes_nothing_from_elsewhere(printed: dict[str, str]) -> None:
    parser = Strict()
    parser.feed(printed["html"])
    parser.close()
    assert parser.open == []
    assert "script" not in parser.tags
    assert parser.handlers == []
    assert {address.partition(":")[0] for address in parser.addresses if not address.startswith("#")} == {
        "https",
        "data",
    }
    assert len(parser.ids) == len(set(parser.ids))
    assert {address[1:] for address in parser.addresses if address.startswith("#")} <= set(parser.ids)
    assert not re.search(r"url\(|@import", printed["html"])


def test_the_page_has_landmarks_headings_and_named_tables(printed: dict[str, str]) -> None:
    parser = Strict()
    parser.feed(printed["html"])
    assert {"header", "nav", "main"} <= set(parser.tags)
    assert parser.tags.count("h1") == parser.tags.count("main") == 1
    assert parser.tags.count("caption") == parser.tags.count("table") > 5
    levels = [int(tag[1]) for tag in parser.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_is_xml_with_all_texts_escaped() -> None:
    _, sheets = everything()
    for sheet in sheets:
        drawn = map_svg(sheet, len(sheets))
        root = ET.fromstring(drawn)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "g", "rect", "text", "path", "line", "a", "title", "tspan"}
        assert "</style><script>" in "".join(root.itertext())


def test_markdown_starts_no_markup_of_other_people(printed: dict[str, str]) -> None:
    said = printed["markdown"]
    assert "<script" not in said
    assert "](javascript" not in said
    assert "@all" not in said
    assert "\x1b" not in said
    rows = [line for line in said.splitlines() if line.startswith("| ")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) > 2 for row in rows)


@pytest.mark.parametrize(
    "text", ["# head", "- item", "1. one", "a | b", "<b>", "*x*", "[x](y)", "~~x~~", "https://a.b"]
)
def test_escaped_markdown_reads_as_it_was_written(text: str) -> None:
    markdown = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False})
    shown = markdown.render(escape(text))
    assert re.sub(r"</?p>|\n", "", shown) == text.replace("<", "&lt;").replace(">", "&gt;")


def test_text_holds_nothing_that_a_terminal_acts_on(printed: dict[str, str]) -> None:
    assert "\x1b" not in printed["text"]


def test_json_keeps_its_first_level_of_keys(printed: dict[str, str]) -> None:
    found = json.loads(printed["json"])
    head = "audit today cycle sources questions dependencies first second shared exempt waivers limitations"
    assert list(found) == [*head.split(), "other_findings", "counts", "unposted", "synced"]
    assert {"key_result", "owners", "contributors", "total", "shares_add_up", "targets", "findings"} <= set(
        found["first"][0]
    )


def test_the_running_title_ends_no_string_of_the_style_sheet() -> None:
    rules = style_sheet('Audit "; } </style>\\ é')
    assert "</style" not in rules
    assert 'content: "Audit \\22 \\3b  \\7d  \\3c \\2f style\\3e \\5c  é";' in rules


def test_the_page_refers_to_a_style_sheet_where_its_own_is_not_allowed() -> None:
    made, sheets = everything()
    page = render_html(build_document(made, sheets), sheets, "/audit/print.css")
    assert '<link rel="stylesheet" href="/audit/print.css">' in page
    assert "<style" not in page
    assert "unsafe-inline" not in page
