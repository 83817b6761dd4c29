"""A small GitHub on loopback for the tests of the sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from hub.sandbox.github.seed import seed
from hub.sandbox.github.site import BOT, TOKEN, GitHubSite
from hub.sandbox.server import serve
from tests.sandbox_support.apps import GitHubSandbox, github_app

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
FIELDS = [
    {"name": "Key Result", "type": "TEXT"},
    {"name": "Status", "type": "SINGLE_SELECT", "options": ["Todo", "In Progress", "Done"]},
    {
        "name": "Iteration",
        "type": "ITERATION",
        "iterations": [{"title": "Sprint 1", "start": "2026-11-02", "days": 14}],
    },
    {"name": "Start", "type": "DATE"},
    {"name": "Effort", "type": "NUMBER"},
]
FORM: dict[str, Any] = {
    "repositories": ["acme/app", {"name": "acme/secret", "private": True}],
    "projects": [{"owner": "acme", "number": 5, "title": "Roadmap", "fields": FIELDS}],
    "issues": [
        {
            "repo": "acme/app",
            "number": 12,
            "title": "Launch <b>it</b>",
            "body": "For @everybody",
            "labels": ["kr-dau"],
            "type": "Epic",
            "parent": "acme/app#3",
            "blocked_by": ["acme/app#4"],
            "author": "ann",
            "milestone": {"title": "Q4", "due": "2026-12-15"},
            "created": "2026-10-01T09:00:00Z",
            "updated": "2026-11-02T09:00:00Z",
            "comments": [{"author": "ann", "body": "Hello"}],
            "project_fields": {
                "acme/5": {"Key Result": "dau", "Status": "In Progress", "Iteration": "Sprint 1", "Effort": 3}
            },
        },
        {"repo": "acme/app", "number": 3, "title": "Parent", "created": "2026-09-01T09:00:00Z"},
        {"repo": "acme/app", "number": 4, "title": "Blocker", "created": "2026-09-02T09:00:00Z", "state": "closed"},
        {"repo": "acme/secret", "number": 1, "title": "Hidden", "project_fields": {"acme/5": {"Key Result": "x"}}},
    ],
    "drafts": [{"project": "acme/5", "title": "An idea", "fields": {"Start": "2026-11-20"}}],
}


def a_site(form: dict[str, Any] | None = None) -> GitHubSite:
    site = GitHubSite(lambda: NOW)
    site.add_token()
    site.add_token("outsider-token", "outsider[bot]", repositories=frozenset())
    site.add_token("reader-token", "reader[bot]", writes=False)
    seed(site, FORM if form is None else form)
    return site


@contextmanager
def served(sandbox: GitHubSandbox, token: str = TOKEN) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {token}"}
    with serve(sandbox.app) as running, httpx.Client(base_url=running.url, headers=headers) as client:
        yield client


def ask(client: httpx.Client, query: str, token: str | None = None, /, **variables: Any) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


__all__ = ["BOT", "TOKEN", "a_site", "ask", "github_app", "served"]
