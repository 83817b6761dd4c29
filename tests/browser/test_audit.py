"""The audit in a browser: to print at A4, to download, and its pictures in the docs."""

import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.pictures import SCALE, Addresses, take
from tests.browser.conftest import Stage
from tests.browser.screenshots import Eyes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PRINTED_WIDTH = 695
FIRST_PAGE_MS = 240_000
TOO_WIDE = (
    "() => [...document.querySelectorAll('table, p, li, h1, h2, h3')]"
    ".filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)"
    ".map((part) => part.textContent.slice(0, 60))"
)
BROKEN_ROWS = "() => [...document.querySelectorAll('tr')].every((row) => getComputedStyle(row).breakInside === 'avoid')"
HEADS = (
    "() => [...document.querySelectorAll('thead')]"
    ".every((head) => getComputedStyle(head).display === 'table-header-group')"
)


def pdf_pages(eyes: Eyes) -> int:
    content = eyes.page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", content))


def test_the_audit_of_acme_prints_on_eight_pages(desk: Eyes, acme: Stage) -> None:
    assert desk.open(f"{acme.url}/audit/print")[0] == 200
    assert 3 < pdf_pages(desk) <= 8
    assert desk.troubles == []


def test_the_audit_of_20000_tickets_stays_bounded(desk: Eyes, crowd: Stage) -> None:
    # The first page of this stage waits for its snapshot to be built.
    desk.page.set_default_timeout(FIRST_PAGE_MS)
    assert desk.open(f"{crowd.url}/audit/print")[0] == 200
    assert pdf_pages(desk) <= 30
    assert "see all on the audit page" in desk.page.inner_text("main")


@pytest.mark.parametrize("name", ["acme", "crowd"])
def test_nothing_is_cut_at_the_edge_of_the_paper_and_no_row_is_broken(
    name: str, desk: Eyes, request: pytest.FixtureRequest
) -> None:
    stage: Stage = request.getfixturevalue(name)
    desk.page.set_default_timeout(FIRST_PAGE_MS)
    desk.page.emulate_media(media="print")
    desk.page.set_viewport_size({"width": PRINTED_WIDTH, "height": 1000})
    desk.open(f"{stage.url}/audit/print")
    assert desk.page.evaluate(TOO_WIDE) == []
    assert desk.page.evaluate(BROKEN_ROWS)
    assert desk.page.evaluate(HEADS)


def test_the_page_offers_the_print_and_the_docx(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/audit")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Download DOCX").click()
    assert download.value.suggested_filename == "audit.docx"
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    desk.page.get_by_role("link", name="Print / PDF").click()
    desk.page.wait_for_url("**/audit/print")
    assert desk.page.get_by_role("heading", level=1).inner_text() == "Connect and Align audit, 2026-Q4"


def test_a_number_of_a_dependency_leads_to_its_row(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/audit?part=second-check")
    desk.page.get_by_role("link", name="D2", exact=True).first.click()
    desk.page.wait_for_url("**/audit#dependency-2")
    assert desk.page.locator("tr:target").inner_text().startswith("D2")


def test_pictures_hold_their_whole_element(browser: "Browser", acme: Stage, tmp_path: Path) -> None:
    pictures = {picture.name: picture for picture in Addresses("http://unused.invalid", acme.url).pictures()}
    for name in ("map", "audit"):
        out = tmp_path / f"{name}.png"
        take(browser, pictures[name], out)
        width, height = struct.unpack(">II", out.read_bytes()[16:24])
        assert 0.8 * pictures[name].width * SCALE < width <= pictures[name].width * SCALE
        assert height > 0.5 * width
