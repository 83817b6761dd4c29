"""Open pages show what a run found without being loaded again, and leave alone what a reader is doing there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub.model.service_state import CurrentRun, FinishedRun, RunProgress, RunRequest, SchedulerState
from hub.sandbox.server import serve
from hub.usecases.assess import StoredState
from hub.web.app import make_app
from hub.web.snapshot_cache import LoopbackAuth, SnapshotCache, WebDependencies
from tests.browser.screenshots import Eyes
from tests.builders import an_initiative
from tests.end_to_end.serving import serving, until
from tests.end_to_end.workspace import desk_in
from tests.hub.web.auth.sites import visited
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, a_run, anew, read_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

JIRA = RunRequest(frozenset({"jira"}))
MANY = [an_initiative(f"jira:ACME-{number}", title=f"Ticket {number}") for number in range(1, 60)]
TOKEN = "viewer-token-of-acme"


@dataclass
class Site:
    """A site whose tickets and scheduler a test changes while somebody reads."""

    source: FakeSnapshotSource = field(
        default_factory=lambda: FakeSnapshotSource(remembered=StoredState(read_of(*MANY), runs=(a_run(7),)))
    )
    state: SchedulerState = field(default_factory=lambda: SchedulerState(NOW))
    url: str = ""

    def __post_init__(self) -> None:
        cache = SnapshotCache(self.source)
        self.parts = WebDependencies(cache, LoopbackAuth(), lambda: NOW, scheduler_state=lambda: self.state)

    def find(self, *keys: str) -> None:
        """A run ends that found these tickets as well."""
        more = [an_initiative(f"jira:{key}", title=f"New work {key}") for key in keys]
        self.source.remembered = replace(self.source.remembered, sources=read_of(*MANY, *more))
        self.source.number += 1
        anew(self.parts)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    with serve(make_app(made.parts)) as running:
        made.url = running.url
        yield made


@contextmanager
def unloaded(eyes: Eyes) -> Iterator[None]:
    """AssertionError where the page is loaded anew meanwhile."""
    eyes.page.evaluate("() => { window.isTheSame = true }")
    yield
    assert eyes.page.evaluate("() => window.isTheSame") is True


def test_a_page_shows_what_a_run_found_and_keeps_the_readers_place(desk: Eyes, site: Site) -> None:
    desk.open(f"{site.url}/teams/product")
    desk.page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true }")
    link = desk.page.get_by_role("link", name="Ticket 40", exact=True).first
    link.scroll_into_view_if_needed()
    link.focus()
    place, unfolded = desk.page.evaluate("() => [scrollY, document.querySelectorAll('details[open]').length]")
    with unloaded(desk):
        site.find("ACME-0")
        desk.page.get_by_text("New work ACME-0").first.wait_for(state="attached")
    assert "Ticket 40" in desk.page.evaluate("() => document.activeElement.textContent")
    assert desk.page.evaluate("() => document.querySelectorAll('details[open]').length") >= unfolded
    # A row was added above: the browser moves the page along, so that the reader's line stays where it is.
    assert abs(desk.page.evaluate("() => scrollY") - place) < 120
    assert re.fullmatch(r"Updated at \d\d:\d\d UTC", desk.page.locator("#live").inner_text())
    assert (desk.troubles, desk.violations()) == ([], [])


def test_whoever_types_is_left_alone_until_they_are_done(desk: Eyes, site: Site) -> None:
    desk.open(f"{site.url}/findings")
    words = desk.page.locator(
        "#content input[type=search], #content input[type=text], #content input:not([type])"
    ).first
    words.fill("half a wo")
    with unloaded(desk):
        site.find("ACME-101")
        desk.page.get_by_role("link", name="Reload").wait_for()
        assert "ACME-101" not in desk.page.locator("#content").inner_text()
        words.press("End")
        words.press("r")
        words.evaluate("(element) => element.blur()")
        desk.page.get_by_text("Updated at").wait_for()
    assert words.input_value() == "half a wor"


def test_a_session_that_has_ended_is_told_and_nothing_is_loaded_in_a_circle(desk: Eyes) -> None:
    with visited(mode="token", viewer_token=TOKEN) as client:
        url = str(client.base_url)
        desk.open(f"{url}/teams")
        desk.page.get_by_label("Token").fill(TOKEN)
        desk.page.get_by_role("button", name="Sign in").click()
        desk.page.wait_for_url(re.compile("/teams$"))
        requests: list[str] = []
        desk.page.on("request", lambda request: requests.append(request.url))
        with unloaded(desk):
            cookies = {one["name"]: one["value"] for one in desk.page.context.cookies()}  # type: ignore[typeddict-item]
            assert client.post("/sign-out", cookies=cookies).status_code == 303
            desk.page.get_by_text("Your session has ended.").wait_for()
            asked = len(requests)
            desk.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
            desk.page.wait_for_timeout(200)
        assert (len(requests), desk.page.url) == (asked, f"{url}/teams")
        desk.page.get_by_role("link", name="Sign in again").click()
        desk.page.wait_for_url(re.compile(r"/sign-in\?next="))


def test_a_run_is_followed_stage_by_stage_to_its_result(desk: Eyes, site: Site) -> None:
    desk.open(f"{site.url}/runs")
    with unloaded(desk):
        for progress, words in (
            (RunProgress(received=1240), "1,240 received so far"),
            (
                RunProgress(
                    dict.fromkeys(("pull", "observe", "map", "check", "plan"), 0.1), writes=3, planned_writes=1040
                ),
                "3 of 1,040 writes",
            ),
        ):
            site.state = SchedulerState(NOW, current=CurrentRun(JIRA, NOW, 8, progress))
            desk.page.get_by_text(words).wait_for()
            assert desk.violations() == []
        site.state = SchedulerState(
            NOW, last=FinishedRun(JIRA, NOW, NOW, "partial", 8, counts={"errors": 3, "failed": 1})
        )
        desk.page.get_by_role("link", name="Details of run 8").wait_for()
    assert (desk.troubles, desk.violations(), desk.overflow()) == ([], [], 0)


def test_sync_now_shows_the_run_and_its_result_and_other_pages_follow(
    desk: Eyes, browser: "Browser", tmp_path: Path
) -> None:
    with desk_in(tmp_path) as workspace:
        assert workspace.sync().code == 0
        with serving(workspace) as service, Eyes.of(browser, "desktop") as other:
            until(lambda: service.ended)
            next_run = service.ready["last"]["run"] + 1
            other.open(f"{service.url}/tickets/jira/ACME-7")
            workspace.jira.edit("ACME-7", summary="Quite another title")
            desk.open(f"{service.url}/runs")
            desk.page.get_by_role("button", name="Sync now").click()
            with unloaded(other):
                desk.page.locator(f"#run-state a[href='/runs/{next_run}']").wait_for()
                other.page.get_by_text("Quite another title").first.wait_for()
            desk.page.locator(f"#run-state a[href='/runs/{next_run}']").click()
            desk.page.get_by_role("heading", name=f"Run {next_run}").wait_for()
            assert (desk.troubles, other.troubles) == ([], [])


def test_without_a_script_the_button_leads_to_a_page_that_tells_the_state(browser: "Browser", site: Site) -> None:
    site.state = SchedulerState(NOW, requested=True)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/runs")
    assert "Sync requested" in page.inner_text("#run-state")
    site.state = SchedulerState(NOW)
    page.goto(f"{site.url}/runs")
    page.get_by_role("button", name="Sync now").click()
    page.wait_for_url(re.compile("/runs$"))
    assert "No run is in progress" in page.inner_text("#run-state")
    site.state = SchedulerState(NOW, current=CurrentRun(JIRA, NOW, 8, RunProgress()))
    page.reload()
    assert "Reload this page" in page.inner_text("#run-state")
    page.context.close()
