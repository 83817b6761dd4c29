"""Every page opens at a desk, on a phone and in the dark, without a complaint of the browser or of axe."""

import pytest

from hub.web.app import LIVE, PAGES
from tests.browser.conftest import Stage
from tests.browser.page_visits import CROWDED, UNKNOWN, VISITS
from tests.browser.screenshots import MOST_BYTES, Eyes

TEMPLATES = sorted({path for path, _ in (*PAGES, *LIVE)})


def test_every_page_has_an_address_to_look_at() -> None:
    assert [path for path in TEMPLATES if not VISITS.get(path)] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_page_opens_and_nobody_is_shut_out(template: str, eyes: Eyes, acme: Stage) -> None:
    for address in VISITS.get(template, ()):
        status, _ = eyes.open(acme.url + address)
        eyes.unfold()
        expected = 404 if address in UNKNOWN else 200
        # Chromium itself says on the console that a page was not found.
        troubles = [trouble for trouble in eyes.troubles if not (expected == 404 and "404" in trouble)]
        seen = (address, status, troubles, eyes.violations(), max(0, eyes.overflow()))
        assert seen == (address, expected, [], [], 0)
        eyes.troubles.clear()


def test_every_page_of_twenty_thousand_tickets_opens_and_is_small(desk: Eyes, crowd: Stage) -> None:
    seen = {}
    for address in CROWDED:
        status, size = desk.open(crowd.url + address)
        seen[address] = (status, size if size > MOST_BYTES else "small", desk.overflow())
    assert seen == dict.fromkeys(CROWDED, (200, "small", 0))
    assert desk.troubles == []


def test_a_crowded_page_is_as_open_to_everybody_as_a_small_one(desk: Eyes, crowd: Stage) -> None:
    desk.open(crowd.url)
    assert desk.violations() == []
