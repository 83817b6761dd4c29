"""The built-in trackers as the contract suite sees them: sandboxes on loopback, and a folder with an export."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from connectors.base import Connector
from connectors.csv.connector import PLUGIN as CSV
from connectors.csv.settings import CsvSettings
from connectors.github.connector import PLUGIN as GITHUB
from connectors.github.settings import GitHubSettings
from connectors.http.host_limiter import limiter_for
from connectors.jira.connector import PLUGIN as JIRA
from connectors.jira.settings import JiraSettings
from hub.model.action import Target
from hub.model.initiative import Ref
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from hub.testing.tracker import (
    Fault,
    PersonEdit,
    SeenComment,
    TicketDraft,
    TrackerUnderTest,
    contract_context,
    not_here,
)
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.faults import Fault as SandboxFault

REFUSED = {"effect": "status", "status": 401, "times": None}
FAILS = {"effect": "status", "status": 404, "times": None}
SLOW = {"read_timeout": 5.0}


def to_sandbox(sandbox: Any, faults: Mapping[Fault, Mapping[str, Any]]) -> Any:
    """How a fault of the suite is played by a sandbox."""

    @contextmanager
    def inject(fault: Fault) -> Iterator[None]:
        sandbox.faults.add(SandboxFault(**faults[fault]))
        try:
            yield
        finally:
            sandbox.faults.clear()

    return inject


@dataclass
class JiraHands:
    """What people do on a Jira site."""

    sandbox: Any
    url: str

    def connect(self) -> Connector:
        limiter_for.cache_clear()
        bot = self.sandbox.site.bot
        is_cloud = self.sandbox.site.deployment.cloud
        account = {"email": bot.email, "token": bot.token} if is_cloud else {"token": bot.bearer}
        pages = {"id_page_size": 2, "page_size": 2, "writes_per_minute": 0, "writes_per_hour": 0, **SLOW}
        settings = JiraSettings(url=self.url, query="project = ACME", **account, **pages)
        return JIRA.build("jira", settings, contract_context())

    def make_ticket(self, draft: TicketDraft) -> Target:
        site = self.sandbox.site
        key = f"ACME-{len(site.issues) + 1}"
        labels = [f"kr-{draft.key_result}"] if draft.key_result else []
        issue = site.add_issue(key, draft.title, description=draft.text, labels=labels)
        return Target(Ref("jira", key), str(issue.id))

    def read_comments(self, target: Target) -> Sequence[SeenComment]:
        found = self.sandbox.site.comments_of(target.ref.key)
        texts = self.sandbox.site.texts(target.ref.key)
        return [SeenComment(str(comment.id), text) for comment, text in zip(found, texts, strict=True)]

    def edit_as_person(self, target: Target, edit: PersonEdit) -> None:
        site, key = self.sandbox.site, target.ref.key
        if edit.title:
            site.edit(key, summary=edit.title)
        if edit.comment:
            site.comment(key, edit.comment)
        if edit.label:
            site.add_label(key, edit.label)
        if edit.delete_comment:
            site.delete_comment(edit.delete_comment)


@contextmanager
def jira(deployment: str) -> Iterator[TrackerUnderTest]:
    sandbox = jira_app(JiraSite(deployment=deployment, clock=ticking()))
    is_cloud = deployment == "Cloud"
    search = "bulkfetch" if is_cloud else r"/rest/api/2/search"
    faults: dict[Fault, dict[str, Any]] = {
        Fault.READ_FAILS: {**FAILS, "path": search},
        Fault.READ_ENDS_EARLY: {**FAILS, "path": search, "after": 1},
        Fault.ANSWER_LOST: {"effect": "drop_after", "method": "POST", "path": r"/issue/[\w-]+/comment(\?|$)"},
        Fault.CREDENTIALS_REFUSED: REFUSED,
    }
    with serve(sandbox.app) as running:
        hands = JiraHands(sandbox, running.url + sandbox.site.deployment.context)
        bot = sandbox.site.bot
        yield _tracker(hands, to_sandbox(sandbox, faults), (bot.token, bot.bearer))


@dataclass
class GitHubHands:
    """What people do on GitHub."""

    sandbox: Any
    url: str

    def connect(self) -> Connector:
        limiter_for.cache_clear()
        pages = {"page_size": 10, "writes_per_minute": 1e9, "writes_per_hour": 0, **SLOW}
        settings = GitHubSettings(url=self.url, token=TOKEN, repositories=["acme/app"], **pages)
        return GITHUB.build("github", settings, contract_context())

    def make_ticket(self, draft: TicketDraft) -> Target:
        labels = [f"kr-{draft.key_result}"] if draft.key_result else []
        issue = self.sandbox.site.add_issue("acme/app", draft.title, body=draft.text, labels=labels)
        return Target(Ref("github", f"acme/app#{issue.number}"), issue.node_id)

    def read_comments(self, target: Target) -> Sequence[SeenComment]:
        found = self.sandbox.site.issue(target.ref.key).comments
        return [SeenComment(str(comment.id), comment.body) for comment in found]

    def edit_as_person(self, target: Target, edit: PersonEdit) -> None:
        site, key = self.sandbox.site, target.ref.key
        if edit.title:
            site.edit_issue(key, title=edit.title)
        if edit.comment:
            site.add_comment(key, edit.comment)
        if edit.label:
            site.add_label_by_person(key, edit.label)
        for comment in [item for item in site.issue(key).comments if str(item.id) == edit.delete_comment]:
            site.delete_comment(comment)


@contextmanager
def github() -> Iterator[TrackerUnderTest]:
    site = GitHubSite(ticking())
    site.add_token()
    site.add_repository("acme/app")
    sandbox = github_app(site)
    faults: dict[Fault, dict[str, Any]] = {
        Fault.READ_FAILS: {**FAILS, "path": "/graphql"},
        Fault.READ_ENDS_EARLY: {**FAILS, "path": "/graphql", "after": 2},
        Fault.ANSWER_LOST: {"effect": "drop_after", "method": "POST", "path": r"/issues/\d+/comments$"},
        Fault.CREDENTIALS_REFUSED: REFUSED,
    }
    with serve(sandbox.app) as running:
        yield _tracker(GitHubHands(sandbox, running.url), to_sandbox(sandbox, faults), (TOKEN,), 25)


HEADER = ("Summary", "Issue key", "Issue id", "Issue Type", "Status", "Status Category", "Labels", "Description")


@dataclass
class ExportHands:
    """What people do with an export: they write it again."""

    path: Path

    def __post_init__(self) -> None:
        self.rows: list[list[str]] = []
        self._save()

    def connect(self) -> Connector:
        settings = CsvSettings(paths=(str(self.path),), url="https://acme.example.org")
        return CSV.build("csv", settings, contract_context())

    def make_ticket(self, draft: TicketDraft) -> Target:
        number = len(self.rows) + 1
        label = f"kr-{draft.key_result}" if draft.key_result else ""
        text = draft.text.encode("utf-8", "replace").decode()
        self.rows.append(
            [draft.title, f"ACME-{number}", str(number), "Epic", "In Progress", "In Progress", label, text]
        )
        self._save()
        return Target(Ref("csv", f"ACME-{number}"), str(number))

    def read_comments(self, target: Target) -> Sequence[SeenComment]:
        return ()

    def edit_as_person(self, target: Target, edit: PersonEdit) -> None:
        self.rows[int(target.id) - 1][0] = edit.title
        self._save()

    @contextmanager
    def inject(self, fault: Fault) -> Iterator[None]:
        whole = self.path.read_bytes()
        if fault is Fault.READ_FAILS:
            self.path.unlink()
        elif fault is Fault.READ_ENDS_EARLY:
            self.path.write_bytes(whole + b'"Never ends,ACME-99,99,Epic\n')
        else:
            not_here("nobody signs in to a file, and nothing is written to it")
        yield
        self.path.write_bytes(whole)

    def _save(self) -> None:
        text = io.StringIO()
        csv.writer(text).writerows((HEADER, *self.rows))
        self.path.write_text(text.getvalue(), encoding="utf-8")


@contextmanager
def export(folder: Path) -> Iterator[TrackerUnderTest]:
    hands = ExportHands(folder / "export.csv")
    yield _tracker(hands, hands.inject, ())


def ticking() -> Any:
    """A clock by which every change has a moment of its own, in whole seconds."""
    began, seconds = datetime.now(UTC).replace(microsecond=0), count()
    return lambda: began.fromtimestamp(began.timestamp() + next(seconds) * 0.001, UTC)


def _tracker(hands: Any, inject: Any, secrets: tuple[str, ...], tickets: int = 5) -> TrackerUnderTest:
    return TrackerUnderTest(
        hands.connect, hands.make_ticket, hands.read_comments, hands.edit_as_person, inject, tickets, secrets
    )
