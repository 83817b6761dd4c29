"""Findings can be narrowed down, and a waiver copied, with the keyboard as with the pointer."""

import re
import tomllib

from tests.browser.conftest import Stage
from tests.browser.screenshots import Eyes


def test_a_search_leaves_what_holds_the_words(desk: Eyes, acme: Stage) -> None:
    desk.open(f"{acme.url}/findings")
    before = desk.page.locator(".findings > li").count()
    desk.page.get_by_label("Words").fill("launch-dua")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(re.compile("text=launch-dua"))
    assert 0 < desk.page.locator(".findings > li").count() < before


def test_a_waiver_is_ready_to_be_pasted(desk: Eyes, acme: Stage) -> None:
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open(f"{acme.url}/findings?rule=unbacked-share")
    desk.page.locator("summary").first.press("Enter")
    desk.page.get_by_role("button", name="Copy").first.click()
    desk.page.get_by_role("button", name="Copied").wait_for()
    pasted = desk.page.evaluate("() => navigator.clipboard.readText()")
    (waiver,) = tomllib.loads(pasted)["waivers"]
    assert (waiver["rule"], set(waiver)) == ("unbacked-share", {"rule", "subject", "reason", "owner", "until"})
