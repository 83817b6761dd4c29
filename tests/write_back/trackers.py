"""Either tracker on loopback, with two tickets and what people do there."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import RLock
from typing import Any, Protocol

from connectors.base import Connector, ConnectorContext
from connectors.github.connector import PLUGIN as GITHUB
from connectors.github.settings import GitHubSettings
from connectors.jira.connector import PLUGIN as JIRA
from connectors.jira.settings import JiraSettings
from hub.sandbox.github.site import BOT, TOKEN, GitHubSite
from hub.sandbox.jira.site import HUB_LABELS, JiraSite
from hub.sandbox.server import serve
from tests.builders import acme_okrs
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.faults import Fault

READ_TIMEOUT = 0.15
OTHER_TOKEN = "token-of-another-account"
RESOLVED = "OKR check: resolved"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is the hub's on a ticket: its labels, and whether each of its comments says that all is resolved."""

    labels: frozenset[str]
    comments: tuple[bool, ...]


class Place(Protocol):
    """What the tests need of a tracker; `paths` are the writes by operation, as (method, pattern)."""

    name: str
    paths: dict[str, tuple[str, str]]
    sandbox: Any
    bad: str
    other: str

    def connector(self, token: str | None = None) -> Connector: ...
    def retitle(self, ticket: str, title: str) -> None: ...
    def label(self, ticket: str, label: str) -> None: ...
    def unlabel(self, ticket: str, label: str) -> None: ...
    def comment(self, ticket: str, text: str) -> None: ...
    def delete_ours(self, ticket: str) -> None: ...
    def texts(self, ticket: str) -> list[str]: ...
    def marks(self, ticket: str) -> Marks: ...
    def others(self) -> object: ...
    def lag(self) -> None: ...


def as_read(text: str) -> str:
    """The words of a comment as people read them: without its mark and its markup."""
    shown = text.partition("-->")[2] if text.startswith("<!--") else text
    return " ".join("".join(char for char in shown if char not in "*\\\u200b").split())


def a_world() -> ConnectorContext:
    return ConnectorContext(lambda: datetime.now(UTC), lambda _seconds: None, "acme", acme_okrs().cycle.start)


@dataclass
class JiraPlace:
    sandbox: Any
    url: str
    name: str = "jira"
    bad: str = "ACME-1"
    other: str = "ACME-2"
    paths: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {
            "create_comment": ("POST", r"/issue/\w+/comment(\?|$)"),
            "edit_comment": ("PUT", r"/issue/\w+/comment/\d+"),
            "delete_comment": ("DELETE", r"/issue/\w+/comment/\d+"),
            "add_label": ("PUT", r"/issue/\w+(\?|$)"),
            "remove_label": ("PUT", r"/issue/\w+(\?|$)"),
        }
    )

    def connector(self, token: str | None = None) -> Connector:
        bot = self.sandbox.site.bot
        form = {"url": self.url, "query": "project = ACME", "email": bot.email, "token": bot.token}
        if token is not None:
            form |= {"email": "second@acme.test", "token": token}
        fast = {"read_timeout": READ_TIMEOUT, "writes_per_minute": 0, "writes_per_hour": 0, "lookback_seconds": 0}
        return JIRA.build("jira", JiraSettings(**form, **fast), a_world())

    def retitle(self, ticket: str, title: str) -> None:
        self.sandbox.site.edit(ticket, summary=title)

    def label(self, ticket: str, label: str) -> None:
        self.sandbox.site.add_label(ticket, label)

    def unlabel(self, ticket: str, label: str) -> None:
        self.sandbox.site.remove_label(ticket, label)

    def comment(self, ticket: str, text: str) -> None:
        self.sandbox.site.comment(ticket, text)

    def delete_ours(self, ticket: str) -> None:
        for item in self.sandbox.site.comments_of(ticket, self.sandbox.site.bot.id):
            self.sandbox.site.delete_comment(item.id)

    def texts(self, ticket: str) -> list[str]:
        return list(self.sandbox.site.texts(ticket, self.sandbox.site.bot.id))

    def marks(self, ticket: str) -> Marks:
        site = self.sandbox.site
        texts = site.texts(ticket, site.bot.id)
        return Marks(frozenset(site.labels(ticket)) & HUB_LABELS, tuple(RESOLVED in text for text in texts))

    def others(self) -> object:
        return self.sandbox.site.snapshot()

    def lag(self) -> None:
        self.sandbox.site.index_lag = 3600


