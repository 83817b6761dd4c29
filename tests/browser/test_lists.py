"""Lists are filtered, sorted and downloaded with the keyboard as with the pointer, on a phone as at a desk."""

import csv
import io
import re

from tests.browser.conftest import Stage
from tests.browser.screenshots import Eyes


def column(eyes: Eyes, number: int) -> list[str]:
    return eyes.page.locator(f"tbody tr > :nth-child({number})").all_inner_texts()


def test_filters_stand_in_the_address_and_hold_together(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/tickets")
    desk.page.get_by_label("Team").select_option(label="Platform")
    desk.page.get_by_label("State").select_option("active")
    desk.page.get_by_label("Alignment").select_option("unserved")
    desk.page.get_by_role("button", name="Show").press("Enter")
    desk.page.wait_for_url(re.compile("team=platform"))
    assert {*column(desk, 3)} == {"Platform"}
    assert {*column(desk, 5)} == {"✕ no key result linked"}
    assert desk.page.locator("main").get_by_role("status").inner_text().startswith(f"{len(column(desk, 1))} ticket")
    desk.page.reload()
    assert desk.page.get_by_label("Team").input_value() == "platform"
    desk.page.get_by_label("Finding").select_option("unresolvable-link")
    desk.page.get_by_role("button", name="Show").click()
    desk.page.wait_for_url(re.compile("rule=unresolvable-link"))
    assert "No tickets match the filter." in desk.page.locator("main").inner_text()
    desk.page.get_by_role("link", name="Show all tickets").click()
    desk.page.wait_for_url(re.compile("/tickets$"))


def test_a_header_sorts_by_keyboard_and_says_so_to_screen_readers(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/tickets?state=active")
    desk.page.get_by_role("link", name="Findings", exact=True).last.focus()
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(re.compile("sort=-findings"))
    header = desk.page.locator("th[aria-sort]")
    assert (header.count(), header.get_attribute("aria-sort")) == (1, "descending")
    numbers = [int(text.split()[0]) for text in column(desk, 7)]
    assert numbers == sorted(numbers, reverse=True)
    header.get_by_role("link").click()
    desk.page.wait_for_url(re.compile("sort=findings"))
    assert desk.page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    assert "state=active" in desk.page.url


def test_numbers_stand_under_their_headers_on_the_right(desk: Eyes, acme: Stage) -> None:
    for address in ("/tickets", "/teams", "/key-results", "/rules", "/teams/platform"):
        desk.open(acme.url + address)
        aligned = desk.page.evaluate(
            """() => [...document.querySelectorAll('table')].flatMap((table) => {
              const heads = [...table.querySelectorAll('thead th')];
              return [...table.querySelectorAll('tbody tr')].flatMap((row) => [...row.children]
                .filter((cell, at) => row.children.length === heads.length && cell.classList.contains('number'))
                .map((cell) => [cell, heads[[...row.children].indexOf(cell)]])
                .map(([cell, head]) => `${getComputedStyle(cell).textAlign} ${getComputedStyle(head).textAlign}`));
            })"""
        )
        assert {*aligned} == {"right right"}, address


def test_a_download_holds_what_the_list_shows(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/tickets?team=product&sort=-title")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "tickets.csv"
    text = download.value.path().read_text(encoding="utf-8-sig")
    titles = [row["Title"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert titles == column(desk, 1)


def test_findings_are_grouped_by_their_rule_with_the_title_first(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/findings")
    first = desk.page.locator("section.group").first
    assert first.locator("h2 a").first.inner_text() == "initiative-without-key-result"
    number = int(first.locator("h2 a.count").get_attribute("data-count") or 0)
    assert first.locator("[data-row]").count() == number
    assert first.locator(".about").first.inner_text().startswith("Share sheet shows the old title")
    first.locator("h2 a.count").click()
    desk.page.wait_for_url(re.compile("rule=initiative-without-key-result"))
    assert desk.page.locator("[data-row]").count() == number


def test_the_badge_of_a_key_result_on_the_map_is_the_number_on_its_page(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    boxes = desk.page.evaluate(
        """() => [...document.querySelectorAll('.map-sheet a[href^="/key-results/"]')].map((link) => [
          link.getAttribute('href'), link.querySelector('.badge text')?.textContent ?? '',
        ]).filter(([, badge]) => badge)"""
    )
    assert len(boxes) > 5
    for address, badge in boxes:
        desk.open(acme.url + address)
        assert desk.page.locator("#findings h2 a").get_attribute("data-count") == badge, address


def test_a_phone_keeps_the_title_in_sight_while_the_table_moves(eyes: Eyes, acme: Stage) -> None:
    eyes.open(f"{acme.url}/tickets")
    eyes.page.evaluate("document.querySelector('.list').parentElement.scrollLeft = 400")
    box = eyes.page.locator("tbody th").first.bounding_box()
    assert box is not None
    assert 0 <= box["x"] < 60
    assert eyes.overflow() <= 0
