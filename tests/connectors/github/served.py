"""A sandbox GitHub on loopback, and a connector that talks to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from hub.model.action import Target
from hub.model.initiative import Ref
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.server import serve
from tests.fakes.connector_context import FakeTime, a_world
from tests.sandbox_support.apps import GitHubSandbox, github_app

FIELDS = (
    {"name": "Status", "type": "SINGLE_SELECT", "options": ["Todo", "In Progress", "Done"]},
    {"name": "Priority", "type": "SINGLE_SELECT", "options": ["P0", "P1", "P2"]},
    {"name": "Start date", "type": "DATE"},
    {"name": "Target date", "type": "DATE"},
    {"name": "Key Result", "type": "TEXT"},
    {"name": "Iteration", "type": "ITERATION", "iterations": [{"title": "S1", "start": "2026-11-02", "days": 14}]},
)


def a_site() -> GitHubSite:
    time = FakeTime()
    site = GitHubSite(time.now)
    site.add_token()
    site.add_repository("acme/app")
    site.add_project("acme", 5, "Road map", FIELDS)
    return site


@dataclass
class Served:
    sandbox: GitHubSandbox
    url: str
    time: FakeTime

    @property
    def site(self) -> GitHubSite:
        return self.sandbox.site

    def connector(self, **changes: Any) -> GitHubConnector:
        form = {"url": self.url, "token": TOKEN, "repositories": ["acme/app"], "writes_per_minute": 6000} | changes
        return GitHubConnector("github", GitHubSettings(**form), a_world(self.time))

    def target(self, key: str) -> Target:
        return Target(Ref("github", key), self.site.issue(key).node_id)


@contextmanager
def served(site: GitHubSite | None = None, *, base: str = "", around: Any = None) -> Iterator[Served]:
    def same(app: ASGIApp) -> ASGIApp:
        return app

    sandbox = github_app(site or a_site(), base=base, middleware=around or same)
    with serve(sandbox.app) as server:
        yield Served(sandbox, server.url + base, FakeTime())
