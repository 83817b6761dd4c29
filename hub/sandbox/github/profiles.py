"""Accounts and repositories as the REST API writes them."""

from typing import Any
from urllib.parse import quote

from hub.sandbox.github.state import Account, Repository

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
PROFILE = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location"))
PROFILE_COUNTS = dict.fromkeys(
    ("followers", "following", "public_gists", "public_repos", "collaborators", "disk_usage"), 0
) | dict.fromkeys(("owned_private_repos", "private_gists", "total_private_repos"), 0)
REPOSITORY_LINKS = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents"),
    *("contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks"),
    *("issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones"),
    *("notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags"),
    *("teams", "trees"),
)
REPOSITORY_COUNTS = (
    *("forks", "forks_count", "size", "stargazers_count", "watchers", "watchers_count"),
    *("network_count", "subscribers_count"),
)


def user(account: Account | None) -> dict[str, Any] | None:
    """An account in short; None is a deleted one."""
    if account is None:
        return None
    api_url = f"{account.site.api}/users/{quote(account.login)}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{account.site.url}/avatars/{account.id}",
        "gravatar_id": "",
        "url": api_url,
        "html_url": account.url,
        **{name: api_url + tail for name, tail in USER_LINKS.items()},
        "type": account.typename,
        "user_view_type": "public",
        "site_admin": False,
    }


def profile(account: Account) -> dict[str, Any]:
    """The caller's own account at length."""
    return {
        **(user(account) or {}),
        **PROFILE,
        **PROFILE_COUNTS,
        "user_view_type": "private",
        "name": account.login,
        "two_factor_authentication": True,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }


def repository_url(repo: Repository) -> str:
    """The repository's address in the API."""
    return f"{repo.owner.site.api}/repos/{repo.full_name}"


def repository(repo: Repository) -> dict[str, Any]:
    """A repository at length."""
    opened = sum(issue.state == "OPEN" for issue in repo.issues.values())
    return {
        "id": repo.id,
        "node_id": repo.node_id,
        "name": repo.name,
        "full_name": repo.full_name,
        "owner": user(repo.owner),
        "private": repo.private,
        **_repository_links(repo),
        **dict.fromkeys(REPOSITORY_COUNTS, 0),
        **dict.fromkeys(("description", "homepage", "language", "mirror_url", "license")),
        **dict.fromkeys(("fork", "has_wiki", "has_pages", "has_discussions", "disabled"), False),
        "archived": repo.archived,
        "has_issues": repo.has_issues,
        "has_projects": True,
        "default_branch": "main",
        "open_issues": opened,
        "open_issues_count": opened,
        "permissions": {"admin": False, "maintain": False, "push": True, "triage": True, "pull": True},
        **dict.fromkeys(("pushed_at", "created_at", "updated_at"), repo.created),
    }


def _repository_links(repo: Repository) -> dict[str, str]:
    api_url = repository_url(repo)
    links = {f"{name}_url": f"{api_url}/{name}" for name in REPOSITORY_LINKS}
    links |= {f"{name}_url": f"{repo.url}.git" for name in ("git", "ssh", "clone", "svn")}
    return links | {"html_url": repo.url, "url": api_url}
