"""One REST call: who asks, for what, and the vendor's errors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.sandbox.github.access import Access
from hub.sandbox.github.payloads import issue_url
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.github.state import Comment, Issue, Repository

DOCS = "https://docs.github.com/rest"
LIMIT_DOCS = f"{DOCS}/overview/rate-limits-for-the-rest-api"


class Failure(Exception):
    """An answer that is an error, in the vendor's form."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {"message": message, "documentation_url": DOCS, "status": str(status)} | extra


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: what is written as JSON, None for an empty body."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call after authentication."""

    site: GitHubSite
    access: Access
    path: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    url: str

    @property
    def repo(self) -> Repository:
        """The repository of the path; 301 under an old name, 404 where it is not there or not to be seen."""
        name = f"{self.path['owner']}/{self.path['repo']}"
        current = self.site.repositories.get(name.lower())
        former = self.site.former_names.get(name.lower())
        if current is None and former is not None and self.access.sees(former):
            url = self.url.replace(f"/repos/{name}", f"/repos/{former.full_name}", 1)
            raise Failure(301, "Moved Permanently", {"location": url}, url=url)
        if current is None or not self.access.sees(current):
            raise missing()
        return current

    @property
    def issue(self) -> Issue:
        """The issue of the path; 301 after a transfer, 410 after it was deleted."""
        repo, number = self.repo, int(self.path["number"])
        if number in repo.issues:
            return repo.issues[number]
        if number not in repo.former_issues:
            raise missing()
        moved = repo.former_issues[number]
        if moved is None or not self.access.sees(moved.repo):
            raise Failure(410, "This issue was deleted")
        raise Failure(301, "Moved Permanently", {"location": issue_url(moved)}, url=issue_url(moved))

    @property
    def comment(self) -> Comment:
        """The comment of the path, which must belong to its repository."""
        comment: Comment | None = self.site.comments.get(int(self.path["id"]))
        if comment is None or comment.issue.repo is not self.repo:
            raise missing()
        return comment

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        try:
            content = json.loads(self.raw)
        except ValueError:
            raise Failure(400, "Problems parsing JSON") from None
        if not isinstance(content, dict):
            raise Failure(400, "Body should be a JSON object")
        return content

    def require_write_access(self) -> None:
        """403 for a token that only reads and in an archived repository, 410 where issues are switched off."""
        if not self.access.writes:
            raise Failure(403, "Resource not accessible by personal access token")
        if self.repo.archived:
            raise Failure(403, "Repository was archived so is read-only.")
        if not self.repo.has_issues:
            raise Failure(410, "Issues has been disabled in this repository.")


def missing() -> Failure:
    """The answer for everything that is not there, and for what one may not see."""
    return Failure(404, "Not Found")


def invalid(resource: str, name: str, code: str, message: str | None = None) -> Failure:
    """The answer for a value that cannot be taken."""
    error = {"resource": resource, "field": name, "code": code} | ({"message": message} if message else {})
    return Failure(422, "Validation Failed", errors=[error])
