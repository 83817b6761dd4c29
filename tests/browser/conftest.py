"""The application over real HTTP, with the Acme example and with 20,000 tickets, and Chromium to look at it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from benchmarks import portfolio as made
from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.server import serve
from hub.store.sqlite.store import SqliteStore
from hub.usecases.assess import StoredState
from hub.web.app import make_app
from hub.web.snapshot_cache import LoopbackAuth, SnapshotCache, StoreSnapshotSource, WebDependencies
from hub.wiring import clock_of, open_run_context
from tests.browser.screenshots import LOOKS, Eyes
from tests.hub.web.served_snapshot import FakeSnapshotSource
from tests.sandbox_support.apps import start_environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)
MANY = 20_000


@dataclass(frozen=True)
class Stage:
    """An application that listens."""

    url: str


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The example after its first run, as `hub serve` shows it."""
    with start_environment(tmp_path_factory.mktemp("acme") / "workspace") as here:
        config = load(here.config, {})
        with open_run_context(config, mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
            sync(job, run_document)
    now = clock_of(config)
    looks = StoreSnapshotSource(config, now, lambda: TODAY)
    with serve(make_app(WebDependencies(SnapshotCache(looks), LoopbackAuth(), now, "acme"))) as running:
        yield Stage(running.url)


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """200 teams with 20,000 tickets, by way of a real state."""
    with_tickets = SqliteStore(Path(tmp_path_factory.mktemp("crowd")) / "hub.db")
    with_tickets.save_snapshot(made.snapshot(MANY, Random(7)).pulled, made.PULLED_AT)
    looks = FakeSnapshotSource(made.okrs(Random(7)), StoredState(with_tickets.snapshot()), today=made.TODAY)
    with_tickets.close()
    with serve(
        make_app(WebDependencies(SnapshotCache(looks), LoopbackAuth(), lambda: datetime.now(UTC), "crowd"))
    ) as running:
        yield Stage(running.url)


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests of a process; nothing else in that process may run an event loop meanwhile."""
    if CHROMIUM is None:
        # Where a browser was promised, its absence is a fault of the test run and no reason to skip.
        (pytest.fail if os.environ.get("HUB_BROWSER_TESTS") else pytest.skip)("Chromium is not installed")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield chromium
        chromium.close()


@pytest.fixture(params=LOOKS)
def eyes(request: pytest.FixtureRequest, browser: "Browser") -> Iterator[Eyes]:
    """Somebody at a desk, at a phone, in the dark."""
    with Eyes.of(browser, request.param) as looking:
        yield looking


@pytest.fixture
def desk(browser: "Browser") -> Iterator[Eyes]:
    """Somebody at a desk."""
    with Eyes.of(browser, "desktop") as looking:
        yield looking
