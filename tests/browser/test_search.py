"""The search box: on every page, from the keyboard, without a script, on a phone; and what it finds among many."""

import re
from typing import Any

from hub.web.app import LIVE, PAGES
from tests.browser.conftest import Stage
from tests.browser.page_visits import VISITS
from tests.browser.screenshots import Eyes

FOCUSED = "document.activeElement.id"


def search(eyes: Eyes, words: str) -> None:
    eyes.page.get_by_role("search").get_by_role("searchbox").fill(words)
    with eyes.page.expect_navigation(url=re.compile(r"/search\?q=")):
        eyes.page.keyboard.press("Enter")


def test_every_page_has_the_search_box(desk: Eyes, acme: Stage) -> None:
    for path, _ in (*PAGES, *LIVE):
        desk.open(acme.url + VISITS[path][0])
        assert desk.page.get_by_role("search").get_by_role("searchbox").count() == 1, path


def test_a_slash_goes_to_the_box_and_escape_leads_back(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/rules")
    link = desk.page.get_by_role("link", name="split-goal")
    link.focus()
    desk.page.keyboard.press("/")
    assert desk.page.evaluate(FOCUSED) == "search"
    desk.page.keyboard.type("a/b")
    assert desk.page.locator("#search").input_value() == "a/b"
    desk.page.keyboard.press("Escape")
    assert desk.page.evaluate("document.activeElement.textContent") == "split-goal"
    assert desk.troubles == []


def test_a_slash_in_another_field_is_a_letter(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/tickets")
    desk.page.get_by_label("Words").focus()
    desk.page.keyboard.type("acme/app")
    assert desk.page.get_by_label("Words").input_value() == "acme/app"
    desk.page.get_by_label("Team").focus()
    desk.page.keyboard.press("/")
    assert desk.page.evaluate(FOCUSED) == "team"


def test_results_are_grouped_and_each_number_leads_to_its_list(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("platform")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(re.compile("/search"))
    assert desk.page.locator("#search").input_value() == "platform"
    headings = desk.page.locator("h2").all_inner_texts()
    assert headings[0].startswith("Teams")
    number = int(desk.page.locator("h2", has_text="Tickets").locator("a").get_attribute("data-count") or 0)
    desk.page.locator("h2", has_text="Tickets").locator("a").click()
    desk.page.wait_for_url(re.compile("/tickets"))
    assert desk.page.locator("[data-row]").count() == number > 10


def test_a_key_leads_to_its_ticket_and_a_title_to_its_key_result(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    search(desk, "acme-7")
    desk.page.locator(".matches a").first.click()
    desk.page.wait_for_url(re.compile("/tickets/jira/ACME-7$"))
    search(desk, "Net Promoter")
    desk.page.get_by_role("link", name="A Net Promoter Score of 35").click()
    desk.page.wait_for_url(re.compile("/key-results/launch-nps$"))


def test_a_typing_error_shows_what_was_meant_and_says_so(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    search(desk, "plaftorm")
    assert (
        "Nothing matches “plaftorm”. These match platform"
        in desk.page.locator("main").get_by_role("status").inner_text()
    )
    assert desk.page.locator(".matches a").count() > 3


def test_search_and_lists_need_no_script(desk: Eyes, acme: Stage) -> None:
    browser: Any = desk.page.context.browser
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(acme.url)
    page.locator("#search").fill("import")
    page.locator("#search").press("Enter")
    page.wait_for_url(re.compile("/search"))
    page.locator("h2", has_text="Tickets").locator("a").click()
    page.get_by_role("link", name="Title", exact=True).click()
    page.wait_for_url(re.compile("sort=title"))
    titles = page.locator("tbody th").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)
    assert len(titles) > 2
    context.close()


def test_a_private_key_result_is_not_found(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/search?q=exclusive")
    assert "Nothing matches" in desk.page.locator("main").inner_text()


def test_a_ticket_among_twenty_thousand_is_the_first_result(desk: Eyes, crowd: Stage) -> None:
    desk.open(crowd.url)
    search(desk, "p123-7")
    assert desk.page.locator(".matches .key").first.inner_text() == "P123-7"
    search(desk, "migration invoice")
    number = int(desk.page.locator("h2", has_text="Tickets").locator("a").get_attribute("data-count") or 0)
    desk.page.locator("h2", has_text="Tickets").locator("a").click()
    desk.page.wait_for_url(re.compile("/tickets"))
    assert f"{number:,} tickets of 20,000" in desk.page.locator("main").get_by_role("status").inner_text()
    assert number > 50


def test_the_search_page_is_open_to_everybody_among_twenty_thousand(eyes: Eyes, crowd: Stage) -> None:
    eyes.open(f"{crowd.url}/search?q=migration")
    assert (eyes.violations(), eyes.overflow(), eyes.troubles) == ([], 0, [])
