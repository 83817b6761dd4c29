"""A first rollout over real HTTP: two sandbox trackers, one state and its throttle, a clock that sleeping moves."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from connectors.base import Connector, ConnectorContext
from connectors.github.connector import PLUGIN as GITHUB
from connectors.github.settings import GitHubSettings
from connectors.jira.connector import PLUGIN as JIRA
from connectors.jira.settings import JiraSettings
from hub.core.insight.run_summary import RunResult
from hub.core.planning.safety import Limits
from hub.pipeline.pull import Source
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.sync import sync
from hub.sandbox.github.site import BOT, TOKEN, GitHubSite
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from hub.store.sql.rate_limits import SqlRateLimits
from hub.store.sqlite.connection import BriefConnections
from hub.store.sqlite.store import SqliteStore
from tests.builders import acme_okrs
from tests.fakes.rule import a_rule, every_ticket
from tests.fakes.store import a_store_at
from tests.sandbox_support.apps import github_app, jira_app

PROJECTS = 5
RULES = (a_rule("bad-title", every_ticket),)


@dataclass
class SharedClock:
    """Moved by whoever sleeps, to the moment at which they wake: those who sleep side by side wake together."""

    moment: datetime = datetime(2026, 11, 16, 9, tzinfo=UTC)
    _lock: Lock = field(default_factory=Lock)

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.date()

    def sleep(self, seconds: float) -> None:
        until = self.moment + timedelta(seconds=seconds)
        with self._lock:
            self.moment = max(self.moment, until)


@dataclass
class Rollout:
    """Two trackers full of faults; `run` is one sync, a while after the last."""

    jira: Any
    github: Any
    urls: tuple[str, str]
    path: Path
    clock: SharedClock
    limits: Limits

    def run(self, *, later: float) -> RunResult:
        self.clock.sleep(later)
        connectors = self._connectors()
        try:
            with closing(a_store_at(self.path)) as store:
                return sync(self._job(store, connectors), lambda outcome: {"receipts": len(outcome.receipts)})
        finally:
            for connector in connectors:
                connector.close()

    def _connectors(self) -> tuple[Connector, Connector]:
        """As a process that starts anew makes them: what they may send is the state's to count, nobody else's."""
        throttle = SqlRateLimits(BriefConnections(self.path))
        world = ConnectorContext(
            self.clock.now, self.clock.sleep, "acme", acme_okrs().cycle.start, rate_limit_store=throttle
        )
        bot, (at_jira, at_github) = self.jira.site.bot, self.urls
        jira = JiraSettings(url=at_jira, query="project is not EMPTY", email=bot.email, token=bot.token)
        places = [f"acme/r{number}" for number in range(PROJECTS)]
        github = GitHubSettings(url=at_github, repositories=places, token=TOKEN)
        return JIRA.build("jira", jira, world), GITHUB.build("github", github, world)

    def _job(self, store: SqliteStore, connectors: tuple[Connector, ...]) -> RunContext:
        return RunContext(
            sources=[Source(connector) for connector in connectors],
            okrs=acme_okrs(),
            rules=RULES,
            settings={},
            waivers=(),
            limits=self.limits,
            store=store,
            now=self.clock.now,
            today=self.clock.today,
            stopwatch=lambda: 0.0,
            owner="host:1",
            mode=Mode.PUBLISH,
        )

    @property
    def writes(self) -> int:
        """Requests that were to change something, in both trackers."""
        return int(self.jira.traffic.writes + self.github.traffic.writes)

    def comments(self) -> Counter[int]:
        """How many tickets carry how many comments of the hub's."""
        site, found = self.jira.site, Counter[int]()
        for key in site.ids:
            found[len(site.comments_of(key, site.bot.id))] += 1
        for repo in self.github.site.repositories.values():
            for issue in repo.issues.values():
                found[sum(comment.author.login == BOT for comment in issue.comments)] += 1
        return found

    def labelled(self) -> int:
        """How many tickets carry the hub's label."""
        site = self.jira.site
        issues = (issue for repo in self.github.site.repositories.values() for issue in repo.issues.values())
        return sum("okr-unaligned" in site.labels(key) for key in site.ids) + sum(
            "okr-unaligned" in issue.labels for issue in issues
        )


@contextmanager
def a_rollout(folder: Path, findings: int, limits: Limits) -> Iterator[Rollout]:
    """So many findings on each tracker, spread over the projects."""
    clock = SharedClock()
    jira, github = JiraSite(clock=clock.now), GitHubSite(clock.now)
    github.add_token()
    for number in range(PROJECTS):
        github.add_repository(f"acme/r{number}")
    for number in range(findings):
        jira.add_issue(f"P{number % PROJECTS}-{number // PROJECTS + 1}", "bad", status="In Progress")
        github.add_issue(f"acme/r{number % PROJECTS}", "bad")
    at_jira, at_github = jira_app(jira), github_app(github)
    at_jira.traffic.clock = at_github.traffic.clock = clock.now
    with serve(at_jira.app) as running, serve(at_github.app) as other:
        yield Rollout(at_jira, at_github, (running.url, other.url), folder / "hub.db", clock, limits)


def most_within(moments: list[float], seconds: float) -> int:
    """The most writes in any stretch of time."""
    most, start = 0, 0
    for end, moment in enumerate(moments):
        while moments[start] <= moment - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most
