"""The map answers to the pointer and the keyboard, and shows what was asked for without a script, too."""

import re
from typing import Any

import pytest

from tests.browser.conftest import Stage
from tests.browser.screenshots import PATIENCE, Eyes

LIT = "[...document.querySelectorAll('.map-sheet .lit[data-box]')].map((one) => one.querySelector('title').textContent)"
DIM = "document.querySelectorAll('.map-sheet.pointing').length"
FIVE = ".counts-first a"


def box(eyes: Eyes, name: str) -> str:
    """The number of the box of that key result."""
    first = "one.querySelector('title').textContent.split(':')[0]"
    words = f"[...document.querySelectorAll('[data-box]')].find((one) => {first} === '{name}')"
    return str(eyes.page.evaluate(f"() => {words}.dataset.box"))


def lit(eyes: Eyes) -> set[str]:
    """The ids of the boxes that are highlighted."""
    return {str(title).partition(":")[0] for title in eyes.page.evaluate(LIT)}


def unfaded(eyes: Eyes) -> set[str]:
    """The ids of the boxes that a filter keeps."""
    titles = eyes.page.locator(".map-sheet .box:not(.faded) > a > title, .map-sheet .box:not(.faded) > title")
    return {text.partition(":")[0] for text in titles.all_text_contents()}


