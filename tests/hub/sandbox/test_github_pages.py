"""The pages of the sandbox GitHub as a person opens them in a browser."""

from collections.abc import Iterator

import httpx
import pytest

from hub.sandbox.github.site import BOT
from tests.hub.sandbox.github_site import a_site, served
from tests.sandbox_support.apps import GitHubSandbox, github_app

PAGE = "/acme/app/issues/12"


@pytest.fixture
def sandbox() -> GitHubSandbox:
    return github_app(a_site())


@pytest.fixture
def browser(sandbox: GitHubSandbox) -> Iterator[httpx.Client]:
    with served(sandbox, token="") as client:
        client.headers.pop("authorization")
        yield client


def test_a_ticket_s_page_shows_what_an_engineer_sees(browser: httpx.Client) -> None:
    page = browser.get(PAGE).text
    for seen in ("Launch &lt;b&gt;it&lt;/b&gt;", "kr-dau", "In Progress", "Sprint 1", "acme/app#3", "Hello", "Q4"):
        assert seen in page


def test_the_hidden_mark_of_a_comment_is_not_seen(sandbox: GitHubSandbox, browser: httpx.Client) -> None:
    body = "<!-- alignment-hub:v1 acme/acme/app#12 -->\n### Nothing names a key result\n\n**error**: add `kr-dau`"
    sandbox.site.add_comment("acme/app#12", body, BOT)
    page = browser.get(PAGE).text
    assert "alignment-hub:v1" not in page
    assert "<h3>Nothing names a key result</h3>" in page
    assert "<strong>error</strong>: add <code>kr-dau</code>" in page


def test_markup_of_other_people_takes_no_effect(sandbox: GitHubSandbox, browser: httpx.Client) -> None:
    evil = "<script>alert(1)</script>\n\na <img src=x onerror=y> [x](javascript:alert(1)) ![pic](http://x.test/p)"
    sandbox.site.add_comment("acme/app#12", evil)
    page = browser.get(PAGE).text
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_a_person_adds_and_removes_a_label_on_the_page(sandbox: GitHubSandbox, browser: httpx.Client) -> None:
    assert browser.post(f"{PAGE}/labels", data={"add": " okr-exempt "}).headers["location"] == PAGE
    browser.post(f"{PAGE}/labels", data={"remove": "kr-dau"})
    assert list(sandbox.site.issue("acme/app#12").labels) == ["okr-exempt"]
    assert sandbox.site.snapshot()["issues"]["acme/app#12"]["labels"] == ["okr-exempt"]


def test_the_index_lists_every_ticket(browser: httpx.Client) -> None:
    page = browser.get("/").text
    for seen in ("4 of 4", "acme/app#12", "Parent", 'href="/acme/app/issues/4"'):
        assert seen in page
    assert browser.get("/acme/app/issues/99").status_code == 404
