"""The ways in which a Jira may be reached, each with a sandbox that is served and connectors to it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp

from connectors.jira.connector import PLUGIN, JiraConnector
from hub.model.action import Target
from hub.model.initiative import Ref
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.connectors.jira.rows import some_settings
from tests.fakes.connector_context import FakeTime, a_world
from tests.sandbox_support.apps import JiraSandbox, jira_app
from tests.sandbox_support.faults import Fault

CLOUD_ID = "1a2b-3c4d"


@dataclass(frozen=True)
class Way:
    """A deployment of the sandbox, and which of the account's credentials are used."""

    name: str
    deployment: str = "Cloud"
    options: Mapping[str, Any] = field(default_factory=dict)
    names: str | None = "email"
    secret: str = "token"

    @property
    def center(self) -> bool:
        return self.deployment != "Cloud"

    def __str__(self) -> str:
        return self.name


GATEWAY = {"cloud_id": CLOUD_ID}
WAYS = (
    Way("cloud-api-token"),
    Way("cloud-scoped-token", options=GATEWAY, secret="scoped"),
    Way("cloud-oauth", options=GATEWAY, names=None, secret="bearer"),
    Way("center-10-pat", "DataCenter", {"context": "/jira"}, None, "bearer"),
    Way("center-9-password", "Server", {}, "login"),
)
CENTERS = tuple(way for way in WAYS if way.center)


@dataclass
class Stage:
    """A sandbox that is served, and connectors to it."""

    way: Way
    sandbox: JiraSandbox
    host: str
    time: FakeTime
    made: list[JiraConnector]

    @property
    def site(self) -> JiraSite:
        return self.sandbox.site

    @property
    def url(self) -> str:
        return self.host + self.site.deployment.context

    def connector(self, workspace: str = "acme", **settings: Any) -> JiraConnector:
        bot = self.site.bot
        given: dict[str, Any] = {
            "url": self.url,
            "gateway": self.host,
            "cloud_id": self.site.deployment.cloud_id or None,
            "email": getattr(bot, self.way.names) if self.way.names else None,
            "token": getattr(bot, self.way.secret),
            "query": "project = ACME",
            "writes_per_minute": 0,
        }
        connector = PLUGIN.build("jira", some_settings(**(given | settings)), a_world(self.time, workspace=workspace))
        assert isinstance(connector, JiraConnector)
        self.made.append(connector)
        return connector

    def target(self, key: str = "ACME-1") -> Target:
        return Target(Ref("jira", key), str(self.site.issue(key).id))

    def fail(self, path: str, effect: str = "status", **fault: Any) -> None:
        self.sandbox.faults.add(Fault(effect, path=path, **fault))


@contextmanager
def staged(way: Way, around: Callable[[ASGIApp], ASGIApp] = lambda app: app, **options: Any) -> Iterator[Stage]:
    sandbox = jira_app(JiraSite(deployment=way.deployment, **(way.options | options)), middleware=around)
    with serve(sandbox.app) as running:
        stage = Stage(way, sandbox, running.url, FakeTime(), [])
        try:
            yield stage
        finally:
            for connector in stage.made:
                connector.close()