@dataclass
class GitHubPlace:
    sandbox: Any
    url: str
    name: str = "github"
    bad: str = "acme/app#1"
    other: str = "acme/app#2"
    paths: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {
            "create_comment": ("POST", r"/issues/\d+/comments$"),
            "edit_comment": ("PATCH", r"/issues/comments/\d+"),
            "delete_comment": ("DELETE", r"/issues/comments/\d+"),
            "add_label": ("POST", r"/issues/\d+/labels$"),
            "remove_label": ("DELETE", r"/issues/\d+/labels/"),
        }
    )

    def connector(self, token: str | None = None) -> Connector:
        form = {"url": self.url, "repositories": ["acme/app"], "token": token or TOKEN}
        fast = {"read_timeout": READ_TIMEOUT, "writes_per_minute": 1e9, "writes_per_hour": 0, "lookback_seconds": 0}
        return GITHUB.build("github", GitHubSettings(**form, **fast), a_world())

    def retitle(self, ticket: str, title: str) -> None:
        self.sandbox.site.edit_issue(ticket, title=title)

    def label(self, ticket: str, label: str) -> None:
        self.sandbox.site.add_label_by_person(ticket, label)

    def unlabel(self, ticket: str, label: str) -> None:
        self.sandbox.site.remove_label(ticket, label)

    def comment(self, ticket: str, text: str) -> None:
        self.sandbox.site.add_comment(ticket, text)

    def delete_ours(self, ticket: str) -> None:
        for comment in list(self.sandbox.site.issue(ticket).comments):
            if comment.author and comment.author.login == BOT:
                self.sandbox.site.delete_comment(comment)

    def texts(self, ticket: str) -> list[str]:
        comments = self.sandbox.site.issue(ticket).comments
        return [comment.body for comment in comments if comment.author and comment.author.login == BOT]

    def marks(self, ticket: str) -> Marks:
        issue = self.sandbox.site.issue(ticket)
        ours = [comment.body for comment in issue.comments if comment.author and comment.author.login == BOT]
        labels = frozenset(label.name for label in issue.labels.values())
        return Marks(labels & HUB_LABELS, tuple(RESOLVED in body for body in ours))

    def others(self) -> object:
        return self.sandbox.site.snapshot()

    def lag(self) -> None:
        """GitHub's lists show what was written."""


@dataclass
class Ticking:
    """A clock by which every change has a moment of its own, although GitHub tells whole seconds only."""

    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: Iterator[int] = field(default_factory=count)

    def __call__(self) -> datetime:
        return self.began + timedelta(seconds=next(self.seconds))

    def __deepcopy__(self, _memo: object) -> "Ticking":
        return Ticking(self())


def a_jira_site() -> JiraSite:
    site = JiraSite(clock=Ticking())
    site.add_account(replace(site.bot, id="another", name="Second", email="second@acme.test", token=OTHER_TOKEN))
    for key, title in (("ACME-1", "bad one"), ("ACME-2", "fine")):
        site.add_issue(key, title, status="In Progress", labels=["team-red"])
        site.comment(key, "a thought")
    return site


def a_github_site() -> GitHubSite:
    site = GitHubSite(Ticking())
    site.add_token()
    site.add_token(OTHER_TOKEN, "second[bot]")
    site.add_repository("acme/app")
    for title in ("bad one", "fine"):
        site.add_comment(site.add_issue("acme/app", title, labels=["team-red"]), "a thought")
    return site


def copied(site: Any) -> Any:
    """The same site once more, with its own lock and its own clock, which goes on from the same moment."""
    return deepcopy(site, {id(site.lock): RLock()})


@contextmanager
def jira_place(site: JiraSite | None = None) -> Iterator[JiraPlace]:
    sandbox = jira_app(site or a_jira_site())
    with serve(sandbox.app) as running:
        yield JiraPlace(sandbox, running.url)


@contextmanager
def github_place(site: GitHubSite | None = None) -> Iterator[GitHubPlace]:
    sandbox = github_app(site or a_github_site())
    with serve(sandbox.app) as running:
        yield GitHubPlace(sandbox, running.url)


PLACES = {"jira": jira_place, "github": github_place}


def broken(place: Place, what: str, effect: str, times: int | None) -> None:
    """Arm the fault on the writes of one operation."""
    method, path = place.paths[what]
    place.sandbox.faults.add(Fault(effect, method=method, path=path, times=times, status=502, seconds=5))
