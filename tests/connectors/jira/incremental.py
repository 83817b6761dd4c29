"""A sandbox Jira whose clock stands still, and one source that is pulled again and again with what it remembers."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.jira.connector import JiraConnector
from connectors.jira.settings import JiraSettings
from hub.model.initiative import Initiative
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.connectors.jira.rows import some_settings
from tests.connectors.pull_state import Memory, by_id
from tests.fakes.connector_context import FakeTime, a_world
from tests.sandbox_support.apps import JiraSandbox, jira_app

ZONES = ("Pacific/Honolulu", "Asia/Kolkata", "Pacific/Kiritimati", "Europe/Berlin", "America/New_York", "UTC")
# The hours around which clocks go back in New York and in Berlin.
AUTUMN = (datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))

# Few rows at once, so that every search has several pages.
CENTER: Mapping[str, Any] = {"deployment": "DataCenter", "page_cap": 3}


@dataclass
class Stage:
    sandbox: JiraSandbox
    url: str
    time: FakeTime
    memory: Memory = field(default_factory=Memory)

    @property
    def site(self) -> JiraSite:
        return self.sandbox.site

    def connector(self, **changes: Any) -> JiraConnector:
        bot = self.site.bot
        cloud = {"email": bot.email, "token": bot.token}
        mine = cloud if self.site.deployment.cloud else {"email": None, "token": bot.bearer}
        given = {"url": self.url, "writes_per_minute": 0, **mine}
        made: JiraSettings = some_settings(**(given | changes))
        return JiraConnector("jira", made, a_world(self.time))

    def sync(self, *, full: bool = False, **changes: Any) -> dict[str, Initiative]:
        """What is known after a pull by the cursor."""
        self.sandbox.traffic.clear()
        connector = self.connector(**changes)
        try:
            return by_id(self.memory.sync(connector, full=full))
        finally:
            connector.close()

    def all(self, **changes: Any) -> dict[str, Initiative]:
        """What a full pull shows."""
        connector = self.connector(**changes)
        try:
            return by_id(connector.pull())
        finally:
            connector.close()

    def wait(self, **time: float) -> None:
        self.time.moment += timedelta(**time)


@contextmanager
def staged(moment: datetime | None = None, **kind: Any) -> Iterator[Stage]:
    time = FakeTime(moment) if moment else FakeTime()
    sandbox = jira_app(JiraSite(clock=time.now, **kind))
    with serve(sandbox.app) as running:
        yield Stage(sandbox, running.url, time)


EDITS = ("create", "words", "label", "status", "link", "parent", "move", "leave", "delete")


def edit(site: JiraSite, dice: random.Random, how: str) -> None:
    keys = sorted(issue.key for issue in site.issues.values())
    key, other = dice.choice(keys), dice.choice(keys)
    if how == "create":
        site.add_issue(f"{dice.choice(('ACME', 'PLAT'))}-{site.new_id()}", status="In Progress")
    elif how == "words":
        site.edit(key, summary=f"Words {dice.random()}")
    elif how == "label":
        site.add_label(key, f"kr-{dice.randrange(5)}")
    elif how == "status":
        site.edit(key, status=dice.choice(("To Do", "In Progress", "Done")))
    elif how == "link" and key != other:
        site.link(key, other)
    elif how == "parent" and key < other:
        site.edit(key, parent=other)
    elif how == "move":
        site.move(key, f"{key.partition('-')[0]}-{site.new_id()}")
    elif how == "leave":
        site.move(key, f"AWAY-{site.new_id()}")
    elif how == "delete" and len(keys) > 3:
        site.delete_issue(key)
