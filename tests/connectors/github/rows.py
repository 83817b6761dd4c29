"""Rows as GitHub's GraphQL gives them, small and overridable."""

from typing import Any

from connectors.github.settings import GitHubSettings

Json = dict[str, Any]


def settings(**changes: Any) -> GitHubSettings:
    return GitHubSettings(**({"token": "ghp_secret", "repositories": ["acme/app"]} | changes))


def whole(*nodes: Any, more: bool = False) -> Json:
    return {"pageInfo": {"hasNextPage": more, "endCursor": "c"}, "nodes": list(nodes)}


def other(number: int, repository: str = "acme/app") -> Json:
    return {"number": number, "repository": {"nameWithOwner": repository}}


def issue(number: int = 12, **changes: Any) -> Json:
    row = {
        "__typename": "Issue",
        "id": f"I_{number}",
        "number": number,
        "title": f"Work {number}",
        "body": "",
        "url": f"https://github.test/acme/app/issues/{number}",
        "state": "OPEN",
        "createdAt": "2026-10-02T08:00:00Z",
        "updatedAt": "2026-11-02T08:00:00Z",
        "closedAt": None,
        "repository": {"nameWithOwner": "acme/app"},
        "issueType": None,
        "milestone": None,
        "parent": None,
        "labels": whole(),
        "blockedBy": whole(),
        "blocking": whole(),
    }
    return row | changes


def value(field: str, **said: Any) -> Json:
    return {"field": {"name": field}, **said}


def item(content: Json | None, *values: Any, **changes: Any) -> Json:
    row = {"id": "PVTI_1", "type": "ISSUE", "isArchived": False, "content": content, "fieldValues": whole(*values)}
    return row | changes