def test_pointing_at_a_key_result_lights_up_its_whole_line(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(f"[data-box='{box(desk, 'deploy-safety')}']").hover()
    assert lit(desk) == {"deploy-safety", "uptime"}
    assert desk.page.evaluate("() => document.querySelectorAll('.lit[data-work]').length") == 2
    desk.page.mouse.move(2, 2)
    assert desk.page.evaluate(DIM) == 0


def test_pointing_at_the_organizations_lights_up_all_that_is_linked_to_it(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(f"[data-box='{box(desk, 'uptime')}'] .title").first.hover()
    assert {"uptime", "deploy-safety", "scale-p99", "first-answer"} <= lit(desk)
    assert "catalogue-hours" not in lit(desk)


def test_the_keyboard_lights_up_the_same_and_escape_ends_it(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(f"[data-box='{box(desk, 'deploy-safety')}'] a").focus()
    assert lit(desk) == {"deploy-safety", "uptime"}
    desk.page.keyboard.press("Escape")
    assert desk.page.evaluate(DIM) == 0
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Shift+Tab")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(re.compile("/key-results/deploy-safety$"))


def test_the_keyboard_goes_from_each_goal_to_its_teams_and_their_work(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    order = desk.page.evaluate(
        "() => [...document.querySelectorAll('.map-sheet a')].map((a) => a.getAttribute('href'))"
    )
    first = [
        order.index(address) for address in ("/key-results/revenue", "/teams/sales", "/key-results/pipeline-value")
    ]
    assert first == sorted(first)
    assert order.index("/tickets/jira/GTM-1") < order.index("/teams/success")
    assert order.index("/teams/success") < order.index("/key-results/net-retention")


def test_a_private_key_result_can_be_reached_and_is_named_nowhere(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(".box[tabindex='0']").first.focus()
    assert "a private key result" in lit(desk)
    assert "exclusive" not in desk.page.content().casefold()
    assert "heron" not in desk.page.content().casefold()


def test_pointing_at_work_lights_up_every_line_that_it_is_part_of(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(".work a", has_text="CS-2").first.hover()
    assert {"first-answer", "first-episode"} <= lit(desk)


def test_questions_and_figures_come_before_the_map_and_are_links(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    questions = desk.page.locator(".first ol > li")
    assert questions.count() == 3
    assert all(question.locator("a").count() for question in questions.all())
    places = [desk.page.locator(each).first.bounding_box() for each in (".first", FIVE, "form.filter", ".map-sheet")]
    tops = [place["y"] for place in places if place]
    assert tops == sorted(tops)
    assert len(tops) == 4
    assert tops[3] < 900


def test_each_figure_is_what_its_page_lists(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    figures = [(a.locator("strong").inner_text(), a.get_attribute("href")) for a in desk.page.locator(FIVE).all()]
    assert len(figures) == 5
    for number, address in figures:
        desk.open(f"{acme.url}{address}")
        if str(address).startswith("/map/"):
            listed = desk.page.locator("tbody tr").count()
            assert re.sub(r"\D", "", number) == str(listed)
    bad = desk.page.locator(".counts-first .bad").count()
    desk.open(acme.url)
    assert desk.page.locator(".counts-first .bad").count() >= bad


def test_a_filter_fades_all_but_one_team_and_says_so_in_the_address(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    before = desk.page.locator(".map-sheet .box").count()
    desk.page.get_by_label("Team", exact=True).focus()
    desk.page.get_by_label("Team", exact=True).select_option("platform")
    desk.page.wait_for_url(re.compile("team=platform"))
    desk.page.locator(".map-sheet .box.faded").first.wait_for(state="attached")
    assert desk.page.locator(".map-sheet .box").count() == before
    assert {"deploy-safety", "scale-p99", "uptime"} <= unfaded(desk)
    assert "pipeline-value" not in unfaded(desk)
    assert desk.page.evaluate("document.activeElement.id") == "team"
    desk.page.go_back()
    desk.page.locator(".map-sheet .box.faded").first.wait_for(state="detached")
    assert desk.page.get_by_label("Team", exact=True).input_value() == ""


def test_words_keep_what_holds_them(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.get_by_label("Words").fill("licensed hours")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(re.compile(r"text=licensed"))
    desk.page.get_by_role("link", name="Go to the first match").wait_for()
    assert unfaded(desk) == {"catalogue-hours", "revenue"}
    desk.page.get_by_role("link", name="Show everything").click()
    desk.page.locator(".map-sheet .box.faded").first.wait_for(state="detached")


def test_a_filter_by_rule_keeps_what_the_rule_is_about(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/?rule=unbacked-share")
    assert unfaded(desk) == {"incident-time"}


def test_the_map_and_its_filter_need_no_script(desk: Eyes, acme: Stage, crowd: Stage) -> None:
    browser = desk.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{acme.url}/?severity=error")
    assert page.locator(".map-sheet svg.map").count() == 1
    assert page.locator(".map-sheet .box.faded").count() > 0
    page.get_by_role("link", name="Show everything").click()
    assert page.get_by_role("table", name="The alignment map as a table").is_visible()
    assert "As of" in page.locator(".as-of").inner_text()
    page.goto(crowd.url)
    fold = page.locator(".map-sheet .fold a").nth(60)
    name = fold.get_attribute("id")
    fold.click()
    page.wait_for_url(re.compile(f"open=.*#{name}"))
    place = page.locator(f"#{name}").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < 720
    assert page.locator(".map-sheet .box.key-result").count() > 0
    context.close()


def test_twenty_thousand_tickets_are_one_sheet_that_opens_without_losing_the_place(desk: Eyes, crowd: Stage) -> None:
    desk.open(crowd.url)
    assert desk.page.locator(".map-sheet svg.map").count() == 1
    assert desk.page.locator(".map-sheet .box.organization").count() == 200
    fold = desk.page.locator(".map-sheet .fold a").nth(100)
    fold.scroll_into_view_if_needed()
    name, before = fold.get_attribute("id"), fold.bounding_box()
    fold.click()
    desk.page.locator(f"#{name}[aria-expanded=true]").wait_for()
    after = desk.page.locator(f"#{name}").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2
    assert desk.page.evaluate("document.activeElement.id") == name
    assert desk.page.locator(".map-sheet .box.organization").count() == 200
    assert desk.page.locator(".map-sheet .box.key-result").count() > 0
    assert "open=" in desk.page.url
    desk.page.keyboard.press("Enter")
    desk.page.locator(f"#{name}[aria-expanded=false]").wait_for()
    assert desk.page.locator(".map-sheet .box.key-result").count() == 0
    assert desk.troubles == []


@pytest.mark.parametrize("address", ["/", "/?team=team-007", "/?open=org-00-1,org-00-0"])
def test_no_text_of_the_sheet_reaches_beyond_its_box(desk: Eyes, crowd: Stage, acme: Stage, address: str) -> None:
    for stage in (acme, crowd):
        desk.open(f"{stage.url}{address}")
        wide = desk.page.evaluate(
            """() => [...document.querySelectorAll('.map-sheet .box, .map-sheet .fold')].filter((box) => {
              const card = box.querySelector('.card').getBoundingClientRect();
              return [...box.querySelectorAll('text:not(.badge text)')].some((text) => {
                const place = text.getBoundingClientRect();
                return place.right > card.right + 1 || place.bottom > card.bottom + 1;
              });
            }).map((box) => box.textContent)"""
        )
        assert wide == []


def test_the_skip_link_leads_past_the_ways_to_other_pages(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("document.activeElement.id") == "content"


def test_the_age_of_the_data_is_told(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    told = desk.page.locator(".as-of").inner_text()
    # By the hub's clock: the example's runs weeks behind the browser's.
    assert re.search(r"As of \d+ \w+ \d{4}, \d\d:\d\d UTC, [\d,]+ minutes? old", told)


def test_a_phone_shows_the_same_as_words_before_the_drawing(browser: Any, acme: Stage, crowd: Stage) -> None:
    with Eyes.of(browser, "phone") as hand:
        hand.open(f"{acme.url}/?team=platform")
        table = hand.page.get_by_role("table", name="The alignment map as a table")
        assert table.is_visible()
        told = table.inner_text()
        assert "Under 2 % of releases rolled back" in told
        assert "direct, 50 %" in told
        words, drawing = table.bounding_box(), hand.page.locator(".map-sheet").bounding_box()
        assert words is not None
        assert drawing is not None
        assert words["y"] + words["height"] < drawing["y"]
        assert drawing["height"] > 200
        for address in (acme.url, crowd.url, f"{crowd.url}/?open=org-00-1"):
            hand.open(address)
            assert hand.overflow() == 0


def test_the_dark_map_of_a_large_organization_is_open_to_everybody(browser: Any, crowd: Stage) -> None:
    with Eyes.of(browser, "dark") as eyes:
        eyes.open(f"{crowd.url}/?team=team-007")
        assert (eyes.violations(), eyes.troubles) == ([], [])
