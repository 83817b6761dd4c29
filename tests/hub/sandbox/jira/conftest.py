"""A sandbox Jira with a clock that stands still, and a client that is its bot."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.sandbox_support.apps import JiraSandbox, jira_app


class StillClock:
    """Tells the same time until it is put forward."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 16, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def site(clock: StillClock) -> JiraSite:
    return JiraSite(clock=clock)


@pytest.fixture
def sandbox(site: JiraSite) -> JiraSandbox:
    return jira_app(site)


@pytest.fixture
def client(sandbox: JiraSandbox) -> Iterator[httpx.Client]:
    bot = sandbox.site.bot
    with (
        serve(sandbox.app) as running,
        httpx.Client(base_url=f"{running.url}/rest/api/3", auth=(bot.email, bot.token)) as client,
    ):
        yield client
