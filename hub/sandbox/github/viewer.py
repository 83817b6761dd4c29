"""What one call sees of the site: its token's reach, what its query costs, and the common answers to 'who asks'."""

from dataclasses import dataclass
from typing import Any

from hub.sandbox.github.access import Access
from hub.sandbox.github.paging import Connection, PageArguments, TypedError, page
from hub.sandbox.github.project_state import Item, Project
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.github.state import Account, Issue, Repository


@dataclass(slots=True)
class View:
    """The context of one GraphQL call."""

    site: GitHubSite
    access: Access
    cost: int = 1
    nodes: int = 0

    @property
    def sees_all(self) -> bool:
        """Whether nothing has to be hidden from this token: the quick way for long lists."""
        return not self.site.forbidden and self.access.repositories is None

    def restrict_issue(self, issue: Issue | None) -> Any:
        """The issue; None where its repository is hidden; the error itself where the site forbids it."""
        if issue is None or self.sees_all:
            return issue
        if issue.node_id in self.site.forbidden:
            return TypedError("FORBIDDEN", "Resource not accessible by personal access token")
        return issue if self.access.sees(issue.repo) else None

    def related(self, issues: list[Issue], page_args: PageArguments) -> Connection:
        """A connection of other issues, without those in hidden repositories."""
        if self.sees_all:
            return page(issues, page_args)
        connection = page([issue for issue in issues if self.access.sees(issue.repo)], page_args)
        connection.rows = [self.restrict_issue(issue) for issue in connection.rows]
        return connection

    def is_author(self, author: Account | None) -> bool:
        """Whether the token's account is the author."""
        return author is self.access.account

    def can_see_item(self, item: Item) -> bool:
        """Whether the item's content may be shown."""
        return not isinstance(item.content, Issue) or self.access.sees(item.content.repo)


def repository_named(view: View, owner: str, name: str) -> Repository:
    """The repository; the vendor's NOT_FOUND for one that is not there or not to be seen."""
    known = f"{owner}/{name}".lower()
    repo = view.site.repositories.get(known) or view.site.former_names.get(known)
    if repo is None or not view.access.sees(repo):
        raise TypedError("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return repo


def issue_numbered(repo: Repository, number: int) -> Issue:
    """The issue, also under its old number after a transfer."""
    issue = repo.issues.get(number) or repo.former_issues.get(number)
    if issue is None or issue.typename != "Issue":
        raise TypedError("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    return issue


def account_named(view: View, login: str, kind: str) -> Account:
    """The account of this kind."""
    account = view.site.accounts.get(login.lower())
    if account is None or account.typename != kind:
        noun = "an Organization" if kind == "Organization" else "a User"
        raise TypedError("NOT_FOUND", f"Could not resolve to {noun} with the login of '{login}'.")
    return account


def project_numbered(view: View, owner: Account, number: int) -> Project:
    """The owner's project."""
    project = view.site.projects.get((owner.login.lower(), number))
    if project is None:
        raise TypedError("NOT_FOUND", f"Could not resolve to a ProjectV2 with the number {number}.")
    return project


def node_by_id(view: View, identity: str) -> Any:
    """Anything by its global id, as far as the token sees it."""
    node = view.site.nodes.get(identity)
    repo = getattr(getattr(node, "issue", node), "repo", node)
    if node is None or (isinstance(repo, Repository) and not view.access.sees(repo)):
        raise TypedError("NOT_FOUND", f"Could not resolve to a node with the global id of '{identity}'")
    return view.restrict_issue(node) if isinstance(node, Issue) else node
