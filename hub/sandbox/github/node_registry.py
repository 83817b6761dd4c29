"""The site's register: who and what there is, each node by its global id, and places to put things in."""

import functools
import itertools
import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from hub.sandbox.github.access import Access, App
from hub.sandbox.github.issue_field_state import IssueField
from hub.sandbox.github.limits import Limits
from hub.sandbox.github.project_state import Project
from hub.sandbox.github.state import Account, Issue, IssueType, Label, Milestone, Repository, node_id

BOT = "alignment-hub[bot]"
TOKEN = "sandbox-token"  # noqa: S105
PERSON = "octo-person"

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def change(method: F) -> F:
    """A method that changes the site: one at a time, and what was remembered of the old state is dropped."""

    @functools.wraps(method)
    def changed(site: Any, *args: Any, **kwargs: Any) -> Any:
        with site.lock:
            site.forget()
            return method(site, *args, **kwargs)

    return cast("F", changed)


class NodeRegistry:
    """Accounts, repositories, projects and every node by its global id; the part that reads."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self.url = "http://127.0.0.1"
        self.api = self.url
        self.acting = ""
        self.now = now or (lambda: datetime.now(UTC))
        self.lock = threading.RLock()
        self.limits = Limits(self.now)
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Access] = {}
        self.apps: dict[str, App] = {}
        self.repositories: dict[str, Repository] = {}
        self.former_names: dict[str, Repository] = {}
        self.projects: dict[tuple[str, int], Project] = {}
        self.types: dict[str, IssueType] = {}
        self.issue_fields: dict[str, dict[str, IssueField]] = {}
        self.nodes: dict[str, Any] = {}
        self.comments: dict[int, Any] = {}
        self.forbidden: set[str] = set()
        self.may_minimize = True
        self.manifests: dict[str, tuple[App, str]] = {}
        self.labels_added_by: dict[tuple[int, str], str] = {}
        self.labels_created_by: dict[str, str] = {}
        self._ids = itertools.count(1001)
        self._cache: dict[Hashable, Any] = {}

    def timestamp(self) -> str:
        """Now, as the vendor writes it: whole seconds, UTC."""
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def new_id(self, prefix: str) -> tuple[int, str]:
        """The next number and the global id made from it."""
        number = next(self._ids)
        return number, node_id(prefix, number)

    def get_cached(self, key: Hashable, build: Callable[[], T]) -> T:
        """What `build` makes, kept until the site changes."""
        if key not in self._cache:
            self._cache[key] = build()
        value: T = self._cache[key]
        return value

    def forget(self) -> None:
        """Drop what was remembered of the state."""
        self._cache.clear()

    def issue(self, key: str) -> Issue:
        """The issue that people write as `acme/app#12`; raises KeyError where there is none."""
        repo, _, number = key.partition("#")
        return self.repositories[repo.lower()].issues[int(number)]

    def project(self, key: str) -> Project:
        """The project that people write as `acme/5`; raises KeyError where there is none."""
        owner, _, number = key.partition("/")
        return self.projects[owner.lower(), int(number)]

    def repository(self, name: str) -> Repository:
        """The repository by full name; raises KeyError where there is none."""
        return self.repositories[name.lower()]


class SiteSetup(NodeRegistry):
    """The part that makes accounts, repositories, labels and tokens."""

    @change
    def account(self, login: str, typename: str | None = None) -> Account:
        """The account with this login, made when it is new; a login that ends in `[bot]` is a bot's."""
        known = self.accounts.get(login.lower())
        if known is None:
            kind = typename or ("Bot" if login.endswith("[bot]") else "User")
            number, node = self.new_id({"Organization": "O", "Bot": "BOT"}.get(kind, "U"))
            known = self.accounts[login.lower()] = Account(number, login, kind, node, self)
            self.nodes[node] = known
        return known

    @change
    def add_token(
        self, token: str = TOKEN, login: str = BOT, *, repositories: frozenset[str] | None = None, writes: bool = True
    ) -> Account:
        """Let a token in; `repositories` names the private ones that it may see (None: all)."""
        account = self.account(login)
        self.tokens[token] = Access(account, repositories, writes)
        return account

    @change
    def add_app(self, app_id: str, slug: str, public_key: str, *installations: int) -> App:
        """Let an App in by its key; its bot is an account."""
        app = self.apps[app_id] = App(app_id, slug, public_key, installations)
        self.account(app.bot)
        return app

    @change
    def add_repository(
        self, name: str, *, private: bool = False, archived: bool = False, has_issues: bool = True
    ) -> Repository:
        """Make `owner/name`; its owner is an organization unless the account is known already."""
        if name.lower() in self.repositories:
            return self.repositories[name.lower()]
        owner, _, short = name.partition("/")
        account = self.accounts.get(owner.lower()) or self.account(owner, "Organization")
        number, node = self.new_id("R")
        repo = Repository(number, node, account, short, private, self.timestamp())
        repo.archived, repo.has_issues = archived, has_issues
        self.repositories[name.lower()] = self.nodes[node] = repo
        return repo

    @change
    def rename_repository(self, name: str, to: str) -> Repository:
        """Give the repository another full name; the old one goes on leading to it."""
        repo = self.former_names[name.lower()] = self.repositories.pop(name.lower())
        owner, _, repo.name = to.partition("/")
        repo.owner = self.account(owner, "Organization")
        self.repositories[to.lower()] = repo
        return repo

    @change
    def add_label(
        self, repo: Repository, name: str, color: str = "ededed", description: str | None = None, by: str | None = None
    ) -> Label:
        """The label of the repository, made when it is new."""
        known = repo.labels.get(name.lower())
        if known is None:
            number, node = self.new_id("LA")
            known = Label(number, node, repo, name, color, description, self.timestamp())
            repo.labels[name.lower()] = self.nodes[node] = known
            if by:
                self.labels_created_by[node] = by
        return known

    @change
    def milestone(
        self, repo: Repository, title: str, due: str | None = None, due_on: str | None = None, state: str = "open"
    ) -> Milestone:
        """The repository's milestone with this title, made when it is new; `due` or `due_on` is a day."""
        due = due or (due_on[:10] if due_on else None)
        if title not in repo.milestones:
            number, node = self.new_id("MI")
            due_at = f"{due}T00:00:00Z" if due else None
            now = self.timestamp()
            created = Milestone(number, node, repo, len(repo.milestones) + 1, title, due_at, now, now, state.upper())
            repo.milestones[title] = self.nodes[node] = created
        return repo.milestones[title]

    @change
    def edit_milestone(self, milestone: Milestone, **changes: Any) -> None:
        """Give it another day (`due`, None for none) or state; only its own time moves, not that of its issues."""
        if "due" in changes:
            milestone.due = f"{changes['due']}T00:00:00Z" if changes["due"] else None
        milestone.state = str(changes.get("state") or milestone.state).upper()
        milestone.updated = self.timestamp()

    def issue_type(self, name: str) -> IssueType:
        """The kind of issue with this name, made when it is new."""
        if name.lower() not in self.types:
            self.types[name.lower()] = IssueType(*self.new_id("IT"), name)
        return self.types[name.lower()]
