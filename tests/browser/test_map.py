"""The map answers to the pointer and the keyboard, and shows what was asked for without a script, too."""

import re
from typing import Any

from tests.browser.conftest import Stage
from tests.browser.screenshots import Eyes

LIT = "[...document.querySelectorAll('.maps .lit[data-box]')].map((one) => one.querySelector('.id').textContent).sort()"
DIM = "document.querySelectorAll('.maps.pointing').length"


def box(eyes: Eyes, name: str) -> str:
    """The number of the first box of that name."""
    words = (
        f"[...document.querySelectorAll('[data-box]')].find((one) => one.querySelector('.id').textContent === '{name}')"
    )
    return str(eyes.page.evaluate(f"() => {words}.dataset.box"))


def test_pointing_at_a_key_result_lights_up_its_whole_line(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(f"[data-box='{box(desk, 'deploy-safety')}']").hover()
    assert set(desk.page.evaluate(LIT)) == {"deploy-safety", "uptime"}
    lit = desk.page.evaluate("() => document.querySelectorAll('.lit[data-work]').length")
    assert lit == 2
    desk.page.mouse.move(2, 2)
    assert desk.page.evaluate(DIM) == 0


def test_pointing_at_the_organizations_lights_up_all_that_leads_to_it(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(f"[data-box='{box(desk, 'uptime')}']").first.hover()
    assert {"uptime", "deploy-safety", "scale-p99", "first-answer"} <= set(desk.page.evaluate(LIT))
    assert "catalogue-hours" not in desk.page.evaluate(LIT)


def test_the_keyboard_lights_up_the_same_and_escape_ends_it(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    number = box(desk, "deploy-safety")
    desk.page.locator(f"[data-box='{number}'] a").focus()
    assert set(desk.page.evaluate(LIT)) == {"deploy-safety", "uptime"}
    desk.page.keyboard.press("Escape")
    assert desk.page.evaluate(DIM) == 0
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Shift+Tab")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(re.compile("/key-results/deploy-safety$"))


def test_a_private_key_result_can_be_reached_and_is_named_nowhere(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    private = desk.page.locator(".box[tabindex='0']").first
    private.focus()
    assert "a private key result" in desk.page.evaluate(LIT)
    assert "exclusive" not in desk.page.content().casefold()


def test_pointing_at_work_lights_up_every_line_that_it_is_part_of(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.locator(".work a", has_text="CS-2").first.hover()
    lit = set(desk.page.evaluate(LIT))
    assert {"first-answer", "first-episode"} <= lit


def test_a_filter_shows_one_team_and_says_so_in_the_address(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.get_by_label("Team", exact=True).select_option("platform")
    desk.page.get_by_role("button", name="Show").click()
    desk.page.wait_for_url(re.compile("team=platform"))
    names = desk.page.locator(".maps .lane").all_text_contents()
    assert any("Platform" in name for name in names)
    assert not any("Sales" in name for name in names)


def test_a_filter_by_rule_shows_what_the_rule_is_about(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/?rule=unbacked-share")
    names = set(desk.page.locator(".maps .id").all_text_contents())
    assert names == {"incident-time"}


def test_the_map_and_its_filter_need_no_script(desk: Eyes, acme: Stage) -> None:
    browser = desk.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{acme.url}/?severity=error")
    assert page.locator(".maps svg.map").count() >= 1
    page.get_by_role("link", name="Show everything").click()
    page.locator("summary", has_text="The map as a table").click()
    assert page.get_by_role("table").is_visible()
    context.close()


def test_the_skip_link_leads_past_the_ways_to_other_pages(desk: Eyes, acme: Stage) -> None:
    desk.open(acme.url)
    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("document.activeElement.id") == "content"


def test_a_phone_shows_the_same_as_words_from_the_start(browser: Any, acme: Stage) -> None:
    with Eyes.of(browser, "phone") as hand:
        hand.open(f"{acme.url}/?team=platform")
        assert hand.page.get_by_role("table", name="The alignment map as a table").is_visible()
        told = hand.page.locator(".as-table").inner_text()
        assert "deploy-safety" in told
        assert "uptime (direct)" in told
