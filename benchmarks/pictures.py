"""The pictures of the docs, taken of the running demo: a ticket, the map, and page one of the audit.

Run: python -m benchmarks.pictures [FOLDER]   (default docs; needs Chromium and playwright)

Each picture holds its whole element at twice the pixels, as wide as the README shows it or a little more.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hub.cli.demo import TODAY, DemoEnvironment, start_environment
from hub.config.settings import load
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.server import serve
from hub.web.app import make_app
from hub.web.snapshot_cache import LoopbackAuth, SnapshotCache, StoreSnapshotSource, WebDependencies
from hub.wiring import clock_of, open_run_context

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[1] / "docs"
SCALE = 2
PATIENCE_MS = 60_000
# Comments link to the pages of a hub that is served.
SERVED = {"HUB_SERVICE__PUBLIC_URL": "http://127.0.0.1:8080"}
FLAGS = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-dev-shm-usage"
A4_WIDTH = 794


@dataclass(frozen=True)
class Picture:
    """What is shown: the element of a page at a width; `parts` alone are kept of it, where not all of it is wanted."""

    name: str
    address: str
    selector: str
    width: int
    parts: Sequence[str] = ()
    media: str = "screen"


@dataclass(frozen=True)
class Addresses:
    """Where the demo's trackers and the hub's pages answer."""

    jira: str
    hub: str

    def pictures(self) -> tuple[Picture, ...]:
        """Every picture of the docs."""
        first_page = ("header", "#session", "#questions", "#glance")
        return (
            Picture("ticket", f"{self.jira}/browse/ACME-5", "body", 860),
            Picture("map", f"{self.hub}/", ".map-drawing", 1000),
            Picture("audit", f"{self.hub}/audit/print", "body", A4_WIDTH, first_page, "print"),
        )


def main(folder: Path = FOLDER) -> None:
    """Take every picture into the folder."""
    with tempfile.TemporaryDirectory() as workspace, start_environment(Path(workspace) / "demo") as demo:
        with open_run_context(load(demo.config, SERVED), mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
            sync(job, run_document)
        with pages_of(demo) as hub, a_browser() as browser:
            for picture in Addresses(demo.jira_url, hub).pictures():
                take(browser, picture, folder / f"{picture.name}.png")
                print(f"{picture.name}.png")


@contextmanager
def pages_of(demo: DemoEnvironment) -> Iterator[str]:
    """The hub's pages of the demo's workspace."""
    config = load(demo.config, {})
    source = StoreSnapshotSource(config, clock_of(config), lambda: TODAY)
    dependencies = WebDependencies(SnapshotCache(source), LoopbackAuth(), clock_of(config), config.workspace)
    with serve(make_app(dependencies)) as running:
        yield running.url


@contextmanager
def a_browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()


def take(browser: "Browser", picture: Picture, out: Path) -> None:
    """The element as a whole: what it holds beyond its edges is made to fit first."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": 900}, device_scale_factor=SCALE, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(picture.address, wait_until="load")
    page.emulate_media(media="print" if picture.media == "print" else "screen")
    if picture.parts:
        _keep(page, picture.parts)
    element = page.locator(picture.selector).first
    hidden = element.evaluate(
        "(whole) => [whole, ...whole.querySelectorAll('*')].some("
        "(part) => getComputedStyle(part).overflowX !== 'visible' && part.scrollWidth > part.clientWidth + 1)"
    )
    if hidden:
        raise RuntimeError(f"{picture.name}: something is wider than {picture.width} pixels and would be cut off")
    element.screenshot(path=out)
    context.close()


def _keep(page: "Page", parts: Sequence[str]) -> None:
    """Take everything else out of the page, and give the rest the margin of paper."""
    page.evaluate(
        "(kept) => { const wanted = kept.flatMap((name) => [...document.querySelectorAll(name)]);"
        "for (const part of document.querySelectorAll('body > *, main > *'))"
        "if (!wanted.some((one) => one === part || part.contains(one))) part.remove();"
        "document.body.style.padding = '40px'; }",
        list(parts),
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
