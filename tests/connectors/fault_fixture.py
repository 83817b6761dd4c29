"""One tracker of either kind on loopback, and the three jobs that a fault may hit: a pull, a comment, a label."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Connector
from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from connectors.http.host_limiter import limiter_for
from connectors.jira.connector import JiraConnector
from connectors.jira.settings import JiraSettings
from hub.model.initiative import Initiative, PullResult
from hub.sandbox.github.site import BOT, TOKEN, GitHubSite
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from hub.store.sqlite.store import SqliteStore
from tests.fakes.connector_context import MORNING, FakeTime, a_world
from tests.fakes.store import a_store
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.faults import Fault

MANY = 25
LABEL = "okr-stale"


@dataclass
class Stage:
    """A served tracker with many tickets, the first of which is written to."""

    tracker: str
    sandbox: Any
    url: str
    time: FakeTime
    store: SqliteStore = field(default_factory=a_store)
    options: dict[str, Any] = field(default_factory=dict)
    made: list[Connector] = field(default_factory=list)

    @property
    def site(self) -> Any:
        return self.sandbox.site

    @property
    def keys(self) -> list[str]:
        return [f"ACME-{n}" if self.tracker == "jira" else f"acme/app#{n}" for n in range(1, MANY + 1)]

    @property
    def waited(self) -> float:
        return (self.time.now() - MORNING).total_seconds()

    def fail(self, job: str, effect: str, **fault: Any) -> None:
        self.sandbox.faults.add(Fault(effect, **(PLACES[self.tracker, job] | fault)))

    def connector(self) -> Connector:
        """A new one, as each run has."""
        world = a_world(self.time)
        made: Connector
        if self.tracker == "jira":
            bot = self.site.bot
            form = {"url": self.url, "email": bot.email, "token": bot.token, "query": "project = ACME"}
            settings = {
                **form,
                "writes_per_minute": 0,
                "id_page_size": 10,
                "page_size": 5,
                "max_concurrent_requests": 1,
                **self.options,
            }
            made = JiraConnector("jira", JiraSettings(**settings), world)
        else:
            form = {"url": self.url, "token": TOKEN, "repositories": ["acme/app"], "writes_per_minute": 60_000}
            settings = {**form, "page_size": 10, "max_concurrent_requests": 1, **self.options}
            made = GitHubConnector("github", GitHubSettings(**settings), world)
        self.made.append(made)
        return made

    def pull(self) -> PullResult:
        return self.connector().pull()

    @property
    def comments(self) -> list[str]:
        """The texts of our comments on the ticket."""
        issue = self.site.issue(self.keys[0])
        if self.tracker == "jira":
            texts: list[str] = self.site.texts(self.keys[0], self.site.bot.id)
            return texts
        return [comment.body for comment in issue.comments if comment.author and comment.author.login.endswith("[bot]")]

    @property
    def labels(self) -> list[str]:
        issue = self.site.issue(self.keys[0])
        return list(issue.labels) if self.tracker == "jira" else [label.name for label in issue.labels.values()]


# Where each job's own requests are.
PLACES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("jira", "pull"): {"path": "issue/bulkfetch"},
    ("jira", "search"): {"path": "search/jql"},
    ("jira", "comment"): {"method": "POST", "path": r"/issue/[\w-]+/comment"},
    ("jira", "label"): {"method": "PUT", "path": r"/issue/[\w-]+($|\?)"},
    ("github", "pull"): {"path": "/graphql"},
    ("github", "comment"): {"method": "POST", "path": r"/issues/\d+/comments"},
    ("github", "label"): {"method": "POST", "path": r"/issues/\d+/labels"},
}


def rows(pulled: PullResult | Sequence[Initiative]) -> list[str]:
    """The keys of what was read, as often as each was read."""
    found = pulled.initiatives if isinstance(pulled, PullResult) else pulled
    return sorted(ticket.ref.key for ticket in found)


@contextmanager
def staged(tracker: str) -> Iterator[Stage]:
    limiter_for.cache_clear()
    time = FakeTime()
    sandbox = _jira(time) if tracker == "jira" else _github(time)
    with serve(sandbox.app) as running:
        stage = Stage(tracker, sandbox, running.url, time)
        try:
            yield stage
        finally:
            for connector in stage.made:
                connector.close()


def _jira(time: FakeTime) -> Any:
    site = JiraSite(clock=time.now)
    for number in range(1, MANY + 1):
        site.add_issue(f"ACME-{number}", f"Work {number}", status="In Progress")
    return jira_app(site)


def _github(time: FakeTime) -> Any:
    site = GitHubSite(time.now)
    site.add_token()
    site.add_repository("acme/app")
    for number in range(1, MANY + 1):
        site.add_issue("acme/app", f"Work {number}")
    assert BOT.endswith("[bot]")
    return github_app(site)
